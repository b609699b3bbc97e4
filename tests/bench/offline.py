# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the same weights make of a whole clip at once, by faster-whisper itself: the measure of live text.

It is kept in a file, by the audio and the model: only what is new is decoded.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel

from media.core.windows import FloatArray
from tests.bench.clips import Clip
from tests.bench.lag import SpokenWord, spoken_words
from tests.served import ROOT

KEPT = ROOT / ".dragoman" / "bench-offline.json"
BEAM_SIZE = 5
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """One clip, heard at once."""

    text: str
    words: Sequence[SpokenWord]
    """With their times, by a second decode: asking for times may change the text a little."""


def offline(
    clips: Sequence[Clip], folder: Path, model_hash: str, say: Callable[[str], None], kept: Path = KEPT
) -> dict[str, Offline]:
    """Of each clip, by its digest. `folder` holds the model in CTranslate2's format."""
    known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    unknown = {_key(clip, model_hash): clip for clip in clips}
    unknown = {key: clip for key, clip in unknown.items() if key not in known}
    model = WhisperModel(str(folder), device="cpu", compute_type="int8") if unknown else None
    for number, (key, clip) in enumerate(unknown.items(), start=1):
        assert model is not None
        say(f"offline {number} of {len(unknown)}: {clip.name}")
        known[key] = _decoded(model, clip)
        _write(kept, known)
    return {clip.digest: _offline(known[_key(clip, model_hash)]) for clip in clips}


def hash_of_model(folder: Path) -> str:
    """SHA-256 of its weights."""
    digest = hashlib.sha256()
    with (folder / "model.bin").open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _key(clip: Clip, model_hash: str) -> str:
    language = clip.language if clip.is_speech else "auto"
    return f"{clip.digest[:32]} {model_hash[:32]} {language}"


def _decoded(model: WhisperModel, clip: Clip) -> dict[str, Any]:
    language = clip.language if clip.is_speech else None
    text, _ = _transcribed(model, clip.samples, language, words=False)
    words = _transcribed(model, clip.samples, language, words=True)[1] if clip.is_speech else []
    return {"clip": clip.name, "text": text, "words": words}


def _transcribed(
    model: WhisperModel, samples: FloatArray, language: str | None, *, words: bool
) -> tuple[str, list[tuple[str, float, float]]]:
    segments = list(
        model.transcribe(
            samples, language=language, beam_size=BEAM_SIZE, vad_filter=True, word_timestamps=words
        )[0]
    )
    timed = [
        (str(word.word), round(float(word.start), 3), round(float(word.end), 3))
        for segment in segments
        for word in segment.words or []
    ]
    return "".join(str(segment.text) for segment in segments).strip(), timed


def _offline(kept: dict[str, Any]) -> Offline:
    return Offline(text=kept["text"], words=spoken_words([(str(w), s, e) for w, s, e in kept["words"]]))


def _write(path: Path, known: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    os.replace(half, path)
