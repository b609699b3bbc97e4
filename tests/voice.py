# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A made voice: Silero VAD takes it for speech, and its words can be told apart without a model.

Each word of a voice's vocabulary is a sibilant and a gliding vowel on a pitch of its own. `Voice.say` makes
audio of a text; `Voice.heard` finds the words in audio, wherever it was cut and through Opus. So a scripted
recogniser truly depends on the audio that it got: audio that was lost is words that are lost.
"""

import math
from collections.abc import Iterator

import numpy as np

from media.core.windows import SAMPLE_RATE_HZ, FloatArray
from media.core.words import Word

MAX_VOCABULARY = 24
WORD_MS = 300
"""From one word's start to the next one's."""

_SIBILANT_MS = 60
_VOWEL_MS = 220
_LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ = 100.0, 255.0
_VOWELS = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (570, 840, 2410),
    (530, 1840, 2480),
    (300, 870, 2240),
    (660, 1720, 2410),
)
"""First three formants of a, i, o, e, u, ae in Hz (Peterson and Barney, 1952, men)."""
_FORMANT_WIDTHS_HZ = (80, 100, 140)
_PEAK = 0.3
_FRAME_SAMPLES = SAMPLE_RATE_HZ // 100
_VOICE_BAND_HZ = 3000
"""Vowels are below, sibilants above."""
_VOICED_RMS = 0.02
_WHOLE, _HALF = 0.75, 0.3
"""Shares of a vowel from which on the whole word is heard, and half of its letters."""
_SPECTRUM_SAMPLES = 8192


class Voice:
    """Says and hears the words of one vocabulary; punctuation belongs to its word."""

    def __init__(self, vocabulary: str) -> None:
        words = list(dict.fromkeys(vocabulary.split()))
        if not 0 < len(words) <= MAX_VOCABULARY:
            raise ValueError(f"a voice has 1 to {MAX_VOCABULARY} different words, not {len(words)}")
        pitches_hz = np.geomspace(_LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ, MAX_VOCABULARY)
        self._sounds = {word: _sound(index, pitches_hz[index]) for index, word in enumerate(words)}
        self._words = words
        self._spectra = np.stack([_spectrum(_only_vowel(sound)) for sound in self._sounds.values()])

    def say(self, text: str) -> FloatArray:
        """The text spoken, 300 ms a word. KeyError for a word that is not in the vocabulary."""
        return np.concatenate([self._sounds[word] for word in text.split()])

    def heard(self, samples: FloatArray) -> list[Word]:
        """The words in these samples, timed from the first. Of a word that was cut, half of its letters."""
        return [word for start, end in _vowels(samples) for word in self._recognised(samples, start, end)]

    def _recognised(self, samples: FloatArray, start: int, end: int) -> Iterator[Word]:
        text = self._words[int(np.argmax(self._spectra @ _spectrum(samples[start:end])))]
        share = (end - start) / (_VOWEL_MS * SAMPLE_RATE_HZ / 1000)
        if share < _HALF:
            return
        if share < _WHOLE:
            text = text[: math.ceil(len(text) / 2)]
        start_ms = max(0, _ms(start) - _SIBILANT_MS)
        yield Word(start_ms, _ms(end), f" {text}", 0.9 if share >= _WHOLE else 0.4)


def silence(ms: int) -> FloatArray:
    """Nothing, but for a noise that is too faint to hear, as of a microphone in a quiet room."""
    noise = np.random.default_rng(seed=ms).normal(0, 1e-4, _samples(ms))
    return noise.astype(np.float32)


def _sound(index: int, pitch_hz: float) -> FloatArray:
    first = _VOWELS[index % len(_VOWELS)]
    last = _VOWELS[(index * 5 + 3) % len(_VOWELS)] if index % 2 else _VOWELS[(index + 2) % len(_VOWELS)]
    gap = np.zeros(_samples(WORD_MS - _SIBILANT_MS - _VOWEL_MS))
    sound = np.concatenate((0.25 * _sibilant(), _vowel(pitch_hz, first, last), gap))
    return (_PEAK * sound).astype(np.float32)


def _sibilant() -> np.ndarray:
    length = _samples(_SIBILANT_MS)
    spectrum = np.fft.rfft(np.random.default_rng(seed=0).standard_normal(length))
    spectrum[np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ) < 3500] = 0
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / np.abs(noise).max() * np.hanning(length))


def _vowel(pitch_hz: float, first: tuple[int, ...], last: tuple[int, ...]) -> np.ndarray:
    """Harmonics of the pitch, as loud as formants that glide from one vowel to another let them through."""
    length = _samples(_VOWEL_MS)
    time = np.linspace(0, 1, length)
    glide = 1 / (1 + np.exp(-12 * (time - 0.45)))
    pitch = pitch_hz * (1 + 0.01 * np.sin(2 * np.pi * time))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ
    vowel = np.zeros(length)
    for harmonic in range(1, int(4000 / pitch_hz) + 1):
        loudness = np.full(length, 1 / harmonic)
        for low, high, width in zip(first, last, _FORMANT_WIDTHS_HZ, strict=True):
            formant = low + (high - low) * glide
            distance = formant**2 - (harmonic * pitch) ** 2
            loudness *= formant**2 / np.hypot(distance, width * harmonic * pitch)
        vowel += loudness * np.sin(harmonic * phase)
    attack = np.minimum(1, np.minimum(time / 0.1, time[::-1] / 0.2))
    return np.asarray(vowel / np.abs(vowel).max() * attack)


def _vowels(samples: FloatArray) -> Iterator[tuple[int, int]]:
    """Where in the samples the voice sounds: starts and ends."""
    frames = samples[: len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    spectra = np.abs(np.fft.rfft(frames, axis=1))[:, : _VOICE_BAND_HZ * _FRAME_SAMPLES // SAMPLE_RATE_HZ]
    rms = np.sqrt(2 * np.sum(spectra**2, axis=1)) / _FRAME_SAMPLES
    voiced = np.concatenate(([False], rms > _VOICED_RMS, [False]))
    edges = np.flatnonzero(voiced[1:] != voiced[:-1]) * _FRAME_SAMPLES
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _only_vowel(sound: FloatArray) -> FloatArray:
    return sound[_samples(_SIBILANT_MS) : _samples(_SIBILANT_MS + _VOWEL_MS)]


def _spectrum(samples: FloatArray) -> FloatArray:
    """Of the band where voices are, as a vector of length 1."""
    band = slice(_VOICE_BAND_HZ * _SPECTRUM_SAMPLES // SAMPLE_RATE_HZ)
    magnitudes = np.abs(np.fft.rfft(samples, _SPECTRUM_SAMPLES))[band].astype(np.float32)
    return magnitudes / max(float(np.linalg.norm(magnitudes)), 1e-9)


def _samples(ms: int) -> int:
    return ms * SAMPLE_RATE_HZ // 1000


def _ms(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE_HZ
