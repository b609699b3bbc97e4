# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""aiortc's connections as we need them: answering nobody but the client, quick to deliver, sure to close."""

import asyncio
from contextlib import suppress

import structlog
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCDtlsTransport,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

from signaling.ice import OfferRefused
from signaling.ordering import Ordering
from signaling.sdp import Offer, shape_answer

log = structlog.get_logger()

PARTING_MS = 1_000
"""How long closing waits for the arrival of what was sent."""
ICE_TURN_MS = 40
"""Longer than what aioice waits between looking at its checks."""
CLOSE_PART_MS = 1_000
"""How long closing one part may take, where closing the whole has failed."""

_WHAT_ODD_SDP_RAISES = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    ValueError,
    InternalError,
    InvalidAccessError,
    InvalidStateError,
    OperationError,
)


def new_connection() -> RTCPeerConnection:
    """A connection that asks no STUN server: clients find us, and aiortc would ask Google's."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def negotiate(connection: RTCPeerConnection, offer: Offer) -> str:
    """Takes an offer; returns the answer. Raises `OfferRefused`; the connection is to be closed then."""
    try:
        await connection.setRemoteDescription(RTCSessionDescription(sdp=offer.text, type="offer"))
        await connection.setLocalDescription(await connection.createAnswer())
    except _WHAT_ODD_SDP_RAISES as error:
        raise OfferRefused("bad_offer", "The offer could not be understood.") from error
    deliver_at_once(connection.getReceivers()[0])
    answer = connection.localDescription.sdp
    if "a=candidate:" not in answer:
        log.error("no_network_address", hint="this machine has only loopback addresses; nobody can connect")
    return shape_answer(answer)


class OneByOne:
    """In place of aiortc's jitter buffer: every audio packet is a whole frame, and comes in order already."""

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Whether a key frame is wanted (never), and the frame that is complete now."""
        data = packet._data  # type: ignore[attr-defined]  # what aiortc found in the payload
        # A packet may be all padding. To decode nothing is to tell FFmpeg that no more comes, for good.
        return False, JitterFrame(data=data, timestamp=packet.timestamp) if data else None


def deliver_at_once(receiver: RTCRtpReceiver) -> None:
    """Gives a receiver our order of packets instead of its jitter buffer.

    That finds a frame complete when a packet of the next one has come, with the packets of 60 ms that we ask
    for 60 ms later than need be (250 ms as it is set by default). Both attributes are private: this goes when
    we have a receiver of our own.
    """
    buffer, handler = "_RTCRtpReceiver__jitter_buffer", "_handle_rtp_packet"
    if not hasattr(receiver, buffer) or not hasattr(receiver, handler):
        raise RuntimeError("aiortc receives packets in another way now; see deliver_at_once")
    handle = getattr(receiver, handler)
    ordering: Ordering[RtpPacket] = Ordering()

    async def handle_in_order(packet: RtpPacket, arrival_time_ms: int) -> None:
        for ready in ordering.feed(packet.sequence_number, packet):
            await handle(ready, arrival_time_ms)

    setattr(receiver, buffer, OneByOne())
    setattr(receiver, handler, handle_in_order)


async def part(channel: RTCDataChannel) -> None:
    """Closes a data channel, which is done when all that was sent has arrived (RFC 8831, section 6.7)."""
    if channel.readyState != "open":
        return
    is_closed = asyncio.Event()
    channel.on("close", is_closed.set)
    channel.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(PARTING_MS / 1000):
            await is_closed.wait()


async def close_connection(connection: RTCPeerConnection, timeout_ms: int) -> None:
    """Closes a connection; where aiortc hangs or breaks at that, closes its parts. Never raises."""
    try:
        async with asyncio.timeout(timeout_ms / 1000):
            was_connecting = connection.connectionState == "connecting"
            await connection.close()
            if was_connecting:
                await _stop_late_starters(connection)
    except Exception as error:
        # What a malformed peer can make aiortc raise here cannot be listed, and the sockets must be closed.
        log.warning("peer_close_forced", cause=type(error).__name__)
        await _close_parts(connection)


async def _stop_late_starters(connection: RTCPeerConnection) -> None:
    """Stops what connecting has started while it was being closed, which nobody else will.

    aioice looks every 20 ms whether it has succeeded, but not whether it was closed since, and then goes on
    asking for consent for ever; a handshake that ends meanwhile starts the receiver's thread.
    """
    await asyncio.sleep(ICE_TURN_MS / 1000)
    for receiver in connection.getReceivers():
        await receiver.stop()
        await receiver.transport.transport.stop()


async def _close_parts(connection: RTCPeerConnection) -> None:
    transports = [receiver.transport for receiver in connection.getReceivers()]
    if connection.sctp is not None:
        transports.append(connection.sctp.transport)
    for transport in transports:
        await _close_part(transport)
        await _close_part(transport.transport)


async def _close_part(transport: RTCDtlsTransport | RTCIceTransport) -> None:
    try:
        async with asyncio.timeout(CLOSE_PART_MS / 1000):
            await transport.stop()
    except Exception as error:
        log.error("peer_part_left_open", cause=type(error).__name__)
