# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What happened in a live session, as it is shown, recorded and sent.

The same objects travel from the stages to the wire (`signaling/protocol.py` numbers and encodes them). All
times are milliseconds of audio since the first sample of the conversation. `paragraph_id` is the paragraph's
index in its conversation, from 0.
"""

from dataclasses import dataclass
from typing import Literal

EndReason = Literal["stopped", "disconnected", "signed_out", "server_stopping", "internal_error"]
"""Why a live session is over."""


TranslationDoubt = Literal["number", "negation", "untranslated", "inexact"]
"""What may be wrong with a translation: a number; a `not` too few or too many; part of it is not translated;
part of it says something else than was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """The live session runs; the first event of every data channel."""

    protocol_version: int
    live_session_id: str
    conversation_id: str
    """Where the words will be kept. The row exists once something has been said."""
    source_language: str
    """ISO 639-1 code, or `auto`."""
    target_language: str
    """ISO 639-1 code."""
    type: Literal["session_started"] = "session_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class SttPartial:
    """The open paragraph's source text as it is heard now."""

    paragraph_id: int
    text: str
    stable: int
    """How many Unicode code points at the start of `text` will never change."""
    language: str = ""
    """ISO 639-1 code of what is spoken, as far as the engine says."""
    type: Literal["stt_partial"] = "stt_partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Where the time from the end of speech to a final went, in milliseconds, one stage after the other."""

    capture_ms: int = 0
    """From the moment of the last sample of speech to its arrival here: packets, network, jitter buffer."""
    vad_ms: int = 0
    """Silence that was waited for until the speech counted as over."""
    stt_ms: int = 0
    """Recognition after that; 0 where it had been done on speculation."""
    record_ms: int = 0
    """Writing it to the database."""
    send_ms: int = 0
    """Waiting for the data channel to be open and free; the network comes after this."""

    @property
    def total_ms(self) -> int:
        """From the end of speech until the final was sent."""
        return self.capture_ms + self.vad_ms + self.stt_ms + self.record_ms + self.send_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SttParagraphFinal:
    """The paragraph's source text, which never changes again. It is in the database already."""

    paragraph_id: int
    text: str
    language: str
    """ISO 639-1 code of what was spoken, or an empty string where the engine does not say."""
    started_ms: int
    ended_ms: int
    stages: Stages | None = None
    """Nothing where the paragraph did not end with an end of speech."""
    type: Literal["stt_paragraph_final"] = "stt_paragraph_final"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationDelta:
    """More of a paragraph's translation; what was sent before stays as it is."""

    paragraph_id: int
    text: str
    """To be appended at `offset`."""
    offset: int
    """How many Unicode code points of this translation were sent before."""
    type: Literal["translation_delta"] = "translation_delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationParagraphFinal:
    """A paragraph's whole translation. It is in the database already."""

    paragraph_id: int
    text: str
    complete: bool = True
    """False where a sentence of it could not be translated; `text` then holds what could."""
    doubts: tuple[TranslationDoubt, ...] = ()
    """What may be wrong with it, each once; a second try was no better."""
    after_ms: int = 0
    """Milliseconds from the final of the source until this was stored."""
    type: Literal["translation_paragraph_final"] = "translation_paragraph_final"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioReceived:
    """How much audio has arrived; sent once a second while recording."""

    ms: int
    type: Literal["audio_received"] = "audio_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the person should know; the live session goes on."""

    code: str
    """Stable, for programs, e.g. `recogniser_unavailable`, `recogniser_back`."""
    message: str
    """English, for people; never holds speech."""
    type: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """The answer to a `ping` command."""

    nonce: int
    type: Literal["pong"] = "pong"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """The last event: everything that was said has been sent and stored."""

    reason: EndReason
    type: Literal["session_ended"] = "session_ended"


Event = (
    SessionStarted
    | SttPartial
    | SttParagraphFinal
    | TranslationDelta
    | TranslationParagraphFinal
    | AudioReceived
    | Notice
    | Pong
    | SessionEnded
)
