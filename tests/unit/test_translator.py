# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
from collections.abc import AsyncGenerator, Sequence

from media.core.answers import AnswerOptions
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

    def __init__(
        self, chat: ScriptedChat, target: str = "de", options: TranslatorOptions | None = None
    ) -> None:
        self.events: list[Event] = []
        options = options or TranslatorOptions(retry_ms=0)
        self.translator = Translator(chat, options, self._publish, target)

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


async def test_a_doubtful_answer_is_asked_for_once_more_firmly_and_without_the_turns_before() -> None:
    said = Said(chat := ScriptedChat(["Eins."], ["Wir ", "treffen uns um 8."], ["Wir treffen uns um 9."]))
    said.translator.settle(0, "One.", "en", final=True)
    said.translator.settle(1, "We meet at 9.", "en", final=True)
    await said.end()
    usual, firm = chat.asked[1:]
    assert [message.content for message in usual[1:]] == ["One.", "Eins.", "We meet at 9."]
    assert [message.content for message in firm[1:]] == ["We meet at 9."]
    assert firm[0] != usual[0]
    assert said.shown(1) == "Wir treffen uns um 8."
    assert said.finals[1] == TranslationParagraphFinal(paragraph_id=1, text="Wir treffen uns um 9.")


async def test_what_is_still_doubtful_after_that_is_marked_and_shown_to_the_model_no_more() -> None:
    said = Said(chat := ScriptedChat(["Wir treffen uns um 8."], ["Wir treffen uns um 7."]))
    said.translator.settle(0, "We meet at 9. It is cold.", "en", final=True)
    said.translator.settle(1, "Well.", "en", final=True)
    await said.end()
    assert [final.doubts for final in said.finals] == [("number",), ()]
    assert said.finals[0].text == "Wir treffen uns um 8. IT IS COLD."
    assert [message.content for message in chat.asked[2][1:]] == ["It is cold."]


async def test_each_doubt_of_a_paragraph_is_named_once() -> None:
    said = Said(ScriptedChat(["Um 8."], ["Um 8."], ["Um 6."], ["Um 6."]))
    said.translator.settle(0, "At 9. At 7.", "en", final=True)
    await said.end()
    assert said.finals[0].doubts == ("number",)


async def test_a_comment_is_never_shown_and_the_second_answer_streams() -> None:
    said = Said(ScriptedChat(["Sure! ", "As an AI ", "language model, I"], ["Wir ", "gehen ", "heute."]))
    said.translator.settle(0, "We go today.", "en", final=True)
    await said.end()
    deltas = [event.text for event in said.events if isinstance(event, TranslationDelta)]
    assert "".join(deltas) == said.finals[0].text == "Wir gehen heute."
    assert len(deltas) == 3


async def test_a_sentence_that_is_only_commented_on_is_left_out() -> None:
    said = Said(ScriptedChat(["As an AI I cannot."], ["As an AI I cannot."]))
    said.translator.settle(0, "We go today. Now.", "en", final=True)
    await said.end()
    assert (said.finals[0].text, said.finals[0].complete) == ("NOW.", False)
    assert said.shown(0) == "NOW."


async def test_a_sentence_left_out_in_the_middle_leaves_no_trace() -> None:
    said = Said(ScriptedChat(["Wir gehen."], ["As an AI I cannot."], ["As an AI I cannot."]))
    said.translator.settle(0, "We go. We go today. Now.", "en", final=True)
    await said.end()
    assert said.shown(0) == said.finals[0].text == "Wir gehen. NOW."


async def test_sentences_in_the_target_language_are_shown_one_after_the_other() -> None:
    said = Said(ScriptedChat(), target="en")
    said.translator.settle(0, "One. Two.", "en", final=True)
    await said.end()
    assert said.shown(0) == said.finals[0].text == "One. Two."


async def test_a_model_that_is_gone_when_it_is_asked_once_more_leaves_its_first_answer() -> None:
    gone: list[str | Exception] = [TranslatorUnavailable("scripted")]
    said = Said(ScriptedChat(["Um 8."], gone, gone, gone))
    said.translator.settle(0, "At 9.", "en", final=True)
    await said.end()
    assert said.finals == [TranslationParagraphFinal(paragraph_id=0, text="Um 8.", doubts=("number",))]


async def test_repairs_and_checks_can_be_switched_off() -> None:
    without_repair = Said(chat := ScriptedChat(["Um 8."]), options=TranslatorOptions(repair=False))
    unchecked = TranslatorOptions(answer=AnswerOptions(answers=False, numbers=False, negation=False))
    without_checks = Said(ScriptedChat(["Um 8."]), options=unchecked)
    for said in (without_repair, without_checks):
        said.translator.settle(0, "At 9.", "en", final=True)
        await said.end()
    assert len(chat.asked) == 1
    assert without_repair.finals[0].doubts == ("number",)
    assert without_checks.finals[0].doubts == ()


async def test_translategemma_is_asked_in_its_own_form() -> None:
    said = Said(
        chat := ScriptedChat(["Eins."], ["Zwei."]), options=TranslatorOptions(family="translategemma")
    )
    said.translator.settle(0, "One. Two.", "en", final=True)
    await said.end()
    assert [len(messages) for messages in chat.asked] == [1, 1]
    assert chat.asked[1][0].content.endswith(":\n\n\nTwo.")
    assert said.finals[0].text == "Eins. Zwei."
