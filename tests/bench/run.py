# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Everything that one run of the benchmark has found, as it is printed, written and compared."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tests.bench.figures import Figures
from tests.bench.own_share import OwnShare
from tests.bench.performance import Costs
from tests.bench.summary import Summary, by_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run."""

    engines: str
    talkers: int
    machine: dict[str, str]
    versions: dict[str, str]
    models: dict[str, str]
    """Names, and hashes of weights."""
    costs: Costs
    left_out: list[str]
    """Clips that could not be played, with the reason."""
    own_share: list[OwnShare]
    """Of each talker; only with scripted engines."""
    clips: list[Figures]


_RUN = TypeAdapter(Run)
_SUMMARIES = TypeAdapter(dict[str, Summary])


def write(run: Run, path: Path) -> None:
    """As JSON, with the summaries that are printed at its head."""
    summaries = _SUMMARIES.dump_python(by_language(run.clips), mode="json")
    content = {"summary": summaries} | _RUN.dump_python(run, mode="json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Run:
    """What `write` wrote. ValueError where it is something else; OSError where it cannot be read."""
    try:
        return _RUN.validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(f"{path} was not written by this benchmark: {error.error_count()} errors") from error
