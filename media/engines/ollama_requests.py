# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What Ollama's clients ask for, checked; what we do not know is passed over, as Ollama does."""

from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from media.core.prompts import Message
from media.engines.language_model import Sampling
from media.engines.serving import Problem

MOST_BODY_BYTES = 1 << 20
MOST_MESSAGES = 256
MOST_STOPS = 16

StopText = Annotated[str, Field(min_length=1, max_length=100)]


class Options(BaseModel):
    """What we know of Ollama's `options`; the others, such as `num_ctx`, are fixed when the server starts."""

    temperature: Annotated[float, Field(ge=0, le=10)] | None = None
    top_k: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    repeat_penalty: Annotated[float, Field(gt=0, le=10)] | None = None
    repeat_last_n: Annotated[int, Field(ge=-1, le=65536)] | None = None
    presence_penalty: Annotated[float, Field(ge=-10, le=10)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-10, le=10)] | None = None
    seed: Annotated[int, Field(ge=-1, lt=2**32)] | None = None
    num_predict: Annotated[int, Field(lt=2**31)] = -1
    stop: StopText | Annotated[list[StopText], Field(max_length=MOST_STOPS)] = []

    def sampling(self) -> Sampling:
        """In our terms."""
        return Sampling(
            most_tokens=self.num_predict if self.num_predict > 0 else None,
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop),
            settings=self.model_dump(exclude={"num_predict", "stop"}, exclude_none=True),
        )


class Request(BaseModel):
    """What all requests for an answer have."""

    model_config = ConfigDict(hide_input_in_errors=True)

    model: str
    stream: bool = True
    options: Options | None = None

    @property
    def sampling(self) -> Sampling:
        """How it wants its answer."""
        return (self.options or Options()).sampling()


class ChatRequest(Request):
    messages: list[Message] = Field([], max_length=MOST_MESSAGES)
    tools: Annotated[list[object], Field(max_length=0)] | None = None


class GenerateRequest(Request):
    prompt: str = ""
    system: str = ""
    raw: bool = False


class ShowRequest(BaseModel):
    model: str


Asked = TypeVar("Asked", bound=BaseModel)


async def asked_of(request: web.Request, kind: type[Asked]) -> Asked:
    """The request's body. Raises Problem."""
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        message = f"invalid request: {where}: {first['msg']}" if where else f"invalid request: {first['msg']}"
        raise Problem(400, "invalid_request", message) from error
