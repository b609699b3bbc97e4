# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The gate for offers: browsers get through, everything else is refused by name."""

import re
from collections.abc import Callable

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from signaling.ice import MAX_CANDIDATES, OfferRefused
from signaling.sdp import (
    MAX_CODECS,
    MAX_FRAGMENT_BYTES,
    MAX_OFFER_BYTES,
    OPUS_WISHES,
    read_fragment,
    read_offer,
    shape_answer,
)

FINGERPRINT = "sha-256 " + ":".join(f"{octet:02X}" for octet in range(32))

CHROMIUM = f"""v=0
o=- 3049140779612612313 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS 3ffc7a79-f9f2-41fb-a197-de4905dfbd4a
m=audio 49955 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:3152692926 1 udp 2122194687 192.0.2.2 49955 typ host generation 0 network-id 1
a=candidate:1888257886 1 udp 2122265343 fd00::2 39351 typ host generation 0 network-id 2
a=candidate:1161859626 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active generation 0 network-id 1
a=ice-ufrag:mLRn
a=ice-pwd:q3JGRueyTC07GLd4k9GFEfpr
a=ice-options:trickle
a=fingerprint:{FINGERPRINT}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:3ffc7a79-f9f2-41fb-a197-de4905dfbd4a 920b511e-359f-4129-a4ba-e1917855fe56
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:2829585110 cname:TYhomlhJpetwNsjj
m=application 55325 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=candidate:3152692926 1 udp 2122194687 192.0.2.2 55325 typ host generation 0 network-id 1
a=ice-ufrag:mLRn
a=ice-pwd:q3JGRueyTC07GLd4k9GFEfpr
a=ice-options:trickle
a=fingerprint:{FINGERPRINT}
a=setup:actpass
a=mid:1
a=sctp-port:5000
a=max-message-size:262144
""".replace("\n", "\r\n")

FIREFOX = f"""v=0
o=mozilla...THIS_IS_SDPARTA-99.0 7811233 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:{FINGERPRINT}
a=group:BUNDLE 0 1
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=rtcp:50124 IN IP4 5f0c3a4e-28f8-4be1-9f86-7ff5f3b0e2ad.local
a=candidate:0 1 UDP 2122252543 5f0c3a4e-28f8-4be1-9f86-7ff5f3b0e2ad.local 50123 typ host
a=sendonly
a=end-of-candidates
a=ice-pwd:3ed3dd8d5e5c4b1e0a6d5c4b3a291807
a=ice-ufrag:8e2f1a0b
a=mid:0
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:1234567 cname:{{d9a1}}
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=bundle-only
a=sendrecv
a=ice-pwd:3ed3dd8d5e5c4b1e0a6d5c4b3a291807
a=ice-ufrag:8e2f1a0b
a=mid:1
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
""".replace("\n", "\r\n")

AUDIO_ONLY = CHROMIUM[: CHROMIUM.index("m=application")].replace("BUNDLE 0 1", "BUNDLE 0")
CHANNEL = CHROMIUM[CHROMIUM.index("m=application") :]


def test_an_offer_of_chromium_is_taken() -> None:
    offer = read_offer(CHROMIUM)
    assert offer.has_channel
    assert (offer.ufrag, offer.password) == ("mLRn", "q3JGRueyTC07GLd4k9GFEfpr")
    assert [candidate.address for candidate in offer.candidates] == ["192.0.2.2", "fd00::2"]


def test_an_offer_of_firefox_is_taken_although_its_addresses_are_hidden() -> None:
    offer = read_offer(FIREFOX.encode())
    assert offer.has_channel
    assert offer.candidates == ()
    assert ".local" not in offer.text


def test_an_offer_without_a_data_channel_is_taken() -> None:
    assert not read_offer(AUDIO_ONLY).has_channel


def test_the_data_channel_may_come_first() -> None:
    head, audio = AUDIO_ONLY.replace("BUNDLE 0", "BUNDLE 1 0").split("m=audio")
    offer = read_offer(f"{head}{CHANNEL}m=audio{audio}")
    assert offer.bundle_mid == "1"
    assert re.findall("^m=(\\w+)", offer.text, re.MULTILINE) == ["application", "audio"]
    assert {candidate.port for candidate in offer.candidates} == {55325}


@pytest.mark.parametrize("body", [CHROMIUM, FIREFOX, AUDIO_ONLY, CHROMIUM.replace("\r\n", "\n")])
def test_aiortc_is_given_one_opus_that_is_sent_and_never_the_end_of_candidates(body: str) -> None:
    description = SessionDescription.parse(read_offer(body).text)
    audio = description.media[0]
    assert [codec.mimeType for codec in audio.rtp.codecs] == ["audio/opus"]
    assert audio.direction == "sendonly"
    assert not any(media.ice_candidates_complete for media in description.media)


def without(pattern: str, body: str = CHROMIUM) -> str:
    return with_lines(pattern, "", body)


