# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The gate for session descriptions: what a client offers, before aiortc sees it, and what it is answered.

An offer is read, checked, and *written anew*: aiortc parses only lines that this module wrote, from values
that it checked. One sending audio section and at most one data channel section, bundled, multiplexed, with a
strong fingerprint; of the codecs only Opus goes through. Candidates go through `signaling.ice`. The mark that
no more candidates will come never does: aiortc would give up at once where it cannot use any, although the
client may still reach us; how long to wait is the peer's decision.

The answer is aiortc's, with our wishes for the microphone's Opus added.
(RFC 8866 SDP, 8829 JSEP, 8839 ICE in SDP, 8840 trickled fragments, 9143 BUNDLE, 9725 WHIP.)
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from signaling.ice import MAX_CANDIDATES, Candidate, OfferRefused, RefusalCode, read_candidate
from signaling.protocol import MAX_EVENT_BYTES

MAX_OFFER_BYTES = 32 * 1024
MAX_FRAGMENT_BYTES = 8 * 1024
MAX_CODECS = 40

OPUS_WISHES = "minptime=10;useinbandfec=1;usedtx=0;stereo=0;sprop-stereo=0;maxaveragebitrate=32000"
"""Mono speech, repairable (in-band FEC), never silent on the wire: with DTX the end of speech comes late."""
PACKET_MS = 60
"""The packets that we ask for: a third of the usual number, half of the work."""

