# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
from collections.abc import AsyncGenerator, Sequence

from media.core.prompts import Message
from media.errors import TranslatorRefused, TranslatorUnavailable
from media.events import Event, Notice, TranslationDelta, TranslationParagraphFinal
from media.translator import Translator, TranslatorOptions


class ScriptedChat:
    """Answers with the sentence in capitals, a word at a time; a scripted answer goes first."""

    def __init__(self, *answers: list[str | Exception]) -> None:
        self.asked: list[Sequence[Message]] = []
        self._answers = list(answers)

    async def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        self.asked.append(messages)
        answer: list[str | Exception] = [f"{word.upper()} " for word in messages[-1].content.split()]
        for piece in self._answers.pop(0) if self._answers else answer:
            if isinstance(piece, Exception):
                raise piece
            yield piece


class Said:
    """What a translator published of what was settled."""

    def __init__(self, chat: ScriptedChat, target: str = "de") -> None:
        self.events: list[Event] = []
        self.translator = Translator(chat, TranslatorOptions(retry_ms=0), self._publish, target)

    async def _publish(self, event: Event) -> None:
        self.events.append(event)

    async def end(self) -> "Said":
        self.translator.end()
        await self.translator.run()
        return self

    @property
    def finals(self) -> list[TranslationParagraphFinal]:
        return [event for event in self.events if isinstance(event, TranslationParagraphFinal)]

    def shown(self, paragraph_id: int) -> str:
        """The deltas put together as a client does it."""
        text = ""
        for event in self.events:
            if isinstance(event, TranslationDelta) and event.paragraph_id == paragraph_id:
                assert event.offset == len(text)
                text += event.text
        return text


async def test_sentences_are_translated_as_they_settle_and_joined_in_order() -> None:
    said = Said(chat := ScriptedChat())
    said.translator.settle(0, "How are you?", "en", final=False)
    said.translator.settle(0, "How are you? I am fine. And", "en", final=False)
    said.translator.settle(0, "How are you? I am fine. And you?", "en", final=True)
    await said.end()
    assert [messages[-1].content for messages in chat.asked] == ["How are you?", "I am fine.", "And you?"]
    assert [final.text for final in said.finals] == ["HOW ARE YOU? I AM FINE. AND YOU?"]
    assert said.shown(0) == said.finals[0].text


async def test_paragraphs_have_their_own_translations() -> None:
    said = Said(ScriptedChat())
    said.translator.settle(0, "One.", "en", final=True)
    said.translator.settle(1, "Two.", "en", final=True)
    await said.end()
    assert [(final.paragraph_id, final.text) for final in said.finals] == [(0, "ONE."), (1, "TWO.")]


async def test_a_chat_carries_the_sentences_before() -> None:
    said = Said(chat := ScriptedChat())
    said.translator.settle(0, "One.", "en", final=True)
    said.translator.settle(1, "Two.", "en", final=True)
    await said.end()
    assert chat.asked[0][0].content.startswith("Translate from English into German.")
    assert [message.content for message in chat.asked[1][1:]] == ["One.", "ONE.", "Two."]


async def test_a_model_that_repeats_itself_is_not_shown_that_it_did() -> None:
    said = Said(chat := ScriptedChat(["EINS."], ["EINS."]))
    for paragraph_id, sentence in enumerate(["One.", "Two.", "Three."]):
        said.translator.settle(paragraph_id, sentence, "en", final=True)
    await said.end()
    assert [message.content for message in chat.asked[1][1:]] == ["One.", "EINS.", "Two."]
    assert [message.content for message in chat.asked[2][1:]] == ["Three."]


async def test_a_stream_that_breaks_off_is_asked_for_again_and_nothing_is_shown_twice() -> None:
    said = Said(ScriptedChat(["ONE ", TranslatorUnavailable("scripted")]))
    said.translator.settle(0, "One two.", "en", final=True)
    await said.end()
    assert said.shown(0) == "ONE TWO."
    assert said.finals == [TranslationParagraphFinal(paragraph_id=0, text="ONE TWO.")]


async def test_a_repetition_that_goes_another_way_is_right_in_the_final() -> None:
    said = Said(ScriptedChat(["UNO ", TranslatorUnavailable("scripted")]))
    said.translator.settle(0, "One two.", "en", final=True)
    await said.end()
    assert said.shown(0) == "UNO"
    assert said.finals[0].text == "ONE TWO."


async def test_without_a_model_the_paragraph_is_closed_as_incomplete_and_the_person_told_once() -> None:
    down: list[str | Exception] = [TranslatorUnavailable("scripted")]
    said = Said(ScriptedChat(*[list(down) for _ in range(4)]))
    said.translator.settle(0, "One.", "en", final=True)
    said.translator.settle(1, "Two.", "en", final=True)
    said.translator.settle(2, "Three.", "en", final=True)
    await said.end()
    assert [(final.text, final.complete) for final in said.finals] == [
        ("", False),
        ("", False),
        ("THREE.", True),
    ]
    codes = [event.code for event in said.events if isinstance(event, Notice)]
    assert codes == ["translator_unavailable", "translator_back"]


async def test_a_refusal_is_not_repeated() -> None:
    said = Said(chat := ScriptedChat([TranslatorRefused("scripted")]))
    said.translator.settle(0, "One.", "en", final=True)
    await said.end()
    assert len(chat.asked) == 1
    assert not said.finals[0].complete


async def test_what_is_said_in_the_target_language_stands_as_it_is() -> None:
    said = Said(chat := ScriptedChat(), target="en")
    said.translator.settle(0, "One. Two.", "en", final=True)
    await said.end()
    assert chat.asked == []
    assert said.finals[0].text == "One. Two."


async def test_sentences_of_a_language_without_spaces_are_joined_without() -> None:
    said = Said(ScriptedChat(["一。"], ["二。"]), target="zh")
    said.translator.settle(0, "One. Two.", "en", final=True)
    await said.end()
    assert said.finals[0].text == "一。二。"


async def test_an_empty_paragraph_has_an_empty_translation() -> None:
    said = Said(ScriptedChat())
    said.translator.settle(0, "", "en", final=True)
    await said.end()
    assert said.finals == [TranslationParagraphFinal(paragraph_id=0, text="")]
