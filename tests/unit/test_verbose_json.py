# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whatever a Whisper server writes, its words come out whole, in order and within the audio."""

import json
from itertools import pairwise
from traceback import format_exception
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.clients import verbose_json
from media.clients.http import AnswerFault
from media.clients.verbose_json import Answer
from media.core.words import Hypothesis, Segment, Word, text_of

START_MS, AUDIO_MS = 60_000, 10_000


def parsed(answer: object) -> Answer:
    return verbose_json.understood(json.dumps(answer).encode())


def understood(answer: object, language: str = "", *, words_are_tokens: bool = False) -> Hypothesis:
    return parsed(answer).hypothesis(
        start_ms=START_MS, audio_ms=AUDIO_MS, language=language, words_are_tokens=words_are_tokens
    )


def spoken(text: str, start: Any = 0.0, end: Any = 1.0, **numbers: Any) -> dict[str, Any]:
    return {"word": text, "start": start, "end": end} | numbers


def texts(answer: object) -> list[str]:
    return [word.text for word in understood(answer).words]


def test_an_answer_of_faster_whisper_is_taken_as_it_is() -> None:
    answer = {
        "language": "english",
        "text": " Hello, world.",
        "segments": [
            {
                "start": 0.5,
                "end": 1.5,
                "text": " Hello, world.",
                "no_speech_prob": 0.1,
                "avg_logprob": -0.3,
                "compression_ratio": 1.2,
                "words": [
                    spoken(" Hello,", 0.5, 0.9, probability=0.8),
                    spoken(" world.", 1.0, 1.5, probability=0.7),
                ],
            }
        ],
    }
    words = (Word(60_500, 60_900, " Hello,", 0.8), Word(61_000, 61_500, " world.", 0.7))
    segment = Segment(words, no_speech_probability=0.1, mean_log_probability=-0.3, compression_ratio=1.2)
    assert understood(answer) == Hypothesis((segment,), "en")


def test_bare_words_beside_the_segments_get_their_spaces_and_punctuation_back() -> None:
    answer = {
        "language": "english",
        "segments": [{"text": " He said: “Don't go!”", "avg_logprob": -0.1}, {"text": " Twenty-five - OK?"}],
        "words": [spoken(word) for word in ("He", "said", "Don't", "go", "Twenty", "five", "OK")],
    }
    first, second = understood(answer).segments
    assert [word.text for word in first.words] == [" He", " said:", " “Don't", " go!”"]
    assert [word.text for word in second.words] == [" Twenty-", "five", " - OK?"]
    assert first.mean_log_probability == -0.1


def test_segments_without_a_space_before_them_do_not_run_together() -> None:
    segments = [{"text": "One two."}, {"text": "Three."}]
    words = [spoken("One"), spoken("two"), spoken("Three")]
    assert texts({"segments": segments, "words": words}) == [" One", " two.", " Three."]
    assert text_of(understood({"segments": segments}).words) == "One two. Three."


def test_chinese_words_get_no_spaces() -> None:
    answer = {"segments": [{"text": "你好，世界。"}], "words": [spoken("你好"), spoken("世界")]}
    assert texts(answer) == ["你好，", "世界。"]


def test_words_that_the_text_writes_otherwise_lose_nothing_of_the_text() -> None:
    answer = {
        "segments": [{"text": " It costs $20 today."}],
        "words": [spoken(word) for word in ("It", "costs", "twenty", "dollars", "today")],
    }
    assert "".join(texts(answer)) == " It costs $20 today."


def test_words_without_any_text_are_joined_by_spaces() -> None:
    assert texts({"words": [spoken("Hello"), spoken("world")]}) == [" Hello", " world"]
    assert texts({"segments": [{"words": [spoken(" Hello"), spoken(",")]}]}) == [" Hello", ","]


def test_text_without_word_times_is_spread_over_its_segment() -> None:
    (segment,) = understood({"segments": [{"text": " one two six", "start": 2.0, "end": 3.5}]}).segments
    assert segment.words == (
        Word(62_000, 62_500, " one"),
        Word(62_500, 63_000, " two"),
        Word(63_000, 63_500, " six"),
    )