_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A checked offer."""

    text: str
    """What aiortc is given."""
    bundle_mid: str
    """Identification tag of the section whose transport all sections share."""
    ufrag: str
    password: str
    candidates: tuple[Candidate, ...]
    has_channel: bool
    """Whether a data channel is offered; a microphone such as ffmpeg has none."""


@dataclass(frozen=True, slots=True)
class _Section:
    """The lines before the first `m=` line, or those of one."""

    media: str = ""
    """The value of the `m=` line; empty before the first."""
    attributes: list[tuple[str, str]] = field(default_factory=list)
    """Name and value of each `a=` line, in order."""

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]

    @property
    def kind(self) -> str:
        return self.media.split(" ")[0]

    @property
    def is_disabled(self) -> bool:
        """A port of zero switches a section off, unless it merely waits to be bundled (RFC 9143)."""
        return self.media.split(" ")[1:2] == ["0"] and not self.values("bundle-only")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transport:
    """What the bundled sections share."""

    ufrag: str
    password: str
    fingerprints: list[str]
    setup: str
    candidates: tuple[Candidate, ...]

    def lines(self) -> Iterator[str]:
        yield f"a=ice-ufrag:{self.ufrag}"
        yield f"a=ice-pwd:{self.password}"
        yield from (f"a=fingerprint:{fingerprint}" for fingerprint in self.fingerprints)
        yield f"a=setup:{self.setup}"
        yield from (f"a=candidate:{candidate}" for candidate in self.candidates)


def read_offer(body: bytes | str) -> Offer:
    """The offer that a client sent. Raises `OfferRefused`."""
    text = _text(body, MAX_OFFER_BYTES, "offer_too_large", "bad_offer")
    head, *sections = _sections(text, "bad_offer")
    has_channel = _check_kinds(sections)
    mids = [_one("mid", r"[\w!#$%&'*+.^`{|}~-]{1,32}", section) for section in sections]
    bundle = _check_bundle(head, mids)
    transport = _transport(head, sections[mids.index(bundle[0])])
    lines = ["v=0", "o=- 0 0 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]
    if head.values("ice-lite"):
        lines.append("a=ice-lite")
    for mid, section in zip(mids, sections, strict=True):
        own = _audio_lines(head, section) if section.kind == "audio" else _channel_lines(section)
        lines += [*own, f"a=mid:{mid}", *transport.lines()]
    return Offer(
        text="\r\n".join(lines) + "\r\n",
        bundle_mid=bundle[0],
        ufrag=transport.ufrag,
        password=transport.password,
        candidates=transport.candidates,
        has_channel=has_channel,
    )


def read_fragment(body: bytes | str, offer: Offer) -> tuple[Candidate, ...]:
    """The usable candidates of a trickled `application/trickle-ice-sdpfrag`. Raises `OfferRefused`."""
    text = _text(body, MAX_FRAGMENT_BYTES, "fragment_too_large", "bad_fragment")
    sections = _sections(text, "bad_fragment")
    ufrags = {value for section in sections for value in section.values("ice-ufrag")}
    passwords = {value for section in sections for value in section.values("ice-pwd")}
    if not ufrags:
        raise OfferRefused("bad_fragment", "The fragment has no a=ice-ufrag.")
    if ufrags != {offer.ufrag} or not passwords <= {offer.password}:
        raise OfferRefused("ice_restart_unsupported", "Make a new offer instead of restarting ICE.")
    # The other sections' transports are gone: all of them share this one's.
    shared = [section for section in sections if section.values("mid") in ([], [offer.bundle_mid])]
    return _candidates(shared, "bad_fragment")


def shape_answer(answer: str) -> str:
    """aiortc's answer with our wishes for the microphone's Opus."""
    lines: list[str] = []
    for line in answer.splitlines():
        lines.append(line)
        if match := re.fullmatch(r"a=rtpmap:(\d+) opus/48000/2", line):
            lines += [f"a=fmtp:{match[1]} {OPUS_WISHES}", f"a=ptime:{PACKET_MS}", f"a=maxptime:{PACKET_MS}"]
    return "\r\n".join(lines) + "\r\n"


def _text(body: bytes | str, limit_bytes: int, too_large: RefusalCode, malformed: RefusalCode) -> str:
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    if len(data) > limit_bytes:
        raise OfferRefused(too_large, f"At most {limit_bytes} bytes are taken.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise OfferRefused(malformed, "The description is not UTF-8.") from None


def _sections(text: str, malformed: RefusalCode) -> list[_Section]:
    """The head and then each `m=` section."""
    sections = [_Section()]
    for line in re.split(r"\r?\n", text):
        if not re.fullmatch(r"([a-z]=[^\x00-\x1f\x7f]*)?", line):
            raise OfferRefused(malformed, "The description is not lines of the form x=value.")
        if line.startswith("m="):
            sections.append(_Section(line[2:]))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            sections[-1].attributes.append((name, value))
    return sections


def _check_kinds(sections: list[_Section]) -> bool:
    """One audio section, at most one data channel, nothing else; says whether there is the data channel."""
    kinds = sorted("disabled" if section.is_disabled else section.kind for section in sections)
    if "audio" not in kinds:
        raise OfferRefused("no_audio", "The offer has no audio section.")
    if kinds not in (["audio"], ["application", "audio"]):
        raise OfferRefused("too_much_media", "Offer one audio section and at most one data channel section.")
    return "application" in kinds


def _check_bundle(head: _Section, mids: list[str]) -> list[str]:
    """The tags in the client's order: the transport of the first is the shared one."""
    groups = [value.split() for value in head.values("group")]
    bundles = [group[1:] for group in groups if group[:1] == ["BUNDLE"]]
    if len(set(mids)) != len(mids) or len(bundles) != 1 or sorted(bundles[0]) != sorted(mids):
        raise OfferRefused(
            "not_bundled", "All sections must be in one a=group:BUNDLE, each with its own a=mid."
        )
    return bundles[0]


def _transport(head: _Section, section: _Section) -> _Transport:
    fingerprints = section.values("fingerprint") or head.values("fingerprint")
    strong = [fingerprint for fingerprint in fingerprints if _is_strong(fingerprint)]
    if not strong:
        raise OfferRefused("no_fingerprint", "The offer needs an a=fingerprint of sha-256 or better.")
    candidates = _candidates([section], "bad_offer")
    if len(candidates) > MAX_CANDIDATES:
        raise OfferRefused("too_many_candidates", f"At most {MAX_CANDIDATES} candidates are taken.")
    return _Transport(
        ufrag=_one("ice-ufrag", r"[A-Za-z0-9+/]{4,256}", section, head),
        password=_one("ice-pwd", r"[A-Za-z0-9+/]{22,256}", section, head),
        fingerprints=strong,
        setup=_one("setup", r"actpass|active|passive", section, head),
        candidates=candidates,
    )


