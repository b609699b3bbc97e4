# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m server.env_example`: writes .env.example from the settings in `server/config.py`."""

import argparse
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from server.config import Settings

TARGET = Path(__file__).resolve().parents[1] / ".env.example"
LINE_LENGTH = 110

HEAD = """\
# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
# Every setting with its default; written by `python -m server.env_example`.
# Copy this file to .env, and take the # away where you want another value. An empty value means the default.
# What is set in the environment counts more than what is set in .env.
"""


def env_example() -> str:
    """What .env.example should hold."""
    headings = dict(_headings())
    parts = []
    for name, field in Settings.model_fields.items():
        if name in headings:
            parts.append(f"# ---- {headings[name]} ----\n")
        parts.append(f"{_comment(field.description or '')}#{name.upper()}={_default(field)}\n")
    return "\n".join([HEAD, *parts])


def main(arguments: Iterable[str]) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m server.env_example", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is stale")
    if parser.parse_args(list(arguments)).check:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != env_example():
            sys.stderr.write(f"{TARGET.name} is stale: run python -m server.env_example\n")
            return 1
        return 0
    TARGET.write_text(env_example(), encoding="utf-8")
    return 0


def _headings() -> Iterator[tuple[str, str]]:
    """The first setting under each heading, and the heading: a comment in the class, which Python forgets."""
    for match in re.finditer(r"^    # (.+)\n\n    (\w+):", inspect.getsource(Settings), re.MULTILINE):
        yield match[2], match[1]


def _comment(text: str) -> str:
    return textwrap.fill(text, LINE_LENGTH, initial_indent="# ", subsequent_indent="# ") + "\n"


def _default(field: FieldInfo) -> str:
    match field.default:
        case None:
            return ""
        case bool(value):
            return str(value).lower()
        case SecretStr() as secret:
            return secret.get_secret_value()
        case value:
            return str(value)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
