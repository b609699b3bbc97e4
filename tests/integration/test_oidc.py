# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Signing in through a provider that tells the truth, and what can go wrong in the browser."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from db import Database, Users
from tests.provider import CLIENT_ID, LyingProvider, half_hash, rsa_key
from tests.signed_on import Site, code_of, site


@pytest.fixture
async def browser(ours: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with ours.browser() as browser:
        yield browser


async def logins_in(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(*) FROM logins"))).scalar_one())


def cookie_in(response: httpx.Response, name: str) -> SimpleCookie:
    cookies = SimpleCookie()
    for line in response.headers.get_list("Set-Cookie"):
        if line.startswith(f"{name}="):
            cookies.load(line)
    return cookies


async def test_who_signs_in_comes_back_to_where_they_were(ours: Site, browser: httpx.AsyncClient) -> None:
    response = await ours.sign_in(browser, "/history?q=tea#p-3")
    assert (response.status_code, response.headers["Location"]) == (303, "/history?q=tea#p-3")
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    me = (await browser.get("/api/me")).json()
    assert (me["display_name"], me["sign_in"]) == ("Ada", "oidc")


async def test_the_user_is_known_by_issuer_and_subject_and_not_by_address(
    ours: Site, database: Database, browser: httpx.AsyncClient
) -> None:
    other = await Users(database).find_or_create("https://other.example", "ada", "a@b.c", "Ada")
    await ours.sign_in(browser)
    first = (await browser.get("/api/me")).json()["id"]
    ours.provider.userinfo |= {"email": "new@b.c", "name": "Ada L."}
    await ours.sign_in(browser)
    again = (await browser.get("/api/me")).json()
    assert (again["id"], again["display_name"]) == (first, "Ada L.")
    assert first != str(other.id)


async def test_no_token_reaches_the_browser(ours: Site, browser: httpx.AsyncClient) -> None:
    response = await ours.sign_in(browser)
    assert "eyJ" not in response.text + str(response.headers)
    assert "access_token" not in (await browser.get("/api/me")).text


async def test_the_sign_in_is_described_without_a_login(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/sign-in")).json() == {"method": "oidc", "url": "/login"}


async def test_where_there_is_a_provider_there_is_no_link(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/login/local?token=x")).status_code == 404


async def test_what_asks_the_provider_is_proved_by_pkce_and_our_secret(
    ours: Site, browser: httpx.AsyncClient
) -> None:
    await ours.sign_in(browser)
    (form,) = ours.provider.token_requests
    assert form["grant_type"] == "authorization_code"
    assert len(form["code_verifier"]) >= 43
    assert "client_secret" not in form


async def test_the_secret_is_posted_where_the_provider_wants_it_so(
    ours: Site, browser: httpx.AsyncClient
) -> None:
    ours.provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert (await ours.sign_in(browser)).status_code == 303
    assert "client_secret" in ours.provider.token_requests[0]


async def test_each_sign_in_has_its_own_state_nonce_and_challenge(
    ours: Site, browser: httpx.AsyncClient
) -> None:
    queries = []
    for _ in range(2):
        location = (await browser.get("/login")).headers["Location"]
        queries.append(parse_qs(urlsplit(location).query))
    for name in ("state", "nonce", "code_challenge"):
        first, second = (query[name][0] for query in queries)
        assert first != second
        assert len(first) >= 43


@pytest.mark.parametrize("base_url", ["", "https://dragoman.example.org"])
async def test_the_cookies_are_out_of_reach(
    database_url: str, provider: LyingProvider, base_url: str
) -> None:
    more = {"app_base_url": base_url} if base_url else {}
    async with site(database_url, provider, **more) as ours, ours.browser() as browser:
        begun = await browser.get("/login")
        prefix = "__Host-" if base_url else ""
        pending = cookie_in(begun, f"{prefix}dragoman-login")[f"{prefix}dragoman-login"]
        back = urlsplit(provider.sign_in(begun.headers["Location"]))
        own = {"Cookie": f"{pending.key}={pending.value}"}
        done = await browser.get(f"/login/callback?{back.query}", headers=own)
        login = cookie_in(done, f"{prefix}dragoman")[f"{prefix}dragoman"]
        gone = cookie_in(done, pending.key)[pending.key]
    for cookie in (pending, login, gone):
        assert cookie["httponly"]
        assert bool(cookie["secure"]) == bool(base_url)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert (pending["max-age"], gone["max-age"]) == ("600", "0")


async def test_signing_in_makes_a_new_login_and_ends_the_old_one(
    ours: Site, browser: httpx.AsyncClient, database: Database
) -> None:
    browser.cookies.set("dragoman", "planted-by-somebody-else", domain="127.0.0.1")
    await ours.sign_in(browser)
    first = browser.cookies["dragoman"]
    assert first != "planted-by-somebody-else"
    await ours.sign_in(browser)
    assert browser.cookies["dragoman"] != first
    assert await logins_in(database) == 1
    async with ours.browser() as thief:
        thief.cookies.set("dragoman", first)
        assert not await ours.is_signed_in(thief)


async def test_a_sign_in_that_is_under_way_is_no_login(ours: Site, browser: httpx.AsyncClient) -> None:
    await browser.get("/login")
    browser.cookies.set("dragoman", browser.cookies["dragoman-login"], domain="127.0.0.1")
    assert not await ours.is_signed_in(browser)


async def test_a_return_to_another_browser_signs_nobody_in(
    ours: Site, browser: httpx.AsyncClient, database: Database
) -> None:
    address = await ours.begin(browser)
    async with ours.browser() as victim:
        assert code_of(await victim.get(address)) == "sign_in_not_begun"
        await ours.begin(victim)
        assert code_of(await victim.get(address)) == "state_wrong"
        assert not await ours.is_signed_in(victim)
    assert ours.provider.token_requests == []


async def test_a_return_works_once(ours: Site, browser: httpx.AsyncClient) -> None:
    address = await ours.begin(browser)
    cookie = browser.cookies["dragoman-login"]
    assert (await browser.get(address)).status_code == 303
    browser.cookies.set("dragoman-login", cookie, domain="127.0.0.1")
    assert code_of(await browser.get(address)) == "state_wrong"
    assert len(ours.provider.token_requests) == 1


async def test_a_return_that_failed_cannot_be_tried_again(
    ours: Site, browser: httpx.AsyncClient, database: Database
) -> None:
    address = await ours.begin(browser)
    ours.provider.claims = {"nonce": "another"}
    assert code_of(await browser.get(address)) == "token_nonce_wrong"
    ours.provider.claims = {}
    assert code_of(await browser.get(address)) == "state_wrong"
    assert await logins_in(database) == 0


async def test_the_last_of_two_tabs_signs_in(ours: Site, browser: httpx.AsyncClient) -> None:
    first, second = await ours.begin(browser), await ours.begin(browser, "/history")
    assert code_of(await browser.get(first)) == "state_wrong"
    assert (await browser.get(second)).headers["Location"] == "/history"


async def test_a_sign_in_that_takes_too_long_is_over(
    ours: Site, browser: httpx.AsyncClient, database: Database
) -> None:
    address = await ours.begin(browser)
    async with database.transaction() as session:
        await session.execute(text("UPDATE logins SET expires_at = expires_at - interval '11 minutes'"))
    assert code_of(await browser.get(address)) == "state_wrong"


@pytest.mark.parametrize("state", ["", "guess", "\x00", "é", "x" * 5000])
async def test_a_state_that_nobody_gave_out_is_refused(
    ours: Site, browser: httpx.AsyncClient, state: str
) -> None:
    await ours.begin(browser)
    response = await browser.get("/login/callback", params={"code": "c", "state": state})
    assert code_of(response) == "state_wrong"


@pytest.mark.parametrize("name", ["code", "state", "iss", "anything"])
async def test_what_comes_twice_is_refused(ours: Site, browser: httpx.AsyncClient, name: str) -> None:
    address = f"{await ours.begin(browser)}&{name}=a&{name}=b"
    assert code_of(await browser.get(address)) == "parameter_repeated"
    assert ours.provider.token_requests == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"iss": None}, "answer_issuer_missing"),
        ({"iss": "https://evil.example"}, "answer_issuer_wrong"),
        ({"code": None}, "code_missing"),
        ({"code": "guess"}, "code_refused"),
        ({"code": None, "error": "access_denied"}, "sign_in_denied"),
        ({"code": None, "error": "<script>", "error_description": "<img src=x>"}, "sign_in_failed"),
        ({"error": "server_error", "iss": "https://evil.example"}, "answer_issuer_wrong"),
    ],
)
async def test_an_answer_that_is_wrong_signs_nobody_in(
    ours: Site, browser: httpx.AsyncClient, database: Database, answer: dict[str, str | None], code: str
) -> None:
    ours.provider.answer = answer
    response = await ours.sign_in(browser)
    assert (response.status_code, code_of(response)) == (403, code)
    assert "script" not in response.text
    assert "img" not in response.text
    assert await logins_in(database) == 0


