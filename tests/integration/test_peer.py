# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Peers against real WebRTC clients: what is said and sent arrives, and nothing of a peer is left behind."""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import psutil
import pytest
from aiortc.rtp import RtpPacket
from numpy.typing import NDArray

from media.events import Event, Pong, SessionEnded, SttParagraphFinal
from signaling.ice import OfferRefused
from signaling.inbox import COMMANDS_AT_ONCE
from signaling.outbox import MAX_BACKLOG_BYTES
from signaling.peer import Peer, PeerNeverConnected, PeerOptions
from signaling.protocol import MAX_COMMAND_BYTES, MAX_TEXT_LENGTH, Command, Ping, SetLanguages, Stop
from signaling.sdp import OPUS_WISHES
from tests.peers import SAMPLE_RATE_HZ, Talker

PACKET_MS = 60
TONE_HZ = 440


def tone(seconds: float) -> NDArray[np.float32]:
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (0.5 * np.sin(2 * np.pi * TONE_HZ * times)).astype(np.float32)


def final(paragraph_id: int, text: str = "said") -> SttParagraphFinal:
    return SttParagraphFinal(paragraph_id=paragraph_id, text=text, language="en", started_ms=0, ended_ms=1)


@pytest.fixture(autouse=True)
async def nothing_is_left() -> AsyncIterator[None]:
    """Tasks, threads and open files are after a test what they were before it."""
    before = _held()
    yield
    async with asyncio.timeout(5):
        # What aiortc has been told to end needs a few turns of the loop to do so.
        while left := _held() - before:
            await asyncio.sleep(0.01)
    assert not left


def _held() -> Counter[str]:
    process = psutil.Process()
    return Counter(
        [
            *(
                getattr(task.get_coro(), "__qualname__", "task")
                for task in asyncio.all_tasks() - {asyncio.current_task()}
            ),
            *(thread.name for thread in threading.enumerate()),
            *("file descriptor" for _ in range(process.num_fds())),
        ]
    )


class Answering:
    """Answers one offer and keeps the peer."""

    def __init__(self, options: PeerOptions) -> None:
        self._options = options
        self.peers: list[Peer] = []

    async def __call__(self, offer: str) -> str:
        self.peers.append(await Peer.answer(offer, self._options))
        return self.peers[0].answer_sdp


@asynccontextmanager
async def meeting(
    options: PeerOptions | None = None,
    *,
    packet_ms: int = PACKET_MS,
    has_channel: bool = True,
    pings: bool = True,
) -> AsyncIterator[tuple[Peer, Talker]]:
    """A peer and its client, connected."""
    answering = Answering(options or PeerOptions())
    talker = Talker(answering, packet_ms=packet_ms, has_channel=has_channel, pings=pings)
    async with talker, answering.peers[0] as peer:
        await peer.connected()
        yield peer, talker


async def heard(peer: Peer) -> NDArray[np.int16]:
    """The left channel of all frames until they end."""
    frames = [frame.to_ndarray()[0, ::2] async for frame in peer.frames()]
    return np.concatenate(frames) if frames else np.zeros(0, np.int16)


def pitch_hz(samples: NDArray[np.int16]) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    return float(spectrum.argmax() * 48_000 / len(samples))


async def test_the_client_is_asked_to_send_mono_opus_in_long_packets_and_nothing_back() -> None:
    async with meeting() as (_, talker):
        lines = talker.answer_sdp.splitlines()
    assert {"a=recvonly", "a=ptime:60", "a=group:BUNDLE 0 1"} <= set(lines)
    assert [line for line in lines if line.startswith("a=rtpmap:")] == ["a=rtpmap:96 opus/48000/2"]
    assert [line for line in lines if line.startswith("a=fmtp:")] == [f"a=fmtp:96 {OPUS_WISHES}"]


