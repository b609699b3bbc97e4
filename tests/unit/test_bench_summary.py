# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What several clips of a benchmark come to, as a table and beside an earlier run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from media.events import SttParagraphFinal, SttPartial
from tests.bench import run as runs
from tests.bench.baseline import comparison, differences
from tests.bench.clips import Clip
from tests.bench.figures import Figures, figures
from tests.bench.lag import spoken_words
from tests.bench.performance import Costs
from tests.bench.played import Played
from tests.bench.run import Run
from tests.bench.summary import Share, Spread, by_language, summary
from tests.bench.table import cell, table

SPOKEN = spoken_words([("one", 0.5, 1.0), ("two", 1.5, 2.0)])


def clip(name: str, kind: str = "speech", seconds: int = 3) -> Clip:
    return Clip(
        name=name,
        kind=kind,
        language="en" if kind == "speech" else kind,
        transcript="One two." if kind == "speech" else "",
        translations={"de": "Eins zwei."},
        samples=np.full(16_000 * seconds, sum(name.encode()) / 1e6, np.float32),
        onset_ms=500,
        offset_ms=2_000,
    )


def played(of: Clip, text: str = "One two.", final_s: float = 3.0, started: float = 50.0) -> Played:
    final = SttParagraphFinal(paragraph_id=0, text=text, language="en", started_ms=0, ended_ms=0)
    return Played(
        clip=of,
        talker=0,
        target="de",
        started=started,
        microphone_started=started - 1,
        arrived=[
            (started + 1.5, SttPartial(paragraph_id=0, text=text[:3], stable=0)),
            (started + final_s, final),
        ],
        cpu_s={"server": 0.3, "whisper": 1.5},
        minutes=[],
    )


def judged(name: str, text: str = "One two.", final_s: float = 3.0) -> Figures:
    return figures(played(clip(name), text, final_s), "one two", SPOKEN, "Eins zwei.")


def run(*clips: Figures, **machine: str) -> Run:
    return Run(
        engines="embedded",
        talkers=1,
        machine={"cpu": "fast", "cores": "2"} | machine,
        versions={},
        models={"whisper": "base"},
        costs=Costs(
            cpu_s={"server": 0.6}, wall_s=6.0, peak_memory_mb={}, load_before=[0.0], load_after=[0.5]
        ),
        left_out=[],
        own_share=[],
        clips=list(clips),
    )


def test_times_are_those_after_speech_began_and_ended() -> None:
    latency = judged("a").latency
    assert latency is not None
    assert (latency.first_text_s, latency.every_word_s, latency.final_s) == (1.0, 1.0, 1.0)


def test_a_final_before_the_end_of_speech_is_not_its_final() -> None:
    latency = judged("a", final_s=1.9).latency
    assert latency is not None
    assert latency.final_s is None


@pytest.mark.parametrize(
    ("text", "first_missing", "last_missing"),
    [("One two.", False, False), ("Um, one two, eh.", False, False), ("two", True, False), ("", True, True)],
)
def test_missing_edges_are_found(text: str, first_missing: bool, last_missing: bool) -> None:
    live = judged("a", text).live
    assert live is not None
    assert (live.first_missing, live.last_missing) == (first_missing, last_missing)


def test_word_errors_of_all_clips_are_put_in_relation_to_all_words() -> None:
    result = summary([judged("a"), judged("b", "One three four.")])
    assert result["WER streaming (%)"] == 50.0
    assert result["WER offline (%)"] == 0.0
    assert result["WER difference (points)"] == 50.0
    assert result["last word missing"] == Share(count=1, of=2)
    assert result["words matched"] == Share(count=3, of=4)
    assert result["end of speech -> final (s)"] == Spread(p50=1.0, p95=1.0, n=2)
    assert result["CPU s/s whisper"] == 0.5


def test_clips_without_speech_count_words_and_no_errors() -> None:
    noise = figures(played(clip("n", "noise"), "Thank you."), "", [], None)
    result = by_language([judged("a"), noise])
    assert list(result) == ["en", "noise", "all"]
    assert result["noise"]["invented words, shown"] == 2
    assert result["noise"]["invented words, offline"] == 0
    assert "WER streaming (%)" not in result["noise"]
    assert result["all"]["invented words, final"] == 2


def test_chrf_is_that_of_the_live_and_of_the_whole_translation() -> None:
    one = judged("a")
    assert (one.chrf_live, one.chrf_whole) == (0.0, 100.0)


def test_a_table_shows_each_figure_of_each_group() -> None:
    lines = list(table(run(judged("a"), judged("b", ""))))
    assert any(line.split() == ["clips", "2"] for line in lines)
    assert any(line.startswith("last word missing") and line.endswith("1 of 2") for line in lines)
    assert "first word missing, last word missing: b" in lines
    assert cell(Spread(p50=0.5, p95=1.25, n=3)) == "0.50 / 1.25 (3)"


def test_a_run_that_was_written_is_read_again(tmp_path: Path) -> None:
    before = run(judged("a"), judged("b"))
    runs.write(before, tmp_path / "out" / "run.json")
    assert runs.read(tmp_path / "out" / "run.json") == before


def test_a_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.json was not written by this benchmark"):
        runs.read(tmp_path / "other.json")


def test_only_clips_of_both_runs_are_compared() -> None:
    lines = list(comparison(run(judged("a", final_s=4.0), judged("b")), run(judged("a"), judged("c"))))
    assert "Mind: not compared: 1 clips only of this run, 1 only of the earlier one" in lines
    line = next(line for line in lines if line.startswith("end of speech -> final (s)"))
    assert line.split()[6:] == ["2.00", "/", "2.00", "(1)", "1.00", "/", "1.00", "(1)", "2.00", "2.00"]


def test_what_makes_runs_differ_is_said() -> None:
    slow = replace(run(judged("a"), cpu="slow"), talkers=2)
    assert list(differences(slow, run(judged("a")))) == [
        "talkers: 2 now, 1 before",
        "machine, cpu: slow now, fast before",
    ]


def test_runs_without_a_common_clip_are_not_compared() -> None:
    assert list(comparison(run(judged("a")), run(judged("b"))))[-1] == "Both runs have no clip in common."
