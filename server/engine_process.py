# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""An embedded model server as a process of its own: started, heard, kept running, ended.

    start   --says where it listens--> running      its model has really answered by then
    start   --ends-->                  EngineDidNotStart, with the last line that it said
    running --ends-->                  started again at the same address, after a pause that grows
    running --stop-->                  its standard input is closed, and it ends by itself

It has a process group of its own: a Ctrl-C in the terminal reaches only us, who end it when what was said is
stored. It also ends when we are killed, since its standard input closes then.
"""

import asyncio
import json
import logging
import sys
import time
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger()

Say = Callable[[str], None]
"""Takes a line of progress for a person."""

LONGEST_LINE_BYTES = 1 << 20
END_TIMEOUT_S = 5.0
"""How long an engine gets to end by itself."""
FIRST_PAUSE_S = 1.0
"""Between the end of an engine and its next start; doubled each time it soon dies again."""
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""An engine that ran so long did not die of how it was started."""
LEVELS = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}


class EngineDidNotStart(Exception):
    """`str(error)` is one line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCommand:
    """How an embedded model server is started."""

    name: str
    """For logs, e.g. `whisper`."""
    title: str
    """For people, e.g. `The embedded Whisper`."""
    module: str
    arguments: tuple[str, ...] = ()


class Engine:
    """One embedded model server, through as many processes as it takes."""

    def __init__(self, command: EngineCommand, say: Say) -> None:
        self._command = command
        self._say = say
        self._starting = True
        self._last_line = "it said nothing"
        self._process: Process | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Its address, once its model has answered. Raises EngineDidNotStart; call `stop` in any case."""
        began = time.monotonic()
        self._say(f"{self._command.title} is starting ...")
        address = await self._launch(port=0)
        self._say(f"{self._command.title} answers after {time.monotonic() - began:.1f} s.")
        self._starting = False
        self._keeper = asyncio.create_task(self._keep(address), name=f"keep {self._command.name} running")
        return address

    async def stop(self) -> None:
        """End it, whatever it is doing."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        await self._end()

    async def _launch(self, port: int) -> str:
        """Start a process and wait for its model; the address where it listens."""
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._command.module),
            *("--port", str(port), "--until-stdin-closes"),
            *self._command.arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=LONGEST_LINE_BYTES,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        hearing = asyncio.create_task(self._hear(process.stderr), name=f"hear {self._command.name}")
        self._tasks = [hearing]
        address = await _announced(process.stdout)
        if address is None:
            await hearing
            raise EngineDidNotStart(f"{self._command.title} did not start: {self._last_line}")
        self._tasks.append(asyncio.create_task(_drain(process.stdout), name=f"drain {self._command.name}"))
        return address

    async def _end(self) -> None:
        """End the process, if there is one, and what reads from it."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(END_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await asyncio.gather(*self._tasks)

    async def _keep(self, address: str) -> None:
        """Whenever the process has ended, start another at the same address."""
        port = urlsplit(address).port or 0
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            exit_code = await self._process.wait() if self._process else None
            await self._end()
            log.error("engine_died", engine=self._command.name, exit_code=exit_code, said=self._last_line)
            if time.monotonic() - began > STEADY_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            # The next turn says that it failed, and tries again. OSError: there is no memory for a process.
            with suppress(EngineDidNotStart, OSError):
                await self._launch(port)
                log.info("engine_restarted", engine=self._command.name)

    async def _hear(self, errors: StreamReader) -> None:
        async for line in errors:
            text = line.decode(errors="replace").strip()
            if text:
                self._last_line = text
                self._tell(text)

    def _tell(self, text: str) -> None:
        fields = _log_fields(text)
        if fields is not None:
            level = LEVELS.get(str(fields.pop("level", "")), logging.INFO)
            log.log(level, str(fields.pop("event")), **(fields | {"engine": self._command.name}))
        elif self._starting:
            self._say(f"  {self._command.name}: {text}")
        else:
            log.info("engine_says", engine=self._command.name, line=text)


def _log_fields(text: str) -> dict[str, object] | None:
    """What a log line holds, without its time; None where the line is meant for a person."""
    with suppress(ValueError):
        fields = json.loads(text)
        if isinstance(fields, dict) and "event" in fields:
            return {name: value for name, value in fields.items() if name != "timestamp"}
    return None


async def _announced(output: StreamReader) -> str | None:
    """The address in the line that says where the engine listens; None where it ends without one."""
    async for line in output:
        with suppress(ValueError):
            match json.loads(line):
                case {"listening": str(address)}:
                    return address
    return None


async def _drain(output: StreamReader) -> None:
    """Whatever a model's library still prints must not fill the pipe and stop it."""
    while await output.read(4096):
        pass
