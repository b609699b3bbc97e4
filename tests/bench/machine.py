# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""On what a benchmark ran: only runs on the same machine with the same models can be compared."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.served import ROOT

PACKAGES = ("aiortc", "av", "ctranslate2", "faster-whisper", "numpy", "silero-vad", "torch", "xllamacpp")


def machine() -> dict[str, str]:
    """What it is."""
    return {"cpu": _cpu_model(), "cores": str(os.cpu_count()), "system": platform.platform()}


def versions() -> dict[str, str]:
    """Of what runs on it."""
    return {"python": platform.python_version(), "dragoman": _revision()} | {
        name: version(name) for name in PACKAGES
    }


def load() -> list[float]:
    """Load averages of 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _revision() -> str:
    """The commit, with a + where files were changed since."""
    try:
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        return "unknown"
    return commit.stdout.strip()
