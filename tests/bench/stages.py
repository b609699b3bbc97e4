# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where the server says that the time of its finals went. Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median

from tests.bench.shown import finals_of
from tests.peers import Arrived


def stages_of(arrived: Arrived) -> list[dict[str, int]]:
    """Milliseconds by stage, of each final that says it."""
    return [asdict(final.stages) for _, final in finals_of(arrived) if final.stages is not None]


def medians(stages: Sequence[dict[str, int]]) -> dict[str, float]:
    """The median of each stage."""
    names = list(dict.fromkeys(name for one in stages for name in one))
    return {name: median([one[name] for one in stages if name in one]) for name in names}
