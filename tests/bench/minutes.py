# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What each minute of a long clip cost: the tenth should cost what the first did. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from media.events import SttParagraphFinal, SttPartial
from tests.bench.lag import WordLag
from tests.bench.played import Played

MINUTE_S = 60.0
LEAST_MINUTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """One whole minute of a clip."""

    cpu_s: dict[str, float]
    """CPU seconds by part of the server."""
    answers: int
    """How often the text was renewed: once for each request to Whisper that brought something new."""
    whisper_s: float | None
    """CPU seconds of Whisper for each of them."""
    stt_ms: float | None
    """Median of what the finals of this minute waited for Whisper, where the server says it."""
    shown_s: float | None
    """Median of the words' lag until they were shown."""
    settled_s: float | None


def minutes_of(played: Played, lags: Sequence[WordLag]) -> list[Minute]:
    """All of it; nothing for a clip that is shorter than two minutes."""
    if len(played.minutes) < LEAST_MINUTES:
        return []
    return [_minute(played, lags, number) for number in range(len(played.minutes))]


def _minute(played: Played, lags: Sequence[WordLag], number: int) -> Minute:
    begin = number * MINUTE_S
    cpu_s = played.minutes[number]
    events = [
        event
        for at, event in played.arrived
        if isinstance(event, SttPartial | SttParagraphFinal)
        and begin <= at - played.started < begin + MINUTE_S
    ]
    words = [lag for lag in lags if begin <= lag.end_s < begin + MINUTE_S]
    stages = [e.stages.stt_ms for e in events if isinstance(e, SttParagraphFinal) and e.stages]
    return Minute(
        cpu_s=cpu_s,
        answers=len(events),
        whisper_s=round(cpu_s["whisper"] / len(events), 3) if events and "whisper" in cpu_s else None,
        stt_ms=median(stages) if stages else None,
        shown_s=_median([lag.shown_s for lag in words]),
        settled_s=_median([lag.settled_s for lag in words]),
    )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 3) if known else None
