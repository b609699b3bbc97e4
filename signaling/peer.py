# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""One browser's connection: its microphone's frames and its commands in, events out.

    ANSWERED             --ICE, DTLS and the data channel are up--> CONNECTED
    ANSWERED             --connect_timeout_ms-->                    GONE (never_connected)
    ANSWERED, CONNECTED  --see CloseReason-->                       GONE
    any                  --close()-->                               CLOSED

Whoever answers an offer closes the peer, whatever becomes of it; `async with` sees to that, and moves frames
and events meanwhile. When a peer is gone its streams end, after what had arrived; it is still to be closed.

aiortc calls back from inside its own receiving loop, where an error would cut the connection and waiting
would stall it. So what it calls (`_on_...`) only puts things into bounded places.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

import structlog
from aiortc import MediaStreamError, RTCDataChannel, RTCPeerConnection
from av import AudioFrame

from media.events import Pong
from signaling.connection import close_connection, negotiate, new_connection, part
from signaling.ice import MAX_CANDIDATES, OfferRefused
from signaling.inbox import Inbox, Misused
from signaling.outbox import Outbox
from signaling.protocol import CHANNEL_LABEL, Command, Ping
from signaling.sdp import Offer, read_fragment, read_offer
from signaling.stream import Stream

log = structlog.get_logger()

CloseReason = Literal[
    "closed",  # by us
    "left",  # by the other side
    "failed",  # the network between us
    "never_connected",
    "heartbeat_missed",
    "slow_reader",  # events pile up
    "unread",  # frames or commands pile up: the owner has stopped reading
    "broken",  # a fault of ours, which leaving `async with` raises
    "command_too_long",
    "too_many_commands",  # or other things done too often
]

MAX_UNREAD_FRAMES = 500
"""10 to 30 s, by the length of the packets. They are read as they come; this bounds what a mistake costs."""
MAX_UNREAD_COMMANDS = 100

