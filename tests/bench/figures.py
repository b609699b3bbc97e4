# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the events of one played clip say about latency and faithfulness. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

import numpy as np

from media.events import Event, SttParagraphFinal, SttPartial, TranslationDelta, TranslationParagraphFinal
from tests.peers import Arrived
from tests.speech import normalised_words, word_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One clip. Times in seconds; None where the thing never happened."""

    clip: str
    language: str
    audio_s: float
    first_text_s: float | None
    """From the first speech to the first text."""
    every_word_s: float | None
    """From the last speech to the moment when all words of the final text stood on screen (0 if before)."""
    final_s: float | None
    """From the last speech to the last paragraph's final."""
    first_translation_s: float | None
    """From the first speech to the first text of the translation."""
    errors: int
    """Words put in, left out or replaced."""
    words: int
    """Words of the reference."""
    text: str
    translation: str
    cpu_s: dict[str, float]
    """CPU seconds that each process used meanwhile."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def figures(
    *,
    clip: str,
    language: str,
    reference: str,
    audio_s: float,
    onset: float,
    offset: float,
    arrived: Arrived,
    cpu_s: dict[str, float],
) -> Figures:
    """`onset`, `offset`: when the first and the last speech were sent, on the clock of `arrived`."""
    finals = [(at, event) for at, event in arrived if isinstance(event, SttParagraphFinal) and event.text]
    text = " ".join(event.text for _, event in finals)
    errors, words = word_errors(text, reference)
    return Figures(
        clip=clip,
        language=language,
        audio_s=audio_s,
        first_text_s=_after(onset, [at for at, event in arrived if _shows_text(event)][:1]),
        every_word_s=_after(offset, _complete_at(arrived, text)),
        final_s=_after(offset, [at for at, _ in finals][-1:]),
        first_translation_s=_after(
            onset, [at for at, event in arrived if isinstance(event, TranslationDelta)][:1]
        ),
        errors=errors,
        words=words,
        text=text,
        translation=" ".join(e.text for _, e in arrived if isinstance(e, TranslationParagraphFinal)),
        cpu_s=cpu_s,
    )


def summary(of: Sequence[Figures]) -> dict[str, float | int | None]:
    """Medians, 95th percentiles and sums over several clips."""
    audio_s = sum(one.audio_s for one in of)
    result: dict[str, float | int | None] = {"clips": len(of), "audio_s": round(audio_s, 1)}
    for name in ("first_text_s", "every_word_s", "final_s", "first_translation_s"):
        values = [value for one in of if (value := getattr(one, name)) is not None]
        result[f"{name}_p50"] = round(median(values), 2) if values else None
        result[f"{name}_p95"] = round(float(np.percentile(values, 95)), 2) if values else None
    result["wer"] = round(100 * sum(one.errors for one in of) / max(1, sum(one.words for one in of)), 1)
    for part in sorted({part for one in of for part in one.cpu_s}):
        result[f"cpu_{part}"] = round(sum(one.cpu_s.get(part, 0.0) for one in of) / audio_s, 3)
    result["cpu"] = round(sum(sum(one.cpu_s.values()) for one in of) / audio_s, 3)
    return result


def _after(moment: float, times: Sequence[float]) -> float | None:
    return round(max(0.0, times[0] - moment), 3) if times else None


def _shows_text(event: Event) -> bool:
    return isinstance(event, SttPartial | SttParagraphFinal) and bool(event.text)


def _complete_at(arrived: Arrived, final_text: str) -> list[float]:
    """When the words on screen first were those of the final text and stayed so."""
    wanted = normalised_words(final_text)
    shown: dict[int, str] = {}
    since: list[float] = []
    for at, event in arrived:
        if not isinstance(event, SttPartial | SttParagraphFinal):
            continue
        shown[event.paragraph_id] = event.text
        complete = normalised_words(" ".join(shown[key] for key in sorted(shown))) == wanted
        since = (since or [at]) if complete else []
    return since