async def test_what_is_said_is_heard() -> None:
    async with meeting() as (peer, talker):
        listening = asyncio.create_task(heard(peer))
        await talker.say(tone(1.0))
        await talker.say(np.zeros(4 * SAMPLE_RATE_HZ * PACKET_MS // 1000, np.int16))
        peer.end_frames()
        samples = await listening
    assert pitch_hz(samples) == pytest.approx(TONE_HZ, abs=3)
    loud = np.abs(samples) > 1000
    assert loud.sum() / 48_000 == pytest.approx(0.96, abs=0.06)


@pytest.mark.parametrize("packet_ms", [20, 60])
async def test_frames_are_as_long_as_packets_and_at_most_one_is_held_back(packet_ms: int) -> None:
    async with meeting(packet_ms=packet_ms) as (peer, talker):
        await talker.say(tone(0.3))
        talker.microphone.is_on.clear()
        async with asyncio.timeout(5):
            received = [await anext(peer.frames()) for _ in range(talker.microphone.packets_sent - 1)]
    assert {(frame.samples, frame.sample_rate) for frame in received} == {(48 * packet_ms, 48_000)}


async def test_packets_with_nothing_in_them_do_not_end_the_sound() -> None:
    async with meeting() as (peer, talker):
        await anext(peer.frames())
        talker.microphone.empty_packets = 2
        await talker.say(np.zeros(4 * SAMPLE_RATE_HZ * PACKET_MS // 1000, np.int16))
        listening = asyncio.create_task(heard(peer))
        await talker.say(tone(0.6))
        peer.end_frames()
        assert pitch_hz(await listening) == pytest.approx(TONE_HZ, abs=5)


async def hang_up(talker: Talker) -> None:
    await talker.connection.close()


async def cut_off(talker: Talker) -> None:
    """Ends the encryption under the sound, which goes on."""
    await talker.connection.getSenders()[0].transport.stop()


@pytest.mark.parametrize("leave", [hang_up, cut_off])
async def test_all_that_was_said_is_heard_although_the_client_leaves_at_once(
    leave: Callable[[Talker], Awaitable[None]],
) -> None:
    async with meeting() as (peer, talker):
        listening = asyncio.create_task(heard(peer))
        await talker.say(tone(0.6))
        sent = talker.microphone.packets_sent
        await leave(talker)
        samples = await listening
        assert await peer.gone() == "left"
    assert len(samples) >= (sent - 1) * PACKET_MS * 48


async def test_frames_end_when_the_owner_says_so_and_events_go_on() -> None:
    async with meeting() as (peer, talker):
        await anext(peer.frames())
        peer.end_frames()
        await heard(peer)
        peer.outbox.put(final(7))
        await talker.wait_for(lambda arrived: final(7) in [event for _, event in arrived])
        assert peer.close_reason is None


async def test_events_arrive_in_order_and_numbered_from_one() -> None:
    events: list[Event] = [final(n) for n in range(100)]
    async with meeting(pings=False) as (peer, talker):
        for event in events:
            peer.outbox.put(event)
        await talker.wait_for(lambda arrived: len(arrived) == len(events))
        assert talker.events() == events
        assert talker.numbers == list(range(1, len(events) + 1))


async def test_events_put_before_the_client_has_come_are_kept_for_it() -> None:
    answering = Answering(PeerOptions())

    async def answer_and_put(offer: str) -> str:
        answer = await answering(offer)
        answering.peers[0].outbox.put(final(0))
        return answer

    talker = Talker(answer_and_put, pings=False)
    async with talker, answering.peers[0]:
        await talker.wait_for(lambda arrived: len(arrived) == 1)
    assert talker.events() == [final(0)]


async def test_all_that_was_put_arrives_before_the_connection_ends() -> None:
    async with meeting(pings=False) as (peer, talker):
        for n in range(50):
            peer.outbox.put(final(n, "a" * MAX_TEXT_LENGTH))
        peer.outbox.put(SessionEnded(reason="stopped"))
        assert await peer.outbox.flush()
        await peer.close()
        assert len(talker.arrived) == 51
        assert talker.events()[-1] == SessionEnded(reason="stopped")


async def test_commands_arrive_and_pings_are_answered() -> None:
    async with meeting() as (peer, talker):
        talker.set_languages("de", "fr")
        await talker.stop()
        expected: list[Command] = [SetLanguages(source="de", target="fr"), Stop()]
        assert [await anext(peer.commands()) for _ in expected] == expected
        await talker.wait_for(lambda arrived: Pong(nonce=1) in [event for _, event in arrived])


async def test_commands_end_when_the_client_has_left() -> None:
    async with meeting() as (peer, talker):
        await talker.stop()
        await anext(peer.commands())
        await talker.close()
        assert [command async for command in peer.commands()] == []


async def test_a_message_that_we_do_not_know_does_no_harm() -> None:
    async with meeting() as (peer, talker):
        talker.send_text('{"type":"dance"}')
        await talker.stop()
        assert await anext(peer.commands()) == Stop()


async def test_too_many_messages_end_the_peer() -> None:
    async with meeting() as (peer, talker):
        for _ in range(2 * COMMANDS_AT_ONCE):
            await talker.stop()
        assert await peer.gone() == "too_many_commands"
        assert len([command async for command in peer.commands()]) < 2 * COMMANDS_AT_ONCE


async def test_a_message_that_is_too_long_ends_the_peer() -> None:
    async with meeting() as (peer, talker):
        talker.send_text("x" * (MAX_COMMAND_BYTES + 1))
        assert await peer.gone() == "command_too_long"


@pytest.mark.parametrize(("label", "ordered"), [("events", True), ("other", True), ("events", False)])
async def test_a_second_data_channel_is_closed_and_the_first_goes_on(label: str, ordered: bool) -> None:
    async with meeting() as (peer, talker):
        second = talker.connection.createDataChannel(label, ordered=ordered)
        is_closed = asyncio.Event()
        second.on("close", is_closed.set)
        async with asyncio.timeout(5):
            await is_closed.wait()
        await talker.stop()
        assert await anext(peer.commands()) == Stop()


async def test_a_client_without_a_data_channel_is_heard() -> None:
    async with meeting(has_channel=False) as (peer, talker):
        peer.outbox.put(final(0))
        assert await peer.outbox.flush()
        listening = asyncio.create_task(heard(peer))
        await talker.say(tone(0.6))
        peer.end_frames()
        assert pitch_hz(await listening) == pytest.approx(TONE_HZ, abs=5)


async def test_a_client_whose_addresses_are_all_hidden_or_on_this_machine_connects() -> None:
    answering = Answering(PeerOptions())

    async def exchange(offer: str) -> str:
        hidden = re.sub(r"(a=candidate:\S+ 1 udp \d+) \S+", r"\1 127.0.0.1", offer)
        assert hidden != offer
        return await answering(hidden)

    async with Talker(exchange), answering.peers[0] as peer:
        await peer.connected()


async def test_candidates_that_trickle_in_are_used() -> None:
    """The client learns no address of the server, so the server must find the client."""
    answering = Answering(PeerOptions())

    async def exchange(offer: str) -> str:
        answer = await answering(without_candidates(offer))
        first = offer.split("m=application")[0]
        fragment = [line for line in first.splitlines() if re.match("a=(ice-|candidate:|mid:)|m=", line)]
        await answering.peers[0].add_candidates("\r\n".join(fragment))
        return without_candidates(answer)

    async with Talker(exchange), answering.peers[0] as peer:
        await peer.connected()
        assert peer.close_reason is None


def without_candidates(sdp: str) -> str:
    return re.sub("a=(candidate:.*|end-of-candidates)\r\n", "", sdp)


async def test_candidates_are_counted_over_the_whole_life() -> None:
    talker = Talker("unused")
    offer = await talker.offer()
    ufrag = re.findall(r"a=ice-ufrag:\S+", offer)[0]

    def fragment(network: int, hosts: range) -> str:
        candidates = [f"a=candidate:1 1 udp 1 10.0.{network}.{n} 5000 typ host" for n in hosts]
        return "\r\n".join([ufrag, *candidates])

    async with await Peer.answer(offer, PeerOptions()) as peer:
        for host in range(20):
            await peer.add_candidates(fragment(0, range(host + 1)))
        with pytest.raises(OfferRefused, match="too_many_candidates"):
            await peer.add_candidates(fragment(1, range(11)))
        with pytest.raises(OfferRefused, match="ice_restart_unsupported"):
            await peer.add_candidates("a=ice-ufrag:another")
        assert peer.close_reason is None
    await talker.close()


async def test_an_offer_that_is_refused_leaves_nothing() -> None:
    with pytest.raises(OfferRefused, match="no_audio"):
        await Peer.answer("v=0\r\n", PeerOptions())


async def test_a_client_that_never_comes_is_given_up() -> None:
    talker = Talker("unused")
    async with await Peer.answer(await talker.offer(), PeerOptions(connect_timeout_ms=200)) as peer:
        with pytest.raises(PeerNeverConnected) as never:
            await peer.connected()
        assert never.value.reason == "never_connected"
        assert await heard(peer) == pytest.approx([])
    await talker.close()


async def test_a_client_that_offers_a_data_channel_and_does_not_open_it_is_given_up() -> None:
    answering = Answering(PeerOptions(connect_timeout_ms=1_000))
    channel = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=sctp-port:5000\r\n"

    async def exchange(offer: str) -> str:
        answer = await answering(offer.replace("BUNDLE 0", "BUNDLE 0 1") + channel)
        return answer.split("m=application")[0].replace("BUNDLE 0 1", "BUNDLE 0")

    async with Talker(exchange, has_channel=False), answering.peers[0] as peer:
        with pytest.raises(PeerNeverConnected):
            await peer.connected()


async def test_closing_twice_and_at_once_is_closing_once() -> None:
    async with meeting() as (peer, _):
        await asyncio.gather(peer.close(), peer.close())
        await peer.close()
        assert peer.close_reason == "closed"
        assert [command async for command in peer.commands()] == []
        await heard(peer)


async def test_peers_may_be_closed_at_any_moment_while_they_connect() -> None:
    for delay_ms in range(0, 24, 2):
        await connect_and_close_after(delay_ms)


async def connect_and_close_after(delay_ms: int) -> None:
    answering = Answering(PeerOptions())
    talker = Talker(answering)
    connecting = asyncio.create_task(talker.connect())
    while not answering.peers:
        await asyncio.sleep(0)
    await asyncio.sleep(delay_ms / 1000)
    await answering.peers[0].close()
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    await talker.close()
    assert answering.peers[0].close_reason == "closed"


async def test_whoever_is_cancelled_while_closing_leaves_nothing_behind() -> None:
    async with meeting() as (peer, _):
        closing = asyncio.create_task(peer.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert await peer.gone() == "closed"


async def test_an_error_of_the_owner_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="of ours"):
        async with meeting():
            raise LookupError("of ours")


async def test_a_client_that_vanishes_is_missed() -> None:
    async with meeting(PeerOptions(heartbeat_timeout_ms=400)) as (peer, talker):
        await talker.vanish()
        assert await peer.gone() == "heartbeat_missed"
        await heard(peer)


async def test_a_client_that_only_speaks_is_not_missed() -> None:
    async with meeting(PeerOptions(heartbeat_timeout_ms=300), pings=False) as (peer, talker):
        await talker.say(tone(0.9))
        assert peer.close_reason is None


async def test_a_client_that_only_pings_is_not_missed() -> None:
    async with meeting(PeerOptions(heartbeat_timeout_ms=300), pings=False) as (peer, talker):
        talker.microphone.is_on.clear()
        for nonce in range(10):
            talker.send(Ping(nonce=nonce))
            await asyncio.sleep(0.1)
        assert peer.close_reason is None


async def test_a_client_that_does_not_take_its_events_is_too_slow() -> None:
    async with meeting() as (peer, talker):
        await talker.vanish()
        for n in range(2 * MAX_BACKLOG_BYTES // MAX_TEXT_LENGTH):
            peer.outbox.put(final(n, "a" * MAX_TEXT_LENGTH))
        assert await peer.gone() == "slow_reader"


async def test_a_client_that_makes_aiortc_hang_is_closed_all_the_same() -> None:
    """Too many sources break aiortc's receiver reports, and then its close() waits for ever."""
    async with meeting(PeerOptions(close_timeout_ms=300)) as (peer, talker):
        transport = talker.connection.getSenders()[0].transport
        for source in range(300):
            packet = RtpPacket(payload_type=96, ssrc=source, sequence_number=1, payload=b"\xfc")
            await transport._send_rtp(packet.serialize())
        await talker.say(tone(1.6))
        await peer.close()
        assert await peer.gone() == "closed"