def _is_strong(fingerprint: str) -> bool:
    algorithm, _, digest = fingerprint.partition(" ")
    octets = {"sha-256": 32, "sha-384": 48, "sha-512": 64}.get(algorithm.lower(), 0)
    return (
        re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*", digest) is not None
        and len(digest) == octets * 3 - 1
    )


def _one(name: str, pattern: str, *places: _Section) -> str:
    """The only value of that name in the first place that has any."""
    values = next((place.values(name) for place in places if place.values(name)), [])
    if len(values) != 1 or not re.fullmatch(pattern, values[0], re.ASCII):
        raise OfferRefused("bad_offer", f"A section needs one a={name} of the usual form.")
    return values[0]


def _candidates(sections: Iterable[_Section], malformed: RefusalCode) -> tuple[Candidate, ...]:
    """The usable ones, each once."""
    try:
        found = [read_candidate(value) for section in sections for value in section.values("candidate")]
    except ValueError:
        raise OfferRefused(malformed, "An a=candidate is not one.") from None
    return tuple(dict.fromkeys(candidate for candidate in found if candidate is not None))


def _audio_lines(head: _Section, audio: _Section) -> list[str]:
    if audio.media.split(" ")[2:3] not in (["UDP/TLS/RTP/SAVPF"], ["RTP/SAVPF"]):
        raise OfferRefused("bad_offer", "The audio section must be UDP/TLS/RTP/SAVPF.")
    directions = [name for name, _ in (*audio.attributes, *head.attributes) if name in _DIRECTIONS]
    if directions and directions[0] not in ("sendrecv", "sendonly"):
        raise OfferRefused("audio_not_sent", "The audio section must be sendonly or sendrecv.")
    if not audio.values("rtcp-mux"):
        raise OfferRefused("rtcp_not_multiplexed", "The audio section needs a=rtcp-mux.")
    opus = _opus(audio)
    mapping = f"a=rtpmap:{opus} opus/48000/2"
    return [f"m=audio 9 UDP/TLS/RTP/SAVPF {opus}", "c=IN IP4 0.0.0.0", "a=sendonly", "a=rtcp-mux", mapping]


def _opus(audio: _Section) -> int:
    """The payload type (RFC 3551) of the first Opus."""
    mappings = audio.values("rtpmap")
    if len(mappings) > MAX_CODECS:
        raise OfferRefused("too_many_codecs", f"At most {MAX_CODECS} codecs are taken.")
    for mapping in mappings:
        match = re.fullmatch(r"(9[6-9]|1[01][0-9]|12[0-7]) opus/48000/2", mapping, re.IGNORECASE)
        if match:
            return int(match[1])
    raise OfferRefused(
        "no_opus", "The audio section does not offer opus/48000/2 with a dynamic payload type."
    )


def _channel_lines(channel: _Section) -> list[str]:
    if channel.media.split(" ")[2:] != ["UDP/DTLS/SCTP", "webrtc-datachannel"]:
        raise OfferRefused("bad_offer", "The data channel section must be UDP/DTLS/SCTP webrtc-datachannel.")
    lines = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"]
    port = int(_one("sctp-port", r"[0-9]{1,5}", channel))
    if not 0 < port < 65536:
        raise OfferRefused("bad_offer", "The a=sctp-port is not a port.")
    lines.append(f"a=sctp-port:{port}")
    if channel.values("max-message-size"):
        size = int(_one("max-message-size", r"[0-9]{1,12}", channel))
        if 0 < size < MAX_EVENT_BYTES:
            raise OfferRefused("bad_offer", f"Messages of {MAX_EVENT_BYTES} bytes must be taken.")
        lines.append(f"a=max-message-size:{size}")
    return lines
