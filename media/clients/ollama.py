# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The dialect of Ollama: `POST /api/chat`, answered with a JSON object a line. Pure.

An answer is whole only once a line says `"done": true`: Ollama can end a stream without it.
"""

from pydantic import BaseModel, ConfigDict, ValidationError

from media.clients.http import AnswerFault
from media.clients.llm_dialect import ChatDialect, ChatQuestion, Piece


class _Message(BaseModel):
    content: str = ""


class _Line(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # an error of ours may be logged with its causes

    message: _Message = _Message()
    done: bool = False
    done_reason: str = ""
    error: str = ""


def _body(question: ChatQuestion, without: frozenset[str]) -> dict[str, object]:
    body: dict[str, object] = {
        "model": question.model,
        "messages": question.turns,
        "stream": True,
        "keep_alive": question.keep_alive,
        "options": {"temperature": question.temperature, "num_predict": question.most_tokens},
    }
    return body if "think" in without else body | {"think": False}


def _piece(text: bytes) -> Piece:
    try:
        line = _Line.model_validate_json(text)
    except ValidationError as error:
        raise AnswerFault("broken_answer") from error
    if line.error:
        raise AnswerFault("error_in_stream")
    if not line.done:
        return Piece(line.message.content)
    return Piece(line.message.content, end="too_long" if line.done_reason == "length" else "whole")


OLLAMA = ChatDialect(
    name="ollama",
    path="/api/chat",
    body=_body,
    piece=_piece,
    # Old versions, and models that cannot think, refuse to be told not to.
    optional={"think": "think"},
)
