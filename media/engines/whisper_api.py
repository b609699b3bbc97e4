# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""OpenAI's transcription API over one Whisper model."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web

from media.engines.decoding import MOST_SECONDS, AudioTooLong, AudioUnreadable
from media.engines.serving import Problem
from media.engines.transcription import ModelFailed, Transcription, render
from media.engines.transcription_form import TranscriptionForm, read_form
from media.engines.transcription_queue import QueueFull, TranscriptionQueue

OPENAI_MODEL = "whisper-1"
"""What OpenAI's own clients ask for; here it means the model there is."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedWhisper:
    """The model that answers, once it has loaded."""

    name: str
    licence: str
    """Empty where it is not known."""
    queue: TranscriptionQueue


class WhisperApi:
    """The routes. `served` is set before a request is let through."""

    def __init__(self) -> None:
        self.served: ServedWhisper | None = None

    @property
    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What is answered."""
        return (
            web.get("/v1/models", self._models),
            web.post("/v1/audio/transcriptions", self._transcriptions),
        )

    @property
    def _model(self) -> ServedWhisper:
        if self.served is None:
            raise RuntimeError("a request came before the model had loaded")
        return self.served

    async def _models(self, request: web.Request) -> web.Response:
        model = self._model
        entry = {"id": model.name, "object": "model", "created": 0, "owned_by": "local"}
        return web.json_response({"object": "list", "data": [entry | {"licence": model.licence}]})

    async def _transcriptions(self, request: web.Request) -> web.Response:
        form = await read_form(request, self._model.queue.languages)
        if form.model not in ("", OPENAI_MODEL, self._model.name):
            raise Problem(404, "model_not_found", f"The model here is '{self._model.name}'.")
        transcription = await self._transcribed(form)
        rendering = render(transcription, form.response_format, form.granularities)
        return web.Response(text=rendering.body, content_type=rendering.content_type, charset="utf-8")

    async def _transcribed(self, form: TranscriptionForm) -> Transcription:
        try:
            return await self._model.queue.transcribe(form.content, form.wish)
        except AudioUnreadable as error:
            raise Problem(400, "invalid_audio", "'file' is no audio that can be decoded.") from error
        except AudioTooLong as error:
            message = f"'file' is longer than {MOST_SECONDS // 60} minutes."
            raise Problem(400, "audio_too_long", message) from error
        except QueueFull as error:
            raise Problem(503, "busy", "Too many requests wait already: try again soon.") from error
        except ModelFailed as error:
            log.exception("recogniser_failed")
            raise Problem(500, "recogniser_failed", "The model failed: the log says more.") from error
