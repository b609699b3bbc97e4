# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What of a hypothesis is not to be trusted: Whisper writes something even where nothing was said. Pure.

Nothing is ever added and the order stays; each layer can be switched off in `DoubtOptions`.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from media.core.alignment import normalised
from media.core.phantoms import is_courtesy, is_credit, is_readable, is_sound
from media.core.words import Hypothesis, Segment, Word, text_of

_LONGEST_LOOP_WORDS = 24
_LONGEST_LOOP_CHARS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtOptions:
    """When words are dropped. None, or False, switches a layer off."""

    no_speech_probability: float | None = 0.6
    """A segment above it, 0 to 1, is dropped if it is also below `mean_log_probability` or was repetitive."""
    mean_log_probability: float = -1.0
    """Natural logarithm; see `no_speech_probability`."""
    floor_log_probability: float | None = -1.6
    """A segment below it is dropped, whatever else is said of it."""
    compression_ratio: float | None = 2.4
    """A segment whose text compresses better than this, once its loops are cut, is dropped."""
    loop_repetitions: int | None = 3
    """A phrase of two or more words is kept this many times in a row."""
    loop_word_repetitions: int = 5
    """A single word is kept this many times in a row, if loops are cut."""
    loop_character_repetitions: int = 8
    """Letters inside a word are kept this many times in a row, if loops are cut."""
    credits: bool = True
    """Drops segments that only say who made the subtitles."""
    sounds: bool = True
    """Drops segments that only describe a sound ("[Music]")."""
    courtesies: bool = True
    """Drops segments that are only what Whisper hears in silence ("Thank you."), if they are doubtful."""
    courtesy_no_speech_probability: float = 0.3
    """Above it a courtesy is doubtful."""
    courtesy_log_probability: float = -0.6
    """Below it a courtesy is doubtful."""
    unreadable: bool = True
    """Drops segments without any letter or digit."""
    speech_margin_ms: int | None = 500
    """A word further than this from all speech is dropped, where it is known what is speech."""

    def __post_init__(self) -> None:
        repetitions = (self.loop_repetitions, self.loop_word_repetitions, self.loop_character_repetitions)
        if any(count is not None and count < 1 for count in repetitions):
            raise ValueError("a loop is kept at least once")


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
        segments = [self._within(segment, speech) for segment in hypothesis.segments]
        segments = self._without_loops(segments)
        language = hypothesis.language
        kept = tuple(
            segment for segment in segments if segment.words and not self._doubtful(segment, language)
        )
        return replace(hypothesis, segments=kept)

    def _doubtful(self, segment: Segment, language: str) -> bool:
        options = self._options
        text = text_of(segment.words)
        return (
            self._silent(segment)
            or self._improbable(segment)
            or self._repetitive(text)
            or (options.unreadable and not is_readable(text))
            or (options.credits and is_credit(text))
            or (options.sounds and is_sound(text))
            or (options.courtesies and self._unsure(segment) and is_courtesy(text, language))
        )

    def _silent(self, segment: Segment) -> bool:
        limit = self._options.no_speech_probability
        if limit is None or segment.no_speech_probability <= limit:
            return False
        # In noise Whisper is unsure of what it writes, or repeats itself and is quite sure.
        ratio = self._options.compression_ratio
        loops = ratio is not None and segment.compression_ratio > ratio
        return loops or segment.mean_log_probability < self._options.mean_log_probability

    def _improbable(self, segment: Segment) -> bool:
        floor = self._options.floor_log_probability
        return floor is not None and segment.mean_log_probability < floor

    def _repetitive(self, text: str) -> bool:
        # Measured here: the engine's figure is that of all it decoded together, so one loop would take the
        # true words beside it along, and it stays what it was when the loop is cut.
        limit = self._options.compression_ratio
        return limit is not None and _compression_ratio(text) > limit

    def _unsure(self, segment: Segment) -> bool:
        return (
            segment.no_speech_probability > self._options.courtesy_no_speech_probability
            or segment.mean_log_probability < self._options.courtesy_log_probability
        )

    def _within(self, segment: Segment, speech: Sequence[tuple[int, int]] | None) -> Segment:
        margin_ms = self._options.speech_margin_ms
        if speech is None or margin_ms is None:
            return segment
        return replace(segment, words=tuple(word for word in segment.words if _near(word, speech, margin_ms)))

    def _without_loops(self, segments: Sequence[Segment]) -> list[Segment]:
        if self._options.loop_repetitions is None:
            return list(segments)
        words = [self._without_stutter(word) for segment in segments for word in segment.words]
        kept = self._unlooped(words)
        result: list[Segment] = []
        position = 0
        for segment in segments:
            indices = range(position, position + len(segment.words))
            result.append(replace(segment, words=tuple(words[index] for index in indices if index in kept)))
            position += len(segment.words)
        return result

    def _without_stutter(self, word: Word) -> Word:
        limit = self._options.loop_character_repetitions
        pattern = rf"([^\W\d_]{{1,{_LONGEST_LOOP_CHARS}}}?)\1{{{limit},}}"
        text = re.sub(pattern, lambda match: match[1] * limit, word.text)
        return word if text == word.text else replace(word, text=text)

    def _unlooped(self, words: Sequence[Word]) -> set[int]:
        """The indices of the words that stay when loops are cut."""
        texts = [normalised(word.text) for word in words]
        kept: set[int] = set()
        index = 0
        while index < len(texts):
            length, loops = self._loop_at(texts, index)
            kept.update(range(index, index + length * self._allowed(length)) if loops else (index,))
            index += length * loops or 1
        return kept

    def _loop_at(self, texts: Sequence[str], start: int) -> tuple[int, int]:
        """The shortest phrase from here that is repeated too often: its words and how often; or zeros."""
        for length in range(1, min(_LONGEST_LOOP_WORDS, (len(texts) - start) // 2) + 1):
            times = _repetitions(texts, start, length)
            if times > self._allowed(length):
                return length, times
        return 0, 0

    def _allowed(self, length: int) -> int:
        if length == 1:
            return self._options.loop_word_repetitions
        return self._options.loop_repetitions or 0


def _repetitions(texts: Sequence[str], start: int, length: int) -> int:
    phrase = texts[start : start + length]
    times = 1
    while texts[start + times * length : start + (times + 1) * length] == phrase:
        times += 1
    return times


def _near(word: Word, speech: Sequence[tuple[int, int]], margin_ms: int) -> bool:
    return any(
        word.start_ms <= end_ms + margin_ms and word.end_ms >= start_ms - margin_ms
        for start_ms, end_ms in speech
    )


def _compression_ratio(text: str) -> float:
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))
