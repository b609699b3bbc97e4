# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Keeps one conversation's rows: finals at once, growing text as fast as the database takes it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from db.conversations import Conversations
from media.events import (
    Event,
    SttParagraphFinal,
    SttPartial,
    TranslationDelta,
    TranslationParagraphFinal,
)

_TITLE_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """What is known of a conversation before anything was said in it."""

    conversation_id: UUID
    user_id: UUID
    source_language: str
    target_language: str


class Recorder:
    """Writes one conversation; its row is made at its first word, a paragraph's at the paragraph's first."""

    def __init__(
        self,
        conversations: Conversations,
        conversation: NewConversation,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._conversations = conversations
        self._conversation = conversation
        self._now = now
        self._began_at: datetime | None = None
        self._started = False
        self._opened = -1
        self._titled = False
        self._title_due = ""
        self._translations: dict[int, str] = {}
        self._sources_due: dict[int, str] = {}
        self._translations_due: set[int] = set()
        self._due = asyncio.Event()
        self._ended = False

    def heard(self, ms: int) -> None:
        """So much audio has come: fixes the wall-clock time of the first sample."""
        if self._began_at is None:
            self._began_at = self._now() - timedelta(milliseconds=ms)

    async def record(self, event: Event) -> None:
        """Returns when what the browser may only hear of once it is stored is stored.

        Raises DatabaseUnavailable.
        """
        match event:
            case SttPartial():
                await self._grow(event)
            case SttParagraphFinal():
                await self._finish(event)
            case TranslationDelta():
                self._translations[event.paragraph_id] = (
                    self._translations.get(event.paragraph_id, "") + event.text
                )
                self._translations_due.add(event.paragraph_id)
                self._due.set()
            case TranslationParagraphFinal():
                await self._finish_translation(event)
            case _:
                pass

    def end(self) -> None:
        """No more events will come."""
        self._ended = True
        self._due.set()

    async def close(self) -> None:
        """The live session is over. Where it broke, what it left open is final as it stands."""
        if self._started:
            await self._write_due()
            await self._conversations.finish_abandoned(self._conversation.conversation_id)

    async def run(self) -> None:
        """Write growing text, the newest state of each paragraph, until the events end."""
        while not self._ended:
            await self._due.wait()
            self._due.clear()
            await self._write_due()

    async def _write_due(self) -> None:
        conversation_id = self._conversation.conversation_id
        if self._title_due:
            title, self._title_due = self._title_due, ""
            await self._conversations.set_title(conversation_id, title)
        while self._sources_due:
            paragraph_id, text = self._sources_due.popitem()
            await self._conversations.update_paragraph(conversation_id, paragraph_id, text)
        while self._translations_due:
            paragraph_id = self._translations_due.pop()
            await self._conversations.update_translation(
                conversation_id, paragraph_id, self._translations[paragraph_id]
            )

    async def _grow(self, event: SttPartial) -> None:
        if event.paragraph_id <= self._opened:
            self._sources_due[event.paragraph_id] = event.text
            self._due.set()
            return
        await self._start()
        await self._conversations.open_paragraph(
            self._conversation.conversation_id, event.paragraph_id, event.text, self._now()
        )
        self._opened = event.paragraph_id

    async def _finish(self, event: SttParagraphFinal) -> None:
        await self._start()
        self._sources_due.pop(event.paragraph_id, None)
        await self._conversations.finish_paragraph(
            self._conversation.conversation_id,
            event.paragraph_id,
            event.text,
            event.language,
            self._at(event.started_ms),
            self._at(event.ended_ms),
        )
        self._opened = max(self._opened, event.paragraph_id)
        if event.text and not self._titled:
            # The browser need not wait for that.
            self._titled = True
            self._title_due = title_of(event.text)
            self._due.set()

    async def _finish_translation(self, event: TranslationParagraphFinal) -> None:
        self._translations_due.discard(event.paragraph_id)
        self._translations.pop(event.paragraph_id, None)
        await self._conversations.finish_translation(
            self._conversation.conversation_id,
            event.paragraph_id,
            event.text,
            event.complete,
            event.doubts,
        )

    async def _start(self) -> None:
        if self._started:
            return
        conversation = self._conversation
        await self._conversations.start(
            conversation.conversation_id,
            conversation.user_id,
            conversation.source_language,
            conversation.target_language,
            self._began_at or self._now(),
        )
        self._started = True

    def _at(self, ms: int) -> datetime:
        return (self._began_at or self._now()) + timedelta(milliseconds=ms)


def title_of(text: str) -> str:
    """The beginning of the first thing said, cut between words where its language has spaces."""
    line = " ".join(text.split())
    if len(line) <= _TITLE_CHARS:
        return line
    head = line[:_TITLE_CHARS]
    cut = head.rfind(" ")
    return (head[:cut] if cut > _TITLE_CHARS // 2 else head).rstrip(" ,;:-") + "…"