async def test_a_provider_that_is_away_is_said_in_words(
    database_url: str, provider: LyingProvider, browser: httpx.AsyncClient
) -> None:
    async with (
        site(database_url, provider, oidc_issuer_url="http://127.0.0.1:9") as ours,
        ours.browser() as another,
    ):
        response = await another.get("/login")
    assert (response.status_code, code_of(response)) == (503, "provider_unavailable")
    assert "does not answer" in response.text
    assert response.headers["Retry-After"]


async def test_signing_out_leads_to_the_providers_sign_out_and_back(
    ours: Site, browser: httpx.AsyncClient, database: Database
) -> None:
    await ours.sign_in(browser)
    answer = (await browser.post("/api/logout")).json()
    address, query = answer["next"].partition("?")[::2]
    assert address == f"{ours.provider.issuer}/end"
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    assert asked["id_token_hint"].count(".") == 2
    assert asked["client_id"] == CLIENT_ID
    assert asked["post_logout_redirect_uri"] == f"{ours.base_url}/login/signed-out"
    assert await logins_in(database) == 0
    assert not await ours.is_signed_in(browser)

    back = asked["post_logout_redirect_uri"]
    for wrong in ({}, {"state": "guess"}):
        assert code_of(await browser.get(back, params=wrong)) == "logout_state_wrong"
    done = await browser.get(back, params={"state": asked["state"]})
    assert (done.status_code, done.headers["Location"]) == (303, "/")


