# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How often translations by people are doubted: each text of a manifest, from each language into each other.

    python -m tests.bench.false_alarms [--manifest FILE] [--only fleurs] [--pairs]

The manifest has the form of `../shared/speech/manifest.json`.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

from media.core.answers import Answer
from media.core.openings import Asked

MANIFEST = Path(__file__).resolve().parents[3] / "shared" / "speech" / "manifest.json"
_PIECES = re.compile(r"\s*\S{1,6}")


def main() -> None:
    """Prints a line for each fault, and with `--pairs` one for each pair of languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, default=MANIFEST)
    parser.add_argument("--only", default="fleurs", help="clips whose file names begin so")
    parser.add_argument("--pairs", action="store_true", help="count for each pair of languages, too")
    arguments = parser.parse_args()
    faults: Counter[str] = Counter()
    pairs: Counter[tuple[str, str, str]] = Counter()
    asked = list(_asked(arguments.manifest, arguments.only))
    for one, translation in asked:
        for fault in _faults(one, translation):
            faults[fault] += 1
            pairs[fault, one.source_language, one.target_language] += 1
    print(f"{len(asked)} translations")
    for fault, count in faults.most_common():
        print(f"{fault:16} {count:6} {count / len(asked):8.2%}")
    if arguments.pairs:
        for (fault, source, target), count in pairs.most_common():
            print(f"{fault:16} {source:>4} {target:>4} {count:6}")


def _asked(manifest: Path, only: str) -> Iterator[tuple[Asked, str]]:
    for clip in json.loads(manifest.read_text(encoding="utf-8")):
        if not Path(clip["file"]).name.startswith(only) or not clip.get("translations"):
            continue
        spoken = clip.get("transcript_punctuated") or clip["transcript"]
        texts = {**clip["translations"], clip["lang"]: spoken}
        for source, target in permutations(texts, 2):
            one = Asked(sentence=texts[source], source_language=source, target_language=target)
            yield one, texts[target]


def _faults(asked: Asked, translation: str) -> tuple[str, ...]:
    answer = Answer(asked)
    for piece in _PIECES.findall(translation):
        answer.feed(piece)
        if answer.stopped:
            break
    answer.end()
    return answer.faults


if __name__ == "__main__":
    main()
