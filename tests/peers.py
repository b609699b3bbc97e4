# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A small real WebRTC client: speaks what it is given, in real time, and keeps what it hears back.

It does what the web client does: data channel, offer, WHIP POST, pings, packets of 60 ms as the answer asks.
Times are those of `time.monotonic()`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from fractions import Fraction
from types import TracebackType
from typing import Self

import av
import httpx
import numpy as np
from aiortc import (
    MediaStreamError,
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from media.events import Event
from signaling.connection import close_connection
from signaling.protocol import (
    CHANNEL_LABEL,
    PING_INTERVAL_MS,
    Command,
    Ping,
    SetLanguages,
    Stop,
    decode_event,
    encode_command,
)

SAMPLE_RATE_HZ = 16_000

Exchange = Callable[[str], Awaitable[str]]
"""Offer in, answer out."""
Arrived = list[tuple[float, Event]]
"""When each event came, and what it was."""


class Microphone(MediaStreamTrack):
    """Plays samples by the clock, already encoded, and silence when there are none."""

    kind = "audio"

    def __init__(self, packet_ms: int) -> None:
        super().__init__()
        self._packet_samples = SAMPLE_RATE_HZ * packet_ms // 1000
        self._encoder = opus_encoder(packet_ms)
        self._unsaid = np.zeros(0, np.int16)
        self._position = 0
        """Samples that were given out, the last packet of them perhaps not yet sent."""
        self.packets_sent = 0
        self.empty_packets = 0
        """How many of the next packets have nothing in them, as those that are only padding."""
        self.started_at = 0.0
        """When the first sample of all was spoken, on the clock of `time.monotonic()`."""
        self.is_on = asyncio.Event()
        """Switched off it sends nothing, as some browsers do when they are muted."""
        self.is_on.set()
        self.is_running = asyncio.Event()
        self.is_silent = asyncio.Event()
        self.is_silent.set()

    def play(self, samples: NDArray[np.int16]) -> float:
        """Plays these after what is still to be played; returns when the first of them is spoken."""
        due = round((time.monotonic() - self.started_at) * SAMPLE_RATE_HZ)
        pause = max(0, due - self._position - len(self._unsaid))
        self._unsaid = np.concatenate([self._unsaid, np.zeros(pause, np.int16), samples])
        self.is_silent.clear()
        first = self._position + len(self._unsaid) - len(samples)
        return self.started_at + first / SAMPLE_RATE_HZ

    async def recv(self) -> "Packet[AudioStream]":
        if self.readyState != "live":
            raise MediaStreamError
        if not self.is_running.is_set():
            self.started_at = time.monotonic()
            self.is_running.set()
        self.packets_sent = self._position // self._packet_samples
        if not len(self._unsaid):
            self.is_silent.set()
        await self.is_on.wait()
        end = self._position + self._packet_samples
        # A packet leaves when its last sample has been spoken.
        await asyncio.sleep(max(0.0, self.started_at + end / SAMPLE_RATE_HZ - time.monotonic()))
        samples = np.zeros(self._packet_samples, np.int16)
        spoken = self._unsaid[: self._packet_samples]
        samples[: len(spoken)] = spoken
        self._unsaid = self._unsaid[self._packet_samples :]
        packet = self._encode(samples)
        self._position = end
        return packet

    def _encode(self, samples: NDArray[np.int16]) -> "Packet[AudioStream]":
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        (packet,) = self._encoder.encode(frame)
        if self.empty_packets:
            self.empty_packets -= 1
            packet = Packet(b"")
        packet.pts = self._position
        packet.time_base = Fraction(1, SAMPLE_RATE_HZ)
        return packet


def opus_encoder(packet_ms: int) -> AudioCodecContext:
    """As a browser sets it up when it is asked for mono speech with in-band FEC."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate = SAMPLE_RATE_HZ
    encoder.layout = "mono"
    encoder.format = "s16"
    encoder.bit_rate = 32_000
    encoder.options = {
        "application": "voip",
        "frame_duration": str(packet_ms),
        "fec": "1",
        "packet_loss": "5",
    }
    return encoder


class Talker:
    """One speaker with a browser, for as long as the `async with` lasts."""

    def __init__(
        self,
        server: str | Exchange,
        cookies: dict[str, str] | None = None,
        *,
        source: str = "auto",
        target: str = "en",
        among: str = "",
        packet_ms: int = 60,
        has_channel: bool = True,
        pings: bool = True,
    ) -> None:
        """`server` is the base URL of one, with the cookies of a login, or what else answers an offer."""
        self.arrived: Arrived = []
        self.numbers: list[int] = []
        """`seq` of each event in `arrived`."""
        self.location = ""
        """The path of the live session, from the server's answer."""
        self.answer_sdp = ""
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.microphone = Microphone(packet_ms)
        self.channel: RTCDataChannel | None = None
        self._server = server
        self._cookies = cookies
        self._query = {"source": source, "target": target} | ({"among": among} if among else {})
        self._has_channel = has_channel
        self._pings = pings
        self._has_changed = asyncio.Event()
        self._pinging: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self, timeout_s: float = 15) -> None:
        """Until sound flows and, if there is to be one, the data channel is open."""
        is_open = asyncio.Event()
        if self._has_channel:
            self.channel = self.connection.createDataChannel(CHANNEL_LABEL)
            self.channel.on("message", self._on_message)
            self.channel.on("open", is_open.set)
        else:
            is_open.set()
        offer = await self.offer()
        self.answer_sdp = await (self._post(offer) if isinstance(self._server, str) else self._server(offer))
        await self.connection.setRemoteDescription(RTCSessionDescription(self.answer_sdp, "answer"))
        async with asyncio.timeout(timeout_s):
            await is_open.wait()
            await self.microphone.is_running.wait()
        if self.channel is not None and self._pings:
            self._pinging = asyncio.create_task(self._ping(), name="talker_ping")

    async def offer(self) -> str:
        """The offer that it would make."""
        if not self.connection.getTransceivers():
            self.connection.addTransceiver(self.microphone, direction="sendonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def close(self) -> None:
        """Hangs up."""
        if self._pinging is not None:
            self._pinging.cancel()
            with suppress(asyncio.CancelledError):
                await self._pinging
        await close_connection(self.connection, timeout_ms=5_000)

    async def vanish(self) -> None:
        """Stops in the middle, without a word, as when the network is gone."""
        if self._pinging is not None:
            self._pinging.cancel()
        await self.connection.getSenders()[0].transport.transport.stop()

    def now(self) -> float:
        """The time as in all other times here."""
        return time.monotonic()

    async def play(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> float:
        """Starts to speak these (16 kHz, mono); returns the time of the first sample."""
        await self.microphone.is_running.wait()
        return self.microphone.play(_int16(samples))

    async def say(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> float:
        """Speaks these to the end; returns the time of the first sample."""
        started_at = await self.play(samples)
        await self.microphone.is_silent.wait()
        return started_at

    def send(self, command: Command) -> None:
        """Sends a command."""
        self.send_text(encode_command(command))

    def send_text(self, text: str) -> None:
        """Sends what may be no command."""
        assert self.channel is not None
        self.channel.send(text)

    async def stop(self) -> None:
        """Says that it has finished; the end is heard as `session_ended`."""
        self.send(Stop())

    def set_languages(self, source: str, target: str) -> None:
        """Asks for other languages."""
        self.send(SetLanguages(source=source, target=target))

    async def wait_for(self, predicate: Callable[[Arrived], bool], timeout_s: float = 10) -> None:
        """Until what has arrived satisfies the predicate. Raises TimeoutError, with what had arrived."""
        try:
            async with asyncio.timeout(timeout_s):
                while not predicate(self.arrived):
                    self._has_changed.clear()
                    await self._has_changed.wait()
        except TimeoutError:
            heard = ", ".join(event.type for _, event in self.arrived)
            raise TimeoutError(f"not within {timeout_s} s; until then: {heard or 'nothing'}") from None

    def events(self) -> list[Event]:
        """What has arrived, without the times."""
        return [event for _, event in self.arrived]

    async def _post(self, offer: str) -> str:
        assert isinstance(self._server, str)
        async with httpx.AsyncClient(base_url=self._server, cookies=self._cookies, trust_env=False) as http:
            answer = await http.post(
                "/api/live", params=self._query, content=offer, headers={"Content-Type": "application/sdp"}
            )
        if answer.status_code != httpx.codes.CREATED:
            raise RuntimeError(f"the offer was answered with {answer.status_code}: {answer.text}")
        self.location = answer.headers["Location"]
        return answer.text

    async def _ping(self) -> None:
        nonce = 0
        while self.channel is not None and self.channel.readyState == "open":
            nonce += 1
            self.send(Ping(nonce=nonce))
            await asyncio.sleep(PING_INTERVAL_MS / 1000)

    def _on_message(self, text: str) -> None:
        seq, event = decode_event(text)
        self.numbers.append(seq)
        self.arrived.append((time.monotonic(), event))
        self._has_changed.set()


def _int16(samples: NDArray[np.float32] | NDArray[np.int16]) -> NDArray[np.int16]:
    if samples.dtype == np.int16:
        return samples.astype(np.int16, copy=False)
    return (np.clip(samples, -1, 1) * 32767).astype(np.int16)
