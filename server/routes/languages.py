# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which languages can be chosen."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from media.core.languages import AUTO, SOURCE_LANGUAGES, TARGET_LANGUAGES, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """What is taken where nobody has chosen, and what to expect of the translations."""

    default_source: str
    """ISO 639-1 code, or `auto`."""
    default_target: str
    """ISO 639-1 code."""
    demonstration_model: bool
    """Whether the small LLM translates that is there only because it needs no download."""


CHOICE = web.AppKey("language_choice", LanguageChoice)


def routes() -> list[web.RouteDef]:
    """The address of the languages."""
    return [web.get("/api/languages", list_languages)]


async def list_languages(request: web.Request) -> web.Response:
    """What can be spoken, and what it can be translated into."""
    choice = request.app[CHOICE]
    return web.json_response(
        {
            "source": [{"code": AUTO, "name": "Detect language"}, *_named(SOURCE_LANGUAGES)],
            "target": _named(TARGET_LANGUAGES),
            "default_source": choice.default_source,
            "default_target": choice.default_target,
            "demonstration_model": choice.demonstration_model,
        },
        headers={"Cache-Control": "no-store"},
    )


def _named(languages: Iterable[Language]) -> list[dict[str, str]]:
    return [{"code": language.code, "name": language.name} for language in languages]
