# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One model serves all requests: one at a time, in the order in which they came."""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Protocol

from media.engines.decoding import Samples, decode_audio
from media.engines.transcription import Abandoned, Transcription, Wish

MOST_WAITING = 32
"""Requests that may wait; each holds its audio."""


class Recogniser(Protocol):
    """A loaded model. It is only ever used by one thread at a time."""

    @property
    def languages(self) -> Collection[str]:
        """Codes of what it understands."""

    def transcribe(self, samples: Samples, wish: Wish, abandoned: Callable[[], bool]) -> Transcription:
        """What was said. Raises Abandoned once `abandoned()` is true, and ModelFailed."""


class QueueFull(Exception):
    """Too many requests wait already."""


class TranscriptionQueue:
    """Owns the thread in which audio is decoded and transcribed."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="whisper")
        self._waiting = 0

    @property
    def languages(self) -> Collection[str]:
        """Codes of what the model understands."""
        return self._recogniser.languages

    async def transcribe(self, content: bytes, wish: Wish) -> Transcription:
        """Transcribe an audio file. If the caller is cancelled before its turn, its turn is skipped.

        Raises QueueFull, AudioUnreadable, AudioTooLong or ModelFailed.
        """
        if self._waiting >= MOST_WAITING:
            raise QueueFull
        gone = Event()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread, self._transcribed, content, wish, gone
            )
        finally:
            gone.set()
            self._waiting -= 1

    def _transcribed(self, content: bytes, wish: Wish, gone: Event) -> Transcription:
        if gone.is_set():
            raise Abandoned
        return self._recogniser.transcribe(decode_audio(content), wish, gone.is_set)
