# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The composition root: what the application is made of, and in which order it starts and stops.

Started, it first puts the database in order. Stopped, it refuses requests, lets the live sessions drain, and
then closes the connections to the models and the database.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import structlog
from aiohttp import web
from aiohttp_session import session_middleware

from db.conversations import Conversations
from db.engine import Database, migrate
from db.history import History
from db.logins import Logins
from db.users import Users
from media.clients.http import model_server_http
from media.clients.llm import LlmClient
from media.clients.whisper import WhisperClient
from media.errors import EngineError
from media.turns import Turns
from media.vad import SileroVad
from server import options
from server.accounts import Accounts
from server.auth.access import Entrance, refuse_foreign_pages, require_login
from server.auth.local import OneTimeLink
from server.auth.login import LoginStorage
from server.config import Settings
from server.errors import answer_errors
from server.live import Models
from server.measured import MeasuredChat, MeasuredRecogniser
from server.metrics import Metrics
from server.purging import purging
from server.registry import LiveSessions
from server.routes import conversations, docs, export, health, languages, live, login, metrics, oidc, warm_up
from server.routes.pages import WEB_CLIENT, add_pages
from server.sign_on import SignOn, sign_on
from server.warm_up import WarmUp

log = structlog.get_logger()

MOST_BODY_BYTES = 64 * 1024
LIVE_SESSIONS_GRACE_S = 5.0
"""How long live sessions may drain when the server stops."""


def build_app(settings: Settings, link: OneTimeLink, web_client: Path = WEB_CLIENT) -> web.Application:
    """The application. Every part has an address in `settings`: what is embedded runs already.

    Starting it raises the errors of `db.errors` where the database cannot be used.
    """
    database = Database(settings.database_url.get_secret_value())
    users, kept = Users(database), Conversations(database)
    logins, history = Logins(database), History(database)
    login_storage = LoginStorage(logins, options.login_options(settings))
    single = sign_on(settings, users, logins)
    entrance = Entrance(
        users=users, issuer=settings.oidc_issuer_url, bearer=single.bearer if single else None
    )
    app = web.Application(
        client_max_size=MOST_BODY_BYTES,
        # From the outside in. Errors come first: they answer for whatever goes wrong in the others.
        middlewares=[
            answer_errors,
            refuse_foreign_pages(options.origins(settings), login_storage.cookie_name),
            session_middleware(login_storage),
            require_login(entrance),
        ],
    )
    http = model_server_http()
    whisper = WhisperClient(http, options.whisper_options(settings))
    llm = LlmClient(http, options.llm_options(settings))
    live_sessions = LiveSessions(settings.max_live_sessions, settings.max_live_sessions_per_user)
    app[metrics.METRICS] = figures = Metrics(live_sessions.__len__)
    accounts = Accounts(users, logins, live_sessions)
    app.cleanup_ctx.append(_lifetime(settings, database, http))
    app.cleanup_ctx.append(purging(history, timedelta(days=settings.purge_deleted_days)))
    app.cleanup_ctx.append(_watching(accounts, options.login_options(settings).idle_timeout))
    app.on_shutdown.append(_closing(live_sessions))
    app[login.LOGIN] = login.LoginParts(accounts, link, single)
    app[conversations.CONVERSATIONS], app[conversations.HISTORY] = kept, history
    app[languages.CHOICE] = options.language_choice(settings)
    app[warm_up.WARM_UP] = warming = WarmUp((whisper, llm), live_sessions, settings.warm_up_every_s)
    app.cleanup_ctx.append(warming.lifetime)
    app[live.LIVE] = live.LiveParts(
        live_sessions=live_sessions,
        conversations=kept,
        models=Models(
            new_detector=SileroVad().stream,
            recogniser=MeasuredRecogniser(whisper, figures),
            chat=MeasuredChat(llm, figures),
            turns=Turns(settings.whisper_requests_at_once),
        ),
        metrics=figures,
        options=options.live_options(settings),
        peer_options=options.peer_options(settings),
        default_languages=options.default_languages(settings),
    )
    for part in (login, health, languages, conversations, export, docs, live, warm_up):
        app.add_routes(part.routes())
    if single is None:
        app.add_routes(login.local_routes())
    else:
        app[oidc.OIDC] = oidc.OidcParts(accounts, single)
        app.add_routes(oidc.routes())
        app.on_cleanup.append(_hanging_up(single))
    if token := settings.metrics_token.get_secret_value():
        app[metrics.TOKEN] = token
        app.add_routes(metrics.routes())
    add_pages(app, web_client, settings.base_url)
    return app


async def ask_models(settings: Settings, say: Callable[[str], None]) -> None:
    """Have both model servers really work once. Where one does not, say so: it may still come back."""
    say("Asking both models for a first answer ...")
    async with model_server_http() as http:
        whisper = WhisperClient(http, options.whisper_options(settings))
        llm = LlmClient(http, options.llm_options(settings))
        await asyncio.gather(
            _ask(whisper.health(), "Speech is not recognised", say),
            _ask(llm.health(), "Nothing is translated", say),
        )


async def _ask(answer: Awaitable[float], consequence: str, say: Callable[[str], None]) -> None:
    try:
        await answer
    except EngineError as error:
        say(f"{consequence} for now: {error}.")


def _lifetime(
    settings: Settings, database: Database, http: httpx.AsyncClient
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Before the first request, tables are made or changed and what a crash left behind is put in order."""

    async def context(_: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.dispose)
            stack.push_async_callback(http.aclose)
            await migrate(settings.database_url.get_secret_value())
            abandoned = await Conversations(database).finish_abandoned()
            expired = await Logins(database).delete_expired(options.login_options(settings).idle_timeout)
            log.info("database_ready", paragraphs_finished=abandoned, logins_expired=expired)
            yield

    return context


def _watching(
    accounts: Accounts, idle_timeout: timedelta
) -> Callable[[web.Application], AsyncIterator[None]]:
    async def context(_: web.Application) -> AsyncIterator[None]:
        watch = asyncio.create_task(accounts.watch(idle_timeout), name="accounts_watch")
        watch.add_done_callback(_say_if_broken)
        yield
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch

    return context


def _say_if_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("accounts_watch_broke", exc_info=error)


def _hanging_up(single: SignOn) -> Callable[[web.Application], Awaitable[None]]:
    async def close(_: web.Application) -> None:
        await single.http.close()

    return close


def _closing(live_sessions: LiveSessions) -> Callable[[web.Application], Awaitable[None]]:
    async def close(_: web.Application) -> None:
        await live_sessions.close(LIVE_SESSIONS_GRACE_S)

    return close
