# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What is known of a clip once it was played to a server."""

from dataclasses import dataclass

from tests.bench.clips import Clip
from tests.peers import Arrived

CpuSeconds = dict[str, float]
"""By part of the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One clip and what came of it. Times as of `Talker`."""

    clip: Clip
    talker: int
    target: str
    """Into which language it was translated."""
    started: float
    """When its first sample was spoken."""
    microphone_started: float
    """When the first sample of all was."""
    arrived: Arrived
    cpu_s: CpuSeconds | None
    """What it cost; None where others talked, too."""
    minutes: list[CpuSeconds]
    """What each whole minute of it cost."""
