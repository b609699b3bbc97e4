# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The dialect of OpenAI: `POST /v1/chat/completions`, answered with server-sent events. Pure.

llama.cpp's server, vLLM, LM Studio and OpenRouter speak it, and Ollama as well. An answer is whole only once
a chunk gives its `finish_reason`; what comes after that (token counts, `[DONE]`) says nothing new.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from media.clients.http import AnswerFault
from media.clients.llm_dialect import ChatDialect, ChatQuestion, Piece

_NO_WORD_OF_THE_MODEL = frozenset({"content_filter", "error"})
"""Reasons to finish after which what has come is no answer."""


class _Delta(BaseModel):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None

    @property
    def is_generated(self) -> bool:
        """Whether the model has a part in it. vLLM names the role before it has read the prompt."""
        return bool(self.content or self.reasoning_content or self.reasoning)


class _Choice(BaseModel):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Chunk(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # an error of ours may be logged with its causes

    kind: str = Field("", alias="object")
    choices: list[_Choice] = []
    error: dict[str, object] | str | None = None


def _body(question: ChatQuestion, without: frozenset[str]) -> dict[str, object]:
    body: dict[str, object] = {
        "model": question.model,
        "messages": question.turns,
        "stream": True,
        "temperature": question.temperature,
        "max_tokens": question.most_tokens,
        "chat_template_kwargs": {"enable_thinking": False},
    }
    if "max_tokens" in without:
        body["max_completion_tokens"] = question.most_tokens
    return {field: value for field, value in body.items() if field not in without}


def _piece(line: bytes) -> Piece | None:
    """One line of a stream of events; a comment keeps the connection alive and says nothing.

    llama.cpp reports errors in a field of their own, `error:`.
    """
    field, _, value = line.strip().partition(b":")
    match field:
        case b"data" if value.strip() == b"[DONE]":
            raise AnswerFault("stream_cut")
        case b"data":
            return _of_chunk(value)
        case b"error":
            raise AnswerFault("error_in_stream")
        case b"" | b"event" | b"id" | b"retry":
            return None
        case _:
            raise AnswerFault("broken_answer")


def _of_chunk(text: bytes) -> Piece | None:
    try:
        chunk = _Chunk.model_validate_json(text)
    except ValidationError as error:
        raise AnswerFault("broken_answer") from error
    if chunk.error is not None or chunk.kind == "error":  # the latter as vLLM says it
        raise AnswerFault("error_in_stream")
    if not chunk.choices:
        return None
    choice = chunk.choices[0]
    if choice.finish_reason in _NO_WORD_OF_THE_MODEL:
        raise AnswerFault("answer_withheld")
    if not choice.finish_reason and not choice.delta.is_generated:
        return None
    return Piece(choice.delta.content or "", end=_end(choice.finish_reason))


def _end(finish_reason: str | None) -> Literal["", "whole", "too_long"]:
    if not finish_reason:
        return ""
    return "too_long" if finish_reason == "length" else "whole"


OPENAI_CHAT = ChatDialect(
    name="openai",
    path="/v1/chat/completions",
    body=_body,
    piece=_piece,
    optional={
        # llama.cpp and vLLM know it; OpenAI itself does not.
        "chat_template_kwargs": "chat_template",
        "max_tokens": "use 'max_completion_tokens'",
        "temperature": "'temperature'",
    },
)
