# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""An embedded model server as a process of its own, for tests that talk to the real thing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def command(module: str, cache_folder: Path, *arguments: str) -> list[str]:
    """How it is started, on any free port."""
    return [sys.executable, "-m", module, "--cache-dir", str(cache_folder), "--port", "0", *arguments]


@contextmanager
def engine(module: str, cache_folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address, once the model has answered."""
    with subprocess.Popen(
        command(module, cache_folder, "--until-stdin-closes", *arguments),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["listening"]
        finally:
            process.kill()
