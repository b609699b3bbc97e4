# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NotRequired, TypedDict, Unpack

import numpy as np
import pytest

from media.core.windows import WINDOW_MS, FloatArray
from media.core.words import Hypothesis, Segment, Word
from media.errors import RecogniserUnavailable
from media.events import Event, Notice, SttParagraphFinal, SttPartial
from media.following import FollowingOptions
from media.stream import Stream
from media.transcriber import Publish, Transcriber, TranscriberOptions
from media.turns import Turns
from media.utterance import Utterance

WORD_MS = 400
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ner",
    "sul",
    "to",
    "vir",
    "pan",
    "de",
    "hux",
    "gro",
    "zel",
    "fa",
    "bim",
    "yot",
]
DICE = random.Random(1)
WORDS = [" " + "".join(DICE.choices(SYLLABLES, k=3)) for _ in range(400)]
"""Words without a pattern: what repeats itself is taken for an invention of the recogniser."""


@dataclass(frozen=True)
class Asked:
    """What came with the audio."""

    language: str
    prompt: str
    prefix: str
    among: tuple[str, ...]


@dataclass
class TimedRecogniser:
    """Hears word k of a text in the k-th stretch of 400 ms of the conversation."""

    words: list[str] = field(default_factory=lambda: WORDS)
    failures: int = 0
    requests: list[tuple[int, int, bool]] = field(default_factory=list)
    """Start, length in ms, and whether it was to be thorough."""
    language: str = "en"
    takes_prefix: bool = False
    """Whether it goes on behind the settled words that it is told of."""
    asked: list[Asked] = field(default_factory=list)

    async def transcribe(
        self,
        samples: FloatArray,
        *,
        start_ms: int,
        language: str,
        prompt: str = "",
        prefix: str = "",
        among: Sequence[str] = (),
        final: bool,
    ) -> Hypothesis:
        await asyncio.sleep(0)
        self.asked.append(Asked(language, prompt, prefix, tuple(among)))
        if self.failures:
            self.failures -= 1
            raise RecogniserUnavailable("scripted")
        length_ms = len(samples) // 16
        self.requests.append((start_ms, length_ms, final))
        first = -(-start_ms // WORD_MS)
        last = (start_ms + length_ms) // WORD_MS
        words = [
            Word(index * WORD_MS, (index + 1) * WORD_MS, self.words[index], 0.9)
            for index in range(first, min(last, len(self.words)))
        ]
        if self.takes_prefix:
            words = words[len(prefix.split()) :]
        return Hypothesis(
            (Segment(tuple(words), 0.1, -0.2, 1.2),) if words else (),
            language or self.language,
            after_prefix=self.takes_prefix and bool(prefix),
        )


class Question(TypedDict):
    """The keywords of `TimedRecogniser.transcribe`."""

    start_ms: int
    language: str
    prompt: NotRequired[str]
    prefix: NotRequired[str]
    among: NotRequired[Sequence[str]]
    final: bool


class Speaker:
    """Speaks into a transcriber without a clock: audio comes as fast as it is looked at."""

    def __init__(
        self, recogniser: TimedRecogniser, following: FollowingOptions | None = None, language: str = ""
    ) -> None:
        self.events: list[Event] = []
        self.publish: Publish = self._note
        self.utterances: Stream[Utterance] = Stream()
        self.transcriber = Transcriber(
            recogniser,
            TranscriberOptions(following=following or FollowingOptions()),
            lambda event: self.publish(event),
            partial(Turns(1).turn, "user"),
            language,
        )

    async def _note(self, event: Event) -> None:
        self.events.append(event)

    async def speak(self, start_ms: int, *lengths_ms: int) -> None:
        """Speech and silence by turns, in one utterance."""
        utterance = Utterance(start_ms)
        self.utterances.put(utterance)
        end_ms = start_ms
        for index, length_ms in enumerate(lengths_ms):
            end_ms += length_ms
            while utterance.end_ms < end_ms:
                utterance.append(np.full(WINDOW_MS * 16, 0.1, np.float32), speech=index % 2 == 0)
                for _ in range(12):
                    await asyncio.sleep(0)
        utterance.end(utterance.end_ms)

    async def run(self, *stretches: tuple[int, ...]) -> None:
        """Each stretch: where an utterance begins, and how long speech and silence in it are."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.transcriber.run(self.utterances))
            for start_ms, *lengths_ms in stretches:
                await self.speak(start_ms, *lengths_ms)
            self.utterances.end()

    async def run_late(self, utterance: Utterance) -> None:
        """The recogniser comes to it when all has been said."""
        self.utterances.put(utterance)
        self.utterances.end()
        await self.transcriber.run(self.utterances)

    @property
    def finals(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, SttParagraphFinal)]


def text(first: int, after: int) -> str:
    return "".join(WORDS[first:after]).strip()


async def test_every_word_of_an_utterance_is_in_its_final() -> None:
    speaker = Speaker(TimedRecogniser())
    await speaker.run((0, 8_000))
    assert speaker.finals == [text(0, 20)]


async def test_text_appears_while_the_speaker_goes_on_and_what_is_stable_stays() -> None:
    speaker = Speaker(TimedRecogniser())
    await speaker.run((0, 8_000))
    partials = [event for event in speaker.events if isinstance(event, SttPartial)]
    assert len(partials) > 5
    assert partials[-1].stable > 0
    for former, latter in itertools.pairwise(partials):
        assert latter.stable >= former.stable
        assert latter.text[: former.stable] == former.text[: former.stable]


async def test_utterances_become_paragraphs_in_order() -> None:
    speaker = Speaker(TimedRecogniser())
    await speaker.run((0, 2_000), (4_000, 2_000), (8_000, 2_000))
    assert speaker.finals == [text(0, 5), text(10, 15), text(20, 25)]
    ids = [event.paragraph_id for event in speaker.events if isinstance(event, SttParagraphFinal)]
    assert ids == [0, 1, 2]


async def test_a_speculation_that_heard_all_speech_is_the_final() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser)
    await speaker.run((0, 3_600, 1_400))
    assert [final for *_, final in recogniser.requests].count(True) == 1
    assert recogniser.requests[-1][2]
    assert speaker.finals == [text(0, 9)]


async def test_a_short_pause_in_the_middle_of_a_sentence_ends_no_paragraph() -> None:
    speaker = Speaker(TimedRecogniser())
    await speaker.run((0, 2_000, 800, 2_000))
    assert speaker.finals == [text(0, 12)]


async def test_a_sentence_that_sounds_finished_is_final_after_a_short_pause() -> None:
    words = [word + ("." if index == 4 else "") for index, word in enumerate(WORDS)]
    speaker = Speaker(TimedRecogniser(words=words))
    await speaker.run((0, 2_000, 800, 2_000))
    assert speaker.finals[0] == text(0, 5) + "."
    assert len(speaker.finals) == 2


async def test_a_final_says_where_its_time_went() -> None:
    speaker = Speaker(TimedRecogniser())
    await speaker.run((0, 2_000))
    (final,) = [event for event in speaker.events if isinstance(event, SttParagraphFinal)]
    assert final.stages is not None
    assert final.stages.vad_ms + final.stages.stt_ms < 60_000


async def test_a_recogniser_that_can_is_told_what_has_settled_and_goes_on_from_there() -> None:
    recogniser = TimedRecogniser(takes_prefix=True)
    speaker = Speaker(recogniser, FollowingOptions(trim_after_ms=12_000))
    await speaker.run((0, 8_000))
    assert speaker.finals == [text(0, 20)]
    prefixes = [asked.prefix for asked in recogniser.asked]
    assert prefixes[0] == ""
    assert len(prefixes[-1].split()) > 10
    assert all(text(0, 20).startswith(prefix) for prefix in prefixes)


async def test_an_utterance_that_goes_on_after_a_final_is_heard_with_what_was_said_before() -> None:
    recogniser = TimedRecogniser(takes_prefix=True)
    speaker = Speaker(recogniser, language="en")
    await speaker.run((0, 2_000, 1_600, 2_000))
    assert speaker.finals == [text(0, 5), text(5, 14)]
    assert recogniser.requests[-1][0] == 0
    assert recogniser.asked[-1].prefix.startswith(text(0, 5))


async def test_where_the_language_is_detected_each_paragraph_begins_anew() -> None:
    recogniser = TimedRecogniser(language="de")
    speaker = Speaker(recogniser)
    await speaker.run((0, 4_000, 1_600, 2_000))
    languages = [asked.language for asked in recogniser.asked]
    assert languages[0] == ""
    assert "de" in languages
    assert languages[languages.index("de") :].count("") > 0
    assert recogniser.requests[-1][0] >= 4_000


async def test_another_language_holds_from_the_next_paragraph() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser, language="de")
    heard: list[str] = []

    async def switch(event: Event) -> None:
        speaker.events.append(event)
        if isinstance(event, SttParagraphFinal):
            heard.append(event.language)
            speaker.transcriber.language = "fr"

    speaker.publish = switch
    await speaker.run((0, 2_000, 1_600, 2_000))
    assert heard == ["de", "fr"]


async def test_a_recogniser_that_fails_is_asked_again_and_no_word_is_lost() -> None:
    speaker = Speaker(TimedRecogniser(failures=3), FollowingOptions(retry_first_ms=1, retry_longest_ms=2))
    await speaker.run((0, 4_000))
    assert speaker.finals == [text(0, 10)]
    codes = [event.code for event in speaker.events if isinstance(event, Notice)]
    assert codes == ["recogniser_unavailable", "recogniser_back"]


@pytest.mark.parametrize("takes_prefix", [False, True])
async def test_an_utterance_without_end_is_asked_about_in_requests_of_bounded_length(
    takes_prefix: bool,
) -> None:
    recogniser = TimedRecogniser(takes_prefix=takes_prefix)
    speaker = Speaker(recogniser, FollowingOptions(trim_after_ms=6_000, context_ms=2_000))
    await speaker.run((0, 120_000))
    assert " ".join(speaker.finals) == text(0, 300)
    assert max(length_ms for _, length_ms, _ in recogniser.requests) < 10_000


async def test_what_was_said_in_dropped_audio_is_told() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser, FollowingOptions(trim_after_ms=6_000, context_ms=2_000))
    await speaker.run((0, 20_000))
    assert recogniser.asked[0].prompt == ""
    assert recogniser.asked[-1].prompt in text(0, 50)
    assert len(recogniser.asked[-1].prompt) > 100


async def test_audio_that_waited_for_the_recogniser_is_taken_in_pieces_and_no_word_is_lost() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser)
    utterance = Utterance(0)
    utterance.append(np.full(100_000 * 16, 0.1, np.float32))
    utterance.end(100_000)
    await speaker.run_late(utterance)
    assert " ".join(speaker.finals) == text(0, 250)
    assert max(length_ms for _, length_ms, _ in recogniser.requests) <= 28_000


async def test_a_long_utterance_in_which_nothing_is_recognised_comes_to_its_end() -> None:
    speaker = Speaker(TimedRecogniser(words=[]))
    utterance = Utterance(0)
    utterance.append(np.zeros(100_000 * 16, np.float32))
    utterance.end(100_000)
    await speaker.run_late(utterance)
    assert speaker.finals == []


async def test_a_language_outside_those_that_may_be_spoken_is_asked_for_again_as_one_of_them() -> None:
    recogniser = TimedRecogniser(language="nl")
    speaker = Speaker(recogniser)
    speaker.transcriber.among = ("de", "en")
    await speaker.run((0, 2_000))
    assert [asked.language for asked in recogniser.asked][:2] == ["", "de"]
    assert all(asked.among == ("de", "en") for asked in recogniser.asked)
    assert {event.language for event in speaker.events if isinstance(event, SttParagraphFinal)} == {"de"}


async def test_a_prefix_behind_which_nothing_is_heard_is_given_up() -> None:
    class Stubborn(TimedRecogniser):
        """Says nothing behind a prefix of three words."""

        async def transcribe(self, samples: FloatArray, **question: Unpack[Question]) -> Hypothesis:
            hypothesis = await super().transcribe(samples, **question)
            stuck = len(question.get("prefix", "").split()) >= 3
            return replace(hypothesis, segments=()) if stuck else hypothesis

    speaker = Speaker(Stubborn(takes_prefix=True), language="en")
    await speaker.run((0, 12_000), (14_000, 2_000, 1_600, 1_200))
    assert speaker.finals == [text(0, 30), text(35, 40), text(40, 47)]
