# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the metrics count and time, and what finals are told of their delays."""

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from media.errors import RecogniserUnavailable, TranslatorRefused
from media.events import Event, Notice, Stages, SttParagraphFinal, TranslationParagraphFinal
from server.delays import Delays
from server.metrics import Metrics

STAGES = Stages(capture_ms=60, vad_ms=640, stt_ms=30, record_ms=10, send_ms=5)


def nobody() -> int:
    return 0


def figure(metrics: Metrics, name: str, **labels: str) -> float | None:
    """As a monitoring system reads it; None where there is none."""
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            if (sample.name, sample.labels) == (name, labels):
                return sample.value
    return None


def final(stages: Stages | None) -> SttParagraphFinal:
    return SttParagraphFinal(
        paragraph_id=3, text="said", language="en", started_ms=0, ended_ms=1, stages=stages
    )


TRANSLATION = TranslationParagraphFinal(paragraph_id=3, text="gesagt")


class Clock:
    """Goes on when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_stage_of_a_final_is_timed_and_so_is_the_whole() -> None:
    metrics = Metrics(nobody)
    metrics.final_recorded(STAGES)
    metrics.final_sent(STAGES)
    name = "dragoman_final_stage_seconds_sum"
    for stage, seconds in {"capture": 0.06, "vad": 0.64, "stt": 0.03, "record": 0.01, "send": 0.005}.items():
        assert figure(metrics, name, stage=stage) == pytest.approx(seconds)
    assert figure(metrics, "dragoman_final_seconds_sum") == pytest.approx(0.745)
    assert figure(metrics, "dragoman_final_seconds_bucket", le="0.8") == 1
    assert figure(metrics, "dragoman_final_seconds_bucket", le="0.6") == 0


def test_the_recogniser_is_timed_by_kind_and_its_failures_are_counted_by_code() -> None:
    metrics = Metrics(nobody)
    with metrics.recogniser_request("partial"):
        pass
    with pytest.raises(RecogniserUnavailable), metrics.recogniser_request("final"):
        raise RecogniserUnavailable
    assert figure(metrics, "dragoman_recogniser_request_seconds_count", kind="partial") == 1
    assert figure(metrics, "dragoman_recogniser_request_seconds_count", kind="final") is None
    assert figure(metrics, "dragoman_engine_errors_total", code="recogniser_unavailable") == 1


def test_failures_of_the_llm_are_counted_too_and_other_errors_are_not() -> None:
    metrics = Metrics(nobody)
    with pytest.raises(TranslatorRefused), metrics.engine_request():
        raise TranslatorRefused
    with pytest.raises(ZeroDivisionError), metrics.engine_request():
        raise ZeroDivisionError
    assert figure(metrics, "dragoman_engine_errors_total", code="translator_refused") == 1
    assert metrics.text().count(b"dragoman_engine_errors_total{") == 1


def test_live_sessions_are_counted_when_somebody_looks() -> None:
    speakers: list[str] = []
    metrics = Metrics(speakers.__len__)
    assert figure(metrics, "dragoman_live_sessions") == 0
    speakers.append("ada")
    assert figure(metrics, "dragoman_live_sessions") == 1


def test_two_servers_in_one_process_share_no_figure() -> None:
    first, second = Metrics(nobody), Metrics(nobody)
    first.translation_begun(0.3)
    assert figure(first, "dragoman_translation_first_token_seconds_count") == 1
    assert figure(second, "dragoman_translation_first_token_seconds_count") == 0


def test_a_final_is_told_how_long_it_took_to_record_it() -> None:
    clock, metrics = Clock(), Metrics(nobody)
    delays = Delays(metrics, clock)
    since = delays.now()
    clock.now += 0.012
    stages = Stages(vad_ms=640)
    assert delays.recorded(final(stages), since) == final(replace(stages, record_ms=12))
    assert figure(metrics, "dragoman_final_stage_seconds_sum", stage="record") == pytest.approx(0.012)


def test_a_final_without_stages_gets_none() -> None:
    metrics = Metrics(nobody)
    delays = Delays(metrics)
    assert delays.recorded(final(None), delays.now()) == final(None)
    assert figure(metrics, "dragoman_final_stage_seconds_count", stage="record") is None


def test_a_translation_is_told_how_long_it_came_after_its_source() -> None:
    clock, metrics = Clock(), Metrics(nobody)
    delays = Delays(metrics, clock)
    delays.recorded(final(None), delays.now())
    clock.now += 0.4
    assert delays.recorded(TRANSLATION, delays.now()) == replace(TRANSLATION, after_ms=400)
    assert figure(metrics, "dragoman_translation_final_seconds_sum") == pytest.approx(0.4)


def test_what_is_not_final_has_no_delay() -> None:
    notice: Event = Notice(code="recogniser_back", message="It is back.")
    assert Delays(Metrics(nobody)).recorded(notice, 0) is notice
