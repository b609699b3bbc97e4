# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Starts a server with its engines, has all clips played to it, and takes down what that cost."""

import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from server.config import Settings
from server.options import llm_options
from tests.bench.clips import Clip
from tests.bench.engines import Asked, ScriptedEngines, scripted_engines
from tests.bench.machine import load
from tests.bench.options import BenchOptions
from tests.bench.played import CpuSeconds, Played
from tests.bench.playing import Players, Progress
from tests.bench.whole_text import whole_translations
from tests.served import MODELS, ROOT, Served, served

LOG = ROOT / ".dragoman" / "bench-live.log"
"""What the server has logged in the latest run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the server used from the first clip's beginning to the last one's end."""

    cpu_s: CpuSeconds
    wall_s: float
    peak_memory_mb: dict[str, float]
    load_before: list[float]
    """Load averages of 1, 5 and 15 minutes."""
    load_after: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """All clips as they were played."""

    played: list[Played]
    left_out: list[str]
    """Clips that could not be played, with the reason."""
    costs: Costs
    whole: dict[tuple[str, int], str]
    """Translations of a live text in one request, by clip and talker."""
    asked: list[Asked]
    """What scripted engines were asked."""


async def perform(
    options: BenchOptions, clips: Sequence[Clip], settings: Settings, say: Progress
) -> Performance:
    """Play all of them, with the engines that the options name."""
    if options.engines == "embedded":
        return await _perform(options, clips, settings, say, None)
    async with scripted_engines() as engines:
        performance = await _perform(options, clips, settings, say, engines)
    performance.asked.extend(engines.asked)
    return performance


async def _perform(
    options: BenchOptions,
    clips: Sequence[Clip],
    settings: Settings,
    say: Progress,
    engines: ScriptedEngines | None,
) -> Performance:
    async with _server(options, settings, engines) as server:
        players = Players(server, await _sign_in(server), options.target, say)
        played, costs = await _measured(players, server, clips, options.talkers)
        whole = {} if engines else await _whole(server, played, settings, say)
    return Performance(played=played, left_out=players.left_out, costs=costs, whole=whole, asked=[])


async def _measured(
    players: Players, server: Served, clips: Sequence[Clip], talkers: int
) -> tuple[list[Played], Costs]:
    load_before, before, began = load(), server.cpu_seconds(), time.monotonic()
    played = await players.play(clips, talkers)
    wall_s, after = time.monotonic() - began, server.cpu_seconds()
    return played, Costs(
        cpu_s={part: round(used - before.get(part, 0.0), 3) for part, used in after.items()},
        wall_s=round(wall_s, 1),
        peak_memory_mb=server.peak_memory_mb(),
        load_before=load_before,
        load_after=load(),
    )


@asynccontextmanager
async def _server(
    options: BenchOptions, settings: Settings, engines: ScriptedEngines | None
) -> AsyncIterator[Served]:
    chosen = {
        "MODEL_CACHE_DIR": MODELS,
        "MAX_LIVE_SESSIONS": str(max(options.talkers, settings.max_live_sessions)),
        "MAX_LIVE_SESSIONS_PER_USER": str(max(options.talkers, settings.max_live_sessions_per_user)),
    }
    if engines:
        chosen |= {
            "WHISPER_BASE_URL": engines.addresses["whisper"],
            "OLLAMA_BASE_URL": engines.addresses["llm"],
            # It would come first.
            "LLM_BASE_URL": "",
            # The scripted translation is the source in capitals, which is none, and would be asked for twice.
            "TRANSLATION_CHECK_ANSWERS": "false",
        }
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dragoman-bench-")))
        LOG.parent.mkdir(exist_ok=True)
        LOG.write_bytes(b"")
        yield await stack.enter_async_context(served(folder / "data", LOG, **chosen))


async def _sign_in(server: Served) -> dict[str, str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(server.sign_in_link)
        return dict(answer.cookies)


async def _whole(
    server: Served, played: Sequence[Played], settings: Settings, say: Progress
) -> dict[tuple[str, int], str]:
    if not settings.llm_address:
        settings = settings.model_copy(update={"ollama_base_url": server.base_url_of("llm")})
    return await whole_translations(played, llm_options(settings), say)
