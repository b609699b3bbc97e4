# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What Whisper made of some audio, and how OpenAI's dialect writes it. Pure."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType


class Abandoned(Exception):
    """Nobody waits for the answer any more."""


class ModelFailed(Exception):
    """The model did not do its work; with other audio, or later, it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How some audio is to be transcribed."""

    language: str | None = None
    """A code that the model knows; None detects it."""
    languages: tuple[str, ...] = ()
    """Where `language` is None: it is one of these; none stands for all."""
    prompt: str = ""
    """What was said before, or how names are spelled."""
    prefix: str = ""
    """How the text of this very audio begins: the answer goes on from there."""
    temperature: float = 0.0
    """Above 0 the decoder draws lots among words, up to 1."""
    beam_size: int = 5
    """How many texts the decoder follows; 1 is greedy, and fastest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedWord:
    """A word with its place in the audio, in seconds."""

    start_s: float
    end_s: float
    text: str
    """With the space before it, where its language has one, and its punctuation."""
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedSegment:
    """A stretch of speech, with what the decoder says of its own certainty."""

    start_s: float
    end_s: float
    text: str
    temperature: float
    mean_log_probability: float
    compression_ratio: float
    no_speech_probability: float
    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """The answer to one request."""

    language: str
    """ISO 639-1 code; Whisper's own where there is none."""
    duration_s: float
    segments: tuple[DecodedSegment, ...]
    after_prefix: bool = False
    """Whether the segments hold only what comes after the wish's prefix."""

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(segment.text for segment in self.segments).strip()


@dataclass(frozen=True, slots=True)
class Rendering:
    """A transcription as it is sent."""

    body: str
    content_type: str


def render(transcription: Transcription, response_format: str, granularities: Collection[str]) -> Rendering:
    """In one of `RESPONSE_FORMATS`; `verbose_json` has a list for each granularity, `segment` or `word`."""
    if response_format == "verbose_json":
        return Rendering(_verbose_json(transcription, granularities), "application/json")
    return _RENDERERS[response_format](transcription)


def _plain_json(transcription: Transcription) -> Rendering:
    return Rendering(_json({"text": transcription.text}), "application/json")


def _plain_text(transcription: Transcription) -> Rendering:
    return Rendering(transcription.text + "\n", "text/plain")


def _srt(transcription: Transcription) -> Rendering:
    cues = [
        f"{number}\n{_clock(segment.start_s, ',')} --> {_clock(segment.end_s, ',')}\n{_cue_text(segment)}\n"
        for number, segment in enumerate(transcription.segments, start=1)
    ]
    return Rendering("\n".join(cues), "application/x-subrip")


def _vtt(transcription: Transcription) -> Rendering:
    cues = [
        f"{_clock(segment.start_s, '.')} --> {_clock(segment.end_s, '.')}\n{_cue_text(segment)}\n"
        for segment in transcription.segments
    ]
    return Rendering("\n".join(["WEBVTT\n", *cues]), "text/vtt")


_RENDERERS: Mapping[str, Callable[[Transcription], Rendering]] = MappingProxyType(
    {"json": _plain_json, "text": _plain_text, "srt": _srt, "vtt": _vtt}
)

RESPONSE_FORMATS = (*_RENDERERS, "verbose_json")


def _verbose_json(transcription: Transcription, granularities: Collection[str]) -> str:
    answer: dict[str, object] = {
        "task": "transcribe",
        "language": transcription.language,
        "duration": round(transcription.duration_s, 3),
        "text": transcription.text,
    }
    if transcription.after_prefix:
        answer["after_prefix"] = True
    if "segment" in granularities:
        answer["segments"] = [
            _segment_fields(number, segment) for number, segment in enumerate(transcription.segments)
        ]
    if "word" in granularities:
        answer["words"] = [_word_fields(word) for segment in transcription.segments for word in segment.words]
    return _json(answer)


def _segment_fields(number: int, segment: DecodedSegment) -> dict[str, object]:
    return {
        "id": number,
        "start": round(segment.start_s, 3),
        "end": round(segment.end_s, 3),
        "text": segment.text,
        "temperature": segment.temperature,
        "avg_logprob": segment.mean_log_probability,
        "compression_ratio": segment.compression_ratio,
        "no_speech_prob": segment.no_speech_probability,
        "words": [_word_fields(word) for word in segment.words],
    }


def _word_fields(word: TimedWord) -> dict[str, object]:
    return {
        "word": word.text,
        "start": round(word.start_s, 3),
        "end": round(word.end_s, 3),
        "probability": word.probability,
    }


def _json(value: object) -> str:
    # Text of every script as it is; a NaN would be no JSON, and is a fault of ours.
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _cue_text(segment: DecodedSegment) -> str:
    # An arrow or an empty line in the text would end the cue.
    return " ".join(segment.text.replace("-->", "->").split())


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
