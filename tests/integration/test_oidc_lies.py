# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A provider that lies, one lie at a time: each is refused with its own code, and nobody is signed in.

The rows follow the certification tests of relying parties (basic, configuration, comprehensive), and then
what those leave out.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey

from db import Database
from tests.integration.test_oidc import logins_in
from tests.provider import Claims, FromNow, LyingProvider, half_hash, public, rsa_key, signed, unsigned
from tests.signed_on import Site, code_of, site

HOUR = 3600
Lie = Callable[[LyingProvider], None]
Forge = Callable[[LyingProvider, Claims], str]


@pytest.fixture
async def ours(database_url: str, provider: LyingProvider) -> AsyncIterator[Site]:
    async with site(database_url, provider, oidc_timeout_s=1) as ours:
        yield ours


async def refusal(ours: Site, database: Database) -> str:
    """The code of the page at which a sign-in ends, which must leave nothing behind."""
    async with ours.browser() as browser:
        response = await browser.get("/login")
        if response.status_code == 303:
            response = await browser.get(ours.provider.sign_in(response.headers["Location"]))
        assert "dragoman" not in browser.cookies
        assert not await ours.is_signed_in(browser)
    assert await logins_in(database) == 0
    return code_of(response)


async def is_welcome(ours: Site) -> bool:
    async with ours.browser() as browser:
        await ours.sign_in(browser)
        return await ours.is_signed_in(browser)


def claims(**changes: Any) -> Lie:
    return lambda provider: provider.claims.update(changes)


def header(**changes: Any) -> Lie:
    return lambda provider: provider.header.update(changes)


def metadata(**changes: Any) -> Lie:
    return lambda provider: provider.metadata.update(changes)


def token_answer(**changes: Any) -> Lie:
    return lambda provider: provider.token_answer.update(changes)


def forged(forge: Forge) -> Lie:
    def lie(provider: LyingProvider) -> None:
        provider.forge = forge

    return lie


def signed_by_nobody(provider: LyingProvider, said: Claims) -> str:
    return f"{unsigned(said, alg='none')}."


def signed_with_the_public_key(provider: LyingProvider, said: Claims) -> str:
    """RS256 turned into HS256: what everybody knows is taken for a shared secret."""
    message = unsigned(said, alg="HS256", kid=provider.key.kid)
    mac = hmac.digest(provider.key.as_pem(private=False), message.encode(), "sha256")
    return f"{message}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def with_another_key(provider: LyingProvider, said: Claims) -> str:
    return signed(said, rsa_key(provider.key.kid))


def with_a_broken_signature(provider: LyingProvider, said: Claims) -> str:
    head, body, signature = signed(said, provider.key).split(".")
    return ".".join([head, body, signature[:-8] + "AAAAAAAA"])


def with_its_own_key_inside(provider: LyingProvider, said: Claims) -> str:
    key = rsa_key(None)
    return signed(said, key, kid=None, jwk=public(key))


def with_changed_content(provider: LyingProvider, said: Claims) -> str:
    head, _, signature = signed(said, provider.key).split(".")
    return ".".join([head, signed({**said, "sub": "eve"}, provider.key).split(".")[1], signature])


def whose_content_is_a_list(provider: LyingProvider, said: Claims) -> str:
    return signed([said], provider.key)


def keys(*listed: Any) -> Lie:
    def lie(provider: LyingProvider) -> None:
        provider.jwks = [key(provider) if callable(key) else key for key in listed]

    return lie


def several_unnamed_keys(count: int) -> Lie:
    def lie(provider: LyingProvider) -> None:
        provider.jwks = [{**public(provider.key), "kid": str(number)} for number in range(count)]
        provider.header["kid"] = None

    return lie


def slow_keys(provider: LyingProvider) -> None:
    provider.slow_s = 0.05


