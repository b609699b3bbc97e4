# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What Whisper servers answer (`verbose_json`) becomes a Hypothesis, however they write it. Pure.

Servers differ. Those on faster-whisper give each segment its words, spaces and punctuation included; OpenAI
gives one list of bare words beside the segments; whisper.cpp gives tokens for words; old versions of
whisper-asr-webservice give rows without names; some give no word times at all. Numbers can be missing or NaN,
and times can run backwards. What was said is in there all the same: only another shape is an error.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from media.clients.http import AnswerFault
from media.core.languages import by_code, from_whisper
from media.core.words import Hypothesis, Segment, Word

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""A sign of Chinese or Japanese, which write no spaces."""
_WORDS = re.compile(rf"\s*(?:{_UNSPACED.pattern}|[^\s\u3040-\u30ff\u3400-\u9fff]+)")
"""What counts as a word in a text without word times."""


def understood(body: bytes) -> "Answer":
    """The answer in this body, or AnswerFault if it is none of Whisper's."""
    try:
        return Answer.model_validate_json(body)
    except ValidationError as error:
        raise AnswerFault("broken_answer") from error


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


_Number = Annotated[float | None, AfterValidator(_finite)]


_WORD_ROW = ("start", "end", "word", "probability")
_SEGMENT_ROW = ("id", "seek", "start", "end", "text", "tokens")
_SEGMENT_ROW_ENDS = {
    10: ("temperature", "avg_logprob", "compression_ratio", "no_speech_prob", "words"),
    9: ("avg_logprob", "compression_ratio", "no_speech_prob", "words", "temperature"),
}
"""How a segment's row goes on, by where its words stand. faster-whisper has had both orders."""


def _word_with_names(row: object) -> object:
    return dict(zip(_WORD_ROW, row, strict=False)) if isinstance(row, list) else row


def _segment_with_names(row: object) -> object:
    if not isinstance(row, list) or len(row) != len(_SEGMENT_ROW) + 5:
        return row
    place = next((place for place in _SEGMENT_ROW_ENDS if isinstance(row[place], list)), 10)
    return dict(zip(_SEGMENT_ROW + _SEGMENT_ROW_ENDS[place], row, strict=True))


class _Word(BaseModel):
    word: str
    start: _Number = None
    end: _Number = None
    probability: _Number = None


class _Segment(BaseModel):
    text: str = ""
    start: _Number = None
    end: _Number = None
    no_speech_prob: _Number = None
    avg_logprob: _Number = None
    compression_ratio: _Number = None
    words: list[Annotated[_Word, BeforeValidator(_word_with_names)]] | None = None


class Answer(BaseModel):
    """What a Whisper server answered."""

    model_config = ConfigDict(hide_input_in_errors=True)  # an error of ours may be logged with its causes

    text: str = ""
    language: str | None = None
    after_prefix: bool = False
    segments: list[Annotated[_Segment, BeforeValidator(_segment_with_names)]] | None = None
    words: list[_Word] | None = None

    @property
    def lacks_word_times(self) -> bool:
        """Whether it has text and says of none of its words when it was said."""
        words = [word for segment in self.segments or [] for word in segment.words or []] + (self.words or [])
        has_text = bool(self.text.strip() or any(segment.text.strip() for segment in self.segments or []))
        return has_text and not _timed(words)

    def hypothesis(
        self, *, start_ms: int, audio_ms: int, language: str, words_are_tokens: bool = False
    ) -> Hypothesis:
        """About `audio_ms` of audio that began at `start_ms`, when `language` (or empty) was asked for.

        Words lie within the audio, and none starts before the one in front of it.
        """
        clock = _Clock(start_ms=start_ms, audio_ms=audio_ms)
        spoken = from_whisper(self.language) if self.language else language
        joined = words_are_tokens and _has_spaces(spoken)
        segments = tuple(
            Segment(
                words=tuple(map(clock.word, _whole(segment.words) if joined else segment.words)),
                no_speech_probability=_between(0.0, segment.no_speech_prob, 1.0, otherwise=0.0),
                mean_log_probability=_between(-math.inf, segment.avg_logprob, 0.0, otherwise=0.0),
                compression_ratio=_between(0.0, segment.compression_ratio, math.inf, otherwise=1.0),
            )
            for segment in _segments(self, audio_ms / 1000)
            if segment.words
        )
        return Hypothesis(segments, spoken, after_prefix=self.after_prefix)


def _timed(words: Iterable[_Word]) -> bool:
    return any(word.start is not None for word in words)


class _Clock:
    """Seconds of the audio sent become audio time that stays inside it and does not run backwards."""

    def __init__(self, *, start_ms: int, audio_ms: int) -> None:
        self._first_ms = start_ms
        self._last_ms = start_ms + audio_ms
        self._word_start_ms = start_ms
        self._word_end_ms = start_ms

    def word(self, word: _Word) -> Word:
        """A word without a start begins where the one before it ended; without an end it takes no time."""
        self._word_start_ms = self._place(word.start, otherwise=self._word_end_ms)
        self._word_end_ms = self._place(word.end, otherwise=self._word_start_ms)
        probability = _between(0.0, word.probability, 1.0, otherwise=1.0)
        return Word(self._word_start_ms, self._word_end_ms, word.word, probability)

    def _place(self, seconds: float | None, *, otherwise: int) -> int:
        place_ms = otherwise if seconds is None else self._first_ms + seconds * 1000
        return round(min(max(self._word_start_ms, place_ms), self._last_ms))


