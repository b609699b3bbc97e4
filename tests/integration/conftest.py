# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What several integration tests stand on; one that needs it otherwise has its own of the same name."""

from collections.abc import AsyncIterator

import httpx
import pytest

from media.clients.http import model_server_http
from tests.provider import LyingProvider
from tests.signed_on import Site, site


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The connections to model servers, as the server has them."""
    async with model_server_http() as client:
        yield client


@pytest.fixture
async def provider() -> AsyncIterator[LyingProvider]:
    """An identity provider that lies where it is told to."""
    async with LyingProvider() as provider:
        yield provider


@pytest.fixture
async def ours(database_url: str, provider: LyingProvider) -> AsyncIterator[Site]:
    """A server whose users that provider knows."""
    async with site(database_url, provider) as ours:
        yield ours