async def test_signing_out_works_where_the_provider_has_no_sign_out(
    ours: Site, browser: httpx.AsyncClient
) -> None:
    ours.provider.metadata["end_session_endpoint"] = None
    await ours.sign_in(browser)
    assert (await browser.post("/api/logout")).json() == {"next": "/"}


async def test_signing_out_is_signing_out_in_all_browsers(ours: Site, browser: httpx.AsyncClient) -> None:
    async with ours.browser() as phone:
        for one in (browser, phone):
            await ours.sign_in(one)
        await browser.post("/api/logout")
        assert not await ours.is_signed_in(phone)


async def test_a_disabled_account_is_shut_out_at_once(
    ours: Site, browser: httpx.AsyncClient, database: Database
) -> None:
    await ours.sign_in(browser)
    users = Users(database)
    ada = await users.find_by_subject(ours.provider.issuer, "ada")
    assert ada is not None
    await users.disable(ada.id)
    refused = await browser.get("/api/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "account_disabled")
    assert code_of(await ours.sign_in(browser)) == "account_disabled"
    await users.enable(ada.id)
    assert (await ours.sign_in(browser)).status_code == 303


async def test_logins_of_another_provider_are_worth_nothing(
    ours: Site, database_url: str, browser: httpx.AsyncClient
) -> None:
    await ours.sign_in(browser)
    async with LyingProvider() as another, site(database_url, another) as later, later.browser() as same:
        same.cookies.update(browser.cookies)
        assert not await later.is_signed_in(same)


async def test_a_rotated_key_is_fetched_when_it_is_first_seen(ours: Site, browser: httpx.AsyncClient) -> None:
    await ours.sign_in(browser)
    ours.provider.key = rsa_key("second")
    assert (await ours.sign_in(browser)).status_code == 303
    assert ours.provider.asked.count("/jwks") == 2


async def test_unknown_keys_make_us_ask_at_most_once_a_minute(ours: Site, browser: httpx.AsyncClient) -> None:
    await ours.sign_in(browser)
    ours.provider.header = {"kid": "nobody-knows"}
    for _ in range(3):
        assert code_of(await ours.sign_in(browser)) == "unknown_key"
    assert ours.provider.asked.count("/jwks") == 2


async def test_the_description_is_fetched_once(ours: Site, browser: httpx.AsyncClient) -> None:
    for _ in range(3):
        await ours.sign_in(browser)
    assert ours.provider.asked.count("/.well-known/openid-configuration") == 1


async def test_userinfo_is_asked_only_for_what_is_missing(ours: Site, browser: httpx.AsyncClient) -> None:
    ours.provider.claims = {"name": "Ada from the token", "email": "ada@b.c"}
    await ours.sign_in(browser)
    assert "/me" not in ours.provider.asked
    assert (await browser.get("/api/me")).json()["display_name"] == "Ada from the token"


async def test_a_name_is_one_line_of_text(ours: Site, browser: httpx.AsyncClient) -> None:
    ours.provider.userinfo["name"] = "Ada\r\n\x1b[31mred\u202e " + "x" * 500
    await ours.sign_in(browser)
    name = (await browser.get("/api/me")).json()["display_name"]
    assert name.startswith("Ada [31mred xxx")
    assert len(name) == 200


async def test_no_token_code_or_address_is_logged(ours: Site, browser: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        address = await ours.begin(browser)
        await browser.get(address)
        ours.provider.claims = {"aud": "another"}
        await ours.sign_in(browser)
        await browser.post("/api/logout")
    events = [line["event"] for line in lines]
    assert events == ["signed_in", "sign_in_refused", "signed_out"]
    secret = [parse_qs(urlsplit(address).query)["code"][0], "eyJ", "a@b.c", browser.cookies.get("dragoman")]
    assert not [word for word in secret if word and word in str(lines)]
    assert half_hash("x") not in str(lines)
