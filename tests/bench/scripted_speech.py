# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What is said to scripted engines: many short utterances of a made voice, whose words have known times."""

import random
from collections.abc import Iterator
from itertools import accumulate

import numpy as np

from media.vad import SileroVad
from tests.bench.clips import Clip, speech_span
from tests.bench.lag import SpokenWord, spoken_words
from tests.voice import WORD_MS, Voice, silence

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
VOICE = Voice(" ".join([*WORDS, *(f"{word}." for word in WORDS)]))
UTTERANCES = 36
LEAST_WORDS, MOST_WORDS = 4, 9
LEAST_PAUSE_MS, MOST_PAUSE_MS = 1_300, 1_700
SILENT_END_MS = 20
"""Each word ends with so little silence."""
LEAD_MS = 700


def scripted_clip(vad: SileroVad) -> Clip:
    """All utterances, each a sentence, with pauses between that are longer than those that end one."""
    texts, pauses = _texts(), _pauses_ms()
    pieces = [silence(LEAD_MS)]
    for text, pause_ms in zip(texts, pauses, strict=True):
        pieces += [VOICE.say(text), silence(pause_ms)]
    samples = np.concatenate(pieces)
    onset_ms, offset_ms = speech_span(samples, vad)
    return Clip(
        name="scripted",
        kind="speech",
        language="en",
        transcript=" ".join(texts),
        samples=samples,
        onset_ms=onset_ms,
        offset_ms=offset_ms,
    )


def scripted_words() -> list[SpokenWord]:
    """Every word of the clip with its times."""
    return spoken_words(list(_timed()))


def _timed() -> Iterator[tuple[str, float, float]]:
    texts, pauses = _texts(), _pauses_ms()
    lengths = [len(text.split()) * WORD_MS + pause for text, pause in zip(texts, pauses, strict=True)]
    for text, begin_ms in zip(texts, accumulate([LEAD_MS, *lengths]), strict=False):
        for index, word in enumerate(text.split()):
            start_ms = begin_ms + index * WORD_MS
            yield word, start_ms / 1000, (start_ms + WORD_MS - SILENT_END_MS) / 1000


def _texts() -> list[str]:
    chance = random.Random(4)
    lengths = [chance.randint(LEAST_WORDS, MOST_WORDS) for _ in range(UTTERANCES)]
    return [" ".join(chance.sample(WORDS, length)) + "." for length in lengths]


def _pauses_ms() -> list[int]:
    chance = random.Random(5)
    return [chance.randint(LEAST_PAUSE_MS, MOST_PAUSE_MS) for _ in range(UTTERANCES)]
