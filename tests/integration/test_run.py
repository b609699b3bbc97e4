# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m server` as a process, as `make run` starts it: what it prints, starts and leaves."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.settings import NOWHERE

ROOT = Path(__file__).resolve().parents[2]
NO_MODELS = {"WHISPER_BASE_URL": NOWHERE, "OLLAMA_BASE_URL": NOWHERE}


class Server:
    """One run of the server."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.link = ""
        self.parts: list[psutil.Process] = []
        """Processes that it has started, and those that they have started."""

    async def ready(self) -> "Server":
        assert self.process.stdout is not None
        self.link = (await self.process.stdout.readline()).decode().strip()
        assert self.link, await self.errors()
        self.parts = psutil.Process(self.process.pid).children(recursive=True)
        return self

    def http(self) -> httpx.AsyncClient:
        """A browser."""
        parts = urlsplit(self.link)
        return httpx.AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}", trust_env=False)

    async def end(self, by: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; exit code, and what was still said on standard output and error."""
        self.process.send_signal(by)
        output, errors = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, output.decode(), errors.decode()

    async def errors(self) -> str:
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    def left_over(self) -> list[str]:
        """The parts that still run."""
        return [part.name() for part in self.parts if runs(part)]

    def runs(self, module: str) -> bool:
        return any(module in part.cmdline() for part in self.parts)