def _segments(answer: Answer, audio_s: float) -> list[_Segment]:
    """The segments, each with its words, which hold the spaces and the punctuation between them."""
    segments = answer.segments or [_Segment(text=answer.text)]
    if answer.after_prefix and all(_timed(segment.words or []) for segment in segments):
        # It may go on in the middle of a word; and who knows prefixes writes spaces where they are.
        return segments
    if answer.words and _timed(answer.words) and not any(segment.words for segment in segments):
        return _shared_out(answer.words, segments)
    return [_with_words(segment, audio_s) for segment in segments]


def _with_words(segment: _Segment, audio_s: float) -> _Segment:
    if segment.words and _timed(segment.words):
        return segment.model_copy(update={"words": _as_written(segment.words, _text(segment))})
    start = segment.start if segment.start is not None else 0.0
    end = segment.end if segment.end is not None else audio_s
    return segment.model_copy(update={"words": _spread(_text(segment), start, end)})


def _shared_out(words: Sequence[_Word], segments: Sequence[_Segment]) -> list[_Segment]:
    """Each of the answer's words goes to the segment in whose text it begins."""
    texts = [_text(segment) for segment in segments]
    ends = list(accumulate(map(len, texts)))
    shares: list[list[_Word]] = [[] for _ in segments]
    place = 0
    for word in _as_written(words, "".join(texts)):
        first_sign = place + len(word.word) - len(word.word.lstrip())
        shares[min(bisect_right(ends, first_sign), len(shares) - 1)].append(word)
        place += len(word.word)
    return [
        segment.model_copy(update={"words": share}) for segment, share in zip(segments, shares, strict=True)
    ]


def _as_written(words: Sequence[_Word], text: str) -> list[_Word]:
    """The words as `text` has them: joined, they are the text."""
    pieces = _pieces([word.word.strip() for word in words], text)
    if not any(pieces):
        pieces = [_after_space(word.word) for word in words]
    return [
        word.model_copy(update={"word": piece})
        for word, piece in zip(words, pieces, strict=True)
        if piece.strip()
    ]


def _pieces(words: Sequence[str], text: str) -> list[str]:
    """The text cut up around these words, a piece for each. A word that is not in it has an empty piece, and
    what the text has instead is in the piece of the word before or after."""
    pieces = [""] * len(words)
    latest: int | None = None
    cut = cursor = 0
    for index, word in enumerate(words):
        place = text.find(word, cursor) if word else -1
        if place < 0:
            continue
        if latest is not None:
            end = _closing_end(text, cursor, place)
            pieces[latest], cut = text[cut:end], end
        latest, cursor = index, place + len(word)
    if latest is not None:
        pieces[latest] = text[cut:]
    return pieces


def _closing_end(text: str, start: int, end: int) -> int:
    """Where what belongs to the word before ends, between two words: at the first space."""
    return next((place for place in range(start, end) if text[place].isspace()), end)


def _whole(tokens: Sequence[_Word]) -> list[_Word]:
    """Tokens put together to words: each begins with the space before it."""
    words: list[list[_Word]] = []
    for token in tokens:
        if not words or token.word[0].isspace():
            words.append([])
        words[-1].append(token)
    return [_one_word(parts) for parts in words]


def _one_word(parts: Sequence[_Word]) -> _Word:
    probabilities = [part.probability for part in parts if part.probability is not None]
    return _Word(
        word="".join(part.word for part in parts),
        start=parts[0].start,
        end=parts[-1].end,
        probability=sum(probabilities) / len(probabilities) if probabilities else None,
    )


def _has_spaces(language: str) -> bool:
    known = by_code(language)
    return known is None or known.spaces


def _text(segment: _Segment) -> str:
    return _after_space(segment.text or _joined([word.word for word in segment.words or []]))


def _joined(words: Sequence[str]) -> str:
    bare = not any(word[:1].isspace() for word in words)
    return "".join(map(_after_space, words) if bare else words)


def _after_space(text: str) -> str:
    """With a space before it, as Whisper writes words of languages that have spaces."""
    return text if not text or text[0].isspace() or _UNSPACED.match(text) else " " + text


def _spread(text: str, start: float, end: float) -> list[_Word]:
    """The text's words, each with a share of the time that goes with its length."""
    words = _WORDS.findall(text)
    lengths = list(accumulate(map(len, words), initial=0))
    times = [start + (end - start) * length / lengths[-1] for length in lengths] if words else []
    return [
        _Word(word=word, start=word_start, end=word_end)
        for word, (word_start, word_end) in zip(words, pairwise(times), strict=True)
    ]


def _between(low: float, number: float | None, high: float, *, otherwise: float) -> float:
    return otherwise if number is None else min(max(low, number), high)
