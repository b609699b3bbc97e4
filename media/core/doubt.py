# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What of a hypothesis is not to be trusted: Whisper writes something even where nothing was said. Pure.

Nothing is ever added and the order stays; each layer can be switched off in `DoubtOptions`.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from media.core.loops import LoopLimits, circles, without_circles, without_loops, without_stutter
from media.core.phantoms import is_courtesy, is_credit, is_readable, is_sound, may_be_sound
from media.core.words import Hypothesis, Segment, Word, text_of

_LEAST_PROBABILITY = 1e-4
"""Lower ones are taken for this: one word does not condemn a text."""
_ROUNDS_IN_SILENCE = 3
"""So often something is repeated where probably nothing was said, and it was not."""
_MOST_PUNCTUATION = 3
"""Such as an ellipsis, or a mark and a quotation mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtOptions:
    """When words are dropped. None, or False, switches a layer off.

    Log probabilities are natural logarithms.
    """

    no_speech_probability: float | None = 0.6
    """A segment above it, 0 to 1, is dropped if it is also below `mean_log_probability` or was repetitive."""
    mean_log_probability: float = -1.05
    """See `no_speech_probability`."""
    floor_log_probability: float | None = -1.2
    """A long segment below it is dropped, whatever else is said of it."""
    word_log_probability: float | None = -1.3
    """A long segment is dropped if the probabilities of its words are below it, in the mean."""
    short_text_slack: float = 1.0
    """The mean over a few words varies more: for n words the two limits above are lower by this / sqrt(n)."""
    prefix_log_probability: float | None = -1.25
    """A segment after a prefix is dropped below it: Whisper is surer where it goes on from settled text."""
    compression_ratio: float | None = 2.4
    """A segment whose text compresses better than this, once its loops are cut, is dropped."""
    circling_rounds: int | None = 10
    """Words or letters that come at least this many times in a row are dropped with all their rounds."""
    loop_repetitions: int | None = 3
    """A phrase of two or more words that is said more often than this in a row is kept once; one of five or
    more words also if it is said just so often."""
    loop_word_repetitions: int = 5
    """A single word is kept this many times in a row, if loops are cut."""
    loop_character_repetitions: int | None = 8
    """Letters inside a word are kept this many times in a row."""
    credits: bool = True
    """Drops segments that only say who made the subtitles."""
    sounds: bool = True
    """Drops segments that only describe a sound ("[Music]"); if it may be speech, where that is doubtful."""
    courtesies: bool = True
    """Drops segments that are only what Whisper hears in silence ("Thank you."), if they are doubtful."""
    courtesy_no_speech_probability: float = 0.3
    """Above it a courtesy is doubtful, what may be a sound, and what comes before a circle."""
    courtesy_log_probability: float = -0.6
    """Below it a courtesy, or what may be a sound, is doubtful."""
    unreadable: bool = True
    """Drops segments without any letter or digit."""
    speech_margin_ms: int | None = 500
    """A word further than this from all speech is dropped, where it is known what is speech."""

    def __post_init__(self) -> None:
        repetitions = (self.loop_repetitions, self.loop_word_repetitions, self.loop_character_repetitions)
        if any(count is not None and count < 1 for count in repetitions):
            raise ValueError("a loop is kept at least once")
        if self.circling_rounds is not None and self.circling_rounds < 2:
            raise ValueError("circling_rounds is at least 2")
        if self.short_text_slack < 0:
            raise ValueError("short_text_slack is not negative")


class Doubt:
    """Takes out of hypotheses what was probably never said."""

    def __init__(self, options: DoubtOptions | None = None) -> None:
        self._options = options or DoubtOptions()

    def trusted(self, hypothesis: Hypothesis, speech: Sequence[tuple[int, int]] | None = None) -> Hypothesis:
        """The hypothesis without what is not to be trusted.

        `speech`: where speech was heard, as (start_ms, end_ms), if known.
        """
        while True:
            # What one layer takes out can bring to light what another looks for.
            trusted = self._pass(hypothesis, speech)
            if trusted == hypothesis:
                return trusted
            hypothesis = trusted

    def _pass(self, hypothesis: Hypothesis, speech: Sequence[tuple[int, int]] | None) -> Hypothesis:
        segments = self._without_loops([self._within(segment, speech) for segment in hypothesis.segments])
        kept = tuple(
            segment for segment in segments if segment.words and not self._doubtful(segment, hypothesis)
        )
        return replace(hypothesis, segments=kept)

    def _doubtful(self, segment: Segment, hypothesis: Hypothesis) -> bool:
        options = self._options
        text = text_of(segment.words)
        unsure = self._unsure(segment, hypothesis)
        return (
            self._silent(segment)
            or self._improbable(segment)
            or (hypothesis.after_prefix and self._adrift(segment))
            or self._repetitive(text)
            or (options.unreadable and not is_readable(text) and not _may_close(text, hypothesis))
            or (options.credits and is_credit(text))
            or (options.sounds and (is_sound(text) or (unsure and may_be_sound(text))))
            or (options.courtesies and unsure and is_courtesy(text, hypothesis.language))
        )

    def _silent(self, segment: Segment) -> bool:
        limit = self._options.no_speech_probability
        if limit is None or segment.no_speech_probability <= limit:
            return False
        # In noise Whisper is unsure of what it writes, or repeats itself and is quite sure.
        ratio = self._options.compression_ratio
        loops = ratio is not None and segment.compression_ratio > ratio
        certainty = min(segment.mean_log_probability, _mean_word_log_probability(segment))
        return (
            loops
            or circles(text_of(segment.words), _ROUNDS_IN_SILENCE)
            or certainty < self._options.mean_log_probability
        )

    def _improbable(self, segment: Segment) -> bool:
        options = self._options
        slack = options.short_text_slack / math.sqrt(len(segment.words))
        limits = (
            (segment.mean_log_probability, options.floor_log_probability),
            (_mean_word_log_probability(segment), options.word_log_probability),
        )
        return any(limit is not None and value < limit - slack for value, limit in limits)

    def _adrift(self, segment: Segment) -> bool:
        # Where speech has ended in the middle of a sentence, Whisper likes to go on with it.
        limit = self._options.prefix_log_probability
        return limit is not None and segment.mean_log_probability < limit

    def _repetitive(self, text: str) -> bool:
        # Measured here: the engine's figure is that of all it decoded together, so one loop would take the
        # true words beside it along, and it stays what it was when the loop is cut.
        limit = self._options.compression_ratio
        return limit is not None and _compression_ratio(text) > limit

    def _unsure(self, segment: Segment, hypothesis: Hypothesis) -> bool:
        signs = (
            segment.no_speech_probability > self._options.courtesy_no_speech_probability,
            segment.mean_log_probability < self._options.courtesy_log_probability,
        )
        # After a prefix "you" may be the rest of a sentence, and no text of its own.
        return all(signs) if hypothesis.after_prefix else any(signs)

    def _within(self, segment: Segment, speech: Sequence[tuple[int, int]] | None) -> Segment:
        margin_ms = self._options.speech_margin_ms
        if speech is None or margin_ms is None:
            return segment
        return replace(segment, words=tuple(word for word in segment.words if _near(word, speech, margin_ms)))

    def _without_loops(self, segments: Sequence[Segment]) -> list[Segment]:
        options = self._options
        if options.loop_character_repetitions is not None:
            segments = [without_stutter(segment, options.loop_character_repetitions) for segment in segments]
        segments = [self._without_circles(segment) for segment in segments]
        if options.loop_repetitions is None:
            return list(segments)
        limits = LoopLimits(phrase=options.loop_repetitions, word=options.loop_word_repetitions)
        return without_loops(segments, limits)

    def _without_circles(self, segment: Segment) -> Segment:
        if self._options.circling_rounds is None:
            return segment
        rest = without_circles(segment, self._options.circling_rounds)
        # The certainty of what circles hides how unsure the words before it are.
        doubtful = segment.no_speech_probability > self._options.courtesy_no_speech_probability
        return replace(rest, words=()) if doubtful and rest != segment else rest


def _may_close(text: str, hypothesis: Hypothesis) -> bool:
    """Whether it is the punctuation that the text before was waiting for."""
    return hypothesis.after_prefix and len(text) <= _MOST_PUNCTUATION


def _near(word: Word, speech: Sequence[tuple[int, int]], margin_ms: int) -> bool:
    return any(
        word.start_ms <= end_ms + margin_ms and word.end_ms >= start_ms - margin_ms
        for start_ms, end_ms in speech
    )


def _mean_word_log_probability(segment: Segment) -> float:
    probabilities = [max(word.probability, _LEAST_PROBABILITY) for word in segment.words]
    return sum(map(math.log, probabilities)) / len(probabilities)


def _compression_ratio(text: str) -> float:
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))