LIES: dict[str, tuple[Lie, str]] = {
    # Basic
    "the issuer is another one": (claims(iss="https://evil.example"), "token_issuer_wrong"),
    "there is no subject": (claims(sub=None), "token_subject_missing"),
    "the subject is empty": (claims(sub=""), "token_subject_missing"),
    "the audience is another one": (claims(aud="somebody-else"), "token_audience_wrong"),
    "there is no time of issue": (claims(iat=None), "token_iat_missing"),
    "there is no key name and too many keys fit": (several_unnamed_keys(5), "too_many_keys_fit"),
    "nobody has signed": (forged(signed_by_nobody), "token_algorithm_not_allowed"),
    "the signature is broken": (forged(with_a_broken_signature), "token_signature_wrong"),
    "userinfo is about somebody else": (
        lambda provider: provider.userinfo.update(sub="eve"),
        "userinfo_subject_wrong",
    ),
    "the nonce is another one": (claims(nonce="another"), "token_nonce_wrong"),
    "there is no nonce": (claims(nonce=None), "token_nonce_wrong"),
    # Configuration
    "the description is another issuer's": (
        metadata(issuer="https://evil.example"),
        "provider_issuer_mismatch",
    ),
    "the description is its own with a slash": (
        lambda provider: provider.metadata.update(issuer=f"{provider.issuer}/"),
        "provider_issuer_mismatch",
    ),
    "the description is broken": (metadata(token_endpoint=["x"]), "provider_description_broken"),
    "tokens are to be fetched without HTTPS": (
        metadata(token_endpoint="http://192.0.2.1/token"),
        "provider_without_https",
    ),
    "keys are a file": (metadata(jwks_uri="file:///etc/passwd"), "provider_without_https"),
    "PKCE is plain": (metadata(code_challenge_methods_supported=["plain"]), "provider_without_pkce"),
    # Comprehensive
    "there is no audience": (claims(aud=None), "token_audience_wrong"),
    "the access token is another one": (
        claims(at_hash=half_hash("another")),
        "token_access_token_hash_wrong",
    ),
    "the hash of the access token is a number": (claims(at_hash=7), "token_access_token_hash_wrong"),
    # What those leave out
    "it has expired": (claims(exp=FromNow(-61)), "token_expired"),
    "it never expires": (claims(exp=None), "token_exp_missing"),
    "it expires at a word": (claims(exp="tomorrow"), "token_exp_missing"),
    "it expires beyond all numbers": (claims(exp=10**400), "token_exp_missing"),
    "it begins later": (claims(nbf=FromNow(HOUR)), "token_not_yet_valid"),
    "it was issued hours ago": (claims(iat=FromNow(-3 * HOUR)), "token_issued_at_wrong"),
    "it was issued in the future": (claims(iat=FromNow(3 * HOUR)), "token_issued_at_wrong"),
    "a public key is taken for a secret": (
        forged(signed_with_the_public_key),
        "token_algorithm_not_allowed",
    ),
    "another key has signed under the same name": (forged(with_another_key), "token_signature_wrong"),
    "the content was changed": (forged(with_changed_content), "token_signature_wrong"),
    "it brings its own key": (forged(with_its_own_key_inside), "token_header_not_allowed"),
    "it says where its key is": (header(jku="https://evil.example/jwks"), "token_header_not_allowed"),
    "it says where its certificate is": (header(x5u="https://evil.example/x"), "token_header_not_allowed"),
    "it demands what nobody knows": (header(crit=["exp"]), "token_header_not_allowed"),
    "it is a logout token": (header(typ="logout+jwt"), "token_type_wrong"),
    "it is an access token": (header(typ="at+jwt"), "token_type_wrong"),
    "it tells of an event": (claims(events={}), "token_type_wrong"),
    "it is for several and does not say for whom": (
        claims(aud=["dragoman", "evil"]),
        "token_authorized_party_wrong",
    ),
    "it was given to somebody else": (claims(azp="evil"), "token_authorized_party_wrong"),
    "the subject is endless": (claims(sub="x" * 256), "token_subject_malformed"),
    "the subject has a line break": (claims(sub="ada\n"), "token_subject_malformed"),
    "the key is nowhere to be found": (header(kid="unknown"), "unknown_key"),
    "the name of the key is a list": (header(kid=["first"]), "token_malformed"),
    "it is no token": (forged(lambda *_: "abc"), "token_malformed"),
    "it is encrypted": (forged(lambda *_: "a.b.c.d.e"), "token_malformed"),
    "its content is a list": (forged(whose_content_is_a_list), "token_malformed"),
    "it is large": (forged(lambda *_: "x" * 100_000), "token_too_large"),
    "it is a megabyte": (forged(lambda *_: "x" * 1_000_000), "provider_unavailable"),
    "there is none": (token_answer(id_token=None), "token_missing"),
    "there is no access token": (token_answer(access_token=None), "token_missing"),
    "the access token is of a kind nobody knows": (token_answer(token_type="mac"), "token_kind_unknown"),
    "there are 101 keys": (keys(*[{"kty": "RSA"}] * 101), "provider_unavailable"),
    "there are 10,000 keys": (keys(*[{"kty": "RSA", "n": "x" * 300}] * 10_000), "provider_unavailable"),
    "keys come byte by byte": (slow_keys, "provider_unavailable"),
    "there is no usable key": (keys({"kty": "EC", "crv": "P-999", "x": "a", "y": "b"}), "unknown_key"),
    "the key is for something else": (
        keys(lambda provider: {**public(provider.key), "use": "enc"}),
        "unknown_key",
    ),
    "the key is for another algorithm": (
        keys(lambda provider: {**public(provider.key), "alg": "PS256"}),
        "unknown_key",
    ),
}


