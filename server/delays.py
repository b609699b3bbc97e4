# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How long the finals of one live session took: told to whoever reads them, and to the metrics."""

import time
from collections.abc import Callable
from dataclasses import replace

from media.events import Event, SttParagraphFinal, TranslationParagraphFinal
from server.metrics import Metrics


class Delays:
    """Knows when what became final."""

    def __init__(self, metrics: Metrics, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds by a clock that never goes back."""
        self.now = now
        self._metrics = metrics
        self._finals: dict[int, float] = {}
        """When sources became final whose translations are still open, by paragraph."""

    def recorded(self, event: Event, since: float) -> Event:
        """The event, which has been recorded since `since`, with the delays that are known now."""
        match event:
            case SttParagraphFinal():
                return self._final(event, since)
            case TranslationParagraphFinal():
                return self._translation(event)
            case _:
                return event

    def _final(self, event: SttParagraphFinal, since: float) -> SttParagraphFinal:
        now = self._finals[event.paragraph_id] = self.now()
        if event.stages is None:
            return event
        stages = replace(event.stages, record_ms=_milliseconds(now - since))
        self._metrics.final_recorded(stages)
        return replace(event, stages=stages)

    def _translation(self, event: TranslationParagraphFinal) -> TranslationParagraphFinal:
        seconds = self.now() - self._finals.pop(event.paragraph_id)
        self._metrics.translation_recorded(seconds)
        return replace(event, after_ms=_milliseconds(seconds))


def _milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
