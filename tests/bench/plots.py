# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Pictures of a run: how far words lag behind in the course of clips, and how latencies are distributed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tests.bench.figures import Figures, Latency

SIZE_IN = (6.0, 7.5)
"""Upright, as a phone is held."""
DPI = 200
FONT_SIZE_PT = 13

_LATENCIES: tuple[tuple[str, Callable[[Latency], Sequence[float | None]]], ...] = (
    ("word shown", lambda latency: [word.shown_s for word in latency.words]),
    ("word settled", lambda latency: [word.settled_s for word in latency.words]),
    ("first text", lambda latency: [latency.first_text_s]),
    ("every word shown", lambda latency: [latency.every_word_s]),
    ("final", lambda latency: [latency.final_s]),
    (
        "sentence settled, translation begins",
        lambda latency: [s.settled_to_first_s for s in latency.sentences],
    ),
    ("sentence settled, translation ends", lambda latency: [s.settled_to_last_s for s in latency.sentences]),
)


def draw(clips: Sequence[Figures], folder: Path) -> list[Path]:
    """Draws what there is to be drawn; the files."""
    spoken = [one for one in clips if one.latency]
    if not spoken:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"font.size": FONT_SIZE_PT, "axes.grid": True, "grid.alpha": 0.3}):
        return [
            _saved(_lag_over_time(spoken), folder / "word-lag.png"),
            _saved(_distributions(spoken), folder / "latencies.png"),
        ]


def _lag_over_time(clips: Sequence[Figures]) -> Figure:
    figure = Figure(figsize=SIZE_IN, layout="constrained")
    shown, settled = figure.subplots(2, 1, sharex=True)
    colours = _colours(clips)
    for one in clips:
        assert one.latency is not None
        for axes, values in (
            (shown, [word.shown_s for word in one.latency.words]),
            (settled, [word.settled_s for word in one.latency.words]),
        ):
            points = [
                (word.end_s, lag)
                for word, lag in zip(one.latency.words, values, strict=True)
                if lag is not None
            ]
            axes.plot(*_columns(points), ".", color=colours[one.language], markersize=4, alpha=0.6)
    _label(shown, "A word was shown after", "s")
    _label(settled, "A word was settled after", "s")
    settled.set_xlabel("time in the clip, s")
    dots = [Line2D([], [], marker="o", linestyle="", color=colour) for colour in colours.values()]
    figure.legend(dots, list(colours), loc="outside lower center", ncols=min(4, len(colours)), frameon=False)
    return figure


def _distributions(clips: Sequence[Figures]) -> Figure:
    """For each latency the share of its values that are at most so long."""
    figure = Figure(figsize=SIZE_IN, layout="constrained")
    axes = figure.subplots()
    longest = 1.0
    for title, values_of in _LATENCIES:
        values = sorted(
            value for one in clips if one.latency for value in values_of(one.latency) if value is not None
        )
        if not values:
            continue
        shares = [100 * (rank + 1) / len(values) for rank in range(len(values))]
        axes.step(values, shares, where="post", label=f"{title} ({len(values)})", linewidth=2)
        longest = max(longest, values[int(0.97 * (len(values) - 1))])
    axes.axhline(50, color="grey", linewidth=0.8)
    axes.axhline(95, color="grey", linewidth=0.8)
    axes.set_xlim(min(0.0, -0.1 * longest), 1.1 * longest)
    axes.set_xlabel("s")
    _label(axes, "How many took at most so long", "%")
    figure.legend(loc="outside lower center", frameon=False, ncols=1)
    return figure


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _colours(clips: Sequence[Figures]) -> dict[str, str]:
    languages = sorted({one.language for one in clips})
    return {language: f"C{index % 10}" for index, language in enumerate(languages)}


def _label(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, loc="left")
    axes.set_ylabel(unit)


def _saved(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=DPI)
    return path
