# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One run beside an earlier one: only clips that both have played, with what may make them differ. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.bench.figures import Figures
from tests.bench.run import Run
from tests.bench.summary import Share, Spread, Summary, Value, by_language
from tests.bench.table import cell


def comparison(run: Run, earlier: Run) -> Iterator[str]:
    """Lines: each figure of this run, the earlier one's, and how many times as much ours is."""
    yield from (f"Mind: {difference}" for difference in differences(run, earlier))
    ours, theirs = _common(run.clips, earlier.clips), _common(earlier.clips, run.clips)
    if not ours:
        yield "Both runs have no clip in common."
        return
    now, before = by_language(ours), by_language(theirs)
    for name in now:
        yield ""
        yield f"{name:<36}{'now':>22}{'before':>22}{'ratio of p50':>14}{'of p95':>9}"
        yield from _rows(now[name], before[name])
    for share, other in zip(run.own_share, earlier.own_share, strict=False):
        yield ""
        yield f"{'own share':<36}{'now':>22}{'before':>22}{'ratio of p50':>14}{'of p95':>9}"
        yield from _rows(share.summary(), other.summary())


def differences(run: Run, earlier: Run) -> Iterator[str]:
    """What is not the same in both runs, apart from the program that was measured."""
    for what in ("engines", "talkers"):
        mine, other = getattr(run, what), getattr(earlier, what)
        if mine != other:
            yield f"{what}: {mine} now, {other} before"
    for what in ("machine", "models"):
        mine, other = getattr(run, what), getattr(earlier, what)
        for name in sorted({*mine, *other}):
            if mine.get(name) != other.get(name):
                yield f"{what}, {name}: {mine.get(name)} now, {other.get(name)} before"
    left_out = len(run.clips) - len(_common(run.clips, earlier.clips))
    missed = len(earlier.clips) - len(_common(earlier.clips, run.clips))
    if left_out or missed:
        yield f"not compared: {left_out} clips only of this run, {missed} only of the earlier one"


def _common(clips: Sequence[Figures], others: Sequence[Figures]) -> list[Figures]:
    """Those that the others have, too: by audio and target, as often as they have them."""
    left = Counter((one.digest, one.target) for one in others)
    common: list[Figures] = []
    for one in clips:
        if left[one.digest, one.target]:
            left[one.digest, one.target] -= 1
            common.append(one)
    return common


def _rows(now: Summary, before: Summary) -> Iterator[str]:
    for title in dict.fromkeys([*now, *before]):
        mine, other = now.get(title), before.get(title)
        (p50, p95), (p50_before, p95_before) = _numbers(mine), _numbers(other)
        ratios = f"{_ratio(p50, p50_before):>14}{_ratio(p95, p95_before):>9}"
        yield f"{title:<36}{cell(mine):>22}{cell(other):>22}{ratios}".rstrip()


def _numbers(value: Value | None) -> tuple[float | None, float | None]:
    match value:
        case Spread(p50=p50, p95=p95):
            return p50, p95
        case Share(count=count, of=of):
            return count / of if of else None, None
        case _:
            return value, None


def _ratio(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    if now == before:
        return "1.00"
    return f"{now / before:.2f}" if before else "-"
