# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Logins end: when they are old, when nobody uses them, when somebody signs out."""

import base64
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text

from db import Database, Login, Logins, User, Users

LIFETIME = timedelta(days=30)
IDLE = timedelta(hours=8)


@pytest.fixture
def logins(database: Database) -> Logins:
    return Logins(database)


@pytest.fixture
async def user(database: Database) -> User:
    return await Users(database).local_user()


async def let_pass(database: Database, hours: float) -> None:
    """Time passes for what is stored: every row becomes so much older."""
    async with database.transaction() as session:
        for column in ("created_at", "last_seen_at", "expires_at"):
            await session.execute(text(f"UPDATE logins SET {column} = {column} - interval '{hours} hours'"))


async def read(logins: Logins, token: str) -> Login:
    login = await logins.read(token, IDLE)
    assert login is not None
    return login


async def test_a_login_is_found_by_its_token(logins: Logins, user: User) -> None:
    login = await read(logins, await logins.create(user.id, {"theme": "dark"}, LIFETIME))
    assert (login.user_id, login.data) == (user.id, {"theme": "dark"})
    assert login.expires_at - login.created_at == LIFETIME
    assert login.last_seen_at == login.created_at


async def test_somebody_who_is_still_signing_in_has_a_login_without_a_user(logins: Logins) -> None:
    login = await read(logins, await logins.create(None, {"state": "abc"}, timedelta(minutes=10)))
    assert login.user_id is None


async def test_tokens_are_random_and_only_their_hash_is_kept(database: Database, logins: Logins) -> None:
    tokens = {await logins.create(None, {}, LIFETIME) for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(base64.urlsafe_b64decode(f"{token}=")) == 32 for token in tokens)
    async with database.transaction() as session:
        rows = (await session.execute(text("SELECT token_sha256, logins::text FROM logins"))).all()
    assert {row[0] for row in rows} == {hashlib.sha256(token.encode()).digest() for token in tokens}
    assert not any(token in row[1] for token in tokens for row in rows)


@pytest.mark.parametrize("token", ["", "unknown", "\udcff\ud800", "x" * 100_000])
async def test_whatever_is_no_token_finds_nothing(logins: Logins, token: str) -> None:
    await logins.create(None, {}, LIFETIME)
    assert await logins.read(token, IDLE) is None
    assert not await logins.save(token, {})
    assert not await logins.delete(token)


async def test_a_login_that_is_not_used_ends(database: Database, logins: Logins) -> None:
    token = await logins.create(None, {}, LIFETIME)
    await let_pass(database, 7.9)
    await read(logins, token)
    await let_pass(database, 7.9)
    await read(logins, token)
    await let_pass(database, 8.1)
    assert await logins.read(token, IDLE) is None


async def test_a_login_ends_however_much_it_is_used(database: Database, logins: Logins) -> None:
    token = await logins.create(None, {}, timedelta(hours=10))
    await let_pass(database, 5)
    await logins.save(token, {"n": 1})
    await read(logins, token)
    await let_pass(database, 5.1)
    assert await logins.read(token, IDLE) is None


async def test_use_is_noted_at_most_once_a_minute(database: Database, logins: Logins) -> None:
    token = await logins.create(None, {}, LIFETIME)
    first = await read(logins, token)
    assert (await read(logins, token)).last_seen_at == first.last_seen_at

    await let_pass(database, 0.5)
    await read(logins, token)
    assert (await read(logins, token)).last_seen_at > first.last_seen_at


async def test_what_is_kept_with_a_login_can_be_replaced(logins: Logins) -> None:
    token, other = (
        await logins.create(None, {"n": 1}, LIFETIME),
        await logins.create(None, {"n": 2}, LIFETIME),
    )
    before = await read(logins, token)
    assert await logins.save(token, {"m": [1, "two", None]})
    after = await read(logins, token)
    assert after.data == {"m": [1, "two", None]}
    assert (after.created_at, after.expires_at) == (before.created_at, before.expires_at)
    assert (await read(logins, other)).data == {"n": 2}


async def test_signing_out_ends_this_login_alone(logins: Logins) -> None:
    token, other = await logins.create(None, {}, LIFETIME), await logins.create(None, {}, LIFETIME)
    assert await logins.delete(token)
    assert not await logins.delete(token)
    assert await logins.read(token, IDLE) is None
    await read(logins, other)


async def test_a_user_can_be_signed_out_everywhere(logins: Logins, user: User) -> None:
    tokens = [await logins.create(user.id, {}, LIFETIME) for _ in range(2)]
    other = await logins.create(None, {}, LIFETIME)
    assert await logins.delete_of_user(user.id) == 2
    assert [await logins.read(token, IDLE) for token in tokens] == [None, None]
    await read(logins, other)


async def test_what_has_ended_is_thrown_away_and_nothing_else(database: Database, logins: Logins) -> None:
    await logins.create(None, {"ends": "by age"}, timedelta(hours=5))
    await logins.create(None, {"ends": "by idleness"}, LIFETIME)
    await let_pass(database, 9)
    fresh = await logins.create(None, {}, LIFETIME)
    assert await logins.delete_expired(IDLE) == 2
    assert await logins.delete_expired(IDLE) == 0
    await read(logins, fresh)


async def test_when_a_user_goes_their_logins_go(database: Database, logins: Logins, user: User) -> None:
    token = await logins.create(user.id, {}, LIFETIME)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM users"))
    assert await logins.read(token, IDLE) is None


async def test_a_sign_in_that_is_under_way_is_taken_once_and_only_with_its_state(logins: Logins) -> None:
    kept = {"state": "abc", "nonce": "n"}
    token = await logins.create(None, kept, timedelta(minutes=10))
    assert await logins.take(token, "another") is None
    assert await logins.take("another", "abc") is None
    assert await logins.take(token, "abc") == kept
    assert await logins.take(token, "abc") is None


async def test_a_login_is_not_taken_for_a_sign_in_that_is_under_way(logins: Logins, user: User) -> None:
    token = await logins.create(user.id, {"state": "abc"}, LIFETIME)
    assert await logins.take(token, "abc") is None
    assert await logins.read(token, IDLE)


async def test_users_are_found_by_their_login_at_the_provider(logins: Logins, user: User) -> None:
    await logins.create(user.id, {"provider_login": "there"}, LIFETIME)
    await logins.create(None, {"provider_login": "there"}, LIFETIME)
    assert await logins.users_of_provider_login("there") == {user.id}
    assert await logins.users_of_provider_login("elsewhere") == set()
