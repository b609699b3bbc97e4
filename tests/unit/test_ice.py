# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whom we send packets to because a client says so: other hosts, over UDP, and nobody else."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.ice import Candidate, read_candidate, usable_address

CHROME = "3152692926 1 udp 2122194687 192.168.1.20 49955 typ host generation 0 network-id 1 network-cost 10"
FIREFOX = "0 1 UDP 2122252543 10.0.0.7 50123 typ host"
REFLEXIVE = "842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 10.0.0.7 rport 50123 generation 0"
RELAY = "4 1 udp 8331263 2a02:db8::7 49170 typ relay raddr :: rport 9"


@pytest.mark.parametrize("value", [CHROME, FIREFOX, REFLEXIVE, RELAY])
def test_candidates_of_browsers_are_taken(value: str) -> None:
    candidate = read_candidate(value)
    assert candidate is not None
    assert candidate.address in value
    assert str(candidate.port) in value.split()
    assert candidate.kind in value.split()


@pytest.mark.parametrize("value", [CHROME, FIREFOX, REFLEXIVE, RELAY])
def test_a_candidate_that_is_written_reads_as_the_same(value: str) -> None:
    candidate = read_candidate(value)
    assert candidate is not None
    assert read_candidate(str(candidate)) == candidate


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "::",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1%a",
        "224.0.0.251",
        "ff02::fb",
        "255.255.255.255",
        "240.0.0.1",
        "5f0c3a4e-28f8-4be1-9f86-7ff5f3b0e2ad.local",
        "localhost",
        "example.org",
        "2130706433",
        "127.1",
        "0x7f.0.0.1",
        "010.0.0.1",
    ],
)
def test_names_and_addresses_that_are_no_other_host_are_not_answered(address: str) -> None:
    assert usable_address(address) is None
    assert read_candidate(f"1 1 udp 2122194687 {address} 49955 typ host") is None


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.7", "100.64.1.1", "203.0.113.5", "fd00::2", "2a02:db8::7"]
)
def test_addresses_of_other_hosts_are_answered(address: str) -> None:
    assert str(usable_address(address)) == address


@pytest.mark.parametrize(
    "value",
    [
        "1 1 tcp 1518214911 192.168.1.20 9 typ host tcptype active",
        "1 2 udp 2122194687 192.168.1.20 49955 typ host",
        "1 1 udp 2122194687 192.168.1.20 0 typ host",
        "1 1 udp 2122194687 192.168.1.20 65536 typ host",
        "1 1 udp 2122194687 192.168.1.20 49955 typ prflx",
        "1 1 udp 2122194687 192.168.1.20 49955 typ strange",
        "1 1 ssltcp 2122194687 192.168.1.20 443 typ host",
    ],
)
def test_candidates_that_we_cannot_use_are_left_out(value: str) -> None:
    assert read_candidate(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1 1 udp 2122194687 192.168.1.20 49955",
        "1 1 udp 2122194687 192.168.1.20 typ host",
        "1 x udp 2122194687 192.168.1.20 49955 typ host",
        "1 1 udp -1 192.168.1.20 49955 typ host",
        "1 1 udp 2122194687 192.168.1.20 ٤٩٩٥٥ typ host",
        "1\u2028a=ice-lite 1 udp 2122194687 192.168.1.20 49955 typ host",
        "1 1 udp 2122194687 fd00::1%\u2028x 49955 typ host",
        "f" * 33 + " 1 udp 2122194687 192.168.1.20 49955 typ host",
    ],
)
def test_what_is_no_candidate_is_an_error(value: str) -> None:
    with pytest.raises(ValueError, match="not a candidate"):
        read_candidate(value)


@given(address=st.ip_addresses(), port=st.integers(min_value=1, max_value=65535))
def test_only_addresses_of_other_hosts_ever_come_through(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    candidate = read_candidate(f"1 1 udp 1 {address} {port} typ host")
    if candidate is not None:
        taken = ipaddress.ip_address(candidate.address)
        assert not any([taken.is_loopback, taken.is_link_local, taken.is_multicast, taken.is_unspecified])
        assert candidate.port == port


def test_aiortc_is_given_the_same_candidate() -> None:
    given_to_aiortc = Candidate(
        foundation="7", priority=5, address="10.0.0.7", port=50123, kind="host"
    ).for_aiortc()
    assert (given_to_aiortc.ip, given_to_aiortc.port, given_to_aiortc.protocol) == ("10.0.0.7", 50123, "udp")
