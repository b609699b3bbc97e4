# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""An embedded engine's process: started, heard, started again when it dies, ended. Real processes."""

import os
import signal
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest
from structlog.testing import capture_logs

from server.engine_process import Engine, EngineCommand, EngineDidNotStart


def command(*arguments: str, module: str = "tests.stub_engine") -> EngineCommand:
    return EngineCommand(name="stub", title="The stub", module=module, arguments=arguments)


@pytest.fixture
async def said() -> list[str]:
    """What a person is told."""
    return []


@pytest.fixture
async def engine(said: list[str]) -> AsyncIterator[Engine]:
    engine = Engine(command(), said.append)
    yield engine
    await engine.stop()


async def process_at(address: str) -> psutil.Process:
    """The process that listens there; where none does yet, wait for it."""
    # The pauses between its tries double from half a second.
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=7), trust_env=False) as http:
        response = await http.get(f"{address}/process", timeout=60)
    return psutil.Process(int(response.text))


async def test_an_engine_answers_where_it_says_and_tells_how_it_starts(
    engine: Engine, said: list[str]
) -> None:
    process = await process_at(await engine.start())
    assert process.ppid() == os.getpid()
    assert said[:2] == ["The stub is starting ...", "  stub: Loading nothing"]
    assert said[2].startswith("The stub answers after ")


async def test_what_an_engine_logs_is_in_our_log_under_its_name(engine: Engine) -> None:
    with capture_logs() as lines:
        await engine.start()
    assert lines == [
        {"event": "stub_warned", "log_level": "warning", "engine": "stub", "reason": "told to"},
    ]


async def test_a_signal_from_the_terminal_does_not_reach_it(engine: Engine) -> None:
    process = await process_at(await engine.start())
    assert os.getpgid(process.pid) != os.getpgrp()


async def test_a_stopped_engine_is_gone_and_stopping_twice_is_no_error(engine: Engine) -> None:
    process = await process_at(await engine.start())
    await engine.stop()
    assert not process.is_running()
    await engine.stop()


async def test_an_engine_that_cannot_start_says_why_in_one_line(said: list[str]) -> None:
    engine = Engine(command("--missing", "There is no model at ./here: check --model."), said.append)
    with pytest.raises(
        EngineDidNotStart, match=r"^The stub did not start: There is no model at \./here: .*$"
    ):
        await engine.start()
    await engine.stop()


async def test_a_program_that_is_not_there_says_so(said: list[str]) -> None:
    engine = Engine(command(module="tests.no_such_engine"), said.append)
    with pytest.raises(EngineDidNotStart, match="No module named"):
        await engine.start()
    await engine.stop()


async def test_an_engine_that_dies_is_started_again_at_the_same_address(engine: Engine) -> None:
    address = await engine.start()
    first = await process_at(address)
    with capture_logs() as lines:
        first.send_signal(signal.SIGKILL)
        second = await process_at(address)
    assert second.pid != first.pid
    (death,) = [line for line in lines if line["event"] == "engine_died"]
    assert (death["engine"], death["exit_code"], death["log_level"]) == ("stub", -signal.SIGKILL, "error")