def test_bare_text_is_spread_over_the_audio() -> None:
    words = understood({"text": "Hello world"}).words
    assert [word.text for word in words] == [" Hello", " world"]
    assert (words[0].start_ms, words[-1].end_ms) == (START_MS, START_MS + AUDIO_MS)
    assert texts({"text": "世界"}) == ["世", "界"]


def test_a_word_without_times_follows_the_one_before_it() -> None:
    answer = {
        "words": [spoken("It", 1.0, 1.2), {"word": "is"}, spoken("25", None, None), spoken("here", 2.0, 2.5)]
    }
    places = [(word.start_ms - START_MS, word.end_ms - START_MS) for word in understood(answer).words]
    assert places == [(1000, 1200), (1200, 1200), (1200, 1200), (2000, 2500)]


def test_words_that_all_lack_times_are_spread_over_the_segment() -> None:
    words = [{"word": " Hello"}, {"word": " world"}]
    segment = {"text": " Hello world", "start": 2.0, "end": 4.0}
    for answer in ({"segments": [segment | {"words": words}]}, {"segments": [segment], "words": words}):
        assert [(word.start_ms, word.end_ms) for word in understood(answer).words] == [
            (62_000, 63_000),
            (63_000, 64_000),
        ]


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        ({"text": "Hello"}, True),
        ({"segments": [{"text": "Hello", "words": [{"word": "Hello"}]}]}, True),
        ({"text": "Hello", "words": [spoken("Hello")]}, False),
        ({"segments": [{"text": "Hello", "words": [spoken("Hello")]}]}, False),
        ({"text": " "}, False),
    ],
)
def test_an_answer_tells_whether_it_lacks_word_times(answer: dict[str, Any], lacks: bool) -> None:
    assert parsed(answer).lacks_word_times is lacks


def test_tokens_become_words_where_words_have_spaces() -> None:
    """As whisper.cpp writes them."""
    tokens = [
        spoken(" The", 0.0, 0.2, probability=0.9),
        spoken(" brid", 0.2, 0.5, probability=0.8),
        spoken("ge", 0.5, 0.7, probability=0.6),
        spoken(".", 0.7, 0.8, probability=0.4),
    ]
    answer = {"language": "english", "segments": [{"text": " The bridge.", "words": tokens}]}
    first, second = understood(answer, words_are_tokens=True).words
    assert first == Word(60_000, 60_200, " The", 0.9)
    assert (second.start_ms, second.end_ms, second.text) == (60_200, 60_800, " bridge.")
    assert second.probability == pytest.approx(0.6)
    chinese = {
        "language": "chinese",
        "segments": [{"text": "你好。", "words": [spoken("你"), spoken("好"), spoken("。")]}],
    }
    assert [word.text for word in understood(chinese, words_are_tokens=True).words] == ["你", "好", "。"]


@pytest.mark.parametrize("newer", [False, True])
def test_rows_without_names_are_told_apart_by_their_places(newer: bool) -> None:
    """As whisper-asr-webservice wrote them until 1.6, on faster-whisper."""
    words = [[0.5, 0.9, " Hello,", 0.8], [1.0, 1.5, " world.", 0.7]]
    numbers = [-0.3, 1.2, 0.1]
    ends = [*numbers, words, 0.0] if newer else [0.0, *numbers, words]
    answer = {"language": "en", "segments": [[1, 0, 0.5, 1.5, " Hello, world.", [50364], *ends]]}
    heard = (Word(60_500, 60_900, " Hello,", 0.8), Word(61_000, 61_500, " world.", 0.7))
    segment = Segment(heard, no_speech_probability=0.1, mean_log_probability=-0.3, compression_ratio=1.2)
    assert understood(answer).segments == (segment,)


def test_whether_the_words_come_after_the_prefix_is_what_the_server_says() -> None:
    assert understood({"text": "there", "after_prefix": True}).after_prefix
    assert not understood({"text": "Hello there"}).after_prefix


