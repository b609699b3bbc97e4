# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What stood on a client's screen, and when, by the events that it got. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from media.events import Event, SttParagraphFinal, SttPartial, TranslationDelta, TranslationParagraphFinal
from tests.peers import Arrived
from tests.speech import normalised_words


@dataclass(frozen=True, slots=True)
class Screen:
    """The source side of a screen after one event."""

    at: float
    words: tuple[str, ...]
    """All words on it, normalised."""
    settled: tuple[bool, ...]
    """Which of them are said never to change."""


def screens(arrived: Arrived) -> Iterator[Screen]:
    """The screen after each event that changes its source side."""
    words: dict[int, list[str]] = {}
    settled: dict[int, int] = {}
    for at, event in arrived:
        if not isinstance(event, SttPartial | SttParagraphFinal):
            continue
        words[event.paragraph_id] = normalised_words(event.text)
        settled[event.paragraph_id] = _settled_words(event, words[event.paragraph_id])
        order = sorted(words)
        yield Screen(
            at,
            tuple(word for key in order for word in words[key]),
            tuple(index < settled[key] for key in order for index in range(len(words[key]))),
        )


def finals_of(arrived: Arrived) -> list[tuple[float, SttParagraphFinal]]:
    """The finals that hold text, with the times at which they came."""
    return [(at, event) for at, event in arrived if isinstance(event, SttParagraphFinal) and event.text]


def final_text(arrived: Arrived) -> str:
    """What stands there in the end, as far as it is final."""
    return " ".join(event.text for _, event in finals_of(arrived))


def final_translation(arrived: Arrived) -> str:
    """The same of the translation."""
    return " ".join(e.text for _, e in arrived if isinstance(e, TranslationParagraphFinal) and e.text)


def first_text_at(arrived: Arrived) -> float | None:
    """When the first text came."""
    return next((at for at, event in arrived if shows_text(event)), None)


def shows_text(event: Event) -> bool:
    """Whether it brings words that were spoken."""
    return isinstance(event, SttPartial | SttParagraphFinal) and bool(event.text)


def complete_at(arrived: Arrived) -> float | None:
    """When the words on screen first were those of the final text and stayed so."""
    wanted = tuple(normalised_words(final_text(arrived)))
    since: float | None = None
    for screen in screens(arrived):
        if screen.words != wanted:
            since = None
        elif since is None:
            since = screen.at
    return since


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsteady:
    """What did not stay as it was shown, in code points."""

    taken_back: int
    """Source text that was said to be stable, or final, and was otherwise in a later event."""
    never_settled: int
    """Paragraphs (not code points) that were shown and never became final."""
    translation_deltas: int
    """Translation that a later delta had otherwise."""
    translation_finals: int
    """Translation that its final had otherwise."""


def unsteady(arrived: Arrived) -> Unsteady:
    """Of all paragraphs."""
    deltas, finals = _rewritten(arrived)
    return Unsteady(
        taken_back=_taken_back(arrived),
        never_settled=_never_settled(arrived),
        translation_deltas=deltas,
        translation_finals=finals,
    )


def _taken_back(arrived: Arrived) -> int:
    promised: dict[int, str] = {}
    count = 0
    for _, event in arrived:
        if not isinstance(event, SttPartial | SttParagraphFinal):
            continue
        kept, lost = _kept(promised.get(event.paragraph_id, ""), event.text)
        count += lost
        stable = event.text if isinstance(event, SttParagraphFinal) else event.text[: event.stable]
        promised[event.paragraph_id] = max(kept, stable, key=len)
    return count


def _never_settled(arrived: Arrived) -> int:
    shown = {e.paragraph_id for _, e in arrived if isinstance(e, SttPartial) and e.text}
    return len(shown - {e.paragraph_id for _, e in arrived if isinstance(e, SttParagraphFinal)})


def _rewritten(arrived: Arrived) -> tuple[int, int]:
    """What later deltas, and what finals, had otherwise."""
    shown: dict[int, str] = {}
    by_deltas = by_finals = 0
    for _, event in arrived:
        if isinstance(event, TranslationDelta):
            before = shown.get(event.paragraph_id, "")
            shown[event.paragraph_id] = before[: event.offset] + event.text
            by_deltas += _kept(before, shown[event.paragraph_id])[1]
        elif isinstance(event, TranslationParagraphFinal):
            by_finals += _kept(shown.get(event.paragraph_id, ""), event.text)[1]
            shown[event.paragraph_id] = event.text
    return by_deltas, by_finals


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """Words on screen while nobody spoke."""

    shown: int
    """In the longest partial of each paragraph: for a moment, or for good."""
    final: int


def invented(arrived: Arrived) -> Invented:
    """All words, for a clip in which nothing is said."""
    return Invented(
        shown=sum(_longest(arrived, (SttPartial, SttParagraphFinal)).values()),
        final=sum(_longest(arrived, (SttParagraphFinal,)).values()),
    )


def _longest(arrived: Arrived, kinds: tuple[type[Event], ...]) -> Mapping[int, int]:
    most = Counter[int]()
    for _, event in arrived:
        if isinstance(event, SttPartial | SttParagraphFinal) and isinstance(event, kinds):
            most[event.paragraph_id] = max(most[event.paragraph_id], len(normalised_words(event.text)))
    return most


def _settled_words(event: SttPartial | SttParagraphFinal, words: Sequence[str]) -> int:
    if isinstance(event, SttParagraphFinal):
        return len(words)
    stable = normalised_words(event.text[: event.stable])
    # Where the stable part ends inside a word, that one is not settled.
    return len(stable) if list(words[: len(stable)]) == stable else len(stable) - 1


def _kept(before: str, after: str) -> tuple[str, int]:
    """What of `before` begins `after`, and how much of it does not."""
    length = 0
    while length < min(len(before), len(after)) and before[length] == after[length]:
        length += 1
    return after[:length], len(before) - length
