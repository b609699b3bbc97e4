# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Stage 3: settled text becomes its translation, a sentence at a time, while the speaker goes on.

Sentences are translated in the order in which they were said; what was sent is only ever added to.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from structlog.contextvars import bind_contextvars

from media.core.languages import by_code
from media.core.prompts import Message, Turn, translation_messages
from media.core.sentences import SentenceCutter
from media.errors import EngineError, TranslatorRefused
from media.events import Event, Notice, TranslationDelta, TranslationParagraphFinal
from media.stream import Stream

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


@dataclass(frozen=True, slots=True)
class _Sentence:
    paragraph_id: int
    text: str
    source_language: str
    target_language: str


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
        self, model: ChatModel, options: TranslatorOptions, publish: Publish, target_language: str
    ) -> None:
        """`target_language`: ISO 639-1 code; set anew, it holds for the sentences that follow."""
        self.target_language = target_language
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
            self._work.put(_Sentence(paragraph_id, sentence.strip(), language, self.target_language))
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
        text, complete = self._translated, self._complete
        self._translated, self._sent, self._complete = "", "", True
        await self._publish(
            TranslationParagraphFinal(paragraph_id=paragraph_id, text=text, complete=complete)
        )

    async def _translate(self, sentence: _Sentence) -> None:
        bind_contextvars(paragraph_id=sentence.paragraph_id)
        joint = self._joint(sentence.target_language)
        begun = self._sent
        translation = await self._translation_of(sentence, joint)
        if translation is None:
            self._complete = False
            self._translated += self._sent[len(begun) :]
            return
        self._translated += joint + translation
        self._remember(sentence, translation)

    async def _translation_of(self, sentence: _Sentence, joint: str) -> str | None:
        """None where the LLM could not be had. While it is away, each sentence is tried once."""
        if sentence.source_language == sentence.target_language:
            await self._show(sentence.paragraph_id, joint + sentence.text)
            return sentence.text
        begun = self._sent
        for attempt in range(1 if self._away else self._options.tries):
            if attempt:
                await asyncio.sleep(self._options.retry_ms / 1000)
            try:
                return await self._ask(sentence, begun + joint)
            except EngineError as error:
                await self._note_absence(error)
                if isinstance(error, TranslatorRefused):
                    break
        return None

    async def _ask(self, sentence: _Sentence, before: str) -> str:
        """One try. What an earlier try has shown stays: a later one shows only what goes beyond it."""
        answer = ""
        async with aclosing(self._model.chat(self._messages(sentence))) as pieces:
            async for piece in pieces:
                answer += piece
                await self._show(sentence.paragraph_id, before + answer.strip())
        await self._note_presence()
        return answer.strip()

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

    def _messages(self, sentence: _Sentence) -> list[Message]:
        languages = (sentence.source_language, sentence.target_language)
        if languages != self._turns_languages:
            self._turns.clear()
            self._turns_languages = languages
        return translation_messages(sentence.text, *languages, self._turns)

    def _remember(self, sentence: _Sentence, translation: str) -> None:
        if not translation or sentence.source_language == sentence.target_language:
            return
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
