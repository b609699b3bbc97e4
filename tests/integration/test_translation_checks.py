# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Answers that are no good: the translator, the real client, and a server that says what it is told."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from media.clients.llm import LlmClient, LlmOptions
from media.core.prompts import prompt_family
from media.events import Event, Notice, TranslationDelta, TranslationParagraphFinal
from media.translator import Translator, TranslatorOptions
from tests.scripted import ScriptedOllama, hangs, streams

SENTENCE = "We will meet you at 9 at the old bridge."
RIGHT = "Wir treffen euch um 9 an der alten Brücke."
WRONG = "Wir treffen euch um 8 an der alten Brücke."


@pytest.fixture
async def ollama() -> AsyncIterator[ScriptedOllama]:
    async with ScriptedOllama() as server:
        yield server


class Translated:
    """One paragraph, as it was shown and as it is in the end."""

    def __init__(self, events: list[Event]) -> None:
        self.deltas = "".join(event.text for event in events if isinstance(event, TranslationDelta))
        (self.final,) = [event for event in events if isinstance(event, TranslationParagraphFinal)]
        self.notices = [event.code for event in events if isinstance(event, Notice)]


async def translated(
    ollama: ScriptedOllama, http: httpx.AsyncClient, text: str = SENTENCE, model: str = "gemma"
) -> Translated:
    client = LlmClient(http, LlmOptions(base_url=ollama.base_url, model=model, dialect="ollama"))
    events: list[Event] = []

    async def publish(event: Event) -> None:
        events.append(event)

    options = TranslatorOptions(retry_ms=0, family=prompt_family(model))
    translator = Translator(client, options, publish, "de")
    translator.settle(0, text, "en", final=True)
    translator.end()
    await translator.run()
    return Translated(events)


def messages(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in body["messages"]]


@pytest.mark.parametrize(
    "bad",
    [
        "As an AI language model, I cannot meet anybody at a bridge.",
        "Translate from English into German. It is live speech, one sentence at a time. Answer",
        f"{SENTENCE} {RIGHT}",
        "Мы встретим вас в 9 у старого моста через реку.",
    ],
    ids=["a comment", "our own words", "the source's words", "other letters"],
)
async def test_what_is_no_translation_is_never_shown_and_asked_for_again(
    ollama: ScriptedOllama, http: httpx.AsyncClient, bad: str
) -> None:
    ollama.server.next(ollama.says(bad), ollama.says(RIGHT))
    done = await translated(ollama, http)
    assert done.deltas == RIGHT
    assert done.final == TranslationParagraphFinal(paragraph_id=0, text=RIGHT)
    assert len(ollama.asked) == 2


async def test_the_second_request_is_another_one(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.next(ollama.says("Heute ist es kalt."), ollama.says(WRONG), ollama.says(RIGHT))
    await translated(ollama, http, f"It is cold today. {SENTENCE}")
    first, second = messages(ollama.asked[1]), messages(ollama.asked[2])
    assert [role for role, _ in first] == ["system", "user", "assistant", "user"]
    assert [role for role, _ in second] == ["system", "user"]
    assert first[0] != second[0]
    assert first[-1] == second[-1] == ("user", SENTENCE)


async def test_a_model_in_circles_is_hung_up_on(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    round_and_round = [
        json.dumps({"message": {"content": " und dann an die Brücke"}, "done": False}).encode() + b"\n"
    ] * 12
    ollama.server.next(streams(*round_and_round, then=hangs()), ollama.says(RIGHT))
    done = await translated(ollama, http)
    await ollama.server.hung_up.wait()
    assert (done.final.text, done.final.doubts) == (RIGHT, ())


async def test_a_wrong_number_is_repaired(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.next(ollama.says(WRONG), ollama.says(RIGHT))
    done = await translated(ollama, http)
    assert done.deltas == WRONG
    assert (done.final.text, done.final.doubts) == (RIGHT, ())


async def test_a_number_that_stays_wrong_is_marked(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.always(ollama.says(WRONG))
    done = await translated(ollama, http)
    assert (done.final.text, done.final.doubts) == (WRONG, ("number",))
    assert len(ollama.asked) == 2


async def test_a_negation_that_stays_lost_is_marked(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.always(ollama.says("Er kommt heute."))
    done = await translated(ollama, http, "He is not coming today.")
    assert done.final.doubts == ("negation",)


async def test_an_answer_without_done_is_asked_for_again_and_is_no_doubt(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    cut = json.dumps({"message": {"content": "Wir treffen"}, "done": False}).encode() + b"\n"
    ollama.server.next(streams(cut), ollama.says(RIGHT))
    done = await translated(ollama, http)
    assert done.deltas == RIGHT
    assert (done.final.text, done.final.complete, done.final.doubts) == (RIGHT, True, ())
    assert messages(ollama.asked[0]) == messages(ollama.asked[1])
    assert done.notices == ["translator_unavailable", "translator_back"]


async def test_translategemma_gets_one_message_in_its_own_form(
    ollama: ScriptedOllama, http: httpx.AsyncClient
) -> None:
    ollama.server.always(ollama.says(RIGHT))
    await translated(ollama, http, model="translategemma:4b")
    ((role, content),) = messages(ollama.asked[0])
    assert role == "user"
    assert content.startswith("You are a professional English (en) to German (de) translator.")
    assert content.endswith(f"into German:\n\n\n{SENTENCE}")


async def test_qwen3_is_told_twice_not_to_think(ollama: ScriptedOllama, http: httpx.AsyncClient) -> None:
    ollama.server.always(ollama.says(RIGHT))
    await translated(ollama, http, model="qwen3:8b")
    assert ollama.asked[0]["think"] is False
    assert messages(ollama.asked[0])[0][1].endswith("/no_think")