@pytest.mark.parametrize("name", LIES)
async def test_a_lie_signs_nobody_in(name: str, ours: Site, database: Database) -> None:
    lie, code = LIES[name]
    lie(ours.provider)
    assert await refusal(ours, database) == code


TRUTHS: dict[str, Lie] = {
    "there is no key name and one key": header(kid=None),
    "there is no key name and four keys fit": several_unnamed_keys(4),
    "it has expired a moment ago": claims(exp=FromNow(-1)),
    "it begins in a moment": claims(nbf=FromNow(30)),
    "it is for several and says for whom": claims(aud=["dragoman", "other"], azp="dragoman"),
    "there is no hash of the access token": claims(at_hash=None),
    "its type is said": header(typ="JWT"),
    "nothing is said about PKCE": metadata(code_challenge_methods_supported=None),
    "there are no further claims to be had": metadata(userinfo_endpoint=None),
    "userinfo is away": metadata(userinfo_endpoint="http://127.0.0.1:9/me"),
}


@pytest.mark.parametrize("name", TRUTHS)
async def test_what_is_true_signs_in(name: str, ours: Site) -> None:
    TRUTHS[name](ours.provider)
    assert await is_welcome(ours)


@pytest.mark.parametrize(
    ("algorithm", "new_key"),
    [
        ("PS256", rsa_key),
        ("RS512", rsa_key),
        ("ES256", lambda: ECKey.generate_key("P-256", {"kid": "ec"})),
        ("EdDSA", lambda: OKPKey.generate_key("Ed25519", {"kid": "ed"})),
        ("Ed25519", lambda: OKPKey.generate_key("Ed25519", {"kid": "ed"})),
    ],
)
async def test_signatures_of_all_usual_kinds_are_checked(
    ours: Site, database: Database, algorithm: str, new_key: Callable[[], Any]
) -> None:
    ours.provider.key = new_key()
    ours.provider.header = {"alg": algorithm}
    ours.provider.claims = {"at_hash": None}
    assert await is_welcome(ours)


async def test_keys_that_nobody_understands_do_not_disturb_the_others(ours: Site) -> None:
    ours.provider.jwks = [
        {"kty": "EC", "crv": "P-999", "kid": "a", "x": "AA", "y": "AA"},
        {"kty": "unheard-of", "kid": "b"},
        {"kty": "RSA", "kid": "c", "n": "!", "e": "AQAB"},
        {"kty": "RSA", "kid": "d"},
        {"kty": "oct", "kid": "first", "k": "AAAA"},
        {"kid": "e"},
        "no key",  # type: ignore[list-item]
        {"kty": ["RSA"], "kid": "f"},
        public(ours.provider.key),
    ]
    assert await is_welcome(ours)
