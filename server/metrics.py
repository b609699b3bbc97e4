# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a monitoring system may know of the server: how fast it is, what fails, how many are live.

Nothing in here is about a person or about what was said: labels have a few fixed values.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from media.errors import EngineError
from media.events import Stages

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""Of `Metrics.text`: what every Prometheus reads."""

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.5, 4.0, 6.0, 10.0, 20.0)
"""Upper bounds, in seconds: from what a database takes to what nobody waits for."""

RequestKind = Literal["partial", "final"]


class Metrics:
    """The figures of one server since it started. All durations are in seconds."""

    def __init__(self, live_sessions: Callable[[], int]) -> None:
        """`live_sessions`: how many there are now; asked whenever somebody looks."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._stages = self._histogram(
            "dragoman_final_stage_seconds",
            "Where the time from the end of speech to its final went.",
            "stage",
        )
        self._finals = self._histogram(
            "dragoman_final_seconds", "From the end of speech until its final was given to the data channel."
        )
        self._first_tokens = self._histogram(
            "dragoman_translation_first_token_seconds",
            "From a sentence that has settled to the first piece of its translation.",
        )
        self._translations = self._histogram(
            "dragoman_translation_final_seconds",
            "From a paragraph's final source text to its whole translation, stored.",
        )
        self._requests = self._histogram(
            "dragoman_recogniser_request_seconds", "How long the speech recogniser takes to answer.", "kind"
        )
        self._errors = Counter(
            "dragoman_engine_errors_total",
            "Requests that a model server did not answer as it should.",
            ["code"],
            registry=self._registry,
        )
        live = Gauge("dragoman_live_sessions", "Recordings that run now.", registry=self._registry)
        live.set_function(live_sessions)

    def text(self) -> bytes:
        """All figures as they are now, in Prometheus' text format."""
        return generate_latest(self._registry)

    def final_recorded(self, stages: Stages) -> None:
        """A final stands in the database."""
        self._stages.labels("capture").observe(stages.capture_ms / 1000)
        self._stages.labels("vad").observe(stages.vad_ms / 1000)
        self._stages.labels("stt").observe(stages.stt_ms / 1000)
        self._stages.labels("record").observe(stages.record_ms / 1000)

    def final_sent(self, stages: Stages) -> None:
        """It has been given to the data channel, if there is one."""
        self._stages.labels("send").observe(stages.send_ms / 1000)
        self._finals.observe(stages.total_ms / 1000)

    def translation_begun(self, seconds: float) -> None:
        """So long after a sentence had settled came the first piece of its translation."""
        self._first_tokens.observe(seconds)

    def translation_recorded(self, seconds: float) -> None:
        """So long after a paragraph's source text was final its whole translation stands in the database."""
        self._translations.observe(seconds)

    @contextmanager
    def recogniser_request(self, kind: RequestKind) -> Iterator[None]:
        """Around a request to the recogniser: what is answered is timed, what fails is counted."""
        began_at = time.monotonic()
        with self.engine_request():
            yield
        self._requests.labels(kind).observe(time.monotonic() - began_at)

    @contextmanager
    def engine_request(self) -> Iterator[None]:
        """Around a request to any model server: what fails is counted."""
        try:
            yield
        except EngineError as error:
            self._errors.labels(error.code).inc()
            raise

    def _histogram(self, name: str, documentation: str, *labels: str) -> Histogram:
        return Histogram(name, documentation, labels, buckets=BUCKETS_S, registry=self._registry)
