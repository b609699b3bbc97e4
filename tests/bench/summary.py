# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The figures of several clips together. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.figures import Errors, Figures
from tests.bench.stages import medians

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Values of one kind."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    count: int
    of: int


Value = Spread | Share | float | int
"""Of one figure; what is not known is not there."""
Summary = dict[str, Value]
"""By the figure's title, in the order in which it is printed."""

_LATENCIES: dict[str, Callable[[Figures], Iterable[float | None]]] = {
    "first text (s)": lambda one: [one.latency.first_text_s] if one.latency else [],
    "every word shown (s)": lambda one: [one.latency.every_word_s] if one.latency else [],
    "end of speech -> final (s)": lambda one: [one.latency.final_s] if one.latency else [],
    "word -> shown (s)": lambda one: (w.shown_s for w in one.latency.words) if one.latency else (),
    "word -> settled (s)": lambda one: (w.settled_s for w in one.latency.words) if one.latency else (),
    "first translation (s)": lambda one: [one.latency.first_translation_s] if one.latency else [],
    "settled sentence -> first token (s)": lambda one: (
        (s.settled_to_first_s for s in one.latency.sentences) if one.latency else ()
    ),
    "settled sentence -> last token (s)": lambda one: (
        (s.settled_to_last_s for s in one.latency.sentences) if one.latency else ()
    ),
    "spoken sentence -> first token (s)": lambda one: (
        (s.spoken_to_first_s for s in one.latency.sentences) if one.latency else ()
    ),
}


def by_language(figures: Sequence[Figures]) -> dict[str, Summary]:
    """Of each language, of each kind of clips without speech, and of all of them."""
    order = sorted({(one.kind != "speech", one.language) for one in figures})
    groups = {name: [one for one in figures if one.language == name] for _, name in order}
    return {name: summary(group) for name, group in [*groups.items(), (ALL, list(figures))]}


def summary(figures: Sequence[Figures]) -> Summary:
    """Of all these together: latencies of all words, sentences and clips in one."""
    result: Summary = {"clips": len(figures), "audio (s)": round(sum(one.audio_s for one in figures), 1)}
    for title, values in _LATENCIES.items():
        add_spread(result, title, [value for one in figures for value in values(one)])
    _add_words(result, figures)
    _add_errors(result, figures)
    _add_unsteadiness(result, figures)
    _add_translation(result, figures)
    add_spread(result, "partials a clip", [one.partials for one in figures])
    _add_cpu(result, figures)
    for stage, value in medians([one for each in figures for one in each.stages]).items():
        result[f"stage {stage.removesuffix('_ms')}, median (ms)"] = round(value, 1)
    return result


def add_spread(to: Summary, title: str, values: Iterable[float | None]) -> None:
    """Under this title, if any is known."""
    known = [value for value in values if value is not None]
    if known:
        p50, p95 = np.percentile(known, [50, 95])
        to[title] = Spread(p50=round(float(p50), 3), p95=round(float(p95), 3), n=len(known))


def _add_words(result: Summary, figures: Sequence[Figures]) -> None:
    latencies = [one.latency for one in figures if one.latency]
    spoken = sum(latency.spoken_words for latency in latencies)
    if spoken:
        result["words matched"] = Share(count=sum(len(one.words) for one in latencies), of=spoken)
    if latencies:
        sentences = [sentence for one in latencies for sentence in one.sentences]
        known = sum(sentence.settled_to_first_s is not None for sentence in sentences)
        result["sentences matched"] = Share(count=known, of=len(sentences))


def _add_errors(result: Summary, figures: Sequence[Figures]) -> None:
    spoken = [one for one in figures if one.live]
    if not spoken:
        return
    words = sum(one.words for one in spoken)
    live, offline = [one.live for one in spoken if one.live], [one.offline for one in spoken if one.offline]
    result["WER streaming (%)"] = _rate(live, words)
    if len(offline) == len(live):
        result["WER offline (%)"] = _rate(offline, words)
        difference = sum(one.errors for one in live) - sum(one.errors for one in offline)
        result["WER difference (points)"] = round(100 * difference / max(1, words), 2)
    result["first word missing"] = Share(count=sum(one.first_missing for one in live), of=len(live))
    result["last word missing"] = Share(count=sum(one.last_missing for one in live), of=len(live))
    if offline:
        count = sum(one.first_missing for one in offline)
        result["first word missing offline"] = Share(count=count, of=len(offline))
        count = sum(one.last_missing for one in offline)
        result["last word missing offline"] = Share(count=count, of=len(offline))


def _rate(errors: Sequence[Errors], words: int) -> float:
    return round(100 * sum(one.errors for one in errors) / max(1, words), 2)


def _add_unsteadiness(result: Summary, figures: Sequence[Figures]) -> None:
    result["stable characters taken back"] = sum(one.unsteady.taken_back for one in figures)
    result["paragraphs never final"] = sum(one.unsteady.never_settled for one in figures)
    result["translation rewritten by deltas"] = sum(one.unsteady.translation_deltas for one in figures)
    result["translation rewritten by finals"] = sum(one.unsteady.translation_finals for one in figures)
    invented = [one.invented for one in figures if one.invented]
    if invented:
        result["invented words, shown"] = sum(one.shown for one in invented)
        result["invented words, final"] = sum(one.final for one in invented)
    offline = [one.invented_offline for one in figures if one.invented_offline is not None]
    if offline:
        result["invented words, offline"] = sum(offline)


def _add_translation(result: Summary, figures: Sequence[Figures]) -> None:
    live = [one.chrf_live for one in figures if one.chrf_live is not None]
    whole = [one.chrf_whole for one in figures if one.chrf_whole is not None]
    if live:
        result["chrF live, mean"] = round(sum(live) / len(live), 1)
        result["chrF clips"] = len(live)
    if whole:
        result["chrF of the text at once, mean"] = round(sum(whole) / len(whole), 1)


def _add_cpu(result: Summary, figures: Sequence[Figures]) -> None:
    known = [(one.cpu_s, one.audio_s) for one in figures if one.cpu_s is not None]
    audio_s = sum(length for _, length in known)
    if not audio_s:
        return
    parts = sorted({part for cpu_s, _ in known for part in cpu_s})
    for part in parts:
        used = sum(cpu_s.get(part, 0.0) for cpu_s, _ in known)
        result[f"CPU s/s {part}"] = round(used / audio_s, 3)
    result["CPU s/s"] = round(sum(sum(cpu_s.values()) for cpu_s, _ in known) / audio_s, 3)
