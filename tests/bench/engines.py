# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Scripted models in a process of their own, so that what they use is not counted as the server's.

    python -m tests.bench.engines

It prints their addresses as a line of JSON and, once its standard input closes, what Whisper was asked.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from aiohttp import web
from pydantic import TypeAdapter

from media.core.windows import FloatArray
from media.core.words import Word
from tests.bench.hearing import tail_of
from tests.bench.scripted_speech import VOICE
from tests.scripted import ScriptedOllama, ScriptedWhisper
from tests.served import ROOT

LONGEST_LINE_BYTES = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request to Whisper. Times are those of `time.monotonic()`, which is one for all processes."""

    received: float
    """When all of it was there."""
    answered: float
    tail: str
    """`tail_of` its audio."""
    is_final: bool
    """Whether a thorough answer was asked for, because the speaker has paused."""


@dataclass(slots=True)
class ScriptedEngines:
    """The process, for who uses it."""

    addresses: dict[str, str]
    """Base URLs of `whisper` and `llm`."""
    asked: list[Asked] = field(default_factory=list)
    """What Whisper was asked; filled when the process has ended."""


@asynccontextmanager
async def scripted_engines() -> AsyncIterator[ScriptedEngines]:
    """Start them; in the end, stop them and read what they were asked."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.engines"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE_BYTES,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        engines = ScriptedEngines(TypeAdapter(dict[str, str]).validate_json(await process.stdout.readline()))
        yield engines
        process.stdin.close()
        engines.asked = TypeAdapter(list[Asked]).validate_json(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


async def main() -> None:
    """Serve until standard input closes."""
    heard: list[str] = []
    asked: list[Asked] = []

    def ear(samples: FloatArray) -> Sequence[Word]:
        heard.append(tail_of(samples))
        return VOICE.heard(samples)

    async with ScriptedWhisper(ear) as whisper, ScriptedOllama() as llm:
        answer = whisper.server.slow(0)

        async def timed(request: web.Request) -> web.StreamResponse:
            received, fields = time.monotonic(), whisper.asked[-1].fields
            response = await answer(request)
            # Nothing else ran since the ear has heard this.
            asked.append(
                Asked(
                    received=received,
                    answered=time.monotonic(),
                    tail=heard[-1],
                    is_final=fields.get("beam_size", "1") != "1",
                )
            )
            # The samples would pile up.
            whisper.asked.clear()
            llm.asked.clear()
            return response

        whisper.server.always(timed)
        print(json.dumps({"whisper": whisper.base_url, "llm": llm.base_url}), flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)
    print(json.dumps([asdict(one) for one in asked]), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
