# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The models as live sessions use them: how they do is noted in the metrics. Other uses of them are not."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from media.core.prompts import Message
from media.core.windows import FloatArray
from media.core.words import Hypothesis
from media.transcriber import Recogniser
from media.translator import ChatModel
from server.metrics import Metrics


class MeasuredRecogniser:
    """Asks a recogniser, and notes how long that takes and what fails."""

    def __init__(self, recogniser: Recogniser, metrics: Metrics) -> None:
        self._recogniser = recogniser
        self._metrics = metrics

    async def transcribe(
        self,
        samples: FloatArray,
        *,
        start_ms: int,
        language: str,
        prompt: str = "",
        prefix: str = "",
        among: Sequence[str] = (),
        final: bool,
    ) -> Hypothesis:
        """As `Recogniser.transcribe`."""
        with self._metrics.recogniser_request("final" if final else "partial"):
            return await self._recogniser.transcribe(
                samples,
                start_ms=start_ms,
                language=language,
                prompt=prompt,
                prefix=prefix,
                among=among,
                final=final,
            )


class MeasuredChat:
    """Asks an LLM, and notes what fails."""

    def __init__(self, model: ChatModel, metrics: Metrics) -> None:
        self._model = model
        self._metrics = metrics

    async def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """As `ChatModel.chat`."""
        with self._metrics.engine_request():
            async with aclosing(self._model.chat(messages)) as pieces:
                async for piece in pieces:
                    yield piece