def runs(process: psutil.Process) -> bool:
    """A zombie does not: it only waits for whoever started it to ask for its exit code."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def ended(process: psutil.Process) -> None:
    """Wait for a process that is not ours, of which nobody tells us."""
    while runs(process):
        await asyncio.sleep(0.05)


@asynccontextmanager
async def started(data_dir: Path, **settings: str) -> AsyncIterator[Server]:
    """A server with these settings, which is killed in the end if it still runs."""
    environment = {**os.environ, "PORT": "0", "DATA_DIR": str(data_dir), **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server"), cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE, limit=1 << 20
    )
    server = Server(process)
    try:
        yield server
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
        for part in server.parts:
            if part.is_running():
                part.kill()


async def refusal(data_dir: Path, **settings: str) -> tuple[int, str]:
    """Exit code and last line of a server that cannot start; it prints no link."""
    async with started(data_dir, **settings) as server:
        output, errors = await server.process.communicate()
        assert output == b""
        assert b"Traceback" not in errors
        assert server.process.returncode is not None
        return server.process.returncode, errors.decode().splitlines()[-1]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Not in pytest's own folder, which only we may enter: as root, PostgreSQL runs as somebody else."""
    with TemporaryDirectory(prefix="dragoman-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the models are put together, once for all tests here."""
    return tmp_path_factory.mktemp("models")


@pytest.mark.engines
async def test_one_command_starts_everything_and_ctrl_c_stops_it(data_dir: Path, models: Path) -> None:
    async with (
        started(data_dir, MODEL_CACHE_DIR=str(models)) as server,
        (await server.ready()).http() as browser,
    ):
        assert server.link.startswith("http://localhost:")
        assert server.runs("media.engines.whisper")
        assert server.runs("media.engines.llm")
        entered = await browser.get(server.link)
        assert (entered.status_code, entered.headers["Location"]) == (303, "/")
        assert (await browser.get("/api/me")).status_code == 200
        assert (await browser.get(server.link)).status_code == 403

        exit_code, output, errors = await server.end(signal.SIGINT)
        assert (exit_code, output) == (0, "")
        assert errors.splitlines()[-1] == "Dragoman has stopped."
        assert server.link.partition("token=")[2] not in errors
        assert server.left_over() == []


@pytest.mark.engines
async def test_what_was_made_once_is_not_made_again(data_dir: Path, models: Path) -> None:
    for _ in range(2):
        async with started(data_dir, MODEL_CACHE_DIR=str(models), OLLAMA_BASE_URL=NOWHERE) as server:
            await server.ready()
            assert not server.runs("media.engines.llm")
            _, _, errors = await server.end()
    assert "together" not in errors


@pytest.mark.engines
async def test_a_killed_server_leaves_no_engine_and_its_database_can_be_used_again(
    data_dir: Path, models: Path
) -> None:
    settings = {"MODEL_CACHE_DIR": str(models), "WHISPER_BASE_URL": NOWHERE}
    async with started(data_dir, **settings) as server:
        await server.ready()
        (engine,) = [part for part in server.parts if "media.engines.llm" in part.cmdline()]
        server.process.kill()
        await server.process.communicate()
        await ended(engine)
        async with started(data_dir, **NO_MODELS) as again:
            await again.ready()
            assert (await again.end())[0] == 0
            assert again.left_over() == []


async def test_somebody_who_is_signed_in_stays_so_when_the_server_starts_again(data_dir: Path) -> None:
    async with started(data_dir, **NO_MODELS) as server, (await server.ready()).http() as browser:
        await browser.get(server.link)
        cookies = dict(browser.cookies)
        me = (await browser.get("/api/me")).json()
        await server.end(signal.SIGTERM)
    async with started(data_dir, **NO_MODELS) as server, (await server.ready()).http() as browser:
        browser.cookies.update(cookies)
        assert (await browser.get("/api/me")).json() == me


async def test_models_that_do_not_answer_are_no_reason_not_to_start(data_dir: Path) -> None:
    async with started(data_dir, **NO_MODELS) as server:
        await server.ready()
        assert [part.name() for part in psutil.Process(server.process.pid).children()] == ["postgres"]
        exit_code, _, errors = await server.end(signal.SIGTERM)
    assert exit_code == 0
    assert "Speech is not recognised for now" in errors
    assert "Nothing is translated for now" in errors


async def test_a_second_signal_kills_everything_at_once(data_dir: Path) -> None:
    async with started(data_dir, **NO_MODELS) as server, (await server.ready()).http() as browser:
        await browser.get(server.link)
        # A request that does not end keeps the first signal busy.
        asking = asyncio.create_task(
            browser.post("/api/live", content=never_ending(), headers={"Content-Type": "application/sdp"})
        )
        await asyncio.wait([asking], timeout=1)
        server.process.send_signal(signal.SIGINT)
        assert server.process.stderr is not None
        await server.process.stderr.readuntil(b"Stopping ...\n")
        exit_code, _, _ = await server.end(signal.SIGINT)
        assert exit_code == 130
        for part in server.parts:
            await ended(part)
        asking.cancel()
        await asyncio.wait([asking])


async def never_ending() -> AsyncIterator[bytes]:
    yield b"v=0\r\n"
    await asyncio.Event().wait()


async def test_metrics_can_have_a_port_of_their_own_on_which_nothing_else_is(data_dir: Path) -> None:
    port = free_port()
    async with started(data_dir, METRICS_PORT=str(port), **NO_MODELS) as server:
        async with (await server.ready()).http() as browser, httpx.AsyncClient(trust_env=False) as monitor:
            figures = await monitor.get(f"http://127.0.0.1:{port}/metrics")
            assert (figures.status_code, figures.text.count("\ndragoman_live_sessions 0.0\n")) == (200, 1)
            assert (await monitor.get(f"http://127.0.0.1:{port}/health")).status_code == 404
            assert (await browser.get("/metrics")).status_code == 404
        assert (await server.end())[0] == 0


async def test_a_port_for_metrics_that_is_taken_is_said_by_its_name(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        exit_code, line = await refusal(data_dir, METRICS_PORT=str(port))
    assert exit_code == 1
    assert f"port {port} is taken. Another one: METRICS_PORT=" in line


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def test_a_port_that_is_taken_is_said_before_anything_is_started(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        exit_code, line = await refusal(data_dir, PORT=str(port))
    assert exit_code == 1
    assert line.startswith(f"Dragoman cannot start: port {port} is taken.")
    assert "make run" in line
    assert os.listdir(data_dir) == []


async def test_two_servers_do_not_share_their_data(data_dir: Path) -> None:
    async with started(data_dir, **NO_MODELS) as server:
        await server.ready()
        exit_code, line = await refusal(data_dir, **NO_MODELS)
        assert exit_code == 1
        assert "Another Dragoman" in line
        assert server.process.returncode is None


async def test_a_database_that_is_not_there_is_said_in_one_line(data_dir: Path) -> None:
    url = "postgresql://dragoman:s3cret@127.0.0.1:9/dragoman"
    exit_code, line = await refusal(data_dir, DATABASE_URL=url, **NO_MODELS)
    assert exit_code == 1
    assert "DATABASE_URL" in line
    assert "s3cret" not in line


async def test_a_setting_that_makes_no_sense_is_said_in_one_line(data_dir: Path) -> None:
    exit_code, line = await refusal(data_dir, VAD_RELEASE_THRESHOLD="0.9")
    assert (exit_code, line) == (2, "Dragoman cannot start: VAD_RELEASE_THRESHOLD is above VAD_THRESHOLD")


@pytest.mark.engines
async def test_a_model_that_is_not_there_is_said_in_one_line(data_dir: Path) -> None:
    exit_code, line = await refusal(data_dir, WHISPER_MODEL="./no-such-model", OLLAMA_BASE_URL=NOWHERE)
    assert exit_code == 1
    assert "no-such-model" in line
