# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Stage 2: utterances become paragraphs, while they are still being spoken.

For each utterance the recogniser is asked about it as it is now, one request at a time:

    every step of new audio      quickly; what two answers agree on is committed, the rest is tentative
    at the first silence         thoroughly, on speculation that the speaker has finished
    when the silence has lasted  the speculation is the final, if it heard all speech; else thoroughly again

A recogniser that is slow is asked less often; one that is away is asked again, then about all that was said
meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from media.core.agreement import Agreement, AgreementOptions
from media.core.doubt import Doubt, DoubtOptions
from media.core.paragraphs import (
    ParagraphClosed,
    ParagraphEvent,
    ParagraphOptions,
    Paragraphs,
    ParagraphUpdated,
)
from media.core.prompts import whisper_prompt
from media.core.windows import FloatArray
from media.core.words import Hypothesis, Word, text_of
from media.errors import EngineError, RecogniserUnavailable
from media.events import Event, Notice, SttParagraphFinal, SttPartial
from media.stream import Stream
from media.utterance import Snapshot, Utterance

Publish = Callable[[Event], Awaitable[None]]

_ANCHOR_MS = 2_000
"""Audio of settled words that stays in the requests."""
_CONTEXT_WORDS = 50


class Recogniser(Protocol):
    """Turns audio into words."""

    async def transcribe(
        self, samples: FloatArray, *, start_ms: int, language: str, prompt: str = "", final: bool
    ) -> Hypothesis:
        """Raises RecogniserUnavailable or RecogniserRefused. An empty `language` asks to detect it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriberOptions:
    """How often and how the recogniser is asked."""

    step_ms: int = 500
    """New audio before the next partial is asked for."""
    first_step_ms: int = 700
    """Audio of an utterance, pre-roll included, before its first partial."""
    trim_after_ms: int = 14_000
    """Audio of an utterance beyond which what is settled is dropped from the requests."""
    longest_request_ms: int = 28_000
    """Whisper sees 30 s at most; more than this is asked in pieces."""
    language_certain_ms: int = 3_000
    """A language detected on this much audio is kept for the rest of the utterance."""
    retry_first_ms: int = 500
    """Pause before asking again a recogniser that failed; doubled each time."""
    retry_longest_ms: int = 5_000
    agreement: AgreementOptions = AgreementOptions()
    doubt: DoubtOptions = DoubtOptions()
    paragraphs: ParagraphOptions = ParagraphOptions()


class Transcriber:
    """Follows one utterance after the other and owns the paragraphs of a conversation's source side."""

    def __init__(
        self, recogniser: Recogniser, options: TranscriberOptions, publish: Publish, language: str = ""
    ) -> None:
        """`language`: ISO 639-1 code, or empty to detect it for each utterance."""
        self.language = language
        self._recogniser = recogniser
        self._options = options
        self._publish = publish
        self._doubt = Doubt(options.doubt)
        self._paragraphs = Paragraphs(options.paragraphs)
        self._away = False

    async def run(self, utterances: Stream[Utterance]) -> None:
        """Transcribe until the utterances end, then close what is open."""
        end_ms = 0
        async for utterance in utterances:
            await _Following(self, utterance, self._options).run()
            end_ms = utterance.end_ms
        await self._tell(self._paragraphs.flush(end_ms), "")

    async def settle(self, committed: list[Word], tentative: tuple[Word, ...], language: str) -> None:
        """Words have been committed, and others are heard after them for now."""
        await self._tell(self._paragraphs.update(committed, tentative, language), language)

    async def close_paragraph(self, at_ms: int) -> None:
        """The speaker has paused."""
        await self._tell(self._paragraphs.close(at_ms), "")

    async def recognise(self, snapshot: Snapshot, *, language: str, prompt: str, final: bool) -> Hypothesis:
        """What the recogniser says and can be trusted. Raises EngineError, after the person was told."""
        try:
            hypothesis = await self._recogniser.transcribe(
                snapshot.samples, start_ms=snapshot.start_ms, language=language, prompt=prompt, final=final
            )
        except EngineError as error:
            await self._note_absence(error)
            raise
        await self._note_presence()
        return self._doubt.trusted(hypothesis)

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

    async def _tell(self, events: list[ParagraphEvent], language: str) -> None:
        for event in events:
            await self._publish(_published(event, language))


