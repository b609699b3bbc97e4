# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whisper on faster-whisper, for speech that is decoded again and again while it grows.

Whisper was made to hear 30 s at a time, and most of an utterance's 30 s is padding. Some things make short
audio cheap without making it worse:

- The encoder is given the audio and `MARGIN_FRAMES` of silence after it, at least `SHORTEST_FRAMES` in all.
  With 1.5 s of it, and 5 s in all, Whisper does not know where speech ends and, in one case of eight, says it
  twice. With these numbers word errors are what they are with 3 s and 10 s (31 clips in three languages).
- It decodes without time tokens, and words get their times by alignment. What it invents behind the end of
  the audio, because of the cut or because a word was cut, takes no time there, and is dropped.
- Settled text can be given as the prefix of the answer. The decoder then goes on from there, so that what it
  says next fits to what stands, and the answer holds only what is new.
- Where its text goes in circles, an answer with a beam is asked for once more with the whole 30 s. A greedy
  answer is not: the next one is on its way.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from media.engines.decoding import SAMPLE_RATE_HZ, Samples
from media.engines.errors import ModelUnusable
from media.engines.heard import Heard, compression_ratio, within_audio, without_prefix
from media.engines.pieces import LONGEST_S, pieces_of
from media.engines.transcription import Abandoned, DecodedSegment, ModelFailed, TimedWord, Transcription, Wish

FRAMES_PER_SECOND = 100
WHOLE_FRAMES = 3000
"""The window that Whisper was made for."""
MARGIN_FRAMES = 200
SHORTEST_FRAMES = 800
CONTEXT_TOKENS = 448
"""What the decoder holds: a prompt, of at most half as many, and the text."""
MOST_PREFIX_TOKENS = 112
"""Half of what a text has."""
TOKENS_AT_LEAST = 24
TOKENS_PER_SECOND = 16
"""More than fast speech has, in languages that take few letters a token; what goes in circles ends here."""
CIRCLING_RATIO = 2.4
"""A text that compresses better than this repeats itself (OpenAI's limit)."""
PREPENDED = "\"'“¿([{-"
APPENDED = "\"'.。,，!！?？:：”)]}、"
"""Punctuation that belongs to the word after or before it; faster-whisper's lists."""

SPACELESS = ("zh", "ja", "th", "lo", "my", "yue")
"""Languages whose texts begin without a space."""

Device = Literal["auto", "cpu", "cuda"]
Features = npt.NDArray[np.float32]
"""Log-mel spectrogram: bands by frames of 10 ms."""


def load_recogniser(folder: Path, *, device: Device, compute_type: str, threads: int) -> "Recogniser":
    """Load a model in CTranslate2's format. Raises ModelUnusable.

    `auto` takes CUDA where there is a device, then float16, else int8 on the CPU, on so many threads.
    """
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    try:
        model = WhisperModel(str(folder), device=device, compute_type=compute_type, cpu_threads=threads)
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ModelUnusable(
            f"The model in {folder} cannot be loaded on {device} as {compute_type} ({reason}): "
            "change --device, --compute-type or --model."
        ) from error
    return Recogniser(model)