BEAT_MS = 1_000
"""How often a peer is looked after."""
LAST_FRAMES_MS = 200
"""Time for what was decoded before the connection ended to get here from the decoder's thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerOptions:
    """How patient we are with a peer."""

    connect_timeout_ms: int = 15_000
    """From the answer until sound and events can flow."""
    heartbeat_timeout_ms: int = 12_000
    """Without a ping and without a frame."""
    close_timeout_ms: int = 5_000
    """Then the parts of the connection are closed one by one."""

    def __post_init__(self) -> None:
        if min(self.connect_timeout_ms, self.heartbeat_timeout_ms, self.close_timeout_ms) <= 0:
            raise ValueError("timeouts must be positive")


class PeerNeverConnected(Exception):
    """The client did not come, or left, before sound and events could flow."""

    def __init__(self, reason: CloseReason) -> None:
        super().__init__(reason)
        self.reason: CloseReason = reason


class Peer:
    """The owner of one RTCPeerConnection."""

    def __init__(self, connection: RTCPeerConnection, offer: Offer, options: PeerOptions) -> None:
        """For `answer`; there is no other way to make a peer."""
        self.answer_sdp = ""
        """What the client is to be told."""
        self.outbox = Outbox()
        """Where events for the client go."""
        self._connection = connection
        self._offer = offer
        self._options = options
        self._candidates = set(offer.candidates)
        self._channel: RTCDataChannel | None = None
        self._frames: Stream[AudioFrame] = Stream(MAX_UNREAD_FRAMES)
        self._commands: Stream[Command] = Stream(MAX_UNREAD_COMMANDS)
        self._inbox = Inbox()
        self._signs_of_life = 0
        self._loop = asyncio.get_running_loop()
        self._gone: asyncio.Future[CloseReason] = self._loop.create_future()
        self._is_settled = asyncio.Event()
        """Connected, or gone without that."""
        self._closing: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._connect_deadline = self._loop.time() + options.connect_timeout_ms / 1000
        connection.on("connectionstatechange", self._on_state)
        connection.on("datachannel", self._on_channel)
        if not offer.has_channel:
            self.outbox.close()

    @classmethod
    async def answer(cls, offer: bytes | str, options: PeerOptions) -> Self:
        """The peer for an offer, with its `answer_sdp`. Raises `OfferRefused`; nothing is left then."""
        checked = read_offer(offer)
        peer = cls(new_connection(), checked, options)
        try:
            peer.answer_sdp = await negotiate(peer._connection, checked)
        except BaseException:
            await peer.close()
            raise
        return peer

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._receive(), name="peer_receive"),
            asyncio.create_task(self._look_after(), name="peer_look_after"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._on_task_done)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.close()
        finally:
            for task in self._tasks:
                task.cancel()
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if error is None and isinstance(outcome, Exception):
                raise outcome

    @property
    def close_reason(self) -> CloseReason | None:
        """Why the peer is gone; None while it is not."""
        return self._gone.result() if self._gone.done() else None

    async def connected(self) -> None:
        """Waits until sound and, with a channel offered, events can flow. Raises `PeerNeverConnected`."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._connect_deadline):
                await self._is_settled.wait()
        if not self._is_settled.is_set():
            self._end("never_connected")
        if self._gone.done():
            raise PeerNeverConnected(self._gone.result())

    async def gone(self) -> CloseReason:
        """Waits until the connection has ended, by whomever."""
        return await asyncio.shield(self._gone)

    def frames(self) -> AsyncIterator[AudioFrame]:
        """The microphone's frames: 48 kHz, s16, stereo. For one reader, who does not linger."""
        return self._frames

    def end_frames(self) -> None:
        """Ends `frames` after those that have arrived; the rest of the connection stays as it is."""
        self._frames.end()

    def commands(self) -> AsyncIterator[Command]:
        """What the client asks for, without the pings, which the peer answers itself. For one reader."""
        return self._commands

    async def add_candidates(self, fragment: bytes | str) -> None:
        """More addresses of the client (RFC 8840). Raises `OfferRefused`; the connection goes on anyway."""
        new = [it for it in read_fragment(fragment, self._offer) if it not in self._candidates]
        if len(self._candidates) + len(new) > MAX_CANDIDATES:
            raise OfferRefused("too_many_candidates", f"At most {MAX_CANDIDATES} candidates are taken.")
        self._candidates.update(new)
        transport = self._connection.getReceivers()[0].transport.transport
        for candidate in new:
            await transport.addRemoteCandidate(candidate.for_aiortc())

    async def close(self) -> None:
        """Ends the connection and frees all it holds, within bounds. Never raises; may be repeated."""
        if self._closing is None:
            self._end("closed")
            self._closing = asyncio.create_task(self._close(), name="peer_close")
        # Whoever is cancelled while waiting here must not leave half a connection behind.
        await asyncio.shield(self._closing)

    def _end(self, reason: CloseReason) -> None:
        if not self._gone.done():
            log.info("peer_gone", reason=reason)
            self._gone.set_result(reason)
            self._is_settled.set()
            self.outbox.close()
            self._commands.end()

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._end("broken")
            self._frames.end()

    async def _receive(self) -> None:
        track = self._connection.getReceivers()[0].track
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self._signs_of_life += 1
                if isinstance(frame, AudioFrame) and not self._frames.put(frame):
                    self._end("unread")
        self._frames.end()

    async def _look_after(self) -> None:
        """Misses the heartbeat and notices the slow reader; ends the frames when the peer is gone."""
        await self._is_settled.wait()
        beat_ms = min(BEAT_MS, self._options.heartbeat_timeout_ms)
        silent_ms = 0
        while not self._gone.done():
            signs_before = self._signs_of_life
            await asyncio.wait([self._gone], timeout=beat_ms / 1000)
            # Beats are counted, not the clock read: when this process was held up, nobody else was silent.
            silent_ms = silent_ms + beat_ms if self._signs_of_life == signs_before else 0
            if silent_ms >= self._options.heartbeat_timeout_ms:
                self._end("heartbeat_missed")
            elif self.outbox.is_stuck(beat_ms):
                self._end("slow_reader")
        await asyncio.sleep(LAST_FRAMES_MS / 1000)
        self._frames.end()

    def _on_state(self) -> None:
        match self._connection.connectionState:
            case "connected":
                self._settle()
            case "failed":
                self._end("failed")
            case "closed":
                self._end("left")

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if self._channel is not None or not _is_ours(channel):
            self._refuse(channel)
            return
        # It is open already: no "open" event will come, so listen at once.
        self._channel = channel
        channel.on("message", self._on_message)
        channel.on("bufferedamountlow", self.outbox.hand_over)
        channel.on("close", self._on_channel_close)
        self.outbox.open(channel)
        self._settle()

    def _refuse(self, channel: RTCDataChannel) -> None:
        log.warning("data_channel_refused")
        channel.close()
        try:
            self._inbox.count(self._loop.time())
        except Misused as misused:
            self._end(misused.reason)

    def _on_channel_close(self) -> None:
        self._end("left")

    def _on_message(self, message: str | bytes) -> None:
        try:
            command = self._inbox.read(message, self._loop.time())
        except Misused as misused:
            self._end(misused.reason)
            return
        if command is None:
            return
        self._signs_of_life += 1
        if isinstance(command, Ping):
            self.outbox.put(Pong(nonce=command.nonce))
        elif not self._commands.put(command):
            self._end("unread")

    def _settle(self) -> None:
        is_connected = self._connection.connectionState == "connected"
        if is_connected and (self._channel is not None or not self._offer.has_channel):
            self._is_settled.set()

    async def _close(self) -> None:
        if self.close_reason == "closed" and self._channel is not None:
            await part(self._channel)
        await close_connection(self._connection, self._options.close_timeout_ms)
        self._frames.end()


def _is_ours(channel: RTCDataChannel) -> bool:
    """Of the right name, ordered and reliable."""
    is_reliable = channel.maxRetransmits is None and channel.maxPacketLifeTime is None
    return channel.label == CHANNEL_LABEL and channel.ordered and is_reliable
