# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Users are found by what their identity provider calls them."""

import asyncio
from uuid import uuid4

from db import Database, Users

ISSUER = "https://issuer.example"


async def test_there_is_one_local_user(database: Database) -> None:
    users = Users(database)
    first, second = await users.local_user(), await users.local_user()
    assert first == second
    assert (first.oidc_issuer, first.oidc_sub, first.email) == ("local", "local", None)
    assert first.display_name


async def test_a_user_is_found_again_by_id(database: Database) -> None:
    users = Users(database)
    created = await users.find_or_create(ISSUER, "ada", "ada@example.org", "Ada")
    assert await users.find(created.id) == created
    assert await users.find(uuid4()) is None


async def test_a_user_who_comes_again_keeps_the_id_and_brings_the_newest_name(database: Database) -> None:
    users = Users(database)
    before = await users.find_or_create(ISSUER, "ada", "ada@example.org", "Ada")
    after = await users.find_or_create(ISSUER, "ada", None, "Ada L.")
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert (after.email, after.display_name) == (None, "Ada L.")


async def test_the_same_name_at_another_provider_is_another_user(database: Database) -> None:
    users = Users(database)
    here = await users.find_or_create(ISSUER, "ada", None, "Ada")
    there = await users.find_or_create("https://other.example", "ada", None, "Ada")
    assert here.id != there.id


async def test_a_user_who_comes_twice_at_once_is_one_user(database: Database) -> None:
    users = Users(database)
    found = await asyncio.gather(*(users.find_or_create(ISSUER, "ada", None, "Ada") for _ in range(8)))
    assert len({user.id for user in found}) == 1


async def test_a_user_is_disabled_and_let_in_again(database: Database) -> None:
    users = Users(database)
    ada, eve = [await users.find_or_create(ISSUER, name, None, name) for name in ("ada", "eve")]
    await users.disable(ada.id)
    disabled = await users.find_by_subject(ISSUER, "ada")
    assert disabled is not None
    assert disabled.disabled_at is not None
    assert await users.disabled_among({ada.id, eve.id}) == {ada.id}
    # To sign in again changes nothing about that.
    assert (await users.find_or_create(ISSUER, "ada", None, "ada")).disabled_at is not None
    await users.enable(ada.id)
    assert await users.disabled_among({ada.id, eve.id}) == set()


async def test_a_user_who_was_never_here_is_not_found_by_name(database: Database) -> None:
    users = Users(database)
    await users.find_or_create(ISSUER, "ada", None, "Ada")
    assert await users.find_by_subject("https://other.example", "ada") is None
