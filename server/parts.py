# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The embedded parts: PostgreSQL, Whisper and the LLM, each started where no address names another."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from db import embedded
from server.config import Settings
from server.engine_process import Engine, EngineCommand, Say

_DIALECTS = {
    "whisper_base_url": {"whisper_dialect": "openai"},
    "ollama_base_url": {"llm_dialect": "ollama"},
}
"""What our own engines speak, by the setting that is empty for want of another."""


@asynccontextmanager
async def embedded_parts(settings: Settings, say: Say) -> AsyncIterator[Settings]:
    """Start what is missing, all at once, and give settings in which every part has an address.

    In the end all are stopped. Raises EngineDidNotStart or EmbeddedPostgresFailed.
    """
    async with AsyncExitStack() as stack:
        starts: dict[str, Coroutine[None, None, object]] = {}
        if not settings.database_url.get_secret_value():
            starts["database_url"] = _start_postgres(settings, stack, say)
        engines = {name: Engine(command, say) for name, command in engine_commands(settings).items()}
        starts |= {name: engine.start() for name, engine in engines.items()}
        stack.push_async_callback(_stop_all, engines.values())
        dialects = {setting: dialect for name in engines for setting, dialect in _DIALECTS[name].items()}
        yield settings.model_copy(update=await _all_of(starts) | dialects)


def engine_commands(settings: Settings) -> dict[str, EngineCommand]:
    """The engines to start, by the setting that is empty for want of another."""
    commands = {
        "whisper_base_url": EngineCommand(
            name="whisper",
            title="The embedded Whisper",
            module="media.engines.whisper",
            arguments=_arguments(
                ("--model", settings.whisper_model),
                ("--threads", settings.whisper_threads),
                ("--device", settings.whisper_device),
                ("--compute-type", settings.whisper_compute_type),
                ("--cache-dir", _models_folder(settings)),
            ),
        ),
        "ollama_base_url": EngineCommand(
            name="llm",
            title="The embedded LLM",
            module="media.engines.llm",
            arguments=_arguments(
                ("--model", settings.llm_model_translation),
                ("--threads", settings.llm_threads),
                ("--context", settings.llm_context_tokens),
                ("--style", settings.llm_style),
                ("--cache-dir", _models_folder(settings)),
            ),
        ),
    }
    given = {"whisper_base_url": settings.whisper_base_url, "ollama_base_url": settings.llm_address}
    return {setting: command for setting, command in commands.items() if not given[setting]}


def _arguments(*options: tuple[str, str | int | Path]) -> tuple[str, ...]:
    """The command line; what is 0 is left to the engine."""
    return tuple(str(word) for option in options if option[1] != 0 for word in option)


def _models_folder(settings: Settings) -> Path:
    return settings.model_cache_dir or settings.data_dir / "models"


async def _start_postgres(settings: Settings, stack: AsyncExitStack, say: Say) -> SecretStr:
    say("The embedded PostgreSQL is starting ...")
    postgres = await embedded.start(settings.data_dir / "postgres")
    stack.push_async_callback(postgres.stop)
    return SecretStr(postgres.url)


async def _stop_all(engines: Iterable[Engine]) -> None:
    await asyncio.gather(*(engine.stop() for engine in engines))


async def _all_of(starts: Mapping[str, Coroutine[None, None, object]]) -> dict[str, object]:
    """What each gives. Where one fails the others are given up, and its error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {name: group.create_task(start) for name, start in starts.items()}
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None  # One line is enough for a person.
    return {name: task.result() for name, task in tasks.items()}
