# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Writes webclient/src/protocol.ts from the types of the wire, so that both ends agree.

python -m signaling.typescript            writes the file
python -m signaling.typescript --check    fails if it is not what would be written
"""

import argparse
import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from signaling.protocol import (
    CHANNEL_LABEL,
    PROTOCOL_VERSION,
    command_types,
    event_types,
    part_types,
    schemas,
)

TARGET = Path(__file__).parents[1] / "webclient" / "src" / "protocol.ts"
LINE_LENGTH = 110

HEAD = """\
// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What travels on the data channel. Written by `python -m signaling.typescript`: change the Python, not this.
"""


class UnknownSchema(Exception):
    """A field has a type for which there is no TypeScript yet; add it to `_type`."""


def protocol_ts() -> str:
    """The text of protocol.ts."""
    kinds = schemas()
    events = [kind.__name__ for kind in event_types()]
    commands = [kind.__name__ for kind in command_types()]
    blocks = [
        HEAD,
        f"export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n",
        f"/** The label of the data channel. */\nexport const CHANNEL_LABEL = {json.dumps(CHANNEL_LABEL)};\n",
        *(_interface(kind, kinds[kind.__name__]) for kind in (*part_types(), *event_types())),
        "/** What the server says. */\n" + _union("Event", events),
        "/** An event as it arrives: `seq` counts up by one, from 1. */\n"
        "export type ServerEvent = Event & { seq: number };\n",
        *(_interface(kind, kinds[kind.__name__]) for kind in command_types()),
        "/** What the browser says. */\n" + _union("Command", commands),
    ]
    return "\n".join(blocks)


def main(arguments: Iterable[str]) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m signaling.typescript", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is stale")
    wanted = protocol_ts()
    if parser.parse_args(list(arguments)).check:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != wanted:
            sys.stderr.write(f"{TARGET.name} is stale: run python -m signaling.typescript\n")
            return 1
        return 0
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


def _interface(kind: type, schema: dict[str, Any]) -> str:
    fields = schema["properties"]
    docs = _field_docs(kind)
    lines = [*_comment(inspect.cleandoc(kind.__doc__ or ""), ""), f"export interface {kind.__name__} {{"]
    for name in sorted(fields, key=lambda name: name != "type"):  # `type` first, the others as they are
        # All fields are always sent, also those that have a default where they are made.
        lines += [*_comment(docs.get(name, ""), "  "), f"  {name}: {_type(fields[name])};"]
    return "\n".join([*lines, "}\n"])


def _type(schema: dict[str, Any]) -> str:
    match schema:
        case {"const": constant}:
            return json.dumps(constant)
        case {"enum": [*constants]}:
            return " | ".join(json.dumps(constant) for constant in constants)
        case {"type": "string" | "boolean" as name}:
            return str(name)
        case {"type": "integer" | "number"}:
            return "number"
        case {"anyOf": [*kinds]}:
            return " | ".join(map(_type, kinds))
        case {"type": "null"}:
            return "null"
        case {"type": "array", "items": {"enum": [*_]} as item}:
            return f"readonly ({_type(item)})[]"
        case {"$ref": str(place)}:
            return place.rpartition("/")[2]
        case _:
            raise UnknownSchema(str(schema))


def _union(name: str, members: list[str]) -> str:
    line = f"export type {name} = {' | '.join(members)};\n"
    if len(line) <= LINE_LENGTH:
        return line
    return f"export type {name} =\n" + "\n".join(f"  | {member}" for member in members) + ";\n"


def _comment(text: str, indent: str) -> Iterator[str]:
    words = " ".join(text.split())
    if not words:
        return
    if len(indent) + len(words) + len("/**  */") <= LINE_LENGTH:
        yield f"{indent}/** {words} */"
        return
    yield f"{indent}/**"
    yield from textwrap.wrap(
        words, LINE_LENGTH, initial_indent=f"{indent} * ", subsequent_indent=f"{indent} * "
    )
    yield f"{indent} */"


def _field_docs(kind: type) -> dict[str, str]:
    """The strings that follow fields in the class's source; Python itself forgets them."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    docs = {}
    for field, after in zip(definition.body, definition.body[1:], strict=False):
        match field, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ):
                docs[name] = inspect.cleandoc(text)
    return docs


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
