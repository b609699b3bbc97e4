# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How the embedded model servers start and stop, with a model that has loaded when a test says so."""

import asyncio
import json
import os
import signal

import httpx
import pytest
from aiohttp import web

from media.engines.errors import ModelMissing
from media.engines.serving import ServingOptions, make_app, serve


class Model:
    """It loads until it is told to be ready or to fail."""

    def __init__(self) -> None:
        self.ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.loading = asyncio.Event()
        self.given_up = False

    async def load(self) -> str:
        self.loading.set()
        try:
            return await self.ready
        except asyncio.CancelledError:
            self.given_up = True
            raise


@pytest.fixture
async def model() -> Model:
    return Model()


def app() -> web.Application:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    return make_app([web.get("/hello", hello)], most_body_bytes=1000)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


async def announced(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    while not (told := capsys.readouterr().out):
        await asyncio.sleep(0.01)
    announcement: dict[str, str] = json.loads(told)
    return announcement


async def test_it_announces_where_it_listens_once_the_model_answers(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    serving = asyncio.create_task(serve(app(), ServingOptions(), model.load))
    await model.loading.wait()
    assert capsys.readouterr().out == ""
    model.ready.set_result("a model")
    announcement = await announced(capsys)
    assert announcement["model"] == "a model"
    async with httpx.AsyncClient(base_url=announcement["listening"]) as client:
        assert (await client.get("/health")).json() == {"status": "ok", "model": "a model"}
        assert (await client.get("/hello")).text == "hello"
    stop()
    assert await serving == 0
    assert capsys.readouterr().out == ""


async def test_it_is_not_well_before_the_model_has_loaded(model: Model, unused_tcp_port: int) -> None:
    options = ServingOptions(port=unused_tcp_port)
    serving = asyncio.create_task(serve(app(), options, model.load))
    await model.loading.wait()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as client:
        for path in ("/health", "/hello"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_loading")
    stop()
    assert await serving == 0


async def test_a_stop_while_it_loads_ends_it(model: Model) -> None:
    serving = asyncio.create_task(serve(app(), ServingOptions(), model.load))
    await model.loading.wait()
    stop()
    assert await serving == 0
    assert model.given_up


async def test_a_missing_model_is_one_line_and_a_failure(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    model.ready.set_exception(ModelMissing("There is no model: get one."))
    assert await serve(app(), ServingOptions(), model.load) == 1
    assert capsys.readouterr() == ("", "There is no model: get one.\n")


async def test_a_fault_in_loading_is_not_hidden(model: Model) -> None:
    model.ready.set_exception(LookupError("nobody expected this"))
    with pytest.raises(LookupError):
        await serve(app(), ServingOptions(), model.load)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(ValueError, match="port"):
        ServingOptions(port=port)
