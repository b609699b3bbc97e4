# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""llama.cpp in this process: requests one after the other, answers piece by piece.

A request waits for its turn, evaluates its prompt and generates, all in one thread beside the event loop.
It ends early, after a token or a batch of the prompt, when nobody listens to its answer any more.
"""

import asyncio
import json
import mmap
import os
import signal
import struct
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from media.engines.errors import ModelCorrupt, ModelError

MOST_WAITING = 64
"""Requests that wait or run at once; more are refused."""

PROMPT_BATCH_TOKENS = 128
"""Between two batches of a prompt a request can be given up: larger ones are hardly faster."""

PROMPT_CACHE_MIB = 256
"""Memory for evaluated beginnings of prompts beside the newest one: other language pairs, mostly."""

METADATA_BYTES = 64 << 20
"""How far into a file its metadata is looked for; the vocabulary, which comes first, takes about 10 MB."""


class LlamaFailed(Exception):
    """llama.cpp could not do what it was asked; `str(error)` never holds a prompt."""

    def __init__(self, message: str, *, status: int = 500) -> None:
        super().__init__(message)
        self.status = status
        """As an HTTP status: 400 where the request is at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaOptions:
    """How a model is run."""

    threads: int = 1
    context_tokens: int = 2048
    """Prompt and answer together."""

    def __post_init__(self) -> None:
        if not 1 <= self.threads <= 256:
            raise ValueError(f"--threads must lie between 1 and 256: {self.threads}")
        if not 256 <= self.context_tokens <= 1_048_576:
            raise ValueError(f"--context must lie between 256 and 1048576: {self.context_tokens}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEnd:
    """Why an answer is over, and what it took."""

    reason: Literal["stop", "length"]
    """`length`: it had as many tokens as it may have."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """How many of them, from the first on, were evaluated for an earlier request."""
    prompt_ms: float = 0.0
    """For the others."""
    answer_tokens: int = 0
    answer_ms: float = 0.0


AnswerPiece = str | AnswerEnd
"""Text, as often as there is some, then one end."""

Way = Literal["completion", "chat"]
"""What llama.cpp is asked for: to go on with a text, or to answer messages in the model's own template."""


class LlamaServer(Protocol):
    """The part of `xllamacpp.Server` that we use: it blocks, and gives up when the callback says true."""

    def handle_completions(self, body: str, callback: Callable[[str], bool]) -> None: ...

    def handle_chat_completions(self, body: str, callback: Callable[[str], bool]) -> None: ...


class _Delta(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    text: str = ""
    delta: _Delta = _Delta()
    finish_reason: Literal["stop", "length"] | None = None


class _Timings(BaseModel):
    cache_n: int = 0
    prompt_n: int = 0
    prompt_ms: float = 0.0
    predicted_n: int = 0
    predicted_ms: float = 0.0


class _Fault(BaseModel):
    code: int = 500
    type: str = ""
    n_prompt_tokens: int = 0
    n_ctx: int = 0


class _Chunk(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    choices: list[_Choice] = []
    timings: _Timings = _Timings()
    error: _Fault | None = None


class Llama:
    """Owns a loaded model and the thread in which it works."""

    def __init__(self, server: LlamaServer, most_waiting: int = MOST_WAITING) -> None:
        self._server = server
        self._most_waiting = most_waiting
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama")
        self._waiting = 0

    async def answer(self, way: Way, body: Mapping[str, object]) -> AsyncGenerator[AnswerPiece, None]:
        """Ask what `body` says in llama.cpp's words. Closing the generator ends the work.

        Raises LlamaFailed, also after some pieces.
        """
        if self._waiting >= self._most_waiting:
            raise LlamaFailed("the server is busy: too many requests wait", status=503)
        asked = json.dumps({**body, "stream": True, "cache_prompt": True, "return_progress": True})
        chunks: asyncio.Queue[str | None] = asyncio.Queue()
        unheard = Event()
        self._waiting += 1
        work = asyncio.get_running_loop().run_in_executor(
            self._thread, self._work, way, asked, _put_from_thread(chunks), unheard
        )
        work.add_done_callback(self._count_down)
        try:
            while (chunk := await chunks.get()) is not None:
                for piece in _pieces(_Chunk.model_validate_json(chunk)):
                    yield piece
            await work
        finally:
            unheard.set()

    def _work(self, way: Way, asked: str, put: Callable[[str | None], None], unheard: Event) -> None:
        def take(chunk: str) -> bool:
            put(chunk)
            return unheard.is_set()

        ask = self._server.handle_chat_completions if way == "chat" else self._server.handle_completions
        try:
            if not unheard.is_set():
                ask(asked, take)
        except (RuntimeError, ValueError) as error:
            # What an exception of llama.cpp becomes in Python. Its text may quote what was asked: it goes no
            # further, not even as a cause, which would be logged.
            raise LlamaFailed(f"the model failed ({type(error).__name__})") from None
        finally:
            put(None)

    def _count_down(self, _: object) -> None:
        self._waiting -= 1


def _put_from_thread(chunks: asyncio.Queue[str | None]) -> Callable[[str | None], None]:
    loop = asyncio.get_running_loop()

    def put(chunk: str | None) -> None:
        loop.call_soon_threadsafe(chunks.put_nowait, chunk)

    return put


def _pieces(chunk: _Chunk) -> Iterator[AnswerPiece]:
    if chunk.error:
        raise _failure(chunk.error)
    for choice in chunk.choices:
        if text := choice.text or choice.delta.content:
            yield text
        if choice.finish_reason:
            yield _end(choice.finish_reason, chunk.timings)


def _failure(fault: _Fault) -> LlamaFailed:
    if fault.type == "exceed_context_size_error":
        return LlamaFailed(
            f"the prompt is too long: it has {fault.n_prompt_tokens} tokens, the context holds {fault.n_ctx}",
            status=400,
        )
    # llama.cpp's own message may quote what it was asked.
    return LlamaFailed(f"the model failed ({fault.type or fault.code})", status=fault.code)


def _end(reason: Literal["stop", "length"], timings: _Timings) -> AnswerEnd:
    return AnswerEnd(
        reason=reason,
        prompt_tokens=timings.cache_n + timings.prompt_n,
        cached_tokens=timings.cache_n,
        prompt_ms=timings.prompt_ms,
        answer_tokens=timings.predicted_n,
        answer_ms=timings.predicted_ms,
    )


def load_llama(path: Path, options: LlamaOptions) -> Llama:
    """Load a GGUF file; in the main thread. Takes a second or more, in which no other Python runs.

    Raises ModelError.
    """
    # Read by GNU OpenMP when it is loaded: its threads sleep while they wait for each other. By default they
    # spin, and where Whisper wants the same processors a sentence then takes 30 s instead of 2.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(f"llama.cpp cannot be loaded ({error}); it needs the package libgomp1.") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = options.context_tokens
    params.n_parallel = 1
    params.n_batch = PROMPT_BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads
    # Without it models with a sliding window, such as Gemma, evaluate every prompt from its beginning.
    params.swa_full = True
    params.cache_ram_mib = PROMPT_CACHE_MIB
    # The first answer warms up as well, and lets other threads run meanwhile.
    params.warmup = False
    params.ui = False
    params.n_threads_http = 1
    params.verbosity = -1
    with _unreachable_socket() as address, _signals_kept():
        params.hostnames = [address]
        try:
            return Llama(xllamacpp.Server(params))
        except RuntimeError as error:
            raise ModelCorrupt(f"llama.cpp cannot load {path}: is it a whole GGUF file?") from error


@contextmanager
def _unreachable_socket() -> Iterator[str]:
    """Where llama.cpp's own HTTP server listens, which cannot be left out: nobody finds it afterwards."""
    with tempfile.TemporaryDirectory(prefix="dragoman-llm-") as folder:
        yield f"{folder}/llama.sock"


@contextmanager
def _signals_kept() -> Iterator[None]:
    """llama.cpp takes these signals for itself when it loads; they are ours."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    kept = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        for number, action in zip(numbers, kept, strict=True):
            signal.signal(number, action)


def has_chat_template(path: Path) -> bool:
    """Whether a GGUF file says how its model is spoken to, as those of chat models do.

    The key is looked for as it is written, its length before it: walking over a quarter of a million words
    of vocabulary takes much longer.
    """
    name = b"tokenizer.chat_template"
    key = struct.pack("<Q", len(name)) + name
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(key, 0, METADATA_BYTES) >= 0
