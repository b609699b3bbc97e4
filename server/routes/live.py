# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Live sessions over WHIP (RFC 9725): an offer starts one, candidates trickle in, DELETE ends it."""

import secrets
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from db.conversations import Conversations
from db.users import User
from server.auth.access import current_user
from server.errors import Problem
from server.live import Languages, LiveOptions, LiveSession, Models
from server.metrics import Metrics
from server.recorder import NewConversation, Recorder
from server.registry import LiveSessions, TooManyLiveSessions
from signaling.ice import OfferRefused
from signaling.peer import Peer, PeerOptions

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
RETRY_AFTER_S = 10

REFUSAL_STATUS = {"offer_too_large": 413, "fragment_too_large": 413, "ice_restart_unsupported": 422}
"""Statuses of refusals that are not simply a bad request."""


@dataclass(frozen=True, slots=True)
class LiveParts:
    """What a live session is made of."""

    live_sessions: LiveSessions
    conversations: Conversations
    models: Models
    metrics: Metrics
    options: LiveOptions
    peer_options: PeerOptions
    default_languages: Languages


LIVE = web.AppKey("live", LiveParts)


def routes() -> list[web.RouteDef]:
    """The addresses of live sessions."""
    return [
        web.post("/api/live", start),
        web.options("/api/live", describe),
        web.patch("/api/live/{live_session_id}", add_candidates),
        web.delete("/api/live/{live_session_id}", end),
    ]


async def start(request: web.Request) -> web.Response:
    """An SDP offer is answered; the live session runs from now on in a task of its own."""
    _require_type(request, SDP)
    parts = request.app[LIVE]
    user = current_user(request)
    languages = _languages(request, parts.default_languages)
    try:
        with parts.live_sessions.room(user.id):
            peer = await Peer.answer(await request.read(), parts.peer_options)
            live_session = _new_live_session(parts, user, peer, languages)
            parts.live_sessions.start(user.id, live_session)
    except OfferRefused as refusal:
        raise _refused(refusal) from refusal
    except TooManyLiveSessions as error:
        raise _no_room() from error
    return web.Response(
        status=201,
        text=peer.answer_sdp,
        content_type=SDP,
        headers={"Location": f"/api/live/{live_session.live_session_id}"},
    )


def _new_live_session(parts: LiveParts, user: User, peer: Peer, languages: Languages) -> LiveSession:
    conversation = NewConversation(
        conversation_id=uuid4(),
        user_id=user.id,
        source_language=languages.source,
        target_language=languages.target,
    )
    return LiveSession(
        secrets.token_urlsafe(18),
        conversation.conversation_id,
        peer,
        user.id,
        Recorder(parts.conversations, conversation),
        parts.models,
        parts.metrics,
        languages,
        parts.options,
    )


async def describe(_: web.Request) -> web.Response:
    """What a WHIP client may send."""
    return web.Response(status=204, headers={"Accept-Post": SDP, "Accept-Patch": FRAGMENT})


async def add_candidates(request: web.Request) -> web.Response:
    """More of the browser's addresses (trickle ICE)."""
    _require_type(request, FRAGMENT)
    live_session = _own(request)
    try:
        await live_session.peer.add_candidates(await request.read())
    except OfferRefused as refusal:
        raise _refused(refusal) from refusal
    return web.Response(status=204)


async def end(request: web.Request) -> web.Response:
    """End the live session; what was said is still finished and stored."""
    _own(request).stop("stopped")
    return web.Response(status=200)


def _own(request: web.Request) -> LiveSession:
    live_sessions = request.app[LIVE].live_sessions
    live_session = live_sessions.of(current_user(request).id, request.match_info["live_session_id"])
    if live_session is None:
        raise Problem(404, "not_found", "No such live session", "It has ended, or it was never there.")
    return live_session


def _require_type(request: web.Request, content_type: str) -> None:
    if request.content_type != content_type:
        raise Problem(415, "unsupported_media_type", "Unsupported media type", f"Send {content_type}.")


def _languages(request: web.Request, default: Languages) -> Languages:
    source = request.query.get("source", default.source)
    target = request.query.get("target", default.target)
    among = request.query.get("among", ",".join(default.among))
    languages = Languages(source=source, target=target, among=tuple(filter(None, among.split(","))))
    if not languages.known:
        raise Problem(
            422, "unknown_language", "Unknown language", "See /api/languages for those that are known."
        )
    return languages


def _no_room() -> Problem:
    return Problem(
        503,
        "too_many_live_sessions",
        "Too many are speaking",
        "Wait until another recording has ended.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def _refused(refusal: OfferRefused) -> Problem:
    return Problem(
        REFUSAL_STATUS.get(refusal.code, 400), refusal.code, "The offer was refused", refusal.detail
    )
