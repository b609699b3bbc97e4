# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The life of a paragraph: it opens at its first word, grows, and closes for ever. Pure.

    CLOSED --words-->                              OPEN    emits ParagraphUpdated, with the next paragraph_id
    OPEN   --words-->                              OPEN    emits ParagraphUpdated
    OPEN   --a pause between two words-->          CLOSED  emits ParagraphClosed; what follows opens the next
    OPEN   --over max_chars, a sentence ends-->    CLOSED  emits ParagraphClosed; what follows opens the next
    OPEN   --over hard_max_chars-->                CLOSED  emits ParagraphClosed, cut at a clause or a word
    OPEN   --close, committed words-->             CLOSED  emits ParagraphClosed
    OPEN   --close, no committed words-->          OPEN    its words vanished; the next words take its place
    OPEN   --flush-->                              CLOSED  emits ParagraphClosed, perhaps with an empty text

The cut is never before text that was said to be stable: a stable prefix stays in its paragraph.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from media.core.sentences import is_clause_end, is_sentence_end
from media.core.words import Word, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphOptions:
    """How long a paragraph may grow."""

    max_chars: int = 400
    """Code points of settled text after which it closes at the next end of a sentence."""
    hard_max_chars: int = 800
    """Code points of settled text after which it closes at a clause or a word."""
    pause_ms: int = 1_200
    """Silence between two settled words that parts them, where they were heard too late for `close`."""

    def __post_init__(self) -> None:
        if self.pause_ms <= 0:
            raise ValueError("pause_ms is positive")
        if not 0 < self.max_chars <= self.hard_max_chars:
            raise ValueError("0 < max_chars <= hard_max_chars does not hold")


@dataclass(frozen=True, slots=True)
class ParagraphUpdated:
    """The open paragraph as it is now."""

    paragraph_id: int
    text: str
    """Settled words, then those that may change. Empty when all its words were taken back."""
    stable: int
    """How many code points at the start of `text` will never change."""
    started_ms: int


@dataclass(frozen=True, slots=True)
class ParagraphClosed:
    """A paragraph that will never change again."""

    paragraph_id: int
    text: str
    """Empty only where the conversation ended before a word of it settled."""
    language: str
    """ISO 639-1 code, or an empty string where the engine does not say."""
    started_ms: int
    ended_ms: int


ParagraphEvent = ParagraphUpdated | ParagraphClosed


class Paragraphs:
    """Turns words into paragraphs, one open at most."""

    def __init__(self, options: ParagraphOptions | None = None) -> None:
        self._options = options or ParagraphOptions()
        self._next_id = 0
        self._open = False
        self._words: list[Word] = []
        self._shown = ""
        self._stable = 0
        self._started_ms = 0
        self._ended_ms = 0
        self._language = ""

    @property
    def open_id(self) -> int | None:
        """The open paragraph, or None."""
        return self._next_id if self._open else None

    def update(
        self, committed: Sequence[Word], tentative: Sequence[Word], language: str
    ) -> list[ParagraphEvent]:
        """`committed` are the words settled since the last call, `tentative` all that follow them for now."""
        self._words.extend(committed)
        if committed and language:
            self._language = language
        events: list[ParagraphEvent] = []
        while (cut := self._cut(tentative)) is not None:
            self._start(self._words)
            events.append(self._close_at(cut, self._words[cut - 1].end_ms))
        events.extend(self._show(tentative))
        return events

    def close(self, at_ms: int) -> list[ParagraphEvent]:
        """The utterance is over at `at_ms`: what has settled becomes final, what has not is taken back."""
        if self._open and text_of(self._words):
            return [self._close_at(len(self._words), at_ms)]
        self._words.clear()
        return self._show(())

    def flush(self, at_ms: int) -> list[ParagraphEvent]:
        """The conversation is over: as `close`, and no paragraph stays open."""
        if not self._open:
            return []
        return [self._close_at(len(self._words), at_ms)]

    def _start(self, words: Sequence[Word]) -> None:
        if not self._open or not self._shown:
            self._started_ms = max(self._ended_ms, words[0].start_ms)
        self._open = True

    def _show(self, tentative: Sequence[Word]) -> list[ParagraphEvent]:
        words = [*self._words, *tentative]
        text = text_of(words)
        stable = len(text_of(self._words))
        if (text, stable) == (self._shown, self._stable):
            return []
        if text:
            self._start(words)
        self._shown = text
        self._stable = stable
        return [ParagraphUpdated(self._next_id, text, stable, self._started_ms)]

    def _close_at(self, cut: int, at_ms: int) -> ParagraphClosed:
        text = text_of(self._words[:cut])
        self._ended_ms = max(self._started_ms, at_ms)
        closed = ParagraphClosed(self._next_id, text, self._language, self._started_ms, self._ended_ms)
        del self._words[:cut]
        self._next_id += 1
        self._open = False
        self._shown = ""
        self._stable = 0
        return closed

    def _cut(self, tentative: Sequence[Word]) -> int | None:
        """How many of the settled words make the paragraph, where there was a pause or it is too long."""
        lengths = self._lengths()
        for count, (former, latter) in enumerate(pairwise(self._words), 1):
            paused = latter.start_ms - former.end_ms >= self._options.pause_ms
            if paused and lengths[count - 1] >= max(1, self._stable):
                return count
        if not lengths or lengths[-1] <= self._options.max_chars:
            return None
        candidates = [count for count, length in enumerate(lengths, 1) if length >= max(1, self._stable)]
        sentences = [count for count in candidates if self._ends_sentence(count, tentative)]
        if sentences:
            return _last_within(sentences, lengths, self._options.max_chars)
        if lengths[-1] <= self._options.hard_max_chars:
            return None
        # Not at the very end: the words after the cut show that there is more to say.
        candidates = candidates[:-1] or candidates
        clauses = [count for count in candidates if self._ends_clause(count, tentative)]
        return _last_within(clauses or candidates, lengths, self._options.hard_max_chars)

    def _lengths(self) -> list[int]:
        """The length of the text of the first word, the first two, and so on."""
        joined = "".join(word.text for word in self._words)
        leading = len(joined) - len(joined.lstrip())
        lengths: list[int] = []
        end = 0
        for word in self._words:
            end += len(word.text)
            lengths.append(len(joined[leading:end].rstrip()))
        return lengths

    def _ends_sentence(self, count: int, tentative: Sequence[Word]) -> bool:
        return is_sentence_end(*self._around(count, tentative), self._language)

    def _ends_clause(self, count: int, tentative: Sequence[Word]) -> bool:
        return is_clause_end(*self._around(count, tentative))

    def _around(self, count: int, tentative: Sequence[Word]) -> tuple[str, str]:
        following = [*self._words[count:], *tentative]
        return text_of(self._words[:count]), "".join(word.text for word in following)


def _last_within(counts: Sequence[int], lengths: Sequence[int], max_chars: int) -> int:
    """The last of `counts` whose text is not too long, else the first."""
    short = [count for count in counts if lengths[count - 1] <= max_chars]
    return short[-1] if short else counts[0]
