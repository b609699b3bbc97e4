# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Plays recorded speech through WebRTC in real time and prints what a user would feel.

    make bench-live                            the clips of ../shared/speech that are marked for benchmarks
    CLIPS=path/to/manifest.json  LANGS=en,ru   other clips, speech in fewer languages
    ONLY=LJ001-0001-0100-long                  the clips with this in their name, be they marked or not
    TARGET=de  SESSIONS=4                      the language to translate into; talkers at once
    ENGINES=scripted                           models that answer at once: the server's own share of the time;
                                               what is said is made, too, and needs no recordings
    OUT=file.json  BASELINE=earlier.json       where to write the figures; what to compare them with
    PLOTS=folder                               where to draw pictures

Times are taken at the client: from the moment when the speech left it.
"""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from media.core.segmenter import SegmenterOptions
from media.engines.models import ModelPlaces, find_model
from media.vad import SileroVad
from server.config import Settings, load_settings
from server.options import live_options
from tests.bench import run as runs
from tests.bench.baseline import comparison
from tests.bench.clips import Clip, clips_of
from tests.bench.figures import figures
from tests.bench.hearing import Hearing
from tests.bench.machine import machine, versions
from tests.bench.offline import Offline, hash_of_model, offline
from tests.bench.options import BenchOptions, options_of
from tests.bench.own_share import OwnShare, own_share
from tests.bench.performance import Performance, perform
from tests.bench.plots import draw
from tests.bench.run import Run
from tests.bench.scripted_speech import scripted_clip, scripted_words
from tests.bench.table import table
from tests.served import MODELS


async def main() -> int:
    """Play all clips, judge what came back, and print it."""
    options = options_of()
    try:
        earlier = runs.read(options.baseline) if options.baseline else None
    except (OSError, ValueError) as error:
        say(f"bench-live: {error}")
        return 2
    settings = load_settings()
    if options.engines == "scripted":
        run = await _with_scripted_engines(options, settings)
    else:
        if not options.clips.exists():
            say(f"bench-live: there is no {options.clips}; CLIPS=manifest.json names the recordings to play")
            return 2
        clips = clips_of(options.clips, options.languages, options.only)
        if not clips:
            say("bench-live: LANGS and ONLY leave no clip to play")
            return 2
        run = await _with_embedded_engines(options, clips, settings)
    _print(table(run))
    if earlier:
        _print(["", f"Compared with {options.baseline}", *comparison(run, earlier)])
    if options.out:
        runs.write(run, options.out)
    if options.plots:
        _print(f"drawn: {path}" for path in draw(run.clips, options.plots))
    return 0


async def _with_embedded_engines(options: BenchOptions, clips: Sequence[Clip], settings: Settings) -> Run:
    say(f"{len(clips)} clips, {sum(clip.duration_ms for clip in clips) / 60_000:.1f} minutes")
    performance = await perform(options, clips, settings, say)
    models = {"whisper": settings.whisper_model, "llm": settings.llm_model_translation}
    decoded, model_hash = _offline(clips, settings)
    return _run(options, performance, decoded, models | {"whisper sha256": model_hash})


async def _with_scripted_engines(options: BenchOptions, settings: Settings) -> Run:
    vad = SileroVad()
    clip = scripted_clip(vad)
    performance = await perform(options, [clip], settings, say)
    decoded = {clip.digest: Offline(text=clip.transcript, words=scripted_words())}
    run = _run(options, performance, decoded, {"whisper": "scripted", "llm": "scripted"})
    # All that is said are whole sentences: these are final after the shorter of two silences.
    segmenter = replace(live_options(settings).segmenter, end_ms=settings.end_of_speech_ms)
    return replace(run, own_share=_own_shares(performance, vad, segmenter))


def _run(
    options: BenchOptions, performance: Performance, decoded: dict[str, Offline], models: dict[str, str]
) -> Run:
    return Run(
        engines=options.engines,
        talkers=options.talkers,
        machine=machine(),
        versions=versions(),
        models=models,
        costs=performance.costs,
        left_out=performance.left_out,
        own_share=[],
        clips=[
            figures(
                one,
                decoded[one.clip.digest].text if decoded else None,
                decoded[one.clip.digest].words if decoded else [],
                performance.whole.get((one.clip.name, one.talker)),
            )
            for one in performance.played
        ],
    )


def _own_shares(performance: Performance, vad: SileroVad, segmenter: SegmenterOptions) -> list[OwnShare]:
    # Of several talkers nobody knows who asked what.
    asked = performance.asked if len(performance.played) == 1 else None
    return [
        own_share(one.talker, one.arrived, Hearing(one, vad, segmenter), asked) for one in performance.played
    ]


def _offline(clips: Sequence[Clip], settings: Settings) -> tuple[dict[str, Offline], str]:
    """What the embedded Whisper's weights make of the clips at once, and their hash; nothing of another's."""
    if settings.whisper_base_url:
        return {}, ""
    places = ModelPlaces(cache_folder=Path(MODELS))
    folder = find_model(settings.whisper_model, kind="whisper", places=places, report=say).path
    model_hash = hash_of_model(folder)
    return offline(clips, folder, model_hash, say), model_hash


def say(line: str) -> None:
    """To a person who waits."""
    print(line, file=sys.stderr, flush=True)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
