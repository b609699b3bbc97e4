# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The figures of a run as tables of text. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.bench.figures import Figures
from tests.bench.run import Run
from tests.bench.summary import Share, Spread, Summary, Value, by_language

_TITLE_WIDTH = 36
_LEAST_WIDTH = 9
_COLUMNS = 5


def table(run: Run) -> Iterator[str]:
    """The lines of all that a run has found."""
    summaries = by_language(run.clips)
    yield "p50 / p95 (n) of each"
    for names in batched(summaries):
        yield ""
        yield from columns({name: summaries[name] for name in names})
    yield ""
    yield from _costs(run)
    for one in run.clips:
        yield from _minutes(one)
    yield from _faults(run.clips)
    yield from (f"left out: {reason}" for reason in run.left_out)
    for share in run.own_share:
        yield ""
        yield f"The server's own share, talker {share.talker + 1}"
        yield from columns({"own": share.summary()})


def batched(names: Iterable[str]) -> Iterator[list[str]]:
    """As many as fit beside each other, the last one (all) first."""
    *rest, last = names
    # With one language all is the same once more.
    order = rest if len(rest) == 1 else [last, *rest]
    for start in range(0, len(order), _COLUMNS):
        yield order[start : start + _COLUMNS]


def columns(summaries: dict[str, Summary]) -> Iterator[str]:
    """A row for each figure, a column for each group."""
    titles = list(dict.fromkeys(title for group in summaries.values() for title in group))
    cells = {name: [cell(group.get(title)) for title in titles] for name, group in summaries.items()}
    widths = {name: max(_LEAST_WIDTH, len(name), *map(len, column)) + 2 for name, column in cells.items()}
    yield " " * _TITLE_WIDTH + "".join(name.rjust(width) for name, width in widths.items())
    for row, title in enumerate(titles):
        yield title.ljust(_TITLE_WIDTH) + "".join(
            cells[name][row].rjust(width) for name, width in widths.items()
        )


def cell(value: Value | None) -> str:
    """One figure, as short as can be."""
    match value:
        case None:
            return "-"
        case Spread(p50=p50, p95=p95, n=n):
            return f"{p50:.2f} / {p95:.2f} ({n})"
        case Share(count=count, of=of):
            return f"{count} of {of}"
        case _:
            return str(value)


def _costs(run: Run) -> Iterator[str]:
    audio_s = sum(one.audio_s for one in run.clips) or 1.0
    costs, used_s = run.costs, sum(run.costs.cpu_s.values())
    shares = ", ".join(f"{part} {used / audio_s:.3f}" for part, used in sorted(costs.cpu_s.items()))
    yield f"CPU seconds per audio second, with the pauses between clips: {used_s / audio_s:.3f} ({shares})"
    if run.talkers > 1:
        yield f"Partials that each talker got: {_partials(run)}"
    yield f"Cores busy while {run.talkers} talked: {used_s / costs.wall_s:.2f}"
    memory = ", ".join(f"{part} {mb:.0f} MB" for part, mb in sorted(costs.peak_memory_mb.items()))
    yield f"Peak memory of the largest process of each part: {memory}"
    machine = f"{run.machine['cores']} cores, {run.machine['cpu']}"
    yield f"Load before and after: {costs.load_before[0]}, {costs.load_after[0]} ({machine})"


def _partials(run: Run) -> str:
    got = Counter[int]()
    for one in run.clips:
        got[one.talker] += one.partials
    return ", ".join(str(got[talker]) for talker in range(run.talkers))


def _minutes(one: Figures) -> Iterator[str]:
    if not one.minutes:
        return
    yield ""
    yield f"{one.clip}, minute by minute"
    yield "minute  CPU s/s  whisper CPU s/s  answers  whisper s/answer  stt ms  word shown  settled"
    for number, minute in enumerate(one.minutes, start=1):
        cpu, whisper = sum(minute.cpu_s.values()) / 60, minute.cpu_s.get("whisper", 0.0) / 60
        yield (
            f"{number:>6}{cpu:>9.2f}{whisper:>17.2f}{minute.answers:>9}{_number(minute.whisper_s):>18}"
            f"{_number(minute.stt_ms, 0):>8}{_number(minute.shown_s):>12}{_number(minute.settled_s):>9}"
        )


def _faults(clips: Sequence[Figures]) -> Iterator[str]:
    """What a person will want to look at."""
    for one in clips:
        if one.unsteady.taken_back:
            yield f"taken back, {one.unsteady.taken_back} characters: {one.clip}"
        if one.unsteady.never_settled:
            yield f"never final, {one.unsteady.never_settled} paragraphs: {one.clip}"
        if one.invented and one.invented.shown:
            yield f"invented, {one.invented.shown} words shown: {one.clip}: {one.texts.live!r}"
        if one.live and (one.live.first_missing or one.live.last_missing):
            yield f"{_missing(one)}: {one.clip}"


def _missing(one: Figures) -> str:
    assert one.live is not None
    edges = {"first": one.live.first_missing, "last": one.live.last_missing}
    offline = one.offline and {"first": one.offline.first_missing, "last": one.offline.last_missing}
    said = [
        f"{edge} word missing" + (" (offline, too)" if offline and offline[edge] else "")
        for edge, is_missing in edges.items()
        if is_missing
    ]
    return ", ".join(said)


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
