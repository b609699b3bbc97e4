# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Prints what each layer of doubt is good for, and what it costs.

    make bench-doubt                          the clips of ../shared/speech
    CLIPS=path/to/manifest.json LANGS=auto,de other clips; the languages that non-speech is decoded in
    SCENES=whole,live                         without the one that takes longest

Invented words: those that Whisper hears in noise, music and silence. Each clip is decoded at once (`whole`),
as if all of it were speech that grows (`growing`), and behind the VAD (`live`). Lost words: those of speech,
behind the VAD, that a layer takes away. What Whisper answers is kept in .dragoman/decoded.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from media.core.doubt import Doubt, DoubtOptions
from media.core.words import Hypothesis, text_of
from media.vad import SileroVad
from tests.bench.decoded import Decoder, embedded_decoder
from tests.bench.looks import Look, growing, live, whole
from tests.served import ROOT
from tests.speech import load, normalised_words, word_errors

LANGUAGES = "auto"
"""That the non-speech clips are decoded in, as a person may have chosen."""
SHORTEST_MS = 100
"""Of what Whisper is asked about."""
GROUPS = (("whole", True), ("growing", True), ("growing", False), ("live", True), ("live", False))
"""Scenes, with finals or with partials."""
LAYERS = (
    "no_speech_probability",
    "floor_log_probability",
    "word_log_probability",
    "compression_ratio",
    "circling_rounds",
    "loop_repetitions",
    "credits",
    "sounds",
    "courtesies",
    "unreadable",
    "speech_margin_ms",
)
ALL = DoubtOptions()
OFF: dict[str, Any] = {name: False if isinstance(getattr(ALL, name), bool) else None for name in LAYERS}
NOTHING = replace(ALL, **OFF)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Whisper said to one look at a clip."""

    clip: str
    kind: str
    reference: str
    """What was said in the whole clip."""
    language: str
    look: Look
    hypothesis: Hypothesis


async def main() -> int:
    """Decode, or read what was decoded, and print the tables."""
    manifest = Path(os.environ.get("CLIPS") or ROOT.parent / "shared" / "speech" / "manifest.json")
    if not manifest.exists():
        print(f"bench-doubt: there is no {manifest}; set CLIPS to a manifest of clips", file=sys.stderr)
        return 2
    languages = os.environ.get("LANGS", LANGUAGES).replace("auto", "").split(",")
    scenes = os.environ.get("SCENES", "whole,growing,live").split(",")
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    async with embedded_decoder() as decoder:
        silent = await _answers(
            decoder, manifest.parent, [e for e in entries if _is_silent(e)], scenes, languages
        )
        spoken = await _answers(
            decoder, manifest.parent, [e for e in entries if _is_spoken(e)], ("live",), None
        )
    _print_invented(silent)
    _print_lost(spoken)
    return 0


def _is_silent(entry: dict[str, Any]) -> bool:
    return entry["kind"] in ("noise", "music", "silence")


def _is_spoken(entry: dict[str, Any]) -> bool:
    return entry["kind"] == "speech" and bool(entry.get("bench"))


async def _answers(
    decoder: Decoder,
    folder: Path,
    entries: Sequence[dict[str, Any]],
    scenes: Sequence[str],
    languages: Sequence[str] | None,
) -> list[Answer]:
    """`languages`: None where each clip is decoded in its own."""
    vad = SileroVad()
    answers: list[Answer] = []
    for number, entry in enumerate(entries, 1):
        print(f"{number}/{len(entries)} {entry['file']}", file=sys.stderr)
        samples = load(folder / entry["file"])
        duration_ms = len(samples) // 16
        looks = [*live(samples, vad), *whole(duration_ms), *growing(duration_ms)]
        for look in looks:
            if look.scene not in scenes or look.end_ms - look.start_ms < SHORTEST_MS:
                continue
            for language in [entry["lang"]] if languages is None else languages:
                hypothesis = await decoder.decode(
                    look.samples(samples), start_ms=look.start_ms, language=language, final=look.final
                )
                answers.append(
                    Answer(entry["file"], entry["kind"], entry["transcript"], language, look, hypothesis)
                )
    return answers


def _print_invented(answers: Sequence[Answer]) -> None:
    groups = {
        f"{scene} {'finals' if final else 'partials'}": [
            answer for answer in answers if (answer.look.scene, answer.look.final) == (scene, final)
        ]
        for scene, final in GROUPS
        if any(answer.look.scene == scene for answer in answers)
    }
    print(f"Words invented on {len({answer.clip for answer in answers})} clips without speech")
    _print_row("", [*groups])
    _print_row("(answers)", [len(group) for group in groups.values()])
    for name, options in _variations():
        doubt = Doubt(options)
        _print_row(name, [sum(_words(doubt, answer) for answer in group) for group in groups.values()])


def _print_lost(answers: Sequence[Answer]) -> None:
    groups = [[answer for answer in answers if answer.look.final is final] for final in (True, False)]
    print(f"\nWords lost on {len({answer.clip for answer in answers})} clips of speech")
    _print_row("", ["WER of finals", "lost in finals", "lost in partials"])
    heard = [sum(_words(Doubt(NOTHING), answer) for answer in group) for group in groups]
    _print_row("(words heard)", ["", *heard])
    for name, options in _variations():
        doubt = Doubt(options)
        left = [sum(_words(doubt, answer) for answer in group) for group in groups]
        lost = [all_words - words for all_words, words in zip(heard, left, strict=True)]
        _print_row(name, [f"{100 * _wer(doubt, groups[0]):.2f} %", *lost])


def _print_row(name: str, cells: Sequence[object]) -> None:
    print(f"{name:<32}" + "".join(f"{cell:>18}" for cell in cells))


def _variations() -> Iterator[tuple[str, DoubtOptions]]:
    yield "no doubt", NOTHING
    yield "all layers", ALL
    for name in LAYERS:
        yield f"all but {name}", replace(ALL, **{name: OFF[name]})
    for name in LAYERS:
        yield f"only {name}", replace(NOTHING, **{name: getattr(ALL, name)})


def _words(doubt: Doubt, answer: Answer) -> int:
    return len(normalised_words(_trusted_text(doubt, answer)))


def _trusted_text(doubt: Doubt, answer: Answer) -> str:
    return text_of(doubt.trusted(answer.hypothesis, answer.look.speech).words)


def _wer(doubt: Doubt, finals: Sequence[Answer]) -> float:
    errors = words = 0
    for clip in {answer.clip for answer in finals}:
        parts = [answer for answer in finals if answer.clip == clip]
        text = " ".join(_trusted_text(doubt, answer) for answer in parts)
        clip_errors, clip_words = word_errors(text, parts[0].reference)
        errors += clip_errors
        words += clip_words
    return errors / max(1, words)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
