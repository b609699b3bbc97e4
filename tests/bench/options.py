# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What `python -m tests.bench.live` is told."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.served import ROOT

Engines = Literal["embedded", "scripted"]
MANIFEST = ROOT.parent / "shared" / "speech" / "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """Which clips are played, how, and where the figures go."""

    clips: Path
    """A manifest of clips."""
    languages: frozenset[str]
    """ISO 639-1 codes of the speech that is played; all, if empty."""
    target: str
    """ISO 639-1 code to translate into."""
    only: str
    """Part of the file names of the clips to play; then it need not be one that is marked for benchmarks."""
    engines: Engines
    talkers: int
    out: Path | None
    baseline: Path | None
    plots: Path | None

    def __post_init__(self) -> None:
        if self.talkers < 1:
            raise ValueError("--sessions is at least 1")


def options_of(arguments: Sequence[str] | None = None) -> BenchOptions:
    """From the command line; ends the program where that makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.live", description=_WHAT)
    parser.add_argument("--clips", type=Path, default=MANIFEST, help="manifest of the clips to play")
    parser.add_argument("--langs", default="", help="only speech in these languages, e.g. en,ru")
    parser.add_argument("--only", default="", help="only clips with this in their file's name, marked or not")
    parser.add_argument("--target", default="en", help="language to translate into")
    parser.add_argument("--engines", choices=("embedded", "scripted"), default="embedded", help=_ENGINES)
    parser.add_argument("--sessions", type=int, default=1, help="talkers at once, each of whom plays all")
    parser.add_argument("--out", type=Path, help="write all figures and texts into this file, as JSON")
    parser.add_argument("--baseline", type=Path, help="compare with what an earlier run wrote")
    parser.add_argument("--plots", type=Path, help="draw pictures into this folder")
    given = parser.parse_args(arguments)
    try:
        return BenchOptions(
            clips=given.clips,
            languages=frozenset(code for code in given.langs.split(",") if code),
            target=given.target,
            only=given.only,
            engines=given.engines,
            talkers=given.sessions,
            out=given.out,
            baseline=given.baseline,
            plots=given.plots,
        )
    except ValueError as error:
        parser.error(str(error))


_WHAT = "Plays recorded speech through WebRTC in real time and prints what a user would feel."
_ENGINES = "scripted: models that answer at once, to see the server's own share of the time"
