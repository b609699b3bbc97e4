# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How a transcription is written in OpenAI's formats."""

import json
import math

import pytest

from media.engines.transcription import (
    RESPONSE_FORMATS,
    DecodedSegment,
    TimedWord,
    Transcription,
    render,
)


def segment(text: str, start_s: float, end_s: float, certainty: float = -0.25) -> DecodedSegment:
    return DecodedSegment(
        start_s=start_s,
        end_s=end_s,
        text=text,
        temperature=0.0,
        mean_log_probability=certainty,
        compression_ratio=1.1,
        no_speech_probability=0.05,
        words=(TimedWord(start_s=start_s, end_s=end_s, text=text, probability=0.8),),
    )


SAID = Transcription(
    language="de",
    duration_s=3725.5,
    segments=(segment(" Grüß --> dich.", 0.0, 1.2345), segment(" Ende", 3724.9996, 3725.5)),
)
NOTHING = Transcription(language="", duration_s=0.0, segments=())


def test_json_holds_the_text_as_it_was_written() -> None:
    rendering = render(SAID, "json", ())
    assert rendering.body == '{"text": "Grüß --> dich. Ende"}'
    assert rendering.content_type == "application/json"


def test_text_is_one_line() -> None:
    assert render(SAID, "text", ()).body == "Grüß --> dich. Ende\n"


def test_srt_numbers_its_cues_and_keeps_arrows_out_of_them() -> None:
    assert render(SAID, "srt", ()).body == (
        "1\n00:00:00,000 --> 00:00:01,234\nGrüß -> dich.\n\n2\n01:02:05,000 --> 01:02:05,500\nEnde\n"
    )


def test_vtt_begins_with_its_name() -> None:
    assert render(SAID, "vtt", ()).body == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.234\nGrüß -> dich.\n\n01:02:05.000 --> 01:02:05.500\nEnde\n"
    )


@pytest.mark.parametrize(
    ("granularities", "lists"),
    [({"segment"}, {"segments"}), ({"word"}, {"words"}), ({"word", "segment"}, {"segments", "words"})],
)
def test_verbose_json_has_the_lists_that_were_asked_for(granularities: set[str], lists: set[str]) -> None:
    answer = json.loads(render(SAID, "verbose_json", granularities).body)
    assert {"segments", "words"} & set(answer) == lists
    assert (answer["task"], answer["language"], answer["duration"]) == ("transcribe", "de", 3725.5)


def test_verbose_json_tells_how_certain_whisper_is() -> None:
    answer = json.loads(render(SAID, "verbose_json", {"segment", "word"}).body)
    first = answer["segments"][0]
    assert (first["id"], first["start"], first["end"]) == (0, 0.0, 1.234)
    assert (first["avg_logprob"], first["no_speech_prob"], first["compression_ratio"]) == (-0.25, 0.05, 1.1)
    assert first["words"] == answer["words"][:1]
    assert answer["words"][1] == {"word": " Ende", "start": 3725.0, "end": 3725.5, "probability": 0.8}


def test_a_number_that_is_none_is_never_sent() -> None:
    broken = Transcription(language="en", duration_s=1.0, segments=(segment(" x", 0, 1, math.nan),))
    with pytest.raises(ValueError, match="JSON"):
        render(broken, "verbose_json", {"segment"})


@pytest.mark.parametrize("response_format", RESPONSE_FORMATS)
def test_nothing_said_can_be_written_in_every_format(response_format: str) -> None:
    rendering = render(NOTHING, response_format, {"segment", "word"})
    assert rendering.content_type
    assert "-->" not in rendering.body
