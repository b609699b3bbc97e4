# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One request after the other, with a scripted model in place of llama.cpp."""

import asyncio
import json
from contextlib import aclosing
from pathlib import Path

import pytest

from media.engines.llama import AnswerEnd, AnswerPiece, Llama, LlamaFailed, LlamaOptions, has_chat_template
from tests.scripted_llama import ScriptedLlama, chunk, last_chunk

TIMINGS = {"cache_n": 5, "prompt_n": 3, "prompt_ms": 1.5, "predicted_n": 2, "predicted_ms": 4.0}
LAST = last_chunk("stop", **TIMINGS)
TOO_LONG = json.dumps(
    {"error": {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 8}}
)


async def answer_of(llama: Llama, prompt: str = "Once") -> list[AnswerPiece]:
    return [piece async for piece in llama.answer("completion", {"prompt": prompt})]


async def test_an_answer_comes_in_pieces_with_what_it_took() -> None:
    pieces = await answer_of(Llama(ScriptedLlama([chunk(""), chunk(" upon"), chunk(" a"), LAST])))
    assert pieces == [
        " upon",
        " a",
        AnswerEnd(
            reason="stop", prompt_tokens=8, cached_tokens=5, prompt_ms=1.5, answer_tokens=2, answer_ms=4.0
        ),
    ]


async def test_messages_are_answered_in_pieces_too() -> None:
    deltas: list[dict[str, str | None]] = [{"role": "assistant", "content": None}, {"content": "Hi"}, {}]
    server = ScriptedLlama([*(json.dumps({"choices": [{"delta": delta}]}) for delta in deltas), LAST])
    pieces = Llama(server).answer("chat", {"messages": [{"role": "user", "content": "Hello"}]})
    assert [piece async for piece in pieces][:-1] == ["Hi"]
    assert server.bodies[0]["messages"] == [{"role": "user", "content": "Hello"}]


async def test_a_prompt_beyond_the_context_is_the_clients_fault() -> None:
    with pytest.raises(LlamaFailed, match="9 tokens, the context holds 8") as raised:
        await answer_of(Llama(ScriptedLlama([TOO_LONG])))
    assert raised.value.status == 400


async def test_a_failure_after_some_pieces_is_told_without_the_text() -> None:
    pieces = Llama(ScriptedLlama([chunk("Some"), RuntimeError("at 'secret'")])).answer(
        "completion", {"prompt": "secret"}
    )
    assert await anext(pieces) == "Some"
    with pytest.raises(LlamaFailed) as raised:
        await anext(pieces)
    assert raised.value.status == 500
    assert "secret" not in str(raised.value)


async def test_requests_take_turns_in_the_order_in_which_they_came() -> None:
    server = ScriptedLlama(*[[chunk("x"), LAST]] * 3)
    server.may_go_on.clear()
    model = Llama(server)
    requests = [asyncio.create_task(answer_of(model, prompt)) for prompt in "abc"]
    await asyncio.sleep(0)
    server.may_go_on.set()
    answers = await asyncio.gather(*requests)
    assert [answer[0] for answer in answers] == ["x", "x", "x"]
    assert server.prompts == ["a", "b", "c"]


async def test_an_answer_that_nobody_hears_is_given_up() -> None:
    server = ScriptedLlama([chunk("x")] * 1000, [LAST])
    server.may_go_on.clear()
    model = Llama(server)
    async with aclosing(model.answer("completion", {"prompt": "left"})) as pieces:
        await anext(pieces)
    server.may_go_on.set()
    await answer_of(model, "next")
    assert server.prompts == ["left", "next"]
    assert server.given_up == ["left"]


async def test_a_request_that_nobody_waits_for_is_never_begun() -> None:
    server = ScriptedLlama([chunk("x"), LAST], [LAST])
    server.may_go_on.clear()
    model = Llama(server)
    first = asyncio.create_task(answer_of(model, "first"))
    left = asyncio.create_task(answer_of(model, "left"))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.wait([left])
    server.may_go_on.set()
    await first
    await answer_of(model, "next")
    assert server.prompts == ["first", "next"]


async def test_too_many_requests_are_refused() -> None:
    server = ScriptedLlama([chunk("x"), LAST])
    server.may_go_on.clear()
    model = Llama(server, most_waiting=1)
    first = asyncio.create_task(answer_of(model))
    await asyncio.sleep(0)
    with pytest.raises(LlamaFailed, match="busy") as raised:
        await answer_of(model)
    assert raised.value.status == 503
    server.may_go_on.set()
    assert len(await first) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("threads", 0), ("threads", 257), ("context_tokens", 0), ("context_tokens", 1 << 30)]
)
def test_nonsense_is_no_option(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{value}"):
        LlamaOptions(**{name: value})


def test_a_chat_template_is_found_in_a_files_metadata(tmp_path: Path) -> None:
    key = b"tokenizer.chat_template"
    with_template, without = tmp_path / "chat.gguf", tmp_path / "base.gguf"
    with_template.write_bytes(b"GGUF" + bytes(20) + len(key).to_bytes(8, "little") + key + bytes(8))
    without.write_bytes(b"GGUF" + bytes(20) + b"a word of the vocabulary: " + key)
    assert has_chat_template(with_template)
    assert not has_chat_template(without)
