# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import asyncio
import itertools
import random
from dataclasses import dataclass, field

import numpy as np

from media.core.windows import WINDOW_MS, FloatArray
from media.core.words import Hypothesis, Segment, Word
from media.errors import RecogniserUnavailable
from media.events import Event, Notice, SttParagraphFinal, SttPartial
from media.stream import Stream
from media.transcriber import Transcriber, TranscriberOptions
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


@dataclass
class TimedRecogniser:
    """Hears word k of a text in the k-th stretch of 400 ms of the conversation."""

    words: list[str] = field(default_factory=lambda: WORDS)
    failures: int = 0
    requests: list[tuple[int, int, bool]] = field(default_factory=list)
    """Start, length in ms, and whether it was to be thorough."""
    language: str = "en"

    async def transcribe(
        self, samples: FloatArray, *, start_ms: int, language: str, prompt: str = "", final: bool
    ) -> Hypothesis:
        await asyncio.sleep(0)
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
        return Hypothesis((Segment(tuple(words), 0.1, -0.2, 1.2),) if words else (), self.language)


class Speaker:
    """Speaks into a transcriber without a clock: audio comes as fast as it is looked at."""

    def __init__(self, recogniser: TimedRecogniser, options: TranscriberOptions | None = None) -> None:
        self.events: list[Event] = []
        self.utterances: Stream[Utterance] = Stream()
        self.transcriber = Transcriber(recogniser, options or TranscriberOptions(), self._publish)

    async def _publish(self, event: Event) -> None:
        self.events.append(event)

    async def speak(self, start_ms: int, end_ms: int, *, pause_at_ms: int | None = None) -> None:
        utterance = Utterance(start_ms)
        self.utterances.put(utterance)
        while utterance.end_ms < end_ms:
            utterance.append(np.full(WINDOW_MS * 16, 0.1, np.float32))
            if pause_at_ms is not None and utterance.end_ms >= pause_at_ms:
                utterance.pause(pause_at_ms)
            for _ in range(6):
                await asyncio.sleep(0)
        utterance.end(pause_at_ms or utterance.end_ms, utterance.end_ms)

    async def run(self, *stretches: tuple[int, int], pause_at_ms: int | None = None) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.transcriber.run(self.utterances))
            for start_ms, end_ms in stretches:
                await self.speak(start_ms, end_ms, pause_at_ms=pause_at_ms)
            self.utterances.end()

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
    await speaker.run((0, 2_000), (4_000, 6_000), (8_000, 10_000))
    assert speaker.finals == [text(0, 5), text(10, 15), text(20, 25)]
    ids = [event.paragraph_id for event in speaker.events if isinstance(event, SttParagraphFinal)]
    assert ids == [0, 1, 2]


async def test_a_speculation_that_heard_all_speech_is_the_final() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser)
    await speaker.run((0, 4_000), pause_at_ms=3_600)
    assert [final for *_, final in recogniser.requests].count(True) == 1
    assert recogniser.requests[-1][2]
    assert speaker.finals == [text(0, 9)]


async def test_a_recogniser_that_fails_is_asked_again_and_no_word_is_lost() -> None:
    speaker = Speaker(TimedRecogniser(failures=3), TranscriberOptions(retry_first_ms=1, retry_longest_ms=2))
    await speaker.run((0, 4_000))
    assert speaker.finals == [text(0, 10)]
    codes = [event.code for event in speaker.events if isinstance(event, Notice)]
    assert codes == ["recogniser_unavailable", "recogniser_back"]


async def test_an_utterance_without_end_is_asked_about_in_requests_of_bounded_length() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser, TranscriberOptions(trim_after_ms=6_000))
    await speaker.run((0, 120_000))
    assert " ".join(speaker.finals) == text(0, 300)
    assert max(length_ms for _, length_ms, _ in recogniser.requests) < 10_000


async def test_audio_that_waited_for_the_recogniser_is_taken_in_pieces_and_no_word_is_lost() -> None:
    recogniser = TimedRecogniser()
    speaker = Speaker(recogniser)
    utterance = Utterance(0)
    utterance.append(np.full(100_000 * 16, 0.1, np.float32))
    utterance.end(100_000, 100_000)
    speaker.utterances.put(utterance)
    speaker.utterances.end()
    await speaker.transcriber.run(speaker.utterances)
    assert " ".join(speaker.finals) == text(0, 250)
    assert max(length_ms for _, length_ms, _ in recogniser.requests) <= 28_000


async def test_a_long_utterance_in_which_nothing_is_recognised_comes_to_its_end() -> None:
    speaker = Speaker(TimedRecogniser(words=[]))
    utterance = Utterance(0)
    utterance.append(np.zeros(100_000 * 16, np.float32))
    utterance.end(100_000, 100_000)
    speaker.utterances.put(utterance)
    speaker.utterances.end()
    await speaker.transcriber.run(speaker.utterances)
    assert speaker.finals == []


async def test_a_language_once_certain_is_kept_for_the_utterance() -> None:
    recogniser = TimedRecogniser(language="de")
    asked: list[str] = []

    class Noting:
        async def transcribe(
            self, samples: FloatArray, *, start_ms: int, language: str, prompt: str = "", final: bool
        ) -> Hypothesis:
            asked.append(language)
            return await recogniser.transcribe(
                samples, start_ms=start_ms, language=language, prompt=prompt, final=final
            )

    speaker = Speaker(recogniser)
    speaker.transcriber = Transcriber(Noting(), TranscriberOptions(), speaker._publish)
    await speaker.run((0, 8_000))
    assert asked[0] == ""
    assert asked[-1] == "de"
