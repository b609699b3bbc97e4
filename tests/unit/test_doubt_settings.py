# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Every layer of doubt can be switched off in the settings."""

from dataclasses import fields, replace
from typing import Any

import pytest

from media.core.doubt import Doubt, DoubtOptions
from media.core.words import Hypothesis, Segment
from server.options import live_options
from tests.settings import settings_with
from tests.unit.core.saying import said

OFF: dict[str, Any] = {
    "doubt_no_speech_probability": 1,
    "doubt_floor_log_probability": -100,
    "doubt_word_log_probability": -100,
    "doubt_prefix_log_probability": -100,
    "doubt_compression_ratio": 1000,
    "doubt_circling_rounds": 1000,
    "doubt_loop_repetitions": 1000,
    "doubt_loop_word_repetitions": 1000,
    "doubt_loop_character_repetitions": 1000,
    "doubt_credits": False,
    "doubt_sounds": False,
    "doubt_courtesies": False,
    "doubt_unreadable": False,
    "doubt_speech_margin_ms": -1,
}
"""What the settings' descriptions say."""


def options_with(**settings: Any) -> DoubtOptions:
    return live_options(settings_with("", **settings)).transcriber.doubt


def heard(text: str, **certainty: float) -> Hypothesis:
    words = tuple(replace(word, probability=1e-4) for word in said(text))
    return Hypothesis((Segment(words, **certainty),), "en")


@pytest.mark.parametrize(
    "hypothesis",
    [
        heard("I see", no_speech_probability=1.0, mean_log_probability=-9.0, compression_ratio=30.0),
        heard("no " * 50),
        heard("we know it very well " * 20),
        heard("Aaaaaaaaaaaaaaaaaaaaaaaaah"),
        heard("Subtitles by the Amara.org community"),
        heard("[Music]"),
        heard("Thank you.", no_speech_probability=1.0),
        heard("..."),
    ],
)
def test_with_everything_switched_off_nothing_is_dropped(hypothesis: Hypothesis) -> None:
    assert Doubt(options_with(**OFF)).trusted(hypothesis, speech=[]) == hypothesis
    assert Doubt(options_with()).trusted(hypothesis, speech=[]).words == ()


def test_every_option_has_a_setting() -> None:
    changed = options_with(
        **OFF,
        doubt_mean_log_probability=-9,
        doubt_short_text_slack=9,
        doubt_courtesy_no_speech_probability=0.9,
        doubt_courtesy_log_probability=-9,
    )
    for field in fields(DoubtOptions):
        assert getattr(changed, field.name) != field.default, field.name
