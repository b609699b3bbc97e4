# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Which clips a benchmark plays, and what the minutes of a long one came to."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from media.events import Stages, SttParagraphFinal, SttPartial
from tests.bench.clips import Clip, clips_of
from tests.bench.lag import WordLag
from tests.bench.minutes import minutes_of
from tests.bench.options import options_of
from tests.bench.played import Played
from tests.bench.stages import medians, stages_of
from tests.peers import Arrived

ENTRIES: list[dict[str, object]] = [
    {"file": "en-short.wav", "kind": "speech", "lang": "en", "transcript": "One.", "bench": True},
    {"file": "ru-short.wav", "kind": "speech", "lang": "ru", "transcript": "Раз.", "bench": True},
    {"file": "en-long.wav", "kind": "speech", "lang": "en", "transcript": "One.", "bench": False},
    {"file": "wind.wav", "kind": "noise", "lang": None, "transcript": "", "bench": True},
]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    for entry in ENTRIES:
        with wave.open(str(tmp_path / str(entry["file"])), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", ""))
            file.writeframes(np.zeros(16_000, "<i2").tobytes())
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(ENTRIES), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("languages", "only", "names"),
    [
        ([], "", ["en-short.wav", "ru-short.wav", "wind.wav"]),
        (["ru"], "", ["ru-short.wav", "wind.wav"]),
        ([], "long", ["en-long.wav"]),
        ([], "short", ["en-short.wav", "ru-short.wav"]),
    ],
)
def test_marked_clips_are_played_or_those_that_are_named(
    manifest: Path, languages: list[str], only: str, names: list[str]
) -> None:
    assert [clip.name for clip in clips_of(manifest, languages, only)] == names


def test_a_clip_without_speech_is_counted_by_its_kind(manifest: Path) -> None:
    (clip,) = clips_of(manifest, [], "wind")
    assert (clip.language, clip.is_speech, clip.duration_ms) == ("noise", False, 1_000)


def test_options_say_what_to_play() -> None:
    options = options_of(["--langs", "en,ru", "--sessions", "4", "--engines", "scripted", "--out", "a.json"])
    assert options.languages == {"en", "ru"}
    assert (options.talkers, options.engines, options.out) == (4, "scripted", Path("a.json"))


def test_nobody_to_talk_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options_of(["--sessions", "0"])
    assert "--sessions is at least 1" in capsys.readouterr().err


def final(stt_ms: int) -> SttParagraphFinal:
    return SttParagraphFinal(
        paragraph_id=0,
        text="one",
        language="en",
        started_ms=0,
        ended_ms=0,
        stages=Stages(capture_ms=40, stt_ms=stt_ms),
    )


def long_clip(arrived: Arrived, minutes: int) -> Played:
    clip = Clip(
        name="long",
        kind="speech",
        language="en",
        transcript="one",
        samples=np.zeros(0, np.float32),
        onset_ms=0,
        offset_ms=0,
    )
    return Played(
        clip=clip,
        talker=0,
        target="de",
        started=100.0,
        microphone_started=100.0,
        arrived=arrived,
        cpu_s={},
        minutes=[{"whisper": 30.0, "server": 6.0}] * minutes,
    )


def test_each_minute_has_its_own_events_and_words() -> None:
    partial = SttPartial(paragraph_id=0, text="one", stable=0)
    played = long_clip([(110.0, partial), (150.0, final(20)), (170.0, final(400))], minutes=2)
    lags = [
        WordLag(text="one", end_s=5.0, shown_s=0.5, settled_s=1.0),
        WordLag(text="two", end_s=65.0, shown_s=0.75, settled_s=None),
    ]
    first, second = minutes_of(played, lags)
    assert (first.answers, first.whisper_s, first.stt_ms, first.shown_s, first.settled_s) == (
        2,
        15,
        20,
        0.5,
        1,
    )
    assert (second.answers, second.stt_ms, second.shown_s, second.settled_s) == (1, 400, 0.75, None)


def test_a_short_clip_has_no_minutes() -> None:
    assert minutes_of(long_clip([], minutes=1), []) == []


def test_stages_of_finals_are_taken_down_as_they_are_told() -> None:
    stages = stages_of([(1.0, final(20)), (2.0, final(60)), (3.0, final(100))])
    assert medians(stages)["stt_ms"] == 60
    assert medians(stages)["capture_ms"] == 40
    assert medians([]) == {}
