# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Logs: one JSON object a line, whoever writes it, with the live session's ids and nothing that was said."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

BEGINNING = """
import logging, warnings, structlog
from server.logs import configure_logs
configure_logs({arguments})
log = structlog.get_logger()
"""


def written(code: str, arguments: str = "'INFO'") -> list[str]:
    """The lines of a process that logs so; one of its own, since logging belongs to all of a process."""
    program = BEGINNING.format(arguments=arguments) + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def logged(code: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(code)]


def test_a_line_carries_the_ids_of_its_live_session_whoever_writes_it() -> None:
    lines = logged(
        """
        structlog.contextvars.bind_contextvars(live_session_id="s1", conversation_id="c1")
        log.warning("whisper_failed", cause="timeout", duration_ms=1200)
        logging.getLogger("some.library").error("it %s", "broke")
        """
    )
    assert [
        (line["event"], line["level"], line["live_session_id"], line["conversation_id"]) for line in lines
    ] == [
        ("whisper_failed", "warning", "s1", "c1"),
        ("it broke", "error", "s1", "c1"),
    ]
    assert (lines[0]["cause"], lines[0]["duration_ms"]) == ("timeout", 1200)
    assert all(line["time"].endswith("Z") for line in lines)


def test_what_comes_from_outside_makes_no_line_of_its_own() -> None:
    (line,) = logged(r"""log.info("offer_refused", label='x\r\n{"event": "forged"}\x1b[31m')""")
    assert line["label"] == 'x\r\n{"event": "forged"}\x1b[31m'


@pytest.mark.parametrize("format", ["json", "text"])
def test_a_traceback_shows_no_values(format: str) -> None:
    code = """
        def translate(sentence):
            raise ValueError("broken")
        try:
            translate("what somebody said")
        except ValueError:
            log.exception("live_session_broke")
        """
    text = "\n".join(written(code, f"'INFO', '{format}'"))
    assert "ValueError: broken" in text
    assert "what somebody said" not in text


def test_libraries_that_would_log_requests_packets_and_statements_are_quiet() -> None:
    names = ("aiohttp.access", "httpx", "httpcore", "aioice", "aiortc", "sqlalchemy.engine", "alembic")
    code = f"for name in {names}: logging.getLogger(name).info('GET /login/local?token=secret')"
    assert written(code, "'DEBUG'") == []


def test_warnings_are_lines_too() -> None:
    (line,) = logged("warnings.warn('this will go away')")
    assert (line["level"], line["logger"]) == ("warning", "py.warnings")
    assert "this will go away" in line["event"]


def test_less_than_the_level_is_not_written() -> None:
    assert written("log.info('chatter')", "'WARNING'") == []
