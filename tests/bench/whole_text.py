# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the translation model makes of a whole text in one request: the measure of live translation."""

from collections.abc import Sequence
from contextlib import aclosing

from media.clients.http import model_server_http
from media.clients.llm import LlmClient, LlmOptions
from media.core.prompts import translation_messages
from media.errors import EngineError
from tests.bench.played import Played
from tests.bench.playing import Progress
from tests.bench.shown import final_text


async def whole_translations(
    played: Sequence[Played], options: LlmOptions, say: Progress
) -> dict[tuple[str, int], str]:
    """By clip and talker, of those for which there is a translation by people to compare with."""
    translations: dict[tuple[str, int], str] = {}
    wanted = [one for one in played if one.target in one.clip.translations and final_text(one.arrived)]
    async with model_server_http() as http:
        client = LlmClient(http, options)
        for number, one in enumerate(wanted, start=1):
            say(f"translating {number} of {len(wanted)} at once: {one.clip.name}")
            translation = await _translation(client, one)
            if translation is not None:
                translations[one.clip.name, one.talker] = translation
    return translations


async def _translation(client: LlmClient, played: Played) -> str | None:
    """None where the model does not manage so much."""
    messages = translation_messages(final_text(played.arrived), played.clip.language, played.target)
    pieces: list[str] = []
    try:
        async with aclosing(client.chat(messages)) as answer:
            async for piece in answer:
                pieces.append(piece)
    except EngineError:
        return None
    return "".join(pieces).strip()
