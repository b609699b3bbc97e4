# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which clips a benchmark plays, from a manifest of the form of `speech/manifest.json`."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from media.core.windows import WINDOW_MS, FloatArray, Windows
from media.vad import SileroVad
from tests.speech import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One recording with what was said in it."""

    name: str
    kind: str
    """`speech`, `noise`, `music` or `silence`."""
    language: str
    """ISO 639-1 code of what is spoken; the kind, where nothing is."""
    transcript: str
    translations: Mapping[str, str] = field(default_factory=dict)
    """Of the transcript, by people; by language."""
    samples: FloatArray
    """16 kHz mono."""
    onset_ms: int
    """Where Silero hears the first speech."""
    offset_ms: int
    """Where Silero hears the last."""

    @property
    def duration_ms(self) -> int:
        return len(self.samples) // 16

    @property
    def is_speech(self) -> bool:
        return self.kind == "speech"

    @property
    def digest(self) -> str:
        """Of the samples."""
        return hashlib.sha256(self.samples.tobytes()).hexdigest()


def clips_of(manifest: Path, languages: Collection[str], only: str = "") -> list[Clip]:
    """The clips marked for benchmarks; of speech those of these languages (all, if there are none named).

    `only`, a part of a file's name, chooses also among clips that are not marked.
    """
    vad = SileroVad()
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    return [_clip(manifest.parent, one, vad) for one in entries if _is_wanted(one, languages, only)]


def _is_wanted(entry: dict[str, Any], languages: Collection[str], only: str) -> bool:
    if only:
        return only in entry["file"]
    is_spoken = entry["kind"] == "speech"
    return bool(entry.get("bench")) and (not is_spoken or not languages or entry["lang"] in languages)


def _clip(folder: Path, entry: dict[str, Any], vad: SileroVad) -> Clip:
    samples = load(folder / entry["file"])
    onset_ms, offset_ms = speech_span(samples, vad)
    return Clip(
        name=entry["file"],
        kind=entry["kind"],
        language=entry["lang"] if entry["kind"] == "speech" else entry["kind"],
        transcript=entry.get("transcript") or "",
        translations=entry.get("translations") or {},
        samples=samples,
        onset_ms=onset_ms,
        offset_ms=offset_ms,
    )


def speech_span(samples: FloatArray, vad: SileroVad) -> tuple[int, int]:
    """Start of the first and end of the last window with speech, in ms; of all, where there is none."""
    stream = vad.stream()
    probabilities = [stream.probability(window) for window in Windows().feed(samples)]
    speech = [index for index, probability in enumerate(probabilities) if probability >= 0.5]
    first, last = (speech[0], speech[-1]) if speech else (0, len(probabilities) - 1)
    return first * WINDOW_MS, (last + 1) * WINDOW_MS
