# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where a text may be cut: sentences for the translator, paragraphs for the page. Pure.

A mark ends a sentence only when what follows is known: "3." may go on as "3.5", "Mr." as "Mr. Brown". When in
doubt it does not; a longer piece translates well, half a sentence does not.
"""

import re
import unicodedata
from collections.abc import Iterator

from media.core.abbreviations import (
    ABBREVIATIONS,
    AFTER_NUMBERS,
    BEFORE_GERMAN_ORDINALS,
    BEFORE_NUMBERS,
    COMPANIES,
    ENGLISH_BEGINNERS,
    GERMAN_MONTHS,
    LONE_WORDS,
    MAY_END,
    ORDINALS_WITH_FULL_STOP,
    TITLES,
)

_CLOSERS = "\"'”’»›)]}」』）】》〉］"
_OPENERS = "\"'“‘„‚«‹»›([{「『（【《〈［¿¡-–— \t\n"
_ALWAYS_END = "。！？｡؟۔।॥։።။។"
"""These marks are used for nothing but ends of sentences, whether a space follows or not."""

_CLOSED = rf"(?:[{re.escape(_CLOSERS)}]|[“‘«‹](?=\s|\Z))*(?:\s[»›](?=\s|\Z))?"
"""What may stand between a mark and the next sentence. Some quotation marks close in one language and open in
another: they close where a space follows. French has a space before its own."""

_MARKED = rf"[.!?…{_ALWAYS_END}]+"
_ENDING = re.compile(rf"(?P<marks>{_MARKED})(?P<closers>{_CLOSED})\Z")
_CANDIDATE = re.compile(_MARKED + _CLOSED)
_CLOSES_LATER = re.compile(r"\s[»›](?:\s|\Z)")
_CLAUSE_ENDING = re.compile(rf"(?P<mark>[,;:、，；：،؛၊—]|\s[-–])[{re.escape(_CLOSERS)}]*\Z")
_CLAUSE_CANDIDATE = re.compile(rf"(?:[,;:、，；：،؛၊—]|\s[-–])[{re.escape(_CLOSERS)}]*")
_SPACED_MARKS = ",;:-–"
"""Clause marks that also stand inside numbers and words, and therefore need a space after them."""

_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)
"""Thai, Lao, Burmese, Khmer, kana, Han and their full-width signs: no space stands between sentences."""

_READABLE = re.compile(r"[^\W_]")
_LETTER_RUN = re.compile(r"[^\W\d_]+")
_ARTICLE = re.compile(rf".*{_SPACELESS.pattern}|\w{{1,4}}['’](?=\w\w)")
"""What may be written together with the word behind it: a script without spaces, and "l'" or "dell'"."""
_DOTTED = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]")
"""Letters with full stops, but for the last: "e.g", "U.S", "J.-C"."""


def is_sentence_end(text: str, following: str, language: str = "") -> bool:
    """Whether `text` certainly ends with a sentence, when `following` comes right after it.

    False when `following` does not yet say: it must hold at least the first letter of what comes next.
    `language` (ISO 639-1) may be empty; it decides a few cases that are written alike.
    """
    ending = _ENDING.search(text)
    after = following.lstrip(_OPENERS)
    if ending is None or not after or _CLOSES_LATER.match(following):
        return False
    if any(mark in _ALWAYS_END for mark in ending["marks"]):
        return not _quotation_goes_on(ending["closers"], following)
    spaceless = _SPACELESS.match(following) is not None
    if not (following[0].isspace() or following[0] in "¿¡" or spaceless):
        return False
    if spaceless and _is_ellipsis(ending["marks"]):
        return False
    if _is_lower(after[0]):
        return not ending["closers"] and any(mark in "!?" for mark in ending["marks"])
    return ending["marks"] != "." or not _is_shortening(text[: ending.start()], after, language)


def ends_like_a_sentence(text: str, language: str = "") -> bool:
    """Whether `text`, after which nothing has come yet, looks finished.

    Not where it ends with an ellipsis, an abbreviation, an initial, or a number with a full stop that may be
    an ordinal; these call for more. `language` (ISO 639-1) may be empty.
    """
    text = text.rstrip()
    ending = _ENDING.search(text)
    if ending is None or not _READABLE.search(text) or _is_ellipsis(ending["marks"]):
        return False
    return ending["marks"] != "." or not _calls_for_more(text[: ending.start()], language)


def is_clause_end(text: str, following: str) -> bool:
    """Whether `text` ends with a comma or the like, when `following` comes right after it."""
    ending = _CLAUSE_ENDING.search(text)
    if ending is None or not following:
        return False
    return ending["mark"].strip() not in _SPACED_MARKS or following[0].isspace()


def sentence_ends(text: str, language: str = "") -> Iterator[int]:
    """Where sentences certainly end in `text`: the index after each one's last mark."""
    for candidate in _CANDIDATE.finditer(text):
        if is_sentence_end(text[: candidate.end()], text[candidate.end() :], language):
            yield candidate.end()


def clause_ends(text: str) -> Iterator[int]:
    """Where clauses end in `text`: the index after each one's last mark."""
    for candidate in _CLAUSE_CANDIDATE.finditer(text):
        if is_clause_end(text[: candidate.end()], text[candidate.end() :]):
            yield candidate.end()


