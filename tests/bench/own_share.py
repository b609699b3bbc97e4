# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How much of the time is the server's own (and the network's), when the models answer at once. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.events import SttPartial
from tests.bench.engines import Asked
from tests.bench.hearing import HeardUtterance, Hearing
from tests.bench.shown import finals_of
from tests.bench.summary import Summary, add_spread
from tests.peers import Arrived

SAME_MS = 200
"""A final whose speech ends so near to an utterance's end is of that utterance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnShare:
    """Of one talker. Times in milliseconds."""

    talker: int
    finals_ms: list[float]
    """From the moment when the audio was sent that made the silence long enough, to the final's arrival."""
    utterances: int
    """All of them; a final is known of as many as there are `finals_ms`."""
    partials_ms: list[float]
    """From the moment when the last of the audio that a partial holds was sent, to the partial's arrival,
    less the time that Whisper had the request; only where one talked alone."""
    engine_ms: list[float]
    """How long Whisper had each request."""

    def summary(self) -> Summary:
        """As it is printed."""
        result: Summary = {"utterances": self.utterances}
        add_spread(result, "final: own share (ms)", self.finals_ms)
        add_spread(result, "partial: own share (ms)", self.partials_ms)
        add_spread(result, "the scripted Whisper itself (ms)", self.engine_ms)
        return result


def own_share(talker: int, arrived: Arrived, hearing: Hearing, asked: Sequence[Asked] | None) -> OwnShare:
    """`asked`: what Whisper was asked for this talker alone, or None."""
    return OwnShare(
        talker=talker,
        finals_ms=list(_finals(arrived, hearing.utterances)),
        utterances=len(hearing.utterances),
        partials_ms=list(_partials(arrived, hearing, asked)) if asked else [],
        engine_ms=[_ms(one.answered - one.received) for one in asked or ()],
    )


def _finals(arrived: Arrived, utterances: Sequence[HeardUtterance]) -> Iterator[float]:
    for at, final in finals_of(arrived):
        for utterance in utterances:
            if abs(final.ended_ms - utterance.speech_end_ms) <= SAME_MS:
                yield _ms(at - utterance.ended_at)


def _partials(arrived: Arrived, hearing: Hearing, asked: Sequence[Asked]) -> Iterator[float]:
    """Of each that came of a quick answer: a thorough one waits until it is known that there is a pause."""
    answers = [one.answered for one in asked]
    for at, event in arrived:
        place = bisect_right(answers, at) - 1
        if not isinstance(event, SttPartial) or place < 0 or asked[place].is_final:
            continue
        sent_at = hearing.end_sent_at(asked[place].tail, asked[place].received)
        if sent_at is not None:
            yield _ms(asked[place].received - sent_at + at - asked[place].answered)


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
