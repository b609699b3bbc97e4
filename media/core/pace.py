# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""When the recogniser is asked about a growing utterance, and when a pause ends a paragraph. Pure.

    the speaker goes on     PARTIAL     enough new speech, and the recogniser has had its rest
                            WAIT        otherwise, and while a pause may be beginning
    they have paused        SPECULATE   at once: perhaps they have finished
                            SETTLE      the pause has lasted for a finished sentence: the words stand
                            CLOSE       it has lasted for what was said: the paragraph is over
                            WAIT        otherwise
    the audio has ended     SPECULATE, if what was said last was not heard yet; then CLOSE, then END

A sentence that sounds finished closes its paragraph after a shorter pause than one that has broken off in the
middle: so thinking about the next word costs no paragraph, and a finished thought is final soon.
"""

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceOptions:
    """All times in milliseconds of audio."""

    step_ms: int = 400
    """New audio before the next partial."""
    first_step_ms: int = 400
    """Speech before the first partial of it."""
    share: float = 0.6
    """Of the time in which the recogniser may work on one speaker's partials: a slow one is asked less."""
    waver_ms: int = 64
    """Silence inside speech in which no partial is begun: it would be in the way if this is a pause."""
    pause_ms: int = 160
    """Silence after which the end is foreseen."""
    finished_pause_ms: int = 640
    """Silence that settles the words, and ends a paragraph which ends with a sentence."""
    unfinished_pause_ms: int = 1_200
    """Silence that ends any other paragraph."""

    def __post_init__(self) -> None:
        if min(self.step_ms, self.first_step_ms, self.waver_ms) <= 0:
            raise ValueError("step_ms, first_step_ms and waver_ms are positive")
        if not 0 < self.pause_ms < self.finished_pause_ms <= self.unfinished_pause_ms:
            raise ValueError("0 < pause_ms < finished_pause_ms <= unfinished_pause_ms does not hold")
        if not 0 < self.share <= 1:
            raise ValueError("share is above 0 and at most 1")


class Step(Enum):
    """What is to be done about an utterance now."""

    WAIT = auto()
    PARTIAL = auto()
    SPECULATE = auto()
    SETTLE = auto()
    CLOSE = auto()
    END = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An utterance as it is now, in audio time."""

    resumed_ms: int
    """Where the speech that goes on, or was last, began after the pause before."""
    speech_end_ms: int
    """End of the last window of speech."""
    end_ms: int
    """End of the audio."""
    ended: bool
    """Nothing more will come."""


class Pace:
    """What to do next about one utterance; it is told what was done."""

    def __init__(self, options: PaceOptions) -> None:
        self._options = options
        self._look_at_ms = 0
        self._heard_to_ms = -1
        """The end of speech up to which a thorough answer has heard."""
        self._settled_to_ms = -1
        self._closed_to_ms = -1

    def step(self, moment: Moment, *, finished: bool) -> Step:
        """`finished`: whether the text so far ends like a sentence, or there is none."""
        if not self.is_pause(moment):
            return self._while_speaking(moment)
        if self._heard_to_ms != moment.speech_end_ms:
            return Step.SPECULATE
        return self._while_silent(moment, finished=finished)

    def is_pause(self, moment: Moment) -> bool:
        """Whether the speaker is silent for now."""
        return moment.ended or moment.end_ms - moment.speech_end_ms >= self._options.pause_ms

    def needed_ms(self, *, finished: bool) -> int:
        """How much silence closes the paragraph."""
        return self._options.finished_pause_ms if finished else self._options.unfinished_pause_ms

    def looked(self, heard: Moment, took_ms: float) -> None:
        """The recogniser has answered about the utterance as it was in `heard`, after `took_ms`."""
        rest_ms = max(self._options.step_ms, round(took_ms / self._options.share))
        self._look_at_ms = heard.end_ms + rest_ms
        if self.is_pause(heard):
            self._heard_to_ms = heard.speech_end_ms

    def settled(self, moment: Moment) -> None:
        """All words are settled."""
        self._settled_to_ms = moment.speech_end_ms

    def closed(self, moment: Moment) -> None:
        """The paragraph is over."""
        self._settled_to_ms = self._closed_to_ms = moment.speech_end_ms

    def _while_speaking(self, moment: Moment) -> Step:
        if moment.end_ms - moment.speech_end_ms >= self._options.waver_ms:
            return Step.WAIT
        first_ms = moment.resumed_ms + self._options.first_step_ms
        return Step.PARTIAL if moment.end_ms >= max(self._look_at_ms, first_ms) else Step.WAIT

    def _while_silent(self, moment: Moment, *, finished: bool) -> Step:
        silence_ms = moment.end_ms - moment.speech_end_ms
        closed = self._closed_to_ms == moment.speech_end_ms
        if not closed and (moment.ended or silence_ms >= self.needed_ms(finished=finished)):
            return Step.CLOSE
        if moment.ended:
            return Step.END
        if silence_ms >= self._options.finished_pause_ms and self._settled_to_ms != moment.speech_end_ms:
            return Step.SETTLE
        return Step.WAIT
