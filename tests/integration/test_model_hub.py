# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Models from a model hub, which is a real HTTP server on loopback with small files."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from media.engines.models import FoundModel, ModelKind, ModelMissing, ModelPlaces, find_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Answers what the hub's client asks about one repository."""

    def __init__(self, repository: str, files: dict[str, bytes]) -> None:
        self.files = files
        self.fetched: list[str] = []
        self.app = web.Application()
        self.app.add_routes(
            [
                web.get(f"/api/models/{repository}/revision/main", self._revision),
                web.get(f"/api/models/{repository}/tree/{COMMIT}", self._tree),
                web.get(f"/{repository}/resolve/{COMMIT}/{{name}}", self._file),
            ]
        )

    async def _revision(self, request: web.Request) -> web.Response:
        siblings = [{"rfilename": name} for name in self.files]
        return web.json_response({"id": "owner/model", "sha": COMMIT, "siblings": siblings})

    async def _tree(self, request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"type": "file", "path": name, "size": len(content), "oid": _oid(content)}
                for name, content in self.files.items()
            ]
        )

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files[request.match_info["name"]]
        if request.method == "GET":
            self.fetched.append(request.match_info["name"])
        return web.Response(body=content, headers={"ETag": f'"{_oid(content)}"', "X-Repo-Commit": COMMIT})


def _oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@pytest.fixture
async def hub() -> AsyncIterator[tuple[Hub, str]]:
    hub = Hub(
        "owner/model",
        {
            "model.bin": b"weights",
            "config.json": b"{}",
            "README.md": b"not wanted",
            "tiny.gguf": b"GGUF and more",
            "large.gguf": b"GGUF and much more",
        },
    )
    server = TestServer(hub.app)
    await server.start_server()
    yield hub, str(server.make_url("/")).rstrip("/")
    await server.close()


async def find(name: str, kind: ModelKind, cache: Path, url: str, lines: list[str]) -> FoundModel:
    places = ModelPlaces(cache_folder=cache, packaged=(), hub_url=url)
    return await asyncio.to_thread(find_model, name, kind=kind, places=places, report=lines.append)


async def test_a_model_is_downloaded_once(hub: tuple[Hub, str], tmp_path: Path) -> None:
    server, url = hub
    lines: list[str] = []
    found = await find("owner/model", "whisper", tmp_path, url, lines)
    assert (found.name, found.source) == ("owner/model", "hub")
    assert (found.path / "model.bin").read_bytes() == b"weights"
    assert not (found.path / "README.md").exists()
    assert any("owner/model" in line for line in lines)
    fetched = list(server.fetched)
    lines.clear()
    assert await find("owner/model", "whisper", tmp_path, url, lines) == found
    assert (server.fetched, lines) == (fetched, [])


async def test_one_file_of_a_repository_is_downloaded(hub: tuple[Hub, str], tmp_path: Path) -> None:
    server, url = hub
    found = await find("owner/model/tiny.gguf", "gguf", tmp_path, url, [])
    assert found.path.read_bytes() == b"GGUF and more"
    assert server.fetched == ["tiny.gguf"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("owner/nothing", "whisper"), ("owner/model/none.gguf", "gguf"), ("not a/name", "whisper")],
)
async def test_what_the_hub_does_not_have_is_one_clear_line(
    hub: tuple[Hub, str], tmp_path: Path, name: str, kind: ModelKind
) -> None:
    with pytest.raises(ModelMissing, match=r"hub.*--model") as caught:
        await find(name, kind, tmp_path, hub[1], [])
    assert "\n" not in str(caught.value)