def with_lines(pattern: str, lines: str, body: str = CHROMIUM) -> str:
    """The offer with each line that matches replaced."""
    changed = re.sub(rf"^(?:{pattern})\r\n", lines.replace("\n", "\r\n"), body, flags=re.MULTILINE)
    assert changed != body, f"nothing matches {pattern}"
    return changed


def candidates(count: int) -> str:
    return "".join(f"a=candidate:{n} 1 udp 1 10.0.{n}.1 5000 typ host\n" for n in range(count))


def codecs(count: int) -> str:
    return "".join(f"a=rtpmap:{n} x/8000\n" for n in range(count))


REFUSED: list[tuple[str, str | bytes, str]] = [
    ("too large", CHROMIUM + "a=x:" + "y" * MAX_OFFER_BYTES, "offer_too_large"),
    ("not UTF-8", CHROMIUM.encode() + b"a=x:\xff\r\n", "bad_offer"),
    ("a lone surrogate", CHROMIUM + "a=x:\ud800\r\n", "bad_offer"),
    ("a NUL", CHROMIUM + "a=x:\x00\r\n", "bad_offer"),
    ("not SDP", '{"sdp":""}', "bad_offer"),
    ("empty", "", "no_audio"),
    ("only a data channel", CHROMIUM.split("m=audio")[0] + CHANNEL, "no_audio"),
    ("audio switched off", with_lines("m=audio 49955(.*)", "m=audio 0 UDP/TLS/RTP/SAVPF 111\n"), "no_audio"),
    ("two audio sections", CHROMIUM + AUDIO_ONLY[AUDIO_ONLY.index("m=audio") :], "too_much_media"),
    ("two data channel sections", CHROMIUM + CHANNEL, "too_much_media"),
    ("video", CHROMIUM + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\n", "too_much_media"),
    ("video switched off", CHROMIUM + "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\n", "too_much_media"),
    ("audio only received", with_lines("a=sendonly", "a=recvonly\n"), "audio_not_sent"),
    ("audio inactive", with_lines("a=sendonly", "a=inactive\n"), "audio_not_sent"),
    (
        "audio inactive by the head",
        with_lines("a=sendonly", "").replace("t=0 0", "t=0 0\r\na=inactive"),
        "audio_not_sent",
    ),
    ("no BUNDLE", without("a=group:.*"), "not_bundled"),
    ("BUNDLE of one", with_lines("a=group:BUNDLE 0 1", "a=group:BUNDLE 0\n"), "not_bundled"),
    ("two BUNDLEs", with_lines("a=group:BUNDLE 0 1", "a=group:BUNDLE 0\na=group:BUNDLE 1\n"), "not_bundled"),
    ("one tag for two", with_lines("a=mid:1", "a=mid:0\n"), "not_bundled"),
    ("no tag", without("a=mid:1"), "bad_offer"),
    ("a strange tag", with_lines("a=mid:1", "a=mid:1/2\n"), "bad_offer"),
    ("RTCP on a port of its own", without("a=rtcp-mux"), "rtcp_not_multiplexed"),
    ("plain RTP", with_lines("m=audio.*", "m=audio 9 RTP/AVP 111\n"), "bad_offer"),
    ("no fingerprint", without("a=fingerprint:.*"), "no_fingerprint"),
    (
        "a weak fingerprint",
        with_lines("a=fingerprint:.*", "a=fingerprint:sha-1 " + ":".join(["AB"] * 20) + "\n"),
        "no_fingerprint",
    ),
    ("half a fingerprint", with_lines("a=fingerprint:.*", "a=fingerprint:sha-256 AB:CD\n"), "no_fingerprint"),
    ("no ICE user", without("a=ice-ufrag:.*"), "bad_offer"),
    ("a short ICE password", with_lines("a=ice-pwd:.*", "a=ice-pwd:short\n"), "bad_offer"),
    ("no DTLS role", without("a=setup:.*"), "bad_offer"),
    ("a strange DTLS role", with_lines("a=setup:.*", "a=setup:holdconn\n"), "bad_offer"),
    ("too many codecs", with_lines("a=rtpmap:9 .*", codecs(MAX_CODECS)), "too_many_codecs"),
    ("no Opus", without("a=rtpmap:111.*"), "no_opus"),
    ("Opus under a static number", with_lines("a=rtpmap:111.*", "a=rtpmap:8 opus/48000/2\n"), "no_opus"),
    (
        "too many candidates",
        with_lines("a=ice-options:trickle", candidates(MAX_CANDIDATES + 1)),
        "too_many_candidates",
    ),
    ("no candidate", with_lines("a=candidate:.*", "a=candidate:x\n"), "bad_offer"),
    ("old SCTP", with_lines("m=application.*", "m=application 9 DTLS/SCTP 5000\n"), "bad_offer"),
    ("no SCTP port", without("a=sctp-port:.*"), "bad_offer"),
    ("no such SCTP port", with_lines("a=sctp-port:.*", "a=sctp-port:65536\n"), "bad_offer"),
    ("small messages", with_lines("a=max-message-size:.*", "a=max-message-size:1200\n"), "bad_offer"),
]


@pytest.mark.parametrize(("body", "code"), [it[1:] for it in REFUSED], ids=[it[0] for it in REFUSED])
def test_an_offer_that_breaks_a_rule_is_refused_by_its_code(body: str | bytes, code: str) -> None:
    with pytest.raises(OfferRefused) as refused:
        read_offer(body)
    assert refused.value.code == code
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        lambda: with_lines("a=ice-options:trickle", candidates(MAX_CANDIDATES - 2)),
        lambda: with_lines("a=rtpmap:9 .*", codecs(MAX_CODECS - 7)),
        lambda: with_lines("a=sendonly", "a=sendrecv\n"),
        lambda: without("a=sendonly"),
        lambda: with_lines("a=setup:.*", "a=setup:active\n"),
        lambda: without("a=max-message-size:.*"),
        lambda: with_lines("a=max-message-size:.*", "a=max-message-size:0\n"),
        lambda: with_lines("a=candidate:.*", "a=candidate:1 1 udp 1 127.0.0.1 5000 typ host\n"),
        lambda: with_lines("a=rtpmap:111 .*", "a=rtpmap:111 OPUS/48000/2\n"),
        lambda: with_lines("a=fingerprint:(.*)", f"a=fingerprint:{FINGERPRINT.lower()}\n"),
        lambda: with_lines(
            "m=application 55325(.*)", "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\na=bundle-only\n"
        ),
    ],
)
def test_an_unusual_offer_that_keeps_the_rules_is_taken(change: Callable[[], str]) -> None:
    assert "opus/48000/2" in read_offer(change()).text


