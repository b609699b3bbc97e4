# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Stage 3: settled text becomes its translation, a sentence at a time, while the speaker goes on.

Sentences are translated in the order in which they were said; what was sent is only ever added to. An answer
that is no good is asked for once more, in other words; what is still doubtful then is marked.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from structlog.contextvars import bind_contextvars

from media.core.answers import Answer, AnswerOptions, Fault, better_of
from media.core.languages import by_code
from media.core.openings import Asked
from media.core.prompts import Message, PromptFamily, Turn, translation_messages
from media.core.sentences import SentenceCutter
from media.errors import EngineError, TranslatorRefused
from media.events import Event, Notice, TranslationDelta, TranslationDoubt, TranslationParagraphFinal
from media.stream import Stream

log = structlog.get_logger()

Publish = Callable[[Event], Awaitable[None]]


class ChatModel(Protocol):
    """A large language model that answers a chat."""

    def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The answer, in pieces as they come; closed before its end, it is not worked on any longer.

        Raises TranslatorUnavailable or TranslatorRefused.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatorOptions:
    """How the LLM is asked."""

    tries: int = 3
    """How often a sentence is asked for before it is left out."""
    retry_ms: int = 500
    """Pause before asking again."""
    family: PromptFamily = "general"
    """How the model wants to be asked."""
    answer: AnswerOptions = field(default_factory=AnswerOptions)
    """What of an answer is checked."""
    repair: bool = True
    """Whether a doubtful translation is asked for once more."""


