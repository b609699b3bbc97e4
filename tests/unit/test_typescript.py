# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""protocol.ts is what the Python types say."""

import inspect
import re

import pytest

from media import events
from signaling import protocol
from signaling.protocol import command_types, event_types
from signaling.typescript import TARGET, main, protocol_ts


def test_the_generated_file_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == protocol_ts(), "run python -m signaling.typescript"


def test_the_check_passes_on_the_generated_file() -> None:
    assert main(["--check"]) == 0


def test_every_event_and_command_is_an_interface_and_in_a_union() -> None:
    text = protocol_ts()
    for kind in (*event_types(), *command_types()):
        assert len(re.findall(rf"export interface {kind.__name__} \{{", text)) == 1
        assert len(re.findall(rf"\b{kind.__name__}\b(?! \{{)", text)) == 1


@pytest.mark.parametrize(
    "line",
    [
        f"export const PROTOCOL_VERSION = {protocol.PROTOCOL_VERSION};",
        'export const CHANNEL_LABEL = "events";',
        "export type ServerEvent = Event & { seq: number };",
        '  type: "stt_partial";',
        "  paragraph_id: number;",
        "  complete: boolean;",
        "export interface Stages {",
        "  stages: Stages | null;",
        '  reason: "stopped" | "disconnected" | "signed_out" | "server_stopping" | "internal_error";',
        "/** The open paragraph's source text as it is heard now. */",
        "  /** How many Unicode code points at the start of `text` will never change. */",
    ],
)
def test_types_and_their_documentation_are_carried_over(line: str) -> None:
    assert line in protocol_ts().splitlines()


def test_every_string_under_a_field_is_carried_over() -> None:
    documented = re.findall(r'^    \w+: .*\n    """', inspect.getsource(events), re.MULTILINE)
    assert documented
    assert len(re.findall(r"^  /\*\*", protocol_ts(), re.MULTILINE)) >= len(documented)


def test_no_line_is_too_long_to_read() -> None:
    assert max(len(line) for line in protocol_ts().splitlines()) <= 110
