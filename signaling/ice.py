# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which network addresses of a client we talk to, of those that it names itself; and how an offer is refused.

A candidate makes the server send small packets to an address that a stranger chose, so only plain UDP
addresses are taken, and none that point back into this machine or at nobody in particular. That loses no
honest browser: whoever reaches us is answered where its packets come from (a peer-reflexive candidate),
which is also how a browser on the same machine connects, and one that hides behind an mDNS name.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

from aiortc import RTCIceCandidate

MAX_CANDIDATES = 30
"""Usable candidates of one peer in its whole life."""

RefusalCode = Literal[
    "offer_too_large",
    "bad_offer",
    "no_audio",
    "audio_not_sent",
    "too_much_media",
    "not_bundled",
    "rtcp_not_multiplexed",
    "no_fingerprint",
    "too_many_codecs",
    "no_opus",
    "too_many_candidates",
    "fragment_too_large",
    "bad_fragment",
    "ice_restart_unsupported",
]

_CANDIDATE = re.compile(
    r"(?P<foundation>[!-~]{1,32}) (?P<component>\d{1,3}) (?P<transport>[!-~]{1,16}) (?P<priority>\d{1,10})"
    r" (?P<address>[!-~]{1,255}) (?P<port>\d{1,5}) typ (?P<kind>[!-~]{1,16})(?: .*)?",
    re.ASCII,
)


class OfferRefused(Exception):
    """An offer, or a later fragment of one, that is not taken. Safe to log: it holds nothing of the offer."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: RefusalCode = code
        """Stable, for programs."""
        self.detail = detail
        """English, for the people who write clients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One usable candidate: UDP, component 1 (RTCP is multiplexed), the address of another host."""

    foundation: str
    priority: int
    address: str
    """IPv4 or IPv6, canonical."""
    port: int
    kind: str
    """`host`, `srflx` or `relay`."""

    def __str__(self) -> str:
        """The value of an `a=candidate:` line (RFC 8839)."""
        return f"{self.foundation} 1 udp {self.priority} {self.address} {self.port} typ {self.kind}"

    def for_aiortc(self) -> RTCIceCandidate:
        """The same as aiortc's transports take it."""
        return RTCIceCandidate(
            component=1,
            foundation=self.foundation,
            ip=self.address,
            port=self.port,
            priority=self.priority,
            protocol="udp",
            type=self.kind,
        )


def read_candidate(value: str) -> Candidate | None:
    """What the value of an `a=candidate:` line says, or None where it is no use here (TCP, mDNS, this host).

    Raises ValueError where it is no candidate at all.
    """
    match = _CANDIDATE.fullmatch(value.strip())
    if match is None:
        raise ValueError("not a candidate")
    address = usable_address(match["address"])
    port = int(match["port"])
    is_udp = match["transport"].lower() == "udp" and match["component"] == "1"
    if (
        address is None
        or not is_udp
        or not 0 < port < 65536
        or match["kind"] not in ("host", "srflx", "relay")
    ):
        return None
    return Candidate(
        foundation=match["foundation"],
        priority=int(match["priority"]),
        address=str(address),
        port=port,
        kind=match["kind"],
    )


def usable_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, or None where it is a name or not the address of another host."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return None
        # ::ffff:127.0.0.1 is 127.0.0.1 in other clothes.
        address = address.ipv4_mapped or address
    forbidden = (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )
    return None if forbidden else address
