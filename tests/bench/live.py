# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Plays recorded speech through WebRTC in real time and prints what a user would feel.

    make bench-live                            the clips of ../shared/speech that are marked for benchmarks
    CLIPS=path/to/manifest.json  LANGS=en,ru   other clips, fewer languages
    TARGET=de  OUT=file.json                   the language to translate into; where to write the figures

Times are taken at the client: from the moment when the first (last) speech left it.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import httpx

from media.events import SessionEnded, SttParagraphFinal, SttPartial
from tests.bench.clips import Clip, clips_of
from tests.bench.figures import Figures, figures, summary
from tests.peers import Arrived, Talker
from tests.served import MODELS, ROOT, Served, served

FINAL_WITHIN_S = 20.0
"""After the last speech; a clip without a final by then has none."""
SILENCE_S = 3.0
"""How much silence follows a clip at least."""

COLUMNS = ("first_text_s", "every_word_s", "final_s", "first_translation_s")
HEADS = ("first text", "every word", "final", "first transl.")


async def main() -> int:
    """Play all clips, one after the other."""
    manifest = Path(os.environ.get("CLIPS") or ROOT.parent / "shared" / "speech" / "manifest.json")
    if not manifest.exists():
        print(f"bench-live: there is no {manifest}; set CLIPS to a manifest of clips", file=sys.stderr)
        return 2
    languages = {code for code in os.environ.get("LANGS", "").split(",") if code}
    target = os.environ.get("TARGET", "en")
    clips = clips_of(manifest, languages)
    print(
        f"{len(clips)} clips, {sum(clip.duration_ms for clip in clips) / 60_000:.1f} minutes", file=sys.stderr
    )
    results = await _play_all(clips, target)
    _print_summary(results)
    if os.environ.get("OUT"):
        _write(Path(os.environ["OUT"]), results)
    return 0


async def _play_all(clips: list[Clip], target: str) -> list[Figures]:
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-") as folder:
        log = Path(folder) / "server.log"
        async with served(Path(folder) / "data", log, MODEL_CACHE_DIR=MODELS) as server:
            cookies = await _sign_in(server)
            print(
                f"{'clip':<46}" + "".join(f"{head:>15}" for head in HEADS) + f"{'WER':>8}{'CPU':>7}",
                file=sys.stderr,
            )
            return [
                _report(await _play(server, cookies, clip, _other(clip.language, target))) for clip in clips
            ]


def _other(language: str, target: str) -> str:
    """Nothing is translated into the language that is spoken."""
    return target if language != target else ("de" if target == "en" else "en")


async def _sign_in(server: Served) -> dict[str, str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(server.sign_in_link)
        return dict(answer.cookies)


async def _play(server: Served, cookies: dict[str, str], clip: Clip, target: str) -> Figures:
    before = server.cpu_seconds()
    async with Talker(server.base_url, cookies, source=clip.language, target=target) as talker:
        started = await talker.play(clip.samples)
        await asyncio.sleep(max(0.0, started + clip.duration_ms / 1000 + SILENCE_S - talker.now()))
        await talker.wait_for(lambda arrived: not _open(arrived), timeout_s=FINAL_WITHIN_S)
        await talker.stop()
        await talker.wait_for(
            lambda arrived: any(isinstance(event, SessionEnded) for _, event in arrived), timeout_s=60
        )
        arrived = list(talker.arrived)
    after = server.cpu_seconds()
    return figures(
        clip=clip.name,
        language=clip.language,
        reference=clip.transcript,
        audio_s=clip.duration_ms / 1000,
        onset=started + clip.onset_ms / 1000,
        offset=started + clip.offset_ms / 1000,
        arrived=arrived,
        cpu_s={part: round(after[part] - before.get(part, 0.0), 3) for part in after},
    )


def _open(arrived: Arrived) -> bool:
    """Whether a paragraph is in progress, or nothing was heard yet."""
    source = [event for _, event in arrived if isinstance(event, SttPartial | SttParagraphFinal)]
    return not source or isinstance(source[-1], SttPartial)


def _report(one: Figures) -> Figures:
    cells = "".join(f"{_seconds(getattr(one, name)):>15}" for name in COLUMNS)
    wer = f"{100 * one.errors / max(1, one.words):.1f} %"
    print(f"{one.clip:<46}{cells}{wer:>8}{sum(one.cpu_s.values()) / one.audio_s:>7.2f}", file=sys.stderr)
    return one


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.2f} s"


def _print_summary(results: list[Figures]) -> None:
    groups = {
        language: [one for one in results if one.language == language] for language in _languages(results)
    }
    print(
        f"{'':<6}{'clips':>6}"
        + "".join(f"{head + ' p50 / p95':>26}" for head in HEADS)
        + f"{'WER':>9}{'CPU s/s':>9}"
    )
    for name, group in [*groups.items(), ("all", results)]:
        total = summary(group)
        cells = "".join(f"{_pair(total, column):>26}" for column in COLUMNS)
        print(f"{name:<6}{total['clips']:>6}{cells}{total['wer']:>7} %{total['cpu']:>9}")
    total = summary(results)
    shares = ", ".join(f"{key[4:]} {value}" for key, value in total.items() if key.startswith("cpu_"))
    print(f"CPU seconds per audio second: {shares}")


def _pair(total: dict[str, float | int | None], column: str) -> str:
    values = (total[f"{column}_p50"], total[f"{column}_p95"])
    return " / ".join("never" if value is None else f"{value:.2f} s" for value in values)


def _languages(results: list[Figures]) -> list[str]:
    return sorted({one.language for one in results})


def _write(path: Path, results: list[Figures]) -> None:
    groups = {
        language: [one for one in results if one.language == language] for language in _languages(results)
    }
    totals = {name: summary(group) for name, group in [*groups.items(), ("all", results)]}
    text = json.dumps(
        {"summary": totals, "clips": [one.as_json() for one in results]}, indent=1, ensure_ascii=False
    )
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