class SentenceCutter:
    """Settled text in, sentences out, each as soon as its end is certain.

    The pieces keep their spaces: joined they are the text that was fed. A sentence longer than `max_chars` is
    cut where a clause ends, else between words.
    """

    def __init__(self, max_chars: int = 220, language: str = "") -> None:
        if max_chars < 1:
            raise ValueError("max_chars is at least 1")
        self._max_chars = max_chars
        self._language = language
        self._pending = ""

    def feed(self, text: str) -> list[str]:
        """The sentences that are complete with this continuation of the text."""
        self._pending += text
        pieces: list[str] = []
        while (cut := self._next_cut()) is not None:
            pieces.append(self._pending[:cut])
            self._pending = self._pending[cut:]
        return pieces

    def flush(self) -> list[str]:
        """What is left, as the text's last sentence; nothing where only white space is left."""
        rest = self._pending
        self._pending = ""
        return [rest] if rest.strip() else []

    def _next_cut(self) -> int | None:
        start = len(self._pending) - len(self._pending.lstrip())
        limit = start + self._max_chars
        end = next(sentence_ends(self._pending, self._language), None)
        if end is not None and end <= limit:
            return end
        if len(self._pending.rstrip()) <= limit:
            return None
        return _cut_within(self._pending, start, limit)


def _cut_within(text: str, start: int, limit: int) -> int:
    """The best place in `text` after `start` and not after `limit` to cut a sentence that is too long."""
    earliest = start + (limit - start) // 3
    clauses = [end for end in clause_ends(text[: limit + 1]) if earliest < end <= limit]
    if clauses:
        return clauses[-1]
    spaces = [index for index in range(start + 1, limit + 1) if text[index].isspace()]
    if spaces:
        return spaces[-1]
    cut = limit
    while cut > start + 1 and unicodedata.category(text[cut]).startswith("M"):
        cut -= 1
    return cut


def _is_lower(letter: str) -> bool:
    # Georgian letters count as lower case in Unicode, but no sentence begins with their capitals.
    return letter.islower() and letter.title() != letter


def _quotation_goes_on(closers: str, following: str) -> bool:
    """Japanese says who spoke after the closing bracket, with と or って; one small っ may become that."""
    return closers[-1:] in ("」", "』") and following.startswith(("と", "っ"))


def _is_ellipsis(marks: str) -> bool:
    return marks != "." and set(marks) <= {".", "…"}


def _calls_for_more(before: str, language: str) -> bool:
    """Whether the full stop after `before`, with nothing behind it yet, is probably no end."""
    token, previous = _last_tokens(before)
    if token.isdecimal():
        return _is_list_number(token, previous) or _may_be_ordinal(token, previous, language)
    return token.casefold() not in COMPANIES and _is_abbreviation(token, previous)


def _is_shortening(before: str, after: str, language: str) -> bool:
    """Whether the full stop between `before` and `after` (a capital, digit or the like) ends no sentence."""
    token, previous = _last_tokens(before)
    if token.isdecimal():
        return _is_list_number(token, previous) or _is_german_ordinal(token, previous, after, language)
    if token.casefold() in BEFORE_NUMBERS and after[0].isdecimal():
        return True
    return _is_abbreviation(token, previous) and not (_may_end(token) and _begins_sentence(after))


def _last_tokens(before: str) -> tuple[str, str]:
    """The last word of `before` and the one in front of it; empty where there is none."""
    tokens = before.split()
    previous = tokens[-2] if len(tokens) > 1 else ""
    return (_ARTICLE.sub("", tokens[-1]).lstrip(_OPENERS) if tokens else ""), previous


def _is_abbreviation(token: str, previous: str) -> bool:
    folded = token.casefold()
    if folded in AFTER_NUMBERS and previous.isdecimal():
        return False
    if folded in ABBREVIATIONS or folded in COMPANIES or token in TITLES:
        return True
    if len(token) == 1:
        return _is_initial(token, previous)
    return folded not in MAY_END and _DOTTED.fullmatch(folded) is not None


def _is_initial(letter: str, previous: str) -> bool:
    if letter.upper() == letter.lower():
        return False
    if previous == "т." and letter in "дп":
        return False
    return letter not in LONE_WORDS


def _may_end(token: str) -> bool:
    """An abbreviation, or a single letter, after which a sentence may end: "in the U.S."."""
    return token.casefold() in COMPANIES or token.isupper() or token.casefold() == "ph.d"


def _begins_sentence(after: str) -> bool:
    """Whether the first word of `after`, if it is there as a whole, begins sentences in English."""
    word = _LETTER_RUN.match(after)
    return word is not None and word.end() < len(after) and word[0] in ENGLISH_BEGINNERS


def _is_list_number(number: str, previous: str) -> bool:
    """Whether it numbers what follows: "2. Close the door"."""
    if len(number) > 2:
        return False
    if not previous or previous.endswith(":"):
        return True
    ending = _ENDING.search(previous)
    return ending is not None and not _stands_before_numbers(previous[: ending.start()])


def _may_be_ordinal(number: str, previous: str, language: str) -> bool:
    ordinals = not language or language in ORDINALS_WITH_FULL_STOP
    return ordinals and len(number) <= 2 and not _stands_before_numbers(previous.removesuffix("."))


def _stands_before_numbers(word: str) -> bool:
    return word.casefold() in BEFORE_NUMBERS or _is_abbreviation(word, "")


def _is_german_ordinal(number: str, previous: str, after: str, language: str) -> bool:
    if language not in ("", "de") or len(number) > 3:
        return False
    if previous.casefold() in BEFORE_GERMAN_ORDINALS:
        return True
    word = _LETTER_RUN.match(after)
    # A word that may still grow is not known yet.
    return word is not None and (word.end() == len(after) or word[0].casefold() in GERMAN_MONTHS)
