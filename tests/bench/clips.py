# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which clips a benchmark plays, from a manifest of the form of `speech/manifest.json`."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.core.windows import WINDOW_MS, FloatArray, Windows
from media.vad import SileroVad
from tests.speech import load


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording with what was said in it."""

    name: str
    language: str
    transcript: str
    samples: FloatArray
    """16 kHz mono."""
    onset_ms: int
    """Where Silero hears the first speech."""
    offset_ms: int
    """Where Silero hears the last."""

    @property
    def duration_ms(self) -> int:
        return len(self.samples) // 16


def clips_of(manifest: Path, languages: Collection[str]) -> list[Clip]:
    """The speech clips marked for benchmarks, of these languages (all, if there are none named)."""
    vad = SileroVad()
    return [
        _clip(manifest.parent, entry, vad)
        for entry in json.loads(manifest.read_text(encoding="utf-8"))
        if entry.get("bench")
        and entry.get("kind") == "speech"
        and (not languages or entry["lang"] in languages)
    ]


def _clip(folder: Path, entry: dict[str, Any], vad: SileroVad) -> Clip:
    samples = load(folder / entry["file"])
    first, last = _speech_windows(samples, vad)
    return Clip(
        name=entry["file"],
        language=entry["lang"],
        transcript=entry["transcript"],
        samples=samples,
        onset_ms=first * WINDOW_MS,
        offset_ms=(last + 1) * WINDOW_MS,
    )


def _speech_windows(samples: FloatArray, vad: SileroVad) -> tuple[int, int]:
    """The first and the last window with speech; all, where there is none."""
    stream = vad.stream()
    probabilities = [stream.probability(window) for window in Windows().feed(samples)]
    speech = [index for index, probability in enumerate(probabilities) if probability >= 0.5]
    return (speech[0], speech[-1]) if speech else (0, len(probabilities) - 1)
