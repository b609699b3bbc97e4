# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The parts that make signing in through an identity provider, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from db.logins import Logins
from db.users import Users
from server import options
from server.auth.back_channel import BackChannel
from server.auth.bearer import Bearer
from server.auth.fetch import ProviderHttp
from server.auth.keys import Keys
from server.auth.oidc import OidcClient
from server.auth.pending import PendingSignIns
from server.auth.provider import Provider
from server.auth.refused import ProviderUnavailable, Refused
from server.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """Signing in through an identity provider."""

    http: ProviderHttp
    client: OidcClient
    pending: PendingSignIns
    back_channel: BackChannel
    bearer: Bearer | None
    """None where no access tokens are taken."""


def sign_on(settings: Settings, users: Users, logins: Logins) -> SignOn | None:
    """None where no provider is configured."""
    if not settings.oidc_issuer_url:
        return None
    http = ProviderHttp(settings.oidc_timeout_s)
    provider = Provider(http, options.provider_options(settings))
    keys = Keys(http, provider)
    bearer_options = options.bearer_options(settings)
    return SignOn(
        http=http,
        client=OidcClient(http, provider, keys, options.client_options(settings)),
        pending=PendingSignIns(
            logins,
            https=options.login_options(settings).https,
            lifetime=timedelta(minutes=settings.oidc_sign_in_minutes),
        ),
        back_channel=BackChannel(
            keys,
            issuer=settings.oidc_issuer_url,
            client_id=settings.oidc_client_id,
            leeway_s=settings.oidc_clock_leeway_s,
        ),
        bearer=Bearer(keys, users, bearer_options) if bearer_options.audience else None,
    )


async def ask_provider(settings: Settings, say: Callable[[str], None]) -> None:
    """Have the provider, if there is one, describe itself. Where it does not, say so: it may still come."""
    if not settings.oidc_issuer_url:
        return
    http = ProviderHttp(settings.oidc_timeout_s)
    try:
        await Provider(http, options.provider_options(settings)).metadata()
    except (ProviderUnavailable, Refused) as error:
        say(f"Nobody can sign in for now: the identity provider at {settings.oidc_issuer_url}: {error}.")
    finally:
        await http.close()
