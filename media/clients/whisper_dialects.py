# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How each kind of Whisper server wants to be asked. Pure.

    openai          OpenAI itself, speaches, faster-whisper-server, vLLM, the embedded one
    whisper-cpp     the server of whisper.cpp: one field for one switch of its command line
    asr-webservice  whisper-asr-webservice: everything but the audio stands in the query

They answer alike, and `verbose_json.py` understands them all.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from media.core.languages import to_whisper
from media.core.windows import SAMPLE_RATE_HZ, FloatArray

DialectName = Literal["openai", "whisper-cpp", "asr-webservice"]
Fields = dict[str, str | list[str]]

_FORMAT = "response_format"
_GRANULARITIES = "timestamp_granularities[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What Whisper is asked."""

    samples: FloatArray
    """16 kHz."""
    model: str
    language: str = ""
    """ISO 639-1 code; empty to have it detected."""
    among: Sequence[str] = ()
    """Codes of which it is one, if any."""
    prompt: str = ""
    """Text to go on from."""
    prefix: str = ""
    """What is known to be said at the beginning of the samples."""
    beam_size: int = 1

    @property
    def audio_ms(self) -> int:
        """How long the samples are."""
        return len(self.samples) * 1000 // SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way to ask; a constant each."""

    name: DialectName
    path: str
    file_field: str
    fields: Callable[[Question], Fields]
    optional: tuple[str, ...]
    """Fields that we can do without if a server refuses them, the least missed first."""
    in_query: bool = False
    """Whether the fields stand in the query and not in the form."""
    lacks: tuple[str, ...] = ()
    """What we would ask for and it has no words for; for the log."""
    shortest_ms: int = 0
    """Shorter audio is not transcribed, unless silence is added to it."""
    words_are_tokens: bool = False
    """Whether its words are the model's tokens, of which a word may have several."""

    def asked(self, question: Question, without: frozenset[str]) -> Fields:
        """The fields of this question, as a server wants it that has refused some."""
        fields = self.fields(question)
        if _FORMAT in without:
            fields |= {_FORMAT: "json"}
            fields.pop(_GRANULARITIES, None)  # They are a matter of `verbose_json`.
        return {name: value for name, value in fields.items() if name == _FORMAT or name not in without}

    def refused_field(self, complaint: str, fields: Mapping[str, object], without: frozenset[str]) -> str:
        """Which of the fields that were sent a complaint is about; empty if about none that is optional."""
        sent = (name for name in self.optional if name in fields and name not in without)
        return next((name for name in sent if _names(complaint, name)), "")


def _names(complaint: str, field: str) -> bool:
    words = ("verbose_json", _FORMAT) if field == _FORMAT else (field.removesuffix("[]"),)
    return any(re.search(rf"\b{word}\b", complaint) for word in words)


def _openai_fields(question: Question) -> Fields:
    fields: Fields = {
        "model": question.model,
        _FORMAT: "verbose_json",
        _GRANULARITIES: ["word", "segment"],
        "beam_size": str(question.beam_size),
    }
    if question.language:
        fields["language"] = to_whisper(question.language)
    elif question.among:
        fields["languages"] = ",".join(map(to_whisper, question.among))
    return fields | _given(prompt=question.prompt, prefix=question.prefix)


def _whisper_cpp_fields(question: Question) -> Fields:
    return {
        _FORMAT: "verbose_json",
        "beam_size": str(question.beam_size),
        # It takes English where it is told nothing.
        "language": to_whisper(question.language) or "auto",
        # It cuts segments after 60 signs, otherwise in the middle of a word.
        "split_on_word": "true",
        # Marks such as [MUSIC], which others leave out by default.
        "suppress_nst": "true",
        # They would cost a second run of the encoder.
        "no_language_probabilities": "true",
    } | _given(prompt=question.prompt)


def _asr_webservice_fields(question: Question) -> Fields:
    return {
        "task": "transcribe",
        "output": "json",
        "word_timestamps": "true",
        "vad_filter": "false",
    } | _given(language=to_whisper(question.language), initial_prompt=question.prompt)


def _given(**fields: str) -> Fields:
    return {name: value for name, value in fields.items() if value}


OPENAI = Dialect(
    name="openai",
    path="/v1/audio/transcriptions",
    file_field="file",
    fields=_openai_fields,
    optional=("languages", "prefix", "beam_size", _GRANULARITIES, _FORMAT, "prompt"),
)
WHISPER_CPP = Dialect(
    name="whisper-cpp",
    path="/inference",
    file_field="file",
    fields=_whisper_cpp_fields,
    optional=("suppress_nst", "no_language_probabilities", "split_on_word", "beam_size", "prompt"),
    lacks=("model", "languages", "prefix"),
    # Older versions answer anything under a second with no words at all.
    shortest_ms=1_100,
    words_are_tokens=True,
)
ASR_WEBSERVICE = Dialect(
    name="asr-webservice",
    path="/asr",
    file_field="audio_file",
    fields=_asr_webservice_fields,
    optional=("vad_filter", "word_timestamps", "initial_prompt"),
    in_query=True,
    lacks=("model", "beam_size", "languages", "prefix"),
)

DIALECTS = (OPENAI, WHISPER_CPP, ASR_WEBSERVICE)
"""In the order in which a server is asked that is not known yet."""