class _Following:
    """One utterance, from its first sound to its final."""

    def __init__(self, transcriber: Transcriber, utterance: Utterance, options: TranscriberOptions) -> None:
        self._transcriber = transcriber
        self._utterance = utterance
        self._options = options
        self._agreement = Agreement(options.agreement)
        self._language = transcriber.language
        self._dropped: list[Word] = []
        """The last settled words whose audio is gone: the recogniser's context."""
        self._full_start_ms = -1
        self._retry_ms = options.retry_first_ms

    async def run(self) -> None:
        options = self._options
        look_at_ms = self._utterance.end_ms - self._utterance.kept_ms + options.first_step_ms
        speculation: tuple[int, Hypothesis] | None = None
        while True:
            await self._utterance.worth_a_look(look_at_ms, speculation[0] if speculation else None)
            snapshot = self._utterance.snapshot(options.longest_request_ms)
            if snapshot.ended and speculation is not None and speculation[0] == snapshot.speech_end_ms:
                return await self._finish(speculation[1], snapshot.end_ms)
            hypothesis = await self._ask(snapshot)
            if hypothesis is None:
                continue
            if snapshot.ended:
                return await self._finish(hypothesis, snapshot.end_ms)
            speculation = None
            if snapshot.speech_end_ms is not None:
                speculation = (snapshot.speech_end_ms, hypothesis)
            await self._take(hypothesis, snapshot)
            look_at_ms = snapshot.end_ms + options.step_ms

    async def _ask(self, snapshot: Snapshot) -> Hypothesis | None:
        """None where the recogniser failed: the caller looks again, at all that was said by then."""
        try:
            hypothesis = await self._transcriber.recognise(
                snapshot,
                language=self._language,
                prompt=whisper_prompt(text_of(self._dropped)),
                final=snapshot.speech_end_ms is not None,
            )
        except EngineError as error:
            await self._pause_after(error)
            return None
        self._retry_ms = self._options.retry_first_ms
        return hypothesis

    async def _pause_after(self, error: EngineError) -> None:
        if not isinstance(error, RecogniserUnavailable):
            self._retry_ms = self._options.retry_longest_ms
        await asyncio.sleep(self._retry_ms / 1000)
        self._retry_ms = min(2 * self._retry_ms, self._options.retry_longest_ms)

    async def _take(self, hypothesis: Hypothesis, snapshot: Snapshot) -> None:
        committed = self._agreement.feed(hypothesis.words, snapshot.end_ms)
        if not committed and self._is_stuck(snapshot):
            committed = self._force(hypothesis, snapshot)
        self._keep_language(hypothesis, snapshot)
        await self._transcriber.settle(committed, self._agreement.tentative, hypothesis.language)
        self._trim(snapshot)

    async def _finish(self, hypothesis: Hypothesis, end_ms: int) -> None:
        committed = self._agreement.flush(hypothesis.words)
        await self._transcriber.settle(committed, (), hypothesis.language)
        await self._transcriber.close_paragraph(end_ms)

    def _keep_language(self, hypothesis: Hypothesis, snapshot: Snapshot) -> None:
        if snapshot.end_ms - snapshot.start_ms >= self._options.language_certain_ms:
            self._language = self._language or hypothesis.language

    def _trim(self, snapshot: Snapshot) -> None:
        """Drop audio whose words are settled, but for the last: by those the next hypothesis is placed."""
        if snapshot.end_ms - snapshot.start_ms < self._options.trim_after_ms:
            return
        settled = [word for word in self._agreement.committed if word.end_ms > snapshot.start_ms]
        known = [word for word in settled if word.end_ms <= settled[-1].end_ms - _ANCHOR_MS]
        if not known:
            return
        self._dropped = [*self._dropped, *known][-_CONTEXT_WORDS:]
        self._utterance.drop_before(known[-1].end_ms)
        self._agreement.forget_before(known[-1].end_ms)

    def _is_stuck(self, snapshot: Snapshot) -> bool:
        """Whether a full request has brought nothing twice: no speech in it, or answers never agree."""
        if snapshot.end_ms - snapshot.start_ms < self._options.longest_request_ms:
            return False
        again = self._full_start_ms == snapshot.start_ms
        self._full_start_ms = snapshot.start_ms
        return again

    def _force(self, hypothesis: Hypothesis, snapshot: Snapshot) -> list[Word]:
        """Settle what this hypothesis says, but for its end, which may be cut in two; go on behind it."""
        cut_ms = snapshot.end_ms - _ANCHOR_MS
        committed = self._agreement.flush([word for word in hypothesis.words if word.end_ms <= cut_ms])
        self._utterance.drop_before(cut_ms)
        return committed


def _published(event: ParagraphEvent, language: str) -> Event:
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
            )
