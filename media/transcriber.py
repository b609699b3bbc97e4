# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Stage 2: utterances become paragraphs, while they are still being spoken.

For each utterance the recogniser is asked about it as it is now, one request at a time (`following.py`):

    every step of new audio      quickly; what two answers agree on is committed, the rest is tentative
    at the first silence         thoroughly, on speculation that the speaker has finished
    when the silence has lasted  the speculation is the final, if it heard all speech; else thoroughly again

A recogniser that is slow is asked less often; one that is away is asked again, then about all that was said
meanwhile. `core/pace.py` decides when; `turns.py` whose turn it is, when several people talk.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from media.core.doubt import Doubt, DoubtOptions
from media.core.paragraphs import (
    ParagraphClosed,
    ParagraphEvent,
    ParagraphOptions,
    Paragraphs,
    ParagraphUpdated,
)
from media.core.windows import FloatArray
from media.core.words import Hypothesis, Word
from media.errors import EngineError
from media.events import Event, Notice, Stages, SttParagraphFinal, SttPartial
from media.following import Following, FollowingOptions, Question, TakeTurn
from media.stream import Stream
from media.utterance import Utterance

Publish = Callable[[Event], Awaitable[None]]


class Recogniser(Protocol):
    """Turns audio into words."""

    async def transcribe(
        self,
        samples: FloatArray,
        *,
        start_ms: int,
        language: str,
        prompt: str = "",
        prefix: str = "",
        among: Sequence[str] = (),
        final: bool,
    ) -> Hypothesis:
        """Raises RecogniserUnavailable or RecogniserRefused.

        An empty `language` asks to detect it, `among` these if there are any. `prompt` was said before the
        audio; `prefix` is how its text begins, and a Hypothesis that is `after_prefix` goes on from there.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriberOptions:
    """How the recogniser is asked, and what becomes of its answers."""

    following: FollowingOptions = FollowingOptions()
    doubt: DoubtOptions = DoubtOptions()
    paragraphs: ParagraphOptions = ParagraphOptions()


class Transcriber:
    """Follows one utterance after the other and owns the paragraphs of a conversation's source side."""

    def __init__(
        self,
        recogniser: Recogniser,
        options: TranscriberOptions,
        publish: Publish,
        take_turn: TakeTurn,
        language: str = "",
        among: Sequence[str] = (),
    ) -> None:
        """`language`: ISO 639-1 code, or empty to detect it for each paragraph, `among` these if any."""
        self.language = language
        self.among = tuple(among)
        self._recogniser = recogniser
        self._options = options
        self._publish = publish
        self._take_turn = take_turn
        self._doubt = Doubt(options.doubt)
        self._paragraphs = Paragraphs(options.paragraphs)
        self._last_language = ""
        self._away = False

    async def run(self, utterances: Stream[Utterance]) -> None:
        """Transcribe until the utterances end, then close what is open."""
        end_ms = 0
        async for utterance in utterances:
            await Following(self, utterance, self._take_turn, self._options.following).run()
            end_ms = utterance.end_ms
        await self._tell(self._paragraphs.flush(end_ms), "")

    async def settle(self, committed: list[Word], tentative: tuple[Word, ...], language: str) -> None:
        """Words have been committed, and others are heard after them for now."""
        await self._tell(self._paragraphs.update(committed, tentative, language), language)

    async def close_paragraph(self, at_ms: int, stages: Stages) -> None:
        """The speaker has paused."""
        await self._tell(self._paragraphs.close(at_ms), "", stages)

    async def recognise(self, question: Question) -> Hypothesis:
        """What the recogniser says and can be trusted. Raises EngineError, after the person was told."""
        hypothesis = await self._answer(question)
        if self.among and not question.language and hypothesis.language not in self.among:
            # This server looks for any language: it is asked for the likeliest of those that can be.
            likeliest = self._last_language if self._last_language in self.among else self.among[0]
            hypothesis = await self._answer(replace(question, language=likeliest))
        self._last_language = hypothesis.language or self._last_language
        return self._doubt.trusted(hypothesis, question.snapshot.speech)

    async def _answer(self, question: Question) -> Hypothesis:
        try:
            hypothesis = await self._recogniser.transcribe(
                question.snapshot.samples,
                start_ms=question.snapshot.start_ms,
                language=question.language,
                prompt=question.prompt,
                prefix=question.prefix,
                among=self.among,
                final=question.final,
            )
        except EngineError as error:
            await self._note_absence(error)
            raise
        await self._note_presence()
        return hypothesis

    async def _note_absence(self, error: EngineError) -> None:
        if not self._away:
            self._away = True
            await self._publish(
                Notice(code=error.code, message="The speech recogniser does not answer as it should.")
            )

    async def _note_presence(self) -> None:
        if self._away:
            self._away = False
            await self._publish(Notice(code="recogniser_back", message="The speech recogniser is back."))

    async def _tell(self, events: list[ParagraphEvent], language: str, stages: Stages | None = None) -> None:
        for event in events:
            await self._publish(_published(event, language, stages))


def _published(event: ParagraphEvent, language: str, stages: Stages | None) -> Event:
    match event:
        case ParagraphUpdated():
            return SttPartial(
                paragraph_id=event.paragraph_id, text=event.text, stable=event.stable, language=language
            )
        case ParagraphClosed():
            return SttParagraphFinal(
                paragraph_id=event.paragraph_id,
                text=event.text,
                language=event.language,
                started_ms=event.started_ms,
                ended_ms=event.ended_ms,
                stages=stages,
            )
