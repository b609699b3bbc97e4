# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Silero VAD called with its memory outside of it: as the original, for any number of streams."""

import warnings
from importlib.metadata import distribution

import numpy as np
import pytest
import torch

from media.core.windows import FloatArray, Windows
from media.vad import SileroVad, VadStream
from tests.speech import spoken_clip
from tests.voice import Voice, silence


@pytest.fixture(scope="module")
def vad() -> SileroVad:
    return SileroVad()


def probabilities(stream: VadStream, samples: FloatArray) -> list[float]:
    return [stream.probability(window) for window in Windows().feed(samples)]


def as_the_original_says(samples: FloatArray) -> list[float]:
    path = distribution("silero-vad").locate_file("silero_vad/data/silero_vad.jit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        model = torch.jit.load(str(path))  # type: ignore[no-untyped-call]
    with torch.inference_mode():
        return [model(torch.from_numpy(window), 16_000).item() for window in Windows().feed(samples)]


def test_recorded_speech_gets_the_probabilities_of_the_original(vad: SileroVad) -> None:
    samples = spoken_clip().samples
    ours = probabilities(vad.stream(), samples)
    np.testing.assert_allclose(ours, as_the_original_says(samples), atol=1e-4)
    assert max(ours) > 0.9


def test_silence_is_not_speech(vad: SileroVad) -> None:
    assert max(probabilities(vad.stream(), silence(2000))) < 0.1


def test_the_made_voice_is_speech_to_it(vad: SileroVad) -> None:
    voice = Voice("now is the time for all good people")
    heard = probabilities(vad.stream(), voice.say("now is the time for all good people"))
    assert sum(probability > 0.5 for probability in heard) >= len(heard) - 2


def test_streams_do_not_hear_each_other(vad: SileroVad) -> None:
    speech, quiet = spoken_clip().samples[:32_000], silence(2000)
    streams = vad.stream(), vad.stream()
    pairs = [
        (streams[0].probability(loud), streams[1].probability(still))
        for loud, still in zip(Windows().feed(speech), Windows().feed(quiet), strict=True)
    ]
    alone = probabilities(vad.stream(), speech), probabilities(vad.stream(), quiet)
    np.testing.assert_array_equal(np.transpose(pairs), alone)


def test_a_batch_of_streams_hears_what_each_would_alone(vad: SileroVad) -> None:
    clip = spoken_clip().samples
    parts = [clip[start : start + 16_000] for start in (0, 20_000, 40_000, 60_000, 80_000)]
    streams = [vad.stream() for _ in parts]
    windows = zip(*(Windows().feed(part) for part in parts), strict=True)
    together = [vad.probabilities(streams, list(row)) for row in windows]
    alone = [probabilities(vad.stream(), part) for part in parts]
    np.testing.assert_allclose(np.transpose(together), alone, atol=1e-4)
