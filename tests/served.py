# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The real server as a process of its own, as `make run` starts it, for benchmarks and browser tests."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parent.parent
MODELS = str(ROOT / ".dragoman" / "models")
"""Where `make run` keeps models, so that tests need not put them together again."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    process: psutil.Process
    sign_in_link: str
    """Good for one sign-in."""

    @property
    def base_url(self) -> str:
        """Without a slash at its end."""
        parts = urlsplit(self.sign_in_link)
        return f"{parts.scheme}://{parts.netloc}"

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time, user and system, that each part has used since it started."""
        seconds: dict[str, float] = {}
        for process in [self.process, *self.process.children(recursive=True)]:
            # PostgreSQL's processes for connections come and go.
            with suppress(psutil.NoSuchProcess):
                part, times = _part_of(process), process.cpu_times()
                seconds[part] = seconds.get(part, 0.0) + times.user + times.system
        return seconds

    def peak_memory_mb(self) -> dict[str, float]:
        """The most that the largest process of each part has held in memory (VmHWM); empty but on Linux."""
        peaks: dict[str, float] = {}
        for process in [self.process, *self.process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                part, peak = _part_of(process), _peak_kb(process.pid) / 1024
                peaks[part] = max(peaks.get(part, 0.0), round(peak, 1))
        return peaks

    def base_url_of(self, part: str) -> str:
        """Where an embedded part listens. LookupError where there is none."""
        for process in self.process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                ports = [c.laddr.port for c in process.net_connections("tcp") if c.status == "LISTEN"]
                if ports and _part_of(process) == part:
                    return f"http://127.0.0.1:{ports[0]}"
        raise LookupError(f"the server has started no {part}")


@asynccontextmanager
async def served(data_dir: Path, log: Path, **settings: str) -> AsyncIterator[Served]:
    """Start it with these settings on a free port, wait for its link, and stop it in the end."""
    environment = {**os.environ, "DATA_DIR": str(data_dir), "PORT": "0", **settings}
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server",
            cwd=ROOT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    try:
        assert process.stdout is not None
        link = (await process.stdout.readline()).decode().strip()
        if not link:
            raise RuntimeError(f"the server did not start, see {log}")
        yield Served(psutil.Process(process.pid), link)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


def _peak_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def _part_of(process: psutil.Process) -> str:
    line = process.cmdline()
    for part in ("whisper", "llm"):
        if f"media.engines.{part}" in line:
            return part
    return "postgres" if "postgres" in process.name() else "server"