@given(st.data())
def test_whatever_is_offered_aiortc_sees_only_lines_of_ours(data: st.DataObject) -> None:
    """Mutations of a good offer, with what could smuggle a line through aiortc's reading of lines."""
    lines = CHROMIUM.split("\r\n")
    for _ in range(data.draw(st.integers(min_value=1, max_value=4))):
        at = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
        piece = data.draw(
            st.sampled_from(["\u2028a=ice-lite", "\x85", " ", "٣", "%s", " 999999999999", "-1", ""])
            | st.text()
        )
        cut = data.draw(st.integers(min_value=0, max_value=len(lines[at])))
        lines[at] = (
            lines[at][:cut] + piece + lines[at][cut + data.draw(st.integers(min_value=0, max_value=9)) :]
        )
    try:
        text = read_offer("\r\n".join(lines)).text
    except OfferRefused:
        return
    assert re.fullmatch(r"([a-z]=[ -~]+\r\n)+", text)
    assert text.splitlines() == text.split("\r\n")[:-1]
    assert len(SessionDescription.parse(text).media) == 2


OFFER = read_offer(CHROMIUM)
FRAGMENT = """a=ice-ufrag:mLRn
a=ice-pwd:q3JGRueyTC07GLd4k9GFEfpr
m=audio 9 UDP/TLS/RTP/SAVPF 0
a=mid:0
a=candidate:7 1 udp 1 203.0.113.9 40000 typ srflx raddr 10.0.0.1 rport 9
a=candidate:8 1 tcp 1 203.0.113.9 9 typ host tcptype active
a=candidate:9 1 udp 1 aaaa.local 40000 typ host
a=end-of-candidates
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_usable_candidates_of_a_fragment_are_taken(ending: str) -> None:
    (candidate,) = read_fragment(FRAGMENT.replace("\n", ending).encode(), OFFER)
    assert (candidate.address, candidate.port) == ("203.0.113.9", 40000)


def test_candidates_of_a_transport_that_was_bundled_away_are_left_out() -> None:
    assert read_fragment(FRAGMENT.replace("a=mid:0", "a=mid:1"), OFFER) == ()


def test_a_fragment_may_say_only_that_no_more_will_come() -> None:
    assert read_fragment("a=ice-ufrag:mLRn\r\na=end-of-candidates\r\n", OFFER) == ()


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        (FRAGMENT.replace("mLRn", "other"), "ice_restart_unsupported"),
        (FRAGMENT.replace("q3JG", "XXXX"), "ice_restart_unsupported"),
        (FRAGMENT.replace("a=ice-ufrag:mLRn\n", ""), "bad_fragment"),
        (FRAGMENT.replace("1 203.0.113.9", "-"), "bad_fragment"),
        ("\x00", "bad_fragment"),
        (b"\xff", "bad_fragment"),
        ("a=x\n" * MAX_FRAGMENT_BYTES, "fragment_too_large"),
    ],
)
def test_a_fragment_that_breaks_a_rule_is_refused_by_its_code(fragment: str | bytes, code: str) -> None:
    with pytest.raises(OfferRefused) as refused:
        read_fragment(fragment, OFFER)
    assert refused.value.code == code


def test_the_answer_asks_for_mono_speech_with_error_correction_in_long_packets() -> None:
    answer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=mid:0\r\n"
    lines = shape_answer(answer).split("\r\n")
    assert f"a=fmtp:111 {OPUS_WISHES}" in lines
    assert {"a=ptime:60", "a=maxptime:60"} <= set(lines)
    assert [line for line in lines if line in answer.split("\r\n")] == answer.split("\r\n")
