# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The words that Whisper heard in a piece of audio, and the sentences that they make. Pure."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from media.engines.transcription import DecodedSegment, TimedWord

MOMENT_S = 0.02
"""One step of the alignment."""
LAST_MOMENTS_S = 0.1
"""Where the alignment puts what has no place in the audio: at its end."""
PAUSE_S = 1.0
"""Between two words it parts segments."""
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One decode of one piece of audio."""

    language: str
    words: tuple[TimedWord, ...]
    """With times from the beginning of the piece."""
    circles: bool
    """The text repeats itself or does not come to an end."""
    temperature: float
    mean_log_probability: float
    no_speech_probability: float
    after_prefix: bool = False
    """Whether a prefix was given, and the words come after it."""

    def segments(self, start_s: float) -> Iterator[DecodedSegment]:
        """Its sentences, where the piece begins at `start_s`. Whisper's certainty is that of the piece."""
        for words in sentences(self.words):
            text = "".join(word.text for word in words)
            yield DecodedSegment(
                start_s=start_s + words[0].start_s,
                end_s=start_s + words[-1].end_s,
                text=text,
                temperature=self.temperature,
                mean_log_probability=self.mean_log_probability,
                compression_ratio=compression_ratio(text),
                no_speech_probability=self.no_speech_probability,
                words=tuple(_later(word, start_s) for word in words),
            )


def within_audio(words: Sequence[TimedWord], duration_s: float) -> tuple[TimedWord, ...]:
    """The words without those at the end that take no time: nobody said them.

    Whisper goes on where audio ends in the middle of a word or of a sentence, and the alignment crowds what
    it wrote into the last moment.
    """
    count = len(words)
    while count and _is_crowded(words[count - 1], duration_s):
        count -= 1
    return tuple(words[:count])


def without_prefix(words: Sequence[TimedWord], prefix_chars: int) -> tuple[TimedWord, ...]:
    """The words after the first `prefix_chars` characters of their text.

    A mark right behind the prefix was joined to the word before it; alone it stands where that word ends.
    """
    position = 0
    for index, word in enumerate(words):
        position += len(word.text)
        if position > prefix_chars:
            rest = word.text[len(word.text) - (position - prefix_chars) :]
            first = word if rest == word.text else replace(word, start_s=word.end_s, text=rest)
            return (first, *words[index + 1 :])
    return ()


def _is_crowded(word: TimedWord, duration_s: float) -> bool:
    at_end = word.start_s >= duration_s - LAST_MOMENTS_S
    return at_end and word.end_s - word.start_s <= MOMENT_S + 0.001


def sentences(words: Sequence[TimedWord]) -> Iterator[tuple[TimedWord, ...]]:
    """The words, parted after sentences and at pauses."""
    first = 0
    for index in range(1, len(words) + 1):
        if index == len(words) or _parts(words[index - 1], words[index]):
            yield tuple(words[first:index])
            first = index


def _parts(before: TimedWord, after: TimedWord) -> bool:
    return before.text.endswith(SENTENCE_ENDS) or after.start_s - before.end_s >= PAUSE_S


def compression_ratio(text: str) -> float:
    """How often a text repeats itself, as OpenAI measures it: its length over its length when compressed."""
    content = text.strip().encode()
    return len(content) / len(zlib.compress(content))


def _later(word: TimedWord, seconds: float) -> TimedWord:
    return replace(word, start_s=word.start_s + seconds, end_s=word.end_s + seconds)
