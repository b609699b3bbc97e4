# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The repository keeps its own rules: headers, layers, pinned packages, documents that do not lie."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from server.env_example import env_example

ROOT = Path(__file__).resolve().parents[2]
HEADER = "Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE."
SOURCES = {
    ".py",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".svg",
    ".sh",
    ".sql",
    ".toml",
    ".mako",
    ".lock",
    ".yaml",
    ".yml",
}
SOURCE_NAMES = {"Makefile", "Dockerfile", ".env.example", "run"}
TOP_LEVEL = {
    *("server", "media", "signaling", "webclient", "db", "migrations", "tests"),
    *(".env.example", "pyproject.toml", "README.md", "AGENTS.md", "CHANGELOG.md", "LICENSE", ".gitignore"),
}


IGNORED = [
    line.rstrip("/")
    for line in (".git", *(ROOT / ".gitignore").read_text().splitlines())
    if line and not line.startswith("#")
]


def files(folder: Path = ROOT) -> Iterator[Path]:
    """What is or would be committed."""
    for path in sorted(folder.iterdir()):
        names = (str(path.relative_to(ROOT)), path.name)
        if any(fnmatch(name, pattern) for name in names for pattern in IGNORED):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def texts() -> Iterator[tuple[Path, str]]:
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_every_source_file_begins_with_the_copyright_header() -> None:
    without = [
        str(path.relative_to(ROOT))
        for path, text in texts()
        if (path.suffix in SOURCES or path.name in SOURCE_NAMES)
        and HEADER not in "".join(text.splitlines(keepends=True)[:2])
    ]
    assert without == []


def test_the_header_says_what_the_licence_says() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith("MIT License")
    assert "Copyright (c) 2026 The Dragoman authors" in licence


def test_the_top_level_is_whole() -> None:
    there = {path.name for path in ROOT.iterdir()}
    assert TOP_LEVEL - there == set()


def test_env_example_names_every_setting_with_its_default() -> None:
    """Where this fails: python -m server.env_example."""
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example()


def test_only_the_settings_read_the_environment() -> None:
    reading = re.compile(r"environ\.get|environ\[|getenv|import environ")
    readers = {
        str(path.relative_to(ROOT))
        for path, text in texts()
        if path.suffix == ".py" and path.parts[len(ROOT.parts)] != "tests" and reading.search(text)
    }
    assert readers == {"migrations/env.py"}  # for Alembic's own command line, which knows no settings


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_pinned_to_one_version(name: str) -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    loose = [
        line
        for line in lines
        if line and line != "-r requirements.lock" and not re.fullmatch(r"[\w.-]+==[\w.]+", line)
    ]
    assert loose == []
    assert len([line for line in lines if line]) > 10


def test_the_web_client_is_pinned_whole() -> None:
    """`npm ci` refuses a lock file in which an optional package of another platform is missing."""
    package = json.loads((ROOT / "webclient" / "package.json").read_text())
    wanted = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert all(re.fullmatch(r"\d[\w.-]*", version) for version in wanted.values())
    locked = json.loads((ROOT / "webclient" / "package-lock.json").read_text())["packages"]
    missing = {
        name
        for entry in locked.values()
        for name in (*entry.get("dependencies", {}), *entry.get("optionalDependencies", {}))
        if not any(key.endswith(f"node_modules/{name}") for key in locked)
    }
    assert missing == set()


def test_no_registry_and_no_place_of_one_machine_is_named() -> None:
    """Packages come from wherever a machine's own configuration says."""
    # Written in pieces, so that this file does not name them either.
    named = re.compile(r"pypi\.org|pythonhosted|registry\." + r"npm|npmjs\.|/wo" + r"rk/|/op" + r"t/pypi")
    guilty = [
        str(path.relative_to(ROOT))
        for path, text in texts()
        if named.search(text) and path != Path(__file__).resolve()
    ]
    assert guilty == []


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


LISTS = ("server/config.py",)
"""Not read in one sitting but looked up in: one entry after the other."""


def test_modules_are_short_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path, text in texts()
        if path.suffix == ".py"
        and path.parts[len(ROOT.parts)] != "tests"
        and str(path.relative_to(ROOT)) not in LISTS
        and (lines := text.count("\n")) >= 300
    }
    assert long == {}
