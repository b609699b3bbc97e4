# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Recorded speech for tests, where there is any, and how well it was recognised."""

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from media.audio import Resampler
from media.core.windows import SAMPLE_RATE_HZ, FloatArray

_ROOT = Path(__file__).resolve().parent.parent
_OPUS_RATE_HZ = 48_000
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])\w)+(?:'\w+)*")


@dataclass(frozen=True, slots=True)
class Clip:
    """Somebody speaking English, and what they say."""

    samples: FloatArray
    transcript: str


def speech_dir() -> Path | None:
    """The folder of recordings beside the repository, if it is there."""
    folder = _ROOT.parent / "shared" / "speech"
    return folder if folder.is_dir() else None


def spoken_clip() -> Clip:
    """About ten seconds of English: a recording, else speech of espeak-ng; else the test is skipped."""
    for find in (_recording_beside, _synthesised):
        clip = find()
        if clip is not None:
            return clip
    return pytest.skip("no speech: neither ../shared/speech nor the program espeak-ng is there")


def load(path: Path) -> FloatArray:
    """An audio file of any kind as 16 kHz mono. `.g722` files have no header; theirs is 16 kHz mono, too."""
    raw = path.suffix == ".g722"
    with av.open(str(path), "r", format="g722" if raw else None) as file:
        return _samples(file)


def frames(samples: FloatArray, frame_ms: int = 20) -> Iterator[av.AudioFrame]:
    """The samples as aiortc delivers them: 48 kHz, 16 bits, stereo. The last frame may be shorter."""
    pcm = np.clip(samples * 32767, -32768, 32767).astype(np.int16).reshape(1, -1)
    mono = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
    mono.sample_rate = SAMPLE_RATE_HZ
    mono.pts = 0
    mono.time_base = Fraction(1, SAMPLE_RATE_HZ)
    size = _OPUS_RATE_HZ * frame_ms // 1000
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=_OPUS_RATE_HZ, frame_size=size)
    for frame in (*resampler.resample(mono), *resampler.resample(None)):
        if frame is not None:
            yield frame


def wer(hypothesis: str, reference: str) -> float:
    """Word error rate. ValueError if the reference has no words."""
    errors, words = word_errors(hypothesis, reference)
    if not words:
        raise ValueError("the reference has no words")
    return errors / words


def word_errors(hypothesis: str, reference: str) -> tuple[int, int]:
    """How many words are wrong, missing or too many, and how many the reference has."""
    said = normalised_words(reference)
    return _edits(said, normalised_words(hypothesis)), len(said)


def normalised_words(text: str) -> list[str]:
    """In lower case, without punctuation, but for an apostrophe inside a word.

    Of Chinese and Japanese, which write no spaces, each sign is a word.
    """
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    return _WORDS.findall(text)


def _edits(said: list[str], heard: list[str]) -> int:
    """Levenshtein's distance, by words."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(said, start=1):
        above, row = row, [index]
        for place, other in enumerate(heard):
            row.append(min(above[place] + (word != other), above[place + 1] + 1, row[place] + 1))
    return row[-1]


def _recording_beside() -> Clip | None:
    folder = speech_dir()
    path = folder / "en" / "jfk.flac" if folder else None
    if path is None or not path.is_file():
        return None
    said = "And so, my fellow Americans: ask not what your country can do for you, "
    return Clip(load(path), said + "ask what you can do for your country.")


def _synthesised() -> Clip | None:
    program = shutil.which("espeak-ng")
    if program is None:
        return None
    text = "Good morning. The train to the old town leaves at nine. Please do not forget your ticket."
    command = [program, "-v", "en", "-s", "140", "--stdout", text]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    with av.open(io.BytesIO(wav), "r") as file:
        return Clip(_samples(file), text)


def _samples(file: av.container.InputContainer) -> FloatArray:
    resampler = Resampler()
    blocks = [resampler.feed(frame) for frame in file.decode(audio=0)]
    return np.concatenate([*blocks, resampler.flush()])
