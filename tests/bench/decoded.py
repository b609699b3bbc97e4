# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the embedded Whisper makes of audio, kept on disk: decoding takes minutes, judging it a moment."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from pydantic import TypeAdapter

from media.clients.whisper import WhisperClient, WhisperOptions
from media.core.windows import FloatArray
from media.core.words import Hypothesis
from media.engines.models import ModelPlaces, find_model
from tests.engine_servers import engine
from tests.served import MODELS, ROOT

MODEL = "base"
KEPT = ROOT / ".dragoman" / "decoded"
"""Where answers are kept; a changed model has others, a changed engine has not: delete the folder then."""
LONGEST_ANSWER_S = 300.0

_HYPOTHESIS = TypeAdapter(Hypothesis)


class Decoder:
    """Asks Whisper what it was not asked before."""

    def __init__(self, client: WhisperClient, model_hash: str, folder: Path = KEPT) -> None:
        self._client = client
        self._model_hash = model_hash
        self._folder = folder

    async def decode(self, samples: FloatArray, *, start_ms: int, language: str, final: bool) -> Hypothesis:
        """What is heard in 16 kHz mono that begins at `start_ms`; an empty `language` is detected."""
        path = self._folder / f"{self._key(samples, start_ms, language, final)}.json"
        if path.exists():
            return _HYPOTHESIS.validate_json(path.read_bytes())
        hypothesis = await self._client.transcribe(samples, start_ms=start_ms, language=language, final=final)
        path.write_bytes(_HYPOTHESIS.dump_json(hypothesis))
        return hypothesis

    def _key(self, samples: FloatArray, start_ms: int, language: str, final: bool) -> str:
        asked = f"{self._model_hash} {start_ms} {language} {final} "
        return hashlib.sha256(asked.encode() + samples.tobytes()).hexdigest()


@asynccontextmanager
async def embedded_decoder() -> AsyncIterator[Decoder]:
    """One that asks the embedded Whisper, in a process of its own."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = find_model(
        MODEL, kind="whisper", places=ModelPlaces(cache_folder=Path(MODELS)), report=lambda _line: None
    ).path
    with (folder / "model.bin").open("rb") as weights:
        model_hash = hashlib.file_digest(weights, "sha256").hexdigest()
    with engine("media.engines.whisper", Path(MODELS), "--model", MODEL) as (_process, base_url):
        options = WhisperOptions(base_url=base_url, model=MODEL, timeout_floor_s=LONGEST_ANSWER_S)
        async with httpx.AsyncClient(trust_env=False) as http:
            yield Decoder(WhisperClient(http, options), model_hash)
