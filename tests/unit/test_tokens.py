# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What tokens must say, to the second; and what is kept of what was fetched."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.auth.cache import RETRY_S, STALE_S, Cache
from server.auth.refused import ProviderUnavailable, Refused
from server.auth.signatures import Signed
from server.auth.tokens import (
    LOGOUT_EVENT,
    MAX_ISSUED_AGO_S,
    Expected,
    check_access_token,
    check_id_token,
    check_logout_token,
)

NOW = 1_000_000
EXPECTED = Expected(issuer="https://id.example", audience="dragoman", now=NOW, leeway_s=60)


def id_token(algorithm: str = "RS256", kind: str = "", **changes: Any) -> Signed:
    claims: dict[str, object] = {
        "iss": "https://id.example",
        "sub": "ada",
        "aud": "dragoman",
        "exp": NOW + 300,
        "iat": NOW,
        "nonce": "n",
        **changes,
    }
    return Signed(algorithm, kind, {name: value for name, value in claims.items() if value is not None})


def refusal(token: Signed) -> str:
    """The code, or nothing where the token is believed."""
    try:
        check_id_token(token, EXPECTED, nonce="n", access_token="a")
    except Refused as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": NOW - 59}, ""),
        ({"exp": NOW - 60}, "token_expired"),
        ({"exp": NOW + 0.5}, ""),
        ({"nbf": NOW + 60}, ""),
        ({"nbf": NOW + 61}, "token_not_yet_valid"),
        ({"iat": NOW + 60}, ""),
        ({"iat": NOW + 61}, "token_issued_at_wrong"),
        ({"iat": NOW - MAX_ISSUED_AGO_S - 60}, ""),
        ({"iat": NOW - MAX_ISSUED_AGO_S - 61}, "token_issued_at_wrong"),
        ({"exp": True}, "token_exp_missing"),
        ({"exp": float("nan")}, "token_exp_missing"),
        ({"exp": float("inf")}, "token_exp_missing"),
        ({"iat": -1}, "token_iat_missing"),
        ({"sub": "x" * 255}, ""),
        ({"sub": "x" * 256}, "token_subject_malformed"),
        ({"sub": "\x00"}, "token_subject_malformed"),
        ({"sub": 7}, "token_subject_missing"),
        ({"aud": ["dragoman"]}, ""),
        ({"aud": []}, "token_audience_wrong"),
        ({"aud": {"dragoman": 1}}, "token_audience_wrong"),
        ({"aud": ["dragoman", "dragoman"]}, "token_authorized_party_wrong"),
        ({"nonce": "\ud800"}, "token_nonce_wrong"),
    ],
)
def test_an_id_token_is_judged_to_the_second(changes: dict[str, Any], code: str) -> None:
    assert refusal(id_token(**changes)) == code


@pytest.mark.parametrize(
    ("algorithm", "half_hash"),
    [
        ("RS256", "ypeBEsobvcr6wjGzmiPcTQ"),
        ("ES384", "VKWbnyKwuAiA2EJ-VIt8I6vYc0huHwNd"),
        ("PS512", "H0D8ktokFpR1CXnubPWC8tXX0o4YM13gWrxU0FYOD1M"),
        ("EdDSA", "H0D8ktokFpR1CXnubPWC8tXX0o4YM13gWrxU0FYOD1M"),
        ("Ed25519", "H0D8ktokFpR1CXnubPWC8tXX0o4YM13gWrxU0FYOD1M"),
    ],
)
def test_the_access_token_is_bound_by_the_hash_of_the_signatures_algorithm(
    algorithm: str, half_hash: str
) -> None:
    assert refusal(id_token(algorithm, at_hash=half_hash)) == ""
    assert refusal(id_token(algorithm, at_hash=half_hash[:-1])) == "token_access_token_hash_wrong"


CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "azp", "at_hash", "events", "jti", "sid")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4
)


def outcome(check: Callable[[], object]) -> str:
    try:
        check()
    except Refused as error:
        return error.code
    return "token_believed"


@given(st.dictionaries(st.sampled_from(CLAIMS), JSON), st.sampled_from(["", "at+jwt", "logout+jwt"]))
def test_whatever_a_token_says_it_is_believed_or_refused(said: dict[str, object], kind: str) -> None:
    token = Signed("RS256", kind, {**id_token().claims, **said})
    outcomes = {
        outcome(lambda: check_id_token(token, EXPECTED, nonce="n", access_token="a")),
        outcome(lambda: check_access_token(token, EXPECTED, client_id="dragoman")),
        outcome(lambda: check_logout_token(token, EXPECTED)),
    }
    assert all(one.startswith("token_") for one in outcomes)
    assert len(outcomes) > 1 or "token_believed" not in outcomes


@pytest.mark.parametrize(
    ("kind", "changes", "believed"),
    [
        ("at+jwt", {"client_id": "c", "jti": "j"}, True),
        ("jwt", {"nonce": None, "typ": "Bearer"}, True),
        ("jwt", {"nonce": None}, False),
        ("jwt", {"nonce": None, "typ": "Refresh"}, False),
        ("jwt", {"typ": "Bearer"}, False),
    ],
)
def test_where_the_audience_is_the_sign_ins_own_an_access_token_must_say_that_it_is_one(
    kind: str, changes: dict[str, Any], believed: bool
) -> None:
    token = id_token(kind=kind, **changes)
    if believed:
        assert check_access_token(token, EXPECTED, client_id="dragoman") == "ada"
    else:
        with pytest.raises(Refused, match="token_type_wrong"):
            check_access_token(token, EXPECTED, client_id="dragoman")


def test_a_logout_token_names_a_person_or_a_login() -> None:
    told: dict[str, Any] = {"nonce": None, "jti": "j", "events": {LOGOUT_EVENT: {}}}
    assert check_logout_token(id_token(kind="logout+jwt", **told), EXPECTED).subject == "ada"
    of_login = id_token(kind="logout+jwt", **told, sub=None, sid="s")
    assert check_logout_token(of_login, EXPECTED).provider_login == "s"
    with pytest.raises(Refused, match="token_subject_missing"):
        check_logout_token(id_token(kind="logout+jwt", **told, sub=None), EXPECTED)


class Source:
    """Counts how often it is asked, and fails when told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_away = False

    async def fetch(self) -> int:
        self.asked += 1
        if self.is_away:
            raise ProviderUnavailable("timeout")
        return self.asked


async def test_what_was_fetched_is_kept_for_its_time_and_then_fetched_again() -> None:
    now, source = [0.0], Source()
    cache = Cache("test", source.fetch, 60, lambda: now[0])
    assert [await cache.get(), await cache.get()] == [1, 1]
    now[0] = 60
    assert await cache.get() == 2
    assert await cache.fetch_again() == 3


async def test_an_old_value_is_used_on_while_the_source_is_away_but_not_for_ever() -> None:
    now, source = [0.0], Source()
    cache = Cache("test", source.fetch, 60, lambda: now[0])
    await cache.get()
    source.is_away = True
    now[0] = STALE_S - 1
    assert await cache.get() == 1
    now[0] = STALE_S + RETRY_S
    with pytest.raises(ProviderUnavailable):
        await cache.get()


async def test_a_source_that_is_away_is_asked_again_only_after_a_pause() -> None:
    now, source = [0.0], Source()
    source.is_away = True
    cache = Cache("test", source.fetch, 60, lambda: now[0])
    for _ in range(3):
        with pytest.raises(ProviderUnavailable):
            await cache.get()
    assert source.asked == 1
    source.is_away = False
    now[0] = RETRY_S
    assert await cache.get() == 2
