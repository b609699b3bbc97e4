# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the embedded model servers share: how they listen, load, answer problems and stop.

    STARTING --listens-------------------> LOADING  GET /health and everything else: 503
    LOADING  --load() returns------------> READY    one line of JSON on standard output; GET /health: 200
    LOADING  --load() raises ModelError--> STOPPED  one line on standard error, exit code 1
    any      --SIGINT, SIGTERM, or end of standard input where asked for--> STOPPED  exit code 0

Standard error holds lines of progress for people and, starting with `{`, log lines in JSON.
"""

import argparse
import asyncio
import errno
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import NoReturn

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from media.engines.errors import ModelError

STOPPING_SECONDS = 3.0
"""How long requests that run get to end when the server stops."""

log = structlog.get_logger()


class Problem(Exception):
    """A request that cannot be done, as it is told to the client."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        """Stable, for programs."""

    @property
    def type(self) -> str:
        """OpenAI's kind of error: whose fault it is."""
        return "server_error" if self.status >= 500 else "invalid_request_error"


class CannotListen(Exception):
    """`str(error)` is one line for a person."""


Load = Callable[[], Awaitable[str]]
"""Loads the model and returns its name once it has really answered.

Blocking work in it belongs in a thread. It is cancelled when the server stops meanwhile.
"""

ProblemBody = Callable[[Problem], Mapping[str, object]]
"""How a dialect writes a problem as a JSON object."""


def openai_problem_body(problem: Problem) -> Mapping[str, object]:
    """A problem as OpenAI's servers write it."""
    return {"error": {"message": str(problem), "type": problem.type, "code": problem.code}}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingOptions:
    """Where a server listens, and for how long."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes any free one."""
    until_stdin_closes: bool = False
    """End when standard input does, so that the server never outlives the process that started it."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ValueError(f"A port lies between 0 and 65535: {self.port}")


def add_serving_arguments(parser: argparse.ArgumentParser, *, default_port: int) -> None:
    """Add `--host`, `--port` and `--until-stdin-closes`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=default_port, help="0 takes any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input ends, as when a parent dies",
    )


def serving_options(arguments: argparse.Namespace) -> ServingOptions:
    """What `add_serving_arguments` has read. Raises ValueError."""
    return ServingOptions(
        host=arguments.host, port=arguments.port, until_stdin_closes=arguments.until_stdin_closes
    )


def report_progress(line: str) -> None:
    """Tell a person how loading goes."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


class Readiness:
    """Which model answers, once one does."""

    def __init__(self) -> None:
        self.model = ""


READINESS = web.AppKey("READINESS", Readiness)


def make_app(
    routes: Iterable[web.AbstractRouteDef],
    *,
    most_body_bytes: int,
    problem_body: ProblemBody = openai_problem_body,
) -> web.Application:
    """The routes, with `GET /health`; before the model has loaded they answer 503."""
    app = web.Application(
        client_max_size=most_body_bytes, middlewares=[_answer_problems(problem_body), _wait_for_model]
    )
    app[READINESS] = Readiness()
    app.add_routes([web.get("/health", _health), *routes])
    return app


def run(app: web.Application, options: ServingOptions, load: Load) -> NoReturn:
    """Serve until told to stop, and end the process."""
    _configure_logs()
    asyncio.run(_serve_and_exit(app, options, load))
    raise AssertionError("the process has ended")


async def _serve_and_exit(app: web.Application, options: ServingOptions, load: Load) -> NoReturn:
    exit_code = await serve(app, options, load)
    sys.stdout.flush()
    sys.stderr.flush()
    # A decode or a download in a thread cannot be interrupted; asyncio and Python would wait for it.
    os._exit(exit_code)


async def serve(app: web.Application, options: ServingOptions, load: Load) -> int:
    """Listen, load, announce, and wait for the end; returns the exit code."""
    # A request whose client has gone is cancelled: nobody waits for its answer.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=STOPPING_SECONDS)
    # A second signal while it stops changes nothing.
    with _stop_asked(options) as stop:
        await runner.setup()
        try:
            await _listen(runner, options)
            model = await _loaded_unless(stop, load)
            if model is not None:
                app[READINESS].model = model
                _announce(_address(runner), model)
                await stop.wait()
        except (ModelError, CannotListen) as error:
            report_progress(str(error))
            return 1
        finally:
            await runner.cleanup()
    return 0


async def _listen(runner: web.AppRunner, options: ServingOptions) -> None:
    try:
        await web.TCPSite(runner, options.host, options.port).start()
    except OSError as error:
        where = f"{options.host}:{options.port}"
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(f"{where} is taken: give another port with --port.") from error
        raise CannotListen(f"Cannot listen on {where}: {error.strerror or error}.") from error


async def _loaded_unless(stop: asyncio.Event, load: Load) -> str | None:
    loading = asyncio.ensure_future(load())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if loading.done():
        return loading.result()
    loading.cancel()
    return None


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    # What listens on every interface is reached on this one.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(address: str, model: str) -> None:
    sys.stdout.write(json.dumps({"listening": address, "model": model}) + "\n")
    sys.stdout.flush()


@contextmanager
def _stop_asked(options: ServingOptions) -> Iterator[asyncio.Event]:
    """An event that is set by a signal or, where asked for, by the end of standard input."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    if options.until_stdin_closes:
        # A thread reads whatever standard input is: a pipe, a file, a terminal.
        Thread(target=_read_to_end, args=(loop, stop), name="stdin", daemon=True).start()
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _read_to_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # Without a standard input its number may be that of something else by now.
    if sys.stdin is not None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
    # The loop is closed where the server has stopped for another reason.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok", "model": request.app[READINESS].model})


@web.middleware
async def _wait_for_model(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not request.app[READINESS].model:
        raise Problem(503, "model_loading", "The model is being loaded: try again soon.")
    return await handler(request)


def _answer_problems(problem_body: ProblemBody) -> Middleware:
    """Everything that goes wrong is answered in the dialect's shape; what we did not expect is logged."""

    def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> web.Response:
        return web.json_response(problem_body(problem), status=problem.status, headers=headers)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Problem as problem:
            return answer(problem)
        except web.HTTPException as error:
            return answer(_problem_of(error), {k: v for k, v in error.headers.items() if k == "Allow"})
        except Exception:
            log.exception("request_failed", path=request.path)
            return answer(Problem(500, "internal_error", "The server failed: its log says more."))

    return middleware


def _problem_of(error: web.HTTPException) -> Problem:
    """What aiohttp itself refuses: an unknown path, a wrong method, too large a body."""
    code = error.reason.lower().replace(" ", "_")
    return Problem(error.status, code, f"{error.reason}.")


def _configure_logs() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
