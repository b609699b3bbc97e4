# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One live session: a peer, the line from its frames to its events, and their owner.

    listen -> transcribe -> publish -> translate -> publish    the line; it ends by draining, from the left
    obey, report, end the input                                companions; they end after the line

The line's input ends when the browser says `stop`, when its connection is gone, or when the server stops.
If a part breaks, the whole live session ends visibly and alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

import structlog
from structlog.contextvars import bind_contextvars

from media.core.languages import AUTO, by_code
from media.core.segmenter import SegmenterOptions
from media.events import (
    AudioReceived,
    EndReason,
    Event,
    Notice,
    SessionEnded,
    SessionStarted,
    SttParagraphFinal,
    SttPartial,
)
from media.listener import Listener, SpeechDetector
from media.stream import Stream
from media.transcriber import Recogniser, Transcriber, TranscriberOptions
from media.translator import ChatModel, Translator, TranslatorOptions
from media.turns import Turns
from media.utterance import Utterance
from server.delays import Delays
from server.metrics import Metrics
from server.recorder import Recorder
from signaling.peer import Peer
from signaling.protocol import PROTOCOL_VERSION, Command, Ping, SetLanguages, Stop

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """What is spoken and what it becomes."""

    source: str
    """ISO 639-1 code, or `auto`."""
    target: str
    """ISO 639-1 code."""
    among: tuple[str, ...] = ()
    """What `auto` may find, as ISO 639-1 codes; empty for all."""

    @property
    def known(self) -> bool:
        """Whether all are languages that we have."""
        spoken = () if self.source == AUTO else (self.source,)
        return all(by_code(code) is not None for code in (*spoken, self.target, *self.among))

    @property
    def spoken(self) -> str:
        """As the recogniser wants it: empty to detect."""
        return "" if self.source == AUTO else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """How a live session runs."""

    stop_drain_ms: int = 600
    """How long frames in flight are still taken after `stop`."""
    drain_timeout_ms: int = 60_000
    """How long the end of what was said may take before it is given up."""
    report_ms: int = 1_000
    """How often the browser is told how much audio has come."""
    segmenter: SegmenterOptions = SegmenterOptions()
    transcriber: TranscriberOptions = TranscriberOptions()
    translator: TranslatorOptions = TranslatorOptions()


@dataclass(frozen=True, slots=True)
class Models:
    """The models that a live session uses; shared by all of them."""

    new_detector: Callable[[], SpeechDetector]
    recogniser: Recogniser
    chat: ChatModel
    turns: Turns
    """At the recogniser."""


