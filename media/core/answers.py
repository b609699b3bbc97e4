# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A language model's answer to "translate this sentence", judged while it comes. Pure.

What is shown is never taken back, so an answer's beginning is held while it may still be something else:

    from     the text so far                                            to
    opening  may be a comment, a label, our own words or the source's   opening, nothing is shown
    opening  is our words, the source, an assistant's, in other letters stopped
    opening  is none of these                                           flowing
    flowing  goes on                                                    flowing, all of it is shown
    flowing  goes in circles, or is far too long                        stopped
    flowing  comes to an empty line: what follows would be a note       stopped, without a fault

`end` then looks at the whole. What only introduces the translation ("German:", "Here is the translation:") is
left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from media.core.negation import negation_differs
from media.core.numbers import numbers_differ
from media.core.openings import (
    Asked,
    Opening,
    OpeningFault,
    body_of,
    is_comment,
    is_in_another_script,
    repeats_the_source,
)
from media.core.repeating import is_looping, without_loop
from media.core.scripts import extent

Fault = (
    OpeningFault
    | Literal[
        "loop",  # it goes in circles
        "too_long",
        "too_short",
        "question_lost",  # the source asks, the answer does not: perhaps it replies
        "number",
        "negation",
    ]
)

_WEIGHTS: dict[Fault, int] = {
    "comment": 100,
    "prompt": 100,
    "loop": 50,
    "too_long": 50,
    "untranslated": 20,
    "script": 20,
    "too_short": 10,
    "question_lost": 5,
    "number": 5,
    "negation": 5,
}
"""How bad a fault is beside others."""

_WORTHLESS: frozenset[Fault] = frozenset({"comment", "prompt"})
"""Of such an answer nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOptions:
    """What of an answer is looked at. Lengths are extents: about as many as letters in English."""

    answers: bool = True
    """Whether it is a translation at all, of the whole sentence and of nothing else."""
    numbers: bool = True
    """Whether it has the source's numbers."""
    negation: bool = True
    """Whether it says no where the source does."""
    longest_ratio: float = 3.0
    """An answer is too long from this many times its source, and `longest_slack` more."""
    longest_slack: int = 60
    shortest_ratio: float = 0.25
    """An answer is too short below this share of its source, where that is longer than `shortest_source`."""
    shortest_source: int = 40

    def __post_init__(self) -> None:
        if not 0 <= self.shortest_ratio < 1 <= self.longest_ratio:
            raise ValueError("the ratios of an answer's length are below and above 1")


class Answer:
    """One answer. `feed` its pieces until it is `stopped`, then `end` it."""

    def __init__(self, asked: Asked, options: AnswerOptions | None = None) -> None:
        self.faults: tuple[Fault, ...] = ()
        self.stopped = False
        """Whether more of it is of no use."""
        self.shown = ""
        """What of it may be shown by now; it only grows."""
        self._asked = asked
        self._options = options or AnswerOptions()
        self._opening = Opening(asked) if self._options.answers else None
        self._said = ""

    @property
    def text(self) -> str:
        """What is worth keeping of it."""
        if not _WORTHLESS.isdisjoint(self.faults):
            return ""
        return without_loop(self._body) if "loop" in self.faults else self._body

    @property
    def badness(self) -> int:
        """0 where nothing is wrong with it."""
        return sum(_WEIGHTS[fault] for fault in self.faults)

    def feed(self, piece: str) -> None:
        """More of it."""
        self._said += piece
        fault = self._fault_by_now() if self._options.answers else None
        if fault is not None:
            self.faults, self.stopped = (fault,), True
        elif self._opening is None:
            self.shown = self._body

    def end(self) -> None:
        """That was all of it: judges the whole."""
        if not self.faults:
            self.faults = tuple(self._faults_of(self._body))

    @property
    def _body(self) -> str:
        return body_of(self._said, self._asked)[0] if self._options.answers else self._said.strip()

    def _fault_by_now(self) -> Fault | None:
        body, self.stopped = body_of(self._said, self._asked)
        if self._opening is not None:
            fault = self._opening.fault_of(body)
            if fault is not None or self._opening.may_become_one(body):
                return fault
            self._opening = None
        if _loops(body, self._asked.sentence):
            return "loop"
        longest = self._options.longest_ratio * extent(self._asked.sentence) + self._options.longest_slack
        return "too_long" if extent(body) > longest else None

    def _faults_of(self, text: str) -> Iterator[Fault]:
        asked, options = self._asked, self._options
        pair = (asked.source_language, asked.target_language)
        if options.answers:
            yield from self._faults_of_an_answer(text)
        if options.numbers and numbers_differ(asked.sentence, text, *pair):
            yield "number"
        if options.negation and negation_differs(asked.sentence, text, *pair):
            yield "negation"

    def _faults_of_an_answer(self, text: str) -> Iterator[Fault]:
        sentence = self._asked.sentence
        if is_comment(text, sentence):
            yield "comment"
        if repeats_the_source(text, self._asked):
            yield "untranslated"
        elif is_in_another_script(text, self._asked):
            yield "script"
        if _loops(text, sentence):
            yield "loop"
        if not text or self._is_too_short(text):
            yield "too_short"
        elif _loses_the_question(text, sentence):
            yield "question_lost"

    def _is_too_short(self, text: str) -> bool:
        length = extent(self._asked.sentence)
        return length > self._options.shortest_source and extent(text) < self._options.shortest_ratio * length


def better_of(first: Answer, second: Answer) -> Answer:
    """The one with the lighter faults; of two that are alike the first, which may be on screen already."""
    return second if second.badness < first.badness else first


_QUESTION_MARKS = re.compile("[?？؟;՞]")
_ASKS_WITHOUT = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese."""


def _loops(text: str, sentence: str) -> bool:
    """Whether it goes in circles, and the sentence does not."""
    return is_looping(text) and not is_looping(sentence)


def _loses_the_question(text: str, sentence: str) -> bool:
    asks = sentence.rstrip("\"'”»). ").endswith(("?", "？", "؟"))
    return asks and not _QUESTION_MARKS.search(text) and not _ASKS_WITHOUT.search(text)
