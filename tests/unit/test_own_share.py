# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""With scripted engines the benchmark knows what it sent when, and so what the server's own share is."""

from dataclasses import replace

import numpy as np
import pytest

from media.core.segmenter import SegmenterOptions
from media.core.windows import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from media.events import SttParagraphFinal, SttPartial
from media.vad import SileroVad
from tests.bench.clips import Clip
from tests.bench.engines import Asked
from tests.bench.hearing import Hearing, tail_of
from tests.bench.own_share import own_share
from tests.bench.played import Played
from tests.bench.scripted_speech import VOICE, scripted_clip, scripted_words
from tests.peers import Arrived

BEGAN = 1_000.0
"""When the microphone was switched on."""
LEAD_S = 0.5
"""From then to the clip's first sample."""
SECONDS = 9
WINDOW_S = 0.032
PACKET_S = 0.06


@pytest.fixture(scope="module")
def vad() -> SileroVad:
    return SileroVad()


@pytest.fixture(scope="module")
def clip(vad: SileroVad) -> Clip:
    return scripted_clip(vad)


@pytest.fixture(scope="module")
def hearing(clip: Clip, vad: SileroVad) -> Hearing:
    """The first seconds of the clip, as a server got them."""
    played = Played(
        clip=replace(clip, samples=clip.samples[: SECONDS * SAMPLE_RATE_HZ]),
        talker=0,
        target="de",
        started=BEGAN + LEAD_S,
        microphone_started=BEGAN,
        arrived=[],
        cpu_s=None,
        minutes=[],
    )
    return Hearing(played, vad, SegmenterOptions(end_ms=640))


def test_the_end_of_an_utterance_was_sent_when_its_silence_was_long_enough(hearing: Hearing) -> None:
    first = hearing.utterances[0]
    after_s = first.ended_at - BEGAN - first.speech_end_ms / 1000
    assert 0.64 <= after_s <= 0.64 + WINDOW_S + PACKET_S


def test_utterances_are_heard_where_words_were_spoken(hearing: Hearing) -> None:
    words = [LEAD_S + word.end_s for word in scripted_words()]
    for utterance in hearing.utterances:
        assert min(abs(utterance.speech_end_ms / 1000 - end_s) for end_s in words) < 0.2


def test_what_was_sent_left_with_the_packet_that_completes_it(hearing: Hearing) -> None:
    assert hearing.sent_at(1) == pytest.approx(BEGAN + PACKET_S)
    assert hearing.sent_at(SAMPLE_RATE_HZ) == pytest.approx(BEGAN + 1, abs=2 * PACKET_S)


def final(at: float, ended_ms: int) -> Arrived:
    event = SttParagraphFinal(
        paragraph_id=0, text="one.", language="en", started_ms=ended_ms - 900, ended_ms=ended_ms
    )
    return [(at, event)]


def test_a_final_s_own_share_is_what_comes_after_the_audio(hearing: Hearing) -> None:
    first = hearing.utterances[0]
    share = own_share(3, final(first.ended_at + 0.04, first.speech_end_ms - 30), hearing, None)
    assert (share.talker, share.finals_ms, share.partials_ms) == (3, [40.0], [])
    assert share.utterances == len(hearing.utterances)


def test_a_final_of_no_utterance_has_no_share(hearing: Hearing) -> None:
    assert own_share(0, final(BEGAN + 5, 10), hearing, None).finals_ms == []


@pytest.fixture
def one(hearing: Hearing) -> Asked:
    """Received 20 ms after the end of its audio was sent, answered after 5 ms."""
    tail = tail_of(np.concatenate(hearing.received)[: WINDOW_SAMPLES * 60])
    sent_at = hearing.sent_at(WINDOW_SAMPLES * 60)
    return Asked(received=sent_at + 0.02, answered=sent_at + 0.025, tail=tail, is_final=False)


def test_a_partial_s_own_share_is_that_before_and_after_the_engine(hearing: Hearing, one: Asked) -> None:
    arrived: Arrived = [(one.answered + 0.03, SttPartial(paragraph_id=0, text="one", stable=0))]
    share = own_share(0, arrived, hearing, [one])
    assert share.partials_ms == [50.0]
    assert share.engine_ms == [5.0]
    assert share.summary()["utterances"] == len(hearing.utterances)


def test_a_partial_of_a_thorough_answer_had_to_wait_for_the_pause(hearing: Hearing, one: Asked) -> None:
    arrived: Arrived = [(one.answered + 0.03, SttPartial(paragraph_id=0, text="one", stable=0))]
    assert own_share(0, arrived, hearing, [replace(one, is_final=True)]).partials_ms == []


def test_the_voice_that_is_played_is_heard_word_by_word(clip: Clip) -> None:
    assert len(clip.transcript.split()) == len(scripted_words())
    word = scripted_words()[0]
    samples = clip.samples[round((word.start_s - 0.1) * SAMPLE_RATE_HZ) : round(word.end_s * SAMPLE_RATE_HZ)]
    assert [heard.text.strip(" .") for heard in VOICE.heard(samples)] == [word.text]
