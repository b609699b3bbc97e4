# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How long after a sentence its translation began and was there. Pure.

A client is told of a paragraph's translation, not of a sentence's. Sentences are translated in order: where
the translation of a paragraph has as many sentences as the paragraph, they belong together one by one; else
only the beginning of the first and the end of the last are known.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from media.core.sentences import SentenceCutter
from media.events import SttParagraphFinal, SttPartial, TranslationDelta, TranslationParagraphFinal
from tests.bench.lag import SpokenWord, matches
from tests.bench.shown import finals_of
from tests.peers import Arrived
from tests.speech import normalised_words


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceLag:
    """One sentence. Times in seconds; None where it is not known."""

    text: str
    spoken_to_first_s: float | None
    """From the end of its last word to the first of its translation."""
    settled_to_first_s: float | None
    """From the moment when all of it was settled on screen."""
    settled_to_last_s: float | None


@dataclass(frozen=True, slots=True)
class _Growth:
    """How a text came to be: lengths in code points that it had reached, and when."""

    lengths: list[int]
    times: list[float]

    def reached(self, length: int) -> float | None:
        """When it was first so long."""
        place = bisect_left(self.lengths, length)
        return self.times[place] if place < len(self.times) else None


def sentence_lags(
    arrived: Arrived, spoken: Sequence[SpokenWord], started: float, target: str
) -> list[SentenceLag]:
    """Of each sentence of the final text, translated into `target`. `started`: as in `word_lags`."""
    translations = {e.paragraph_id: e.text for _, e in arrived if isinstance(e, TranslationParagraphFinal)}
    ends = _spoken_ends(arrived, spoken, started)
    words_before = 0
    lags: list[SentenceLag] = []
    for _, final in finals_of(arrived):
        translation = translations.get(final.paragraph_id, "")
        lags += _of_paragraph(arrived, final, sentences(translation, target), ends, words_before)
        words_before += len(normalised_words(final.text))
    return lags


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a whole text; joined they are the text."""
    cutter = SentenceCutter(language=language)
    return cutter.feed(text) + cutter.flush()


def _of_paragraph(
    arrived: Arrived,
    final: SttParagraphFinal,
    translated: Sequence[str],
    ends: Mapping[int, float],
    words_before: int,
) -> Iterator[SentenceLag]:
    said = sentences(final.text, final.language)
    settled, shown = _settling(arrived, final.paragraph_id), _translating(arrived, final.paragraph_id)
    word = words_before
    for number, (sentence, end) in enumerate(zip(said, accumulate(map(len, said)), strict=True)):
        word += len(normalised_words(sentence))
        begins, ends_at = _span(number, len(said), translated)
        first = None if begins is None else shown.reached(begins + 1)
        last = None if ends_at is None else shown.reached(ends_at)
        settled_at = settled.reached(end - (len(sentence) - len(sentence.rstrip())))
        yield SentenceLag(
            text=sentence.strip(),
            spoken_to_first_s=_between(ends.get(word - 1), first),
            settled_to_first_s=_between(settled_at, first),
            settled_to_last_s=_between(settled_at, last),
        )


def _span(number: int, count: int, translated: Sequence[str]) -> tuple[int | None, int | None]:
    """Where the translation of a sentence begins and ends in its paragraph's, as far as that is known."""
    ends = list(accumulate(map(len, translated)))
    if not ends:
        return None, None
    if len(ends) == count:
        piece, end = translated[number], ends[number]
        return end - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    return 0 if number == 0 else None, ends[-1] if number == count - 1 else None


def _spoken_ends(arrived: Arrived, spoken: Sequence[SpokenWord], started: float) -> dict[int, float]:
    """When each word of the final text had been spoken, by its place in it; of those that are known."""
    words = [word for _, final in finals_of(arrived) for word in normalised_words(final.text)]
    pairs = matches(words, [one.text for one in spoken])
    return {live: started + spoken[place].end_s for live, place in pairs.items()}


def _settling(arrived: Arrived, paragraph_id: int) -> _Growth:
    growth = _Growth([], [])
    for at, event in arrived:
        if isinstance(event, SttPartial | SttParagraphFinal) and event.paragraph_id == paragraph_id:
            _grow(growth, event.stable if isinstance(event, SttPartial) else len(event.text), at)
    return growth


def _translating(arrived: Arrived, paragraph_id: int) -> _Growth:
    growth = _Growth([], [])
    for at, event in arrived:
        if isinstance(event, TranslationDelta) and event.paragraph_id == paragraph_id:
            _grow(growth, event.offset + len(event.text), at)
        elif isinstance(event, TranslationParagraphFinal) and event.paragraph_id == paragraph_id:
            _grow(growth, len(event.text), at)
    return growth


def _grow(growth: _Growth, length: int, at: float) -> None:
    if length > (growth.lengths[-1] if growth.lengths else 0):
        growth.lengths.append(length)
        growth.times.append(at)


def _between(moment: float | None, then: float | None) -> float | None:
    return None if moment is None or then is None else round(then - moment, 3)