_DOUBTS: Mapping[Fault, TranslationDoubt] = {
    "number": "number",
    "negation": "negation",
    "untranslated": "untranslated",
    "script": "untranslated",
    "loop": "inexact",
    "too_long": "inexact",
    "too_short": "inexact",
    "question_lost": "inexact",
    "comment": "inexact",
    "prompt": "inexact",
}
"""What a fault that could not be repaired means for the reader."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    paragraph_id: int
    text: str
    source_language: str
    target_language: str
    settled_at: float
    """In seconds, by the clock of `time.monotonic`."""


@dataclass(frozen=True, slots=True)
class _ParagraphEnd:
    paragraph_id: int


@dataclass(slots=True)
class _Paragraph:
    """The source side of the paragraph that is being settled."""

    paragraph_id: int
    cutter: SentenceCutter = field(default_factory=SentenceCutter)
    taken: int = 0
    """Code points of its text that were cut into sentences."""


class Translator:
    """Owns the translations of one conversation."""

    def __init__(
        self,
        model: ChatModel,
        options: TranslatorOptions,
        publish: Publish,
        target_language: str,
        began: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`target_language`: ISO 639-1 code; set anew, it holds for the sentences that follow.

        `began` is told how many seconds after a sentence had settled the first of its translation came.
        """
        self.target_language = target_language
        self._began = began
        self._began_with: _Sentence | None = None
        self._model = model
        self._options = options
        self._publish = publish
        self._work: Stream[_Sentence | _ParagraphEnd] = Stream()
        self._turns: list[Turn] = []
        self._turns_languages = ("", "")
        self._settling = _Paragraph(-1)
        self._translated = ""
        """The open paragraph's translation so far."""
        self._sent = ""
        """What was shown of it: the same, unless a stream broke off and its repetition went another way."""
        self._complete = True
        self._doubts: list[TranslationDoubt] = []
        self._away = False

    def settle(self, paragraph_id: int, settled: str, language: str, *, final: bool) -> None:
        """The paragraph's text begins with `settled` and always will; `final`: that is all of it."""
        if paragraph_id != self._settling.paragraph_id:
            self._settling = _Paragraph(paragraph_id, SentenceCutter(language=language))
        paragraph = self._settling
        sentences = paragraph.cutter.feed(settled[paragraph.taken :])
        paragraph.taken = max(paragraph.taken, len(settled))
        if final:
            sentences += paragraph.cutter.flush()
        for sentence in sentences:
            self._work.put(
                _Sentence(paragraph_id, sentence.strip(), language, self.target_language, time.monotonic())
            )
        if final:
            self._work.put(_ParagraphEnd(paragraph_id))

    def end(self) -> None:
        """No more text will settle."""
        self._work.end()

    async def run(self) -> None:
        """Translate until the text ends."""
        async for piece in self._work:
            match piece:
                case _Sentence():
                    await self._translate(piece)
                case _ParagraphEnd(paragraph_id):
                    await self._close(paragraph_id)

    async def _close(self, paragraph_id: int) -> None:
        final = TranslationParagraphFinal(
            paragraph_id=paragraph_id,
            text=self._translated,
            complete=self._complete,
            doubts=tuple(dict.fromkeys(self._doubts)),
        )
        self._translated, self._sent, self._complete = "", "", True
        self._doubts.clear()
        await self._publish(final)

    async def _translate(self, sentence: _Sentence) -> None:
        bind_contextvars(paragraph_id=sentence.paragraph_id)
        joint = self._joint(sentence.target_language)
        begun = self._sent
        if sentence.source_language == sentence.target_language:
            await self._show(sentence.paragraph_id, begun + joint + sentence.text)
            self._translated += joint + sentence.text
            return
        answer = await self._best_answer(sentence, begun + joint)
        if answer is None or not answer.text:
            self._complete = False
            self._translated += self._sent[len(begun) :] if answer is None else ""
            return
        await self._show(sentence.paragraph_id, begun + joint + answer.text)
        self._translated += joint + answer.text
        self._doubts += [_DOUBTS[fault] for fault in answer.faults]
        if not answer.faults:
            self._remember(sentence, answer.text)

    async def _best_answer(self, sentence: _Sentence, before: str) -> Answer | None:
        """An answer without faults, or the better one of two; None where the LLM could not be had."""
        first = await self._answer(sentence, before)
        if first is None or not first.faults or not self._options.repair:
            return first
        second = await self._answer(sentence, before, firm=True)
        log.info("translation_doubted", faults=first.faults, after_retry=second.faults if second else None)
        return better_of(first, second) if second else first

    async def _answer(self, sentence: _Sentence, before: str, *, firm: bool = False) -> Answer | None:
        """None where the LLM could not be had. While it is away, each sentence is tried once."""
        messages = self._messages(sentence, firm=firm)
        for attempt in range(1 if self._away else self._options.tries):
            if attempt:
                await asyncio.sleep(self._options.retry_ms / 1000)
            try:
                return await self._ask(sentence, messages, before)
            except EngineError as error:
                await self._note_absence(error)
                if isinstance(error, TranslatorRefused):
                    break
        return None

    async def _ask(self, sentence: _Sentence, messages: Sequence[Message], before: str) -> Answer:
        """One try. What an earlier try has shown stays: a later one shows only what goes beyond it."""
        answer = Answer(_asked(sentence, messages), self._options.answer)
        async with aclosing(self._model.chat(messages)) as pieces:
            async for piece in pieces:
                answer.feed(piece)
                if answer.stopped:
                    break
                if answer.shown:
                    self._note_beginning(sentence)
                    await self._show(sentence.paragraph_id, before + answer.shown)
        answer.end()
        await self._note_presence()
        return answer

    def _note_beginning(self, sentence: _Sentence) -> None:
        if sentence is not self._began_with:
            self._began_with = sentence
            self._began(time.monotonic() - sentence.settled_at)

    async def _show(self, paragraph_id: int, text: str) -> None:
        if not text.startswith(self._sent) or text == self._sent:
            return
        added, offset = text[len(self._sent) :], len(self._sent)
        self._sent = text
        await self._publish(TranslationDelta(paragraph_id=paragraph_id, text=added, offset=offset))

    def _joint(self, language: str) -> str:
        """What stands between the sentence before and the next."""
        known = by_code(language)
        return " " if self._sent and (known is None or known.spaces) else ""

    def _messages(self, sentence: _Sentence, *, firm: bool) -> list[Message]:
        """`firm` leaves the preceding turns out: a model goes on as it has begun, well or badly."""
        languages = (sentence.source_language, sentence.target_language)
        if languages != self._turns_languages:
            self._turns.clear()
            self._turns_languages = languages
        turns = () if firm else self._turns
        return translation_messages(sentence.text, *languages, turns, family=self._options.family, firm=firm)

    def _remember(self, sentence: _Sentence, translation: str) -> None:
        if self._turns and self._turns[-1].translation == translation:
            # A small model that has begun to repeat itself goes on as long as it is shown that it did.
            self._turns.clear()
            return
        self._turns.append(Turn(sentence.text, translation))

    async def _note_absence(self, error: EngineError) -> None:
        if not self._away:
            self._away = True
            await self._publish(Notice(code=error.code, message="The translation model does not answer."))

    async def _note_presence(self) -> None:
        if self._away:
            self._away = False
            await self._publish(Notice(code="translator_back", message="The translation model is back."))


def _asked(sentence: _Sentence, messages: Sequence[Message]) -> Asked:
    return Asked(
        sentence=sentence.text,
        source_language=sentence.source_language,
        target_language=sentence.target_language,
        rules=messages[0].content.removesuffix(" ".join(sentence.text.split())),
    )
