# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What the events of one played clip say about latency and faithfulness. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from media.events import SttPartial, TranslationDelta
from tests.bench.chrf import chrf
from tests.bench.lag import SpokenWord, WordLag, word_lags
from tests.bench.minutes import Minute, minutes_of
from tests.bench.played import Played
from tests.bench.sentence_lag import SentenceLag, sentence_lags
from tests.bench.shown import (
    Invented,
    Unsteady,
    complete_at,
    final_text,
    final_translation,
    finals_of,
    first_text_at,
    invented,
    unsteady,
)
from tests.bench.stages import stages_of
from tests.peers import Arrived
from tests.speech import normalised_words, word_errors

EDGE_WORDS = 2
"""The first (last) word of the reference is sought among so many first (last) words of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Times in seconds; None where the thing never happened."""

    first_text_s: float | None
    """From the first speech to the first text."""
    every_word_s: float | None
    """From the last speech to the moment when all words of the final text stood on screen (0 if before)."""
    final_s: float | None
    """From the last speech to the last paragraph's final."""
    first_translation_s: float | None
    """From the first speech to the first text of the translation."""
    words: list[WordLag]
    spoken_words: int
    """Words of the offline decode, with which those of the live text are matched."""
    sentences: list[SentenceLag]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """One text against what was said."""

    errors: int
    """Words put in, left out or replaced."""
    first_missing: bool
    """Whether the reference's first word is not among the first words of the text."""
    last_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What was said, and what was made of it; empty or None where there is no such thing."""

    reference: str
    live: str
    offline: str | None
    translation: str
    whole_translation: str | None
    """Of the live text, in one request."""
    reference_translation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One clip, as one talker played it."""

    clip: str
    digest: str
    """Of the audio."""
    kind: str
    language: str
    """The kind, where nothing is said."""
    talker: int
    target: str
    audio_s: float
    partials: int
    """How often the text on screen was renewed."""
    latency: Latency | None
    """None where nothing is said; so are the next three."""
    words: int
    """Words of the reference."""
    live: Errors | None
    offline: Errors | None
    invented: Invented | None
    """None where something is said."""
    invented_offline: int | None
    unsteady: Unsteady
    chrf_live: float | None
    """Of the live translation, where people have translated the transcript into its language."""
    chrf_whole: float | None
    """The same of the live text translated in one request."""
    stages: list[dict[str, int]]
    """Of each final: where the server says its time went, in milliseconds."""
    cpu_s: dict[str, float] | None
    """CPU seconds that each part of the server used meanwhile; None where others talked, too."""
    minutes: list[Minute]
    texts: Texts

    def as_json(self) -> dict[str, object]:
        """With everything in it."""
        return asdict(self)


def figures(
    played: Played, offline_text: str | None, spoken: Sequence[SpokenWord], whole_translation: str | None
) -> Figures:
    """Everything about one clip. `spoken`: what the offline decode heard when; empty, if there was none."""
    clip, arrived = played.clip, played.arrived
    texts = Texts(
        reference=clip.transcript,
        live=final_text(arrived),
        offline=offline_text,
        translation=final_translation(arrived),
        whole_translation=whole_translation,
        reference_translation=clip.translations.get(played.target),
    )
    latency = _latency(played, spoken) if clip.is_speech else None
    return Figures(
        clip=clip.name,
        digest=clip.digest,
        kind=clip.kind,
        language=clip.language,
        talker=played.talker,
        target=played.target,
        audio_s=clip.duration_ms / 1000,
        partials=sum(isinstance(event, SttPartial) for _, event in arrived),
        latency=latency,
        words=len(normalised_words(clip.transcript)),
        live=_errors(texts.live, clip.transcript),
        offline=None if offline_text is None else _errors(offline_text, clip.transcript),
        invented=None if clip.is_speech else invented(arrived),
        invented_offline=None if clip.is_speech or offline_text is None else _count(offline_text),
        unsteady=unsteady(arrived),
        chrf_live=_chrf(texts.translation, texts),
        chrf_whole=None if whole_translation is None else _chrf(whole_translation, texts),
        stages=stages_of(arrived),
        cpu_s=played.cpu_s,
        minutes=minutes_of(played, latency.words if latency else []),
        texts=texts,
    )


def _latency(played: Played, spoken: Sequence[SpokenWord]) -> Latency:
    arrived, started = played.arrived, played.started
    onset, offset = started + played.clip.onset_ms / 1000, started + played.clip.offset_ms / 1000
    translated_at = next((at for at, event in arrived if isinstance(event, TranslationDelta)), None)
    return Latency(
        first_text_s=_after(onset, first_text_at(arrived)),
        every_word_s=_after(offset, complete_at(arrived)),
        final_s=_final_s(arrived, offset),
        first_translation_s=_after(onset, translated_at),
        words=word_lags(arrived, spoken, started),
        spoken_words=len(spoken),
        sentences=sentence_lags(arrived, spoken, started, played.target),
    )


def _final_s(arrived: Arrived, offset: float) -> float | None:
    """None where the last final came before the end of speech: what was said last is in none."""
    finals = finals_of(arrived)
    return _after(offset, finals[-1][0]) if finals and finals[-1][0] > offset else None


def _errors(text: str, reference: str) -> Errors | None:
    said, heard = normalised_words(reference), normalised_words(text)
    if not said:
        return None
    return Errors(
        errors=word_errors(text, reference)[0],
        first_missing=said[0] not in heard[:EDGE_WORDS],
        last_missing=said[-1] not in heard[-EDGE_WORDS:],
    )


def _chrf(translation: str, texts: Texts) -> float | None:
    reference = texts.reference_translation
    return None if reference is None else round(chrf(translation, reference), 1)


def _count(text: str) -> int:
    return len(normalised_words(text))


def _after(moment: float, then: float | None) -> float | None:
    return None if then is None else round(max(0.0, then - moment), 3)
