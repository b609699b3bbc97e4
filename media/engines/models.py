# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where a model is found: at a path, in an installed package, or on the model hub, in this order."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from media.engines.errors import ModelCorrupt, ModelError, ModelMissing
from media.engines.packages import PACKAGED_MODELS, ModelKind, PackagedModel, Report, packaged_folder

__all__ = [
    "FoundModel",
    "ModelCorrupt",
    "ModelError",
    "ModelKind",
    "ModelMissing",
    "ModelPlaces",
    "find_model",
]

WHISPER_REPOSITORIES = MappingProxyType(
    {
        "tiny": "Systran/faster-whisper-tiny",
        "tiny.en": "Systran/faster-whisper-tiny.en",
        "base": "Systran/faster-whisper-base",
        "base.en": "Systran/faster-whisper-base.en",
        "small": "Systran/faster-whisper-small",
        "small.en": "Systran/faster-whisper-small.en",
        "medium": "Systran/faster-whisper-medium",
        "medium.en": "Systran/faster-whisper-medium.en",
        "large-v2": "Systran/faster-whisper-large-v2",
        "large-v3": "Systran/faster-whisper-large-v3",
        "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    }
)
"""Short names of Whisper models on the hub; any other is named `owner/repository`."""

DEFAULT_CACHE_FOLDER = Path(".dragoman/models")
"""From the working folder: the repository's root, where `make run` starts everything."""

WHISPER_FILES = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
GGUF_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlaces:
    """Where models are looked for and kept."""

    cache_folder: Path
    """What is put together or downloaded is kept here."""
    packaged: tuple[PackagedModel, ...] = PACKAGED_MODELS
    package_path: tuple[str, ...] | None = None
    """Folders with installed packages; `sys.path` when None."""
    hub_url: str | None = None
    """The model hub, or a mirror of it; the hub's client knows its own when None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """A model that can be loaded."""

    name: str
    """What it was asked for by; for a path, its last part."""
    path: Path
    """A folder (`whisper`) or a file (`gguf`)."""
    source: Literal["path", "package", "hub"]
    licence: str = ""
    """Empty where it is not known."""


def find_model(name: str, *, kind: ModelKind, places: ModelPlaces, report: Report) -> FoundModel:
    """Find a model by a path, a known name or a hub name, and bring it here where it is not.

    Hub names are `owner/repository` for Whisper and `owner/repository/file.gguf` for GGUF. `report` takes
    lines of progress. May take minutes; raises `ModelMissing` or `ModelCorrupt`.
    """
    path = Path(name).expanduser()
    if name.startswith((".", "/", "~")) or _is_model(path, kind):
        return _at_path(path, kind)
    packaged = _packaged(name, kind, places)
    folder = packaged and packaged_folder(packaged, places.cache_folder, report, places.package_path)
    if packaged and folder:
        path = folder if kind == "whisper" else folder / packaged.files[0].name
        return FoundModel(name=name, path=path, source="package", licence=packaged.licence)
    try:
        return FoundModel(name=name, path=_from_hub(name, kind, places, report), source="hub")
    except ModelMissing as error:
        raise ModelMissing(f"{error} {_advice(packaged, kind)}") from error


def _packaged(name: str, kind: ModelKind, places: ModelPlaces) -> PackagedModel | None:
    return next((model for model in places.packaged if (model.name, model.kind) == (name, kind)), None)


def _at_path(path: Path, kind: ModelKind) -> FoundModel:
    if not path.exists():
        raise ModelMissing(f"There is no model at {path}: check --model.")
    if not _is_model(path, kind):
        wanted = "a folder with model.bin and config.json" if kind == "whisper" else "a GGUF file"
        raise ModelCorrupt(f"{path} is not {wanted}: check --model.")
    return FoundModel(name=path.resolve().name, path=path, source="path")


def _is_model(path: Path, kind: ModelKind) -> bool:
    if kind == "whisper":
        return all((path / name).is_file() for name in ("model.bin", "config.json"))
    if not path.is_file():
        return False
    with path.open("rb") as content:
        return content.read(len(GGUF_MAGIC)) == GGUF_MAGIC


def _from_hub(name: str, kind: ModelKind, places: ModelPlaces, report: Report) -> Path:
    # It takes half a second to import, and most starts need no hub.
    from media.engines.hub import downloaded_folder

    repository, patterns = _hub_place(name, kind)
    if repository.count("/") != 1:
        raise ModelMissing(f"There is no model known as '{name}'.")
    folder = downloaded_folder(repository, patterns, places.cache_folder, report, places.hub_url)
    path = folder if kind == "whisper" else folder / patterns[0]
    if not path.exists() or not any(folder.iterdir()):
        raise ModelMissing(f"{repository} on the model hub holds no such model.")
    return path


def _hub_place(name: str, kind: ModelKind) -> tuple[str, tuple[str, ...]]:
    if kind == "whisper":
        return WHISPER_REPOSITORIES.get(name, name), WHISPER_FILES
    repository, _, file = name.rpartition("/")
    return repository, (file,)


def _advice(packaged: PackagedModel | None, kind: ModelKind) -> str:
    if packaged:
        return f"Install it with: {packaged.install_command}"
    if kind == "whisper":
        return "Give --model a folder with a CTranslate2 Whisper model, or a name such as base or large-v3."
    return "Give --model a GGUF file, or a hub name of the form owner/repository/file.gguf."
