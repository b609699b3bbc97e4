# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A language model that answers chats, whether it knows chats or only goes on with texts."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from media.core.prompts import Message
from media.engines.answer import AnswerText
from media.engines.fewshot import Completion, few_shot_prompt
from media.engines.llama import AnswerEnd, AnswerPiece, Llama, has_chat_template

Style = Literal["chat", "few-shot"]
"""`chat`: in the template of the model's file. `few-shot`: as a pattern that a base model goes on with."""

FEW_SHOT_SETTINGS: Mapping[str, float] = {"temperature": 0.0, "repeat_penalty": 1.05}
"""Of a small base model's answers the likeliest is the best; the penalty keeps it from going in circles."""

CHAT_SETTINGS: Mapping[str, object] = {"chat_template_kwargs": {"enable_thinking": False}}
"""Models that can think aloud before they answer would be late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a client wants its answer; what it leaves open depends on the style."""

    most_tokens: int | None = None
    """None: as many as the context holds."""
    stop: tuple[str, ...] = ()
    """The answer ends before the first of these."""
    settings: Mapping[str, float] = field(default_factory=dict)
    """By llama.cpp's names."""


def style_of(path: Path) -> Style:
    """A file with a chat template is a chat model's; one without is a base model's."""
    return "chat" if has_chat_template(path) else "few-shot"


class LanguageModel:
    """Answers chats and goes on with texts in one style."""

    def __init__(self, llama: Llama, style: Style) -> None:
        self._llama = llama
        self._style = style

    def chat(self, messages: Sequence[Message], sampling: Sampling) -> AsyncGenerator[AnswerPiece, None]:
        """The answer to the last of at least one message. Raises LlamaFailed."""
        if self._style == "few-shot":
            return self._go_on(few_shot_prompt(messages), sampling)
        said = [{"role": message.role, "content": message.content} for message in messages]
        return self._llama.answer("chat", {**CHAT_SETTINGS, "messages": said, **_wishes(sampling)})

    def complete(self, prompt: str, sampling: Sampling) -> AsyncGenerator[AnswerPiece, None]:
        """How the text goes on, whatever the style. Raises LlamaFailed."""
        return self._llama.answer("completion", {"prompt": prompt, **_wishes(sampling)})

    async def _go_on(self, completion: Completion, sampling: Sampling) -> AsyncGenerator[AnswerPiece, None]:
        if completion.most_tokens == 0:
            yield AnswerEnd(reason="stop")
            return
        bounded = replace(
            sampling,
            most_tokens=_smaller(completion.most_tokens, sampling.most_tokens),
            stop=completion.stop + sampling.stop,
            settings={**FEW_SHOT_SETTINGS, **sampling.settings},
        )
        pieces = self.complete(completion.prompt, bounded)
        async with aclosing(pieces), aclosing(_tidied(pieces, AnswerText(completion.label))) as tidied:
            async for piece in tidied:
                if isinstance(piece, AnswerEnd) and piece.answer_tokens == completion.most_tokens:
                    # The bound was ours: the model goes on and on, and asking again would not help.
                    piece = replace(piece, reason="stop")
                yield piece


async def _tidied(
    pieces: AsyncIterator[AnswerPiece], answer: AnswerText
) -> AsyncGenerator[AnswerPiece, None]:
    """The answer as it may be shown; it ends where the model begins to repeat itself."""
    tokens = 0
    async for piece in pieces:
        if isinstance(piece, AnswerEnd):
            if rest := answer.flush():
                yield rest
            yield piece
            return
        tokens += 1
        if text := answer.feed(piece):
            yield text
        if answer.looping:
            yield AnswerEnd(reason="stop", answer_tokens=tokens)
            return


def _wishes(sampling: Sampling) -> dict[str, object]:
    wishes: dict[str, object] = {**sampling.settings}
    if sampling.most_tokens is not None:
        wishes["max_tokens"] = sampling.most_tokens
    if sampling.stop:
        wishes["stop"] = list(sampling.stop)
    return wishes


def _smaller(ours: int | None, theirs: int | None) -> int | None:
    return min((bound for bound in (ours, theirs) if bound is not None), default=None)