class Recogniser:
    """One loaded model; used by one thread at a time."""

    def __init__(self, model: WhisperModel) -> None:
        self._model = model
        self._tokenizers: dict[str, Tokenizer] = {}
        self.languages = frozenset[str](model.supported_languages)

    def transcribe(
        self, samples: Samples, wish: Wish, abandoned: Callable[[], bool] = lambda: False
    ) -> Transcription:
        """What was said. Segments are sentences; none is left out for being doubtful: that is the caller's.

        Raises Abandoned where `abandoned()` is true before a piece of long audio, and ModelFailed.
        """
        try:
            return self._transcribed(samples, wish, abandoned)
        except (RuntimeError, ValueError) as error:
            # What CTranslate2 raises, for want of memory on a device, say.
            raise ModelFailed(str(error)) from error

    def _transcribed(self, samples: Samples, wish: Wish, abandoned: Callable[[], bool]) -> Transcription:
        # A prefix is the beginning of one piece: of audio in several it would have to be cut in pieces too.
        whole = len(samples) <= LONGEST_S * SAMPLE_RATE_HZ
        wish = wish if whole else replace(wish, prefix="")
        segments: list[DecodedSegment] = []
        after_prefix = False
        for start, piece in pieces_of(samples):
            if len(piece) < SAMPLE_RATE_HZ // FRAMES_PER_SECOND:
                continue
            heard = self._heard(piece, wish, abandoned)
            wish = replace(wish, language=heard.language)
            segments += heard.segments(start / SAMPLE_RATE_HZ)
            after_prefix = heard.after_prefix
        return Transcription(
            language=wish.language or "",
            duration_s=len(samples) / SAMPLE_RATE_HZ,
            segments=tuple(segments),
            after_prefix=after_prefix,
        )

    def _heard(self, piece: Samples, wish: Wish, abandoned: Callable[[], bool]) -> Heard:
        features: Features = self._model.feature_extractor(piece)[:, :-1]
        width = max(features.shape[1] + MARGIN_FRAMES, SHORTEST_FRAMES)
        heard = self._decoded(features, width, wish, abandoned)
        if heard.circles and wish.beam_size > 1:
            return self._decoded(features, WHOLE_FRAMES, replace(wish, language=heard.language), abandoned)
        return heard

    def _decoded(self, features: Features, width: int, wish: Wish, abandoned: Callable[[], bool]) -> Heard:
        if abandoned():
            raise Abandoned
        encoded = self._model.encode(_window(features, width))
        language = wish.language or self._detected(encoded, wish.languages)
        tokenizer = self._tokenizer(language)
        if abandoned():
            raise Abandoned
        prefix = _prefix_tokens(wish.prefix, tokenizer)
        limit = len(prefix) + _token_limit(features.shape[1])
        result = self._generated(encoded, tokenizer, wish, prefix, limit)
        tokens: list[int] = result.sequences_ids[0]
        said = tokens[len(prefix) :]
        words = self._timed(tokens, encoded, tokenizer, features.shape[1]) if said else ()
        return Heard(
            language=language,
            words=without_prefix(words, len(tokenizer.decode(prefix))),
            circles=len(tokens) >= limit or compression_ratio(tokenizer.decode(tokens)) > CIRCLING_RATIO,
            temperature=wish.temperature,
            # As Whisper counts it, with the token that ends the text. The prefix adds nothing to the sum.
            mean_log_probability=result.scores[0] * len(tokens) / (len(said) + 1),
            no_speech_probability=result.no_speech_prob,
            after_prefix=bool(prefix),
        )

    def _detected(self, encoded: ctranslate2.StorageView, among: Sequence[str]) -> str:
        if not self._model.model.is_multilingual:
            return "en"
        likeliest_first = [
            str(token).strip("<|>") for token, _ in self._model.model.detect_language(encoded)[0]
        ]
        return next((code for code in likeliest_first if not among or code in among), likeliest_first[0])

    def _tokenizer(self, language: str) -> Tokenizer:
        # To find out which tokens are not speech takes it some milliseconds, once.
        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]

    def _generated(
        self,
        encoded: ctranslate2.StorageView,
        tokenizer: Tokenizer,
        wish: Wish,
        prefix: Sequence[int],
        limit: int,
    ) -> ctranslate2.models.WhisperGenerationResult:
        # A prompt may spell the signs that steer the decoder; they are not for it to use.
        context = [token for token in tokenizer.encode(" " + wish.prompt) if token < tokenizer.eot]
        prompt = self._model.get_prompt(tokenizer, context if wish.prompt else [], without_timestamps=True)
        prompt += prefix
        sampling = (
            {"beam_size": 1, "sampling_topk": 0, "sampling_temperature": wish.temperature}
            if wish.temperature > 0
            else {"beam_size": wish.beam_size}
        )
        return self._model.model.generate(
            encoded,
            [prompt],
            # CTranslate2 takes half of it, or what the prompt leaves of it, whichever is less.
            max_length=min(limit + max(limit, len(prompt)), CONTEXT_TOKENS),
            return_scores=True,
            return_no_speech_prob=True,
            # "Blank" is the end, too: behind a prefix there may be nothing more to say.
            suppress_blank=not prefix,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            **sampling,
        )[0]

    def _timed(
        self, tokens: Sequence[int], encoded: ctranslate2.StorageView, tokenizer: Tokenizer, frames: int
    ) -> tuple[TimedWord, ...]:
        if not tokens:
            return ()
        duration_s = frames / FRAMES_PER_SECOND
        segment: dict[str, Any] = {"seek": 0, "start": 0.0, "end": duration_s, "tokens": tokens}
        self._model.add_word_timestamps(
            [[segment]], tokenizer, encoded, frames, PREPENDED, APPENDED, last_speech_timestamp=0.0
        )
        words = [
            TimedWord(
                start_s=float(word["start"]),
                end_s=min(float(word["end"]), duration_s),
                text=word["word"],
                probability=float(word["probability"]),
            )
            for word in segment["words"]
        ]
        return within_audio(words, duration_s)


def _prefix_tokens(prefix: str, tokenizer: Tokenizer) -> list[int]:
    """As the decoder itself would have begun; none where that leaves it too little room."""
    if not prefix:
        return []
    space = "" if tokenizer.language_code in SPACELESS else " "
    tokens = [token for token in tokenizer.encode(space + prefix) if token < tokenizer.eot]
    return tokens if len(tokens) <= MOST_PREFIX_TOKENS else []


def _window(features: Features, width: int) -> Features:
    """The features and after them silence: as loud as their quietest place."""
    # The encoder halves the number of frames.
    even_width = min(width + width % 2, WHOLE_FRAMES)
    silence = even_width - features.shape[1]
    return np.pad(features, ((0, 0), (0, silence)), constant_values=features.min())


def _token_limit(frames: int) -> int:
    return min(TOKENS_AT_LEAST + TOKENS_PER_SECOND * frames // FRAMES_PER_SECOND, CONTEXT_TOKENS // 2)
