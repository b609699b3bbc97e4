# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The tests' own tools measure rightly: word error rate, recordings, the made voice."""

from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.audio import Resampler
from media.core.windows import SAMPLE_RATE_HZ, FloatArray
from tests.speech import frames, load, normalised_words, speech_dir, spoken_clip, wer
from tests.voice import MAX_VOCABULARY, WORD_MS, Voice, silence

WORDS = st.lists(st.sampled_from(["one", "two", "three", "four"]), max_size=8)
VOCABULARY = " ".join(f"word{number}" for number in range(MAX_VOCABULARY))
VOICE = Voice(VOCABULARY)


@pytest.mark.parametrize(
    ("hypothesis", "reference", "rate"),
    [
        ("Hello, world!", "hello world", 0.0),
        ("", "hello world", 1.0),
        ("hello", "hello world", 0.5),
        ("hello big world", "hello world", 0.5),
        ("hello word", "hello world", 0.5),
        ("a b c d", "a", 3.0),
        ("don’t stop", "Don't stop.", 0.0),
        ("Ich höre Dich", "ich hore dich", 1 / 3),
        ("да, конечно", "Да конечно", 0.0),
        ("你好，世界。", "你好世间", 1 / 4),
    ],
)
def test_word_error_rate(hypothesis: str, reference: str, rate: float) -> None:
    assert wer(hypothesis, reference) == pytest.approx(rate)


@given(WORDS.filter(bool), WORDS)
def test_word_error_rate_is_nothing_for_the_same_words_and_never_less(
    said: list[str], heard: list[str]
) -> None:
    assert wer(" ".join(said), " ".join(said)) == 0
    assert abs(len(said) - len(heard)) / len(said) <= wer(" ".join(heard), " ".join(said))
    assert wer(" ".join(heard), " ".join(said)) <= max(len(said), len(heard)) / len(said)


def test_a_reference_without_words_has_no_error_rate() -> None:
    with pytest.raises(ValueError, match="no words"):
        wer("hello", "...")


def test_the_spoken_clip_is_speech_with_its_words() -> None:
    clip = spoken_clip()
    assert 5 * SAMPLE_RATE_HZ < len(clip.samples) < 20 * SAMPLE_RATE_HZ
    assert 0.05 < np.abs(clip.samples).max() <= 1
    assert len(normalised_words(clip.transcript)) >= 10


def test_recordings_of_every_kind_can_be_read() -> None:
    folder = speech_dir()
    if folder is None:
        pytest.skip("no ../shared/speech")
    kinds: dict[str, FloatArray] = {}
    for path in sorted(path for path in (folder / "en").iterdir() if "long" not in path.name):
        if path.suffix not in kinds:
            kinds[path.suffix] = load(path)
    assert {".flac", ".g722", ".ogg", ".wav"} <= kinds.keys()
    assert all(len(samples) > SAMPLE_RATE_HZ // 2 for samples in kinds.values())


@pytest.mark.parametrize("frame_ms", [20, 60])
def test_frames_are_as_aiortc_delivers_them(frame_ms: int) -> None:
    samples = VOICE.say("word0 word1")
    made = list(frames(samples, frame_ms))
    assert {(frame.sample_rate, frame.format.name, frame.layout.name) for frame in made} == {
        (48_000, "s16", "stereo")
    }
    assert {frame.samples for frame in made[:-1]} == {48 * frame_ms}
    assert sum(frame.samples for frame in made) == 3 * len(samples)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=30), st.integers(0, 2000))
def test_the_made_voice_is_heard_word_for_word_and_in_its_place(said: list[str], before_ms: int) -> None:
    heard = VOICE.heard(np.concatenate((silence(before_ms), VOICE.say(" ".join(said)), silence(300))))
    assert [word.text.strip() for word in heard] == said
    for index, word in enumerate(heard):
        assert word.start_ms == pytest.approx(before_ms + index * WORD_MS, abs=40)
    assert all(first.end_ms <= second.start_ms for first, second in pairwise(heard))


@pytest.mark.parametrize("bits_per_second", [16_000, 32_000])
def test_the_made_voice_survives_opus(bits_per_second: int) -> None:
    samples = np.concatenate((silence(500), VOICE.say(VOCABULARY), silence(500)))
    heard = VOICE.heard(through_opus(samples, bits_per_second))
    assert " ".join(word.text.strip() for word in heard) == VOCABULARY


def test_of_a_word_that_was_cut_half_is_heard() -> None:
    samples = VOICE.say("word1 word2")[: -SAMPLE_RATE_HZ * 140 // 1000]
    assert [word.text for word in VOICE.heard(samples)] == [" word1", " wor"]


def test_silence_has_no_words() -> None:
    assert VOICE.heard(silence(1000)) == []


def test_a_voice_cannot_have_more_words_than_can_be_told_apart() -> None:
    with pytest.raises(ValueError, match="24"):
        Voice(f"{VOCABULARY} onemore")


def through_opus(samples: FloatArray, bits_per_second: int) -> FloatArray:
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    encoder.bit_rate = bits_per_second
    decoder = av.AudioCodecContext.create("libopus", "r")
    resampler = Resampler()
    packets = [packet for frame in frames(samples) for packet in encoder.encode(frame)]
    decoded = [frame for packet in packets for frame in decoder.decode(packet)]
    return np.concatenate([*map(resampler.feed, decoded), resampler.flush()])