class LiveSession:
    """A speaker who is connected."""

    def __init__(
        self,
        live_session_id: str,
        conversation_id: UUID,
        peer: Peer,
        user_id: UUID,
        recorder: Recorder,
        models: Models,
        metrics: Metrics,
        languages: Languages,
        options: LiveOptions,
    ) -> None:
        self.live_session_id = live_session_id
        self.peer = peer
        self.conversation_id = conversation_id
        self._recorder = recorder
        self._delays = Delays(metrics)
        peer.outbox.on_final_sent = metrics.final_sent
        self._languages = languages
        self._options = options
        self._heard_ms = 0
        self.reason: EndReason = "disconnected"
        self._stopping = asyncio.Event()
        self._utterances: Stream[Utterance] = Stream()
        self._listener = Listener(models.new_detector(), options.segmenter, self._utterances, self._hear)
        self._transcriber = Transcriber(
            models.recogniser,
            options.transcriber,
            self.publish,
            partial(models.turns.turn, str(user_id)),
            languages.spoken,
            languages.among,
        )
        self._translator = Translator(
            models.chat, options.translator, self.publish, languages.target, metrics.translation_begun
        )

    async def run(self) -> None:
        """From the answer to the last word. Raises PeerNeverConnected, or what broke a part."""
        async with self.peer:
            await self.peer.connected()
            self._greet()
            async with asyncio.TaskGroup() as companions:
                tasks = [
                    companions.create_task(part(), name=f"live{part.__name__}")
                    for part in (self._obey, self._report, self._end_input)
                ]
                try:
                    await self._run_to_the_end()
                finally:
                    for task in tasks:
                        task.cancel()

    async def _run_to_the_end(self) -> None:
        reason: EndReason = "internal_error"
        try:
            await self._run_line()
            reason = self.reason
        except TimeoutError:
            log.error("drain_timed_out", limit_ms=self._options.drain_timeout_ms)
            self.peer.outbox.put(
                Notice(code="words_lost", message="The last words could not be recognised in time.")
            )
            reason = self.reason
        except asyncio.CancelledError:
            if self._stopping.is_set():  # What was to drain has had its time.
                reason = self.reason
            raise
        finally:
            await self._end(reason)

    def stop(self, reason: EndReason) -> None:
        """End the input: what was said until now is still finished, sent and stored."""
        if not self._stopping.is_set():
            self.reason = reason
            self._stopping.set()

    async def publish(self, event: Event) -> None:
        """The one way out: recorded, then sent; settled text goes to the translator."""
        began_at = self._delays.now()
        await self._recorder.record(event)
        event = self._delays.recorded(event, began_at)
        self.peer.outbox.put(event)
        match event:
            case SttPartial():
                bind_contextvars(paragraph_id=event.paragraph_id)
                settled = event.text[: event.stable]
                self._translator.settle(event.paragraph_id, settled, self._spoken(event), final=False)
            case SttParagraphFinal():
                bind_contextvars(paragraph_id=event.paragraph_id)
                self._translator.settle(event.paragraph_id, event.text, self._spoken(event), final=True)
            case _:
                pass

    def _spoken(self, event: SttPartial | SttParagraphFinal) -> str:
        return self._languages.spoken or event.language

    async def _run_line(self) -> None:
        async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as line:
            for part in (self._transcribe, self._translate, self._recorder.run):
                line.create_task(part(), name=f"live{part.__name__}")
            await self._listener.run(self.peer.frames())
            self.stop("disconnected")
            limit.reschedule(asyncio.get_running_loop().time() + self._options.drain_timeout_ms / 1000)

    async def _transcribe(self) -> None:
        await self._transcriber.run(self._utterances)
        self._translator.end()

    async def _translate(self) -> None:
        await self._translator.run()
        self._recorder.end()

    async def _end_input(self) -> None:
        """On `stop`, take what is in flight, then end the frames; without a peer they end anyway."""
        await self._stopping.wait()
        await asyncio.sleep(self._options.stop_drain_ms / 1000)
        self.peer.end_frames()

    async def _obey(self) -> None:
        async for command in self.peer.commands():
            self._execute(command)

    def _execute(self, command: Command) -> None:
        match command:
            case Stop():
                self.stop("stopped")
            case SetLanguages(source=source, target=target):
                self._change_languages(source, target)
            case Ping():
                raise AssertionError("the peer answers pings itself")

    def _change_languages(self, source: str, target: str) -> None:
        """From the next utterance and the next sentence on."""
        languages = replace(self._languages, source=source, target=target)
        if not languages.known:
            self.peer.outbox.put(
                Notice(code="unknown_language", message="One of these languages is not known.")
            )
            return
        self._languages = languages
        self._transcriber.language = languages.spoken
        self._translator.target_language = target

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(self._options.report_ms / 1000)
            self.peer.outbox.put(AudioReceived(ms=self._heard_ms))

    def _hear(self, ms: int) -> None:
        self._heard_ms = ms
        self._recorder.heard(ms)

    def _greet(self) -> None:
        self.peer.outbox.put(
            SessionStarted(
                protocol_version=PROTOCOL_VERSION,
                live_session_id=self.live_session_id,
                conversation_id=str(self.conversation_id),
                source_language=self._languages.source,
                target_language=self._languages.target,
            )
        )

    async def _end(self, reason: EndReason) -> None:
        """The browser hears that it is over even where the database is what broke."""
        try:
            await self._recorder.close()
        finally:
            self.peer.outbox.put(SessionEnded(reason=reason))
            await self.peer.outbox.flush()
