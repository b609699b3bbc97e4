# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Plays clips to a server through WebRTC, in real time, and keeps what came back and what it cost."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from media.events import SessionEnded, SttParagraphFinal, SttPartial
from tests.bench.clips import Clip
from tests.bench.minutes import MINUTE_S
from tests.bench.played import CpuSeconds, Played
from tests.peers import Arrived, Talker
from tests.served import Served

FINAL_WITHIN_S = 20.0
"""After the last speech; a clip without a final by then has none."""
ENDED_WITHIN_S = 90.0
SILENCE_S = 3.0
"""How much silence follows a clip at least."""
SPREAD_S = 4.0
"""Several talkers begin within so many seconds."""

Progress = Callable[[str], None]


def target_for(language: str, target: str) -> str:
    """Nothing is translated into the language that is spoken."""
    if language != target:
        return target
    return "de" if target == "en" else "en"


class Players:
    """Talkers with the same login, each of whom plays all clips."""

    def __init__(self, server: Served, cookies: dict[str, str], target: str, say: Progress) -> None:
        self._server = server
        self._cookies = cookies
        self._target = target
        self._say = say
        self._count = 1
        self._begun = 0
        self.left_out: list[str] = []
        """Clips that could not be played, with the reason."""

    async def play(self, clips: Sequence[Clip], talkers: int) -> list[Played]:
        """Each begins with another clip, so that they do not say the same."""
        self._count = talkers
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._play_all(clips, talker)) for talker in range(talkers)]
        return [played for task in tasks for played in task.result()]

    async def _play_all(self, clips: Sequence[Clip], talker: int) -> list[Played]:
        await asyncio.sleep(SPREAD_S * talker / self._count)
        first = talker * len(clips) // self._count
        played = [await self._one(clip, talker, len(clips)) for clip in (*clips[first:], *clips[:first])]
        return [one for one in played if one is not None]

    async def _one(self, clip: Clip, talker: int, of: int) -> Played | None:
        """None where there was no connection or no end: one clip is not worth all the others."""
        self._begun += 1
        self._say(f"clip {self._begun} of {of * self._count}: {clip.name} ({clip.duration_ms / 1000:.0f} s)")
        before = self._server.cpu_seconds()
        try:
            played = await self._talk(clip, talker)
        except TimeoutError as error:
            self.left_out.append(f"{clip.name}: {error or 'no connection'}")
            self._say(f"left out: {self.left_out[-1]}")
            return None
        if self._count > 1:
            return replace(played, minutes=[])
        return replace(played, cpu_s=_spent(before, self._server.cpu_seconds()))

    async def _talk(self, clip: Clip, talker: int) -> Played:
        source = clip.language if clip.is_speech else "auto"
        target = target_for(source, self._target)
        async with Talker(self._server.base_url, self._cookies, source=source, target=target) as speaker:
            started = await speaker.play(clip.samples)
            minutes = await self._watch(speaker, started, clip)
            await _finish(speaker, clip)
            return Played(
                clip=clip,
                talker=talker,
                target=target,
                started=started,
                microphone_started=speaker.microphone.started_at,
                arrived=list(speaker.arrived),
                cpu_s=None,
                minutes=minutes,
            )

    async def _watch(self, speaker: Talker, started: float, clip: Clip) -> list[CpuSeconds]:
        """Until the clip and the silence after it have been spoken."""
        minutes: list[CpuSeconds] = []
        before = self._server.cpu_seconds()
        for number in range(1, int(clip.duration_ms / 1000 / MINUTE_S) + 1):
            await asyncio.sleep(max(0.0, started + number * MINUTE_S - speaker.now()))
            now = self._server.cpu_seconds()
            minutes.append(_spent(before, now))
            before = now
        await asyncio.sleep(max(0.0, started + clip.duration_ms / 1000 + SILENCE_S - speaker.now()))
        return minutes


async def _finish(speaker: Talker, clip: Clip) -> None:
    with suppress(TimeoutError):
        await speaker.wait_for(lambda arrived: not _is_open(arrived, clip), timeout_s=FINAL_WITHIN_S)
    await speaker.stop()
    await speaker.wait_for(
        lambda arrived: any(isinstance(event, SessionEnded) for _, event in arrived), ENDED_WITHIN_S
    )


def _is_open(arrived: Arrived, clip: Clip) -> bool:
    """Whether a paragraph is in progress, or nothing was heard yet of what was said."""
    source = [event for _, event in arrived if isinstance(event, SttPartial | SttParagraphFinal)]
    return isinstance(source[-1], SttPartial) if source else clip.is_speech


def _spent(before: CpuSeconds, after: CpuSeconds) -> CpuSeconds:
    return {part: round(after[part] - before.get(part, 0.0), 3) for part in after}