def test_numbers_that_are_none_are_as_if_not_said() -> None:
    segment = {"avg_logprob": float("nan"), "no_speech_prob": None, "compression_ratio": float("inf")}
    answer = {"segments": [segment | {"text": " Hi", "words": [spoken(" Hi", probability=float("nan"))]}]}
    assert understood(answer).segments == (Segment((Word(60_000, 61_000, " Hi"),)),)


@pytest.mark.parametrize(
    ("said", "asked", "language"),
    [
        ("english", "", "en"),
        ("de", "", "de"),
        ("klingon", "", ""),
        (None, "fr", "fr"),
        ("english", "de", "en"),
    ],
)
def test_the_language_is_what_the_server_says_or_else_what_it_was_told(
    said: str | None, asked: str, language: str
) -> None:
    assert understood({"language": said, "text": "x"}, asked).language == language


@pytest.mark.parametrize(
    "answer", [{}, {"text": ""}, {"segments": [], "text": "  "}, {"segments": [{"words": []}]}]
)
def test_nothing_said_is_no_segment(answer: dict[str, Any]) -> None:
    assert understood(answer).segments == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'"text"', b'{"segments": 5}', b'{"text": [1]}', b'{"words": [{}]}', b"\xff"],
)
def test_what_is_no_answer_of_whisper_is_a_fault(body: bytes) -> None:
    with pytest.raises(AnswerFault, match="broken_answer"):
        verbose_json.understood(body)


@pytest.mark.parametrize("body", [b'{"text": ["my secret"]}', b'{"segments": [{"text": ["my secret"]}]}'])
def test_the_fault_does_not_hold_what_was_said(body: bytes) -> None:
    with pytest.raises(AnswerFault) as caught:
        verbose_json.understood(body)
    assert "secret" not in "".join(format_exception(caught.value))


NUMBERS = st.none() | st.floats() | st.integers(-10, 20)
TEXTS = st.text(st.sampled_from("ab ,.世界"), max_size=6)
ANY_WORDS = st.none() | st.lists(
    st.fixed_dictionaries(
        {"word": TEXTS}, optional={"start": NUMBERS, "end": NUMBERS, "probability": NUMBERS}
    ),
    max_size=6,
)
ANY_SEGMENTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "text": TEXTS,
            "start": NUMBERS,
            "end": NUMBERS,
            "avg_logprob": NUMBERS,
            "words": ANY_WORDS,
        },
    ),
    max_size=4,
)


@given(ANY_SEGMENTS, ANY_WORDS, TEXTS)
def test_words_lie_within_the_audio_and_in_order_whatever_the_server_says(
    segments: list[dict[str, Any]], words: list[dict[str, Any]] | None, text: str
) -> None:
    result = understood({"segments": segments, "words": words, "text": text}).words
    assert all(START_MS <= word.start_ms <= word.end_ms <= START_MS + AUDIO_MS for word in result)
    assert all(first.start_ms <= second.start_ms for first, second in pairwise(result))
    assert all(0 <= word.probability <= 1 and word.text.strip() for word in result)


@given(st.lists(st.sampled_from(["a", "ab", "b,", "“c”", "d-e", "世"]), min_size=1, max_size=8), st.data())
def test_no_letter_of_a_text_is_lost_when_words_are_laid_over_it(
    tokens: list[str], data: st.DataObject
) -> None:
    text = " " + " ".join(tokens)
    known = [token.strip(",“”") for token in tokens if data.draw(st.booleans())]
    answer = {"segments": [{"text": text}], "words": [spoken(word) for word in known]}
    assert "".join(texts(answer)) == text


def test_what_comes_after_a_prefix_may_go_on_in_the_middle_of_a_word() -> None:
    words = [spoken(",000"), spoken("-odd"), spoken(" years")]
    answer = {"text": ",000-odd years", "after_prefix": True, "segments": [{"words": words[:2]}]}
    assert texts(answer) == [",000", "-odd"]
    assert texts(answer | {"segments": [{"text": ",000-odd years", "words": words}]}) == [
        ",000",
        "-odd",
        " years",
    ]
