# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m server`: start everything, print the sign-in link, serve until told to stop.

On standard output comes exactly one line, the address to open; everything else is on standard error.

    Ctrl-C, SIGTERM, SIGHUP    what was said is finished and stored, all parts are stopped    exit code 0
    the same once more         everything is killed at once                                   exit code 130
    a setting makes no sense   one line says which                                            exit code 2
    something cannot start     one line says what to do                                       exit code 1
"""

import argparse
import asyncio
import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from importlib import import_module

import psutil
import uvloop
from aiohttp import web

from db.errors import EmbeddedPostgresFailed, StorageError
from server.auth.local import OneTimeLink
from server.config import Settings, SettingsError, load_settings
from server.engine_process import EngineDidNotStart
from server.logs import configure_logs
from server.parts import embedded_parts
from server.routes.pages import WEB_CLIENT

STOP_TIMEOUT_S = 9.0
"""Then what is still there is killed: container engines wait 10 s, and kill only what they see."""
REQUESTS_GRACE_S = 2.0
"""How long requests that run may take when the server stops."""


class CannotListen(Exception):
    """`str(error)` is one line for a person."""


def main() -> int:
    """Run the server until it is told to stop; the exit code."""
    _refuse_arguments()
    try:
        settings = load_settings()
    except SettingsError as error:
        return _fail(error, exit_code=2)
    configure_logs(settings.log_level, settings.log_format)
    try:
        uvloop.run(_run(settings))
    except asyncio.CancelledError:
        say("Dragoman has stopped.")
        return 0
    except (CannotListen, EngineDidNotStart, EmbeddedPostgresFailed) as error:
        return _fail(error, exit_code=1)
    except StorageError as error:
        return _fail(f"the database ({_database(settings)}): {error}", exit_code=1)
    raise AssertionError("the server runs until it is told to stop")


def _refuse_arguments() -> None:
    """There is none but --help; one that was meant to do something should not be ignored."""
    argparse.ArgumentParser(
        prog="python -m server",
        description=__doc__,
        epilog="Settings come from the environment and from .env; .env.example names them all.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()


def say(line: str) -> None:
    """Tell the person who starts the server how that goes."""
    with suppress(OSError):  # The terminal may be gone.
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _fail(reason: object, exit_code: int) -> int:
    say(f"Dragoman cannot start: {reason}")
    return exit_code


def _database(settings: Settings) -> str:
    return "see DATABASE_URL" if settings.database_url.get_secret_value() else "the embedded PostgreSQL"


async def _run(settings: Settings) -> None:
    with (
        _listening(settings.host, settings.port) as listener,
        _listening_for_metrics(settings) as metrics_listener,
        _stopped_by_signals(),
    ):
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        # Its libraries take seconds to load. Meanwhile the parts start, in processes of their own.
        loading = asyncio.create_task(asyncio.to_thread(import_module, "server.app"))
        async with embedded_parts(settings, say) as complete:
            await loading
            await _serve(complete, listener, metrics_listener)


async def _serve(settings: Settings, listener: socket.socket, metrics_listener: socket.socket | None) -> None:
    from server.app import ask_models, build_app
    from server.routes.metrics import METRICS, metrics_app
    from server.sign_on import ask_provider

    link = OneTimeLink(lifetime_s=60 * settings.login_link_minutes)
    await asyncio.gather(ask_models(settings, say), ask_provider(settings, say))
    app = build_app(settings, link)
    async with AsyncExitStack() as serving:
        if metrics_listener is not None:
            await serving.enter_async_context(_serving(metrics_app(app[METRICS]), metrics_listener))
        await serving.enter_async_context(_serving(app, listener))
        if not (WEB_CLIENT / "index.html").is_file():
            say("The page is not built: 'make web' does it. Until then only the API answers.")
        _tell_the_way_in(settings, link)
        await asyncio.Event().wait()


def _tell_the_way_in(settings: Settings, link: OneTimeLink) -> None:
    if settings.oidc_issuer_url:
        say(f"Dragoman is ready. People sign in through {settings.oidc_issuer_url}, at:")
        address = f"{settings.base_url}/"
    else:
        say("Dragoman is ready. This link signs you in, once:")
        address = link.address(settings.base_url)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


@asynccontextmanager
async def _serving(app: web.Application, listener: socket.socket) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=REQUESTS_GRACE_S)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


@contextmanager
def _listening(host: str, port: int, prefix: str = "") -> Iterator[socket.socket]:
    """Open the port before the slow parts start, so that one that is taken is known at once.

    `prefix` is what stands before HOST and PORT in the names of the settings that say so.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise CannotListen(_why_not(host, port, prefix, error)) from error
    with listener:
        yield listener


@contextmanager
def _listening_for_metrics(settings: Settings) -> Iterator[socket.socket | None]:
    if settings.metrics_port == 0:
        yield None
        return
    with _listening(settings.metrics_host, settings.metrics_port, "METRICS_") as listener:
        yield listener


def _why_not(host: str, port: int, prefix: str, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} is taken. Another one: {prefix}PORT={_another(port)} make run"
        case errno.EACCES:
            return f"port {port} is not for ordinary users. Another one: {prefix}PORT={port + 8000} make run"
        case _:
            return f"{prefix}HOST={host} is no address of this machine."


def _another(port: int) -> int:
    return port + 1 if port < 65535 else port - 1


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """The first signal cancels the current task, which takes everything down in order; the second kills."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    too_late = threading.Timer(STOP_TIMEOUT_S, _give_up)
    too_late.daemon = True

    def stop() -> None:
        if too_late.is_alive():
            _kill_everything(exit_code=130)
        say("Stopping ...")
        too_late.start()
        task.cancel()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _give_up() -> None:
    say(f"Not everything has stopped within {STOP_TIMEOUT_S:.0f} s: it is killed.")
    _kill_everything(exit_code=1)


def _kill_everything(exit_code: int) -> None:
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(exit_code)


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    # All is stored and stopped. To take Python itself down, with libraries of this size, takes seconds more
    # and waits for any thread of theirs.
    os._exit(exit_code)
