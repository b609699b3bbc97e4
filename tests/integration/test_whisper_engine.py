# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The embedded Whisper server as a process of its own, with the default model and recorded speech."""

import asyncio
import io
import re
import signal
import socket
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import av
import httpx
import numpy as np
import pytest
from pydantic import BaseModel, Field

from media.core.windows import SAMPLE_RATE_HZ, FloatArray
from tests.engine_servers import ROOT, command, engine
from tests.speech import Clip, spoken_clip, wer

pytestmark = pytest.mark.engines

ENGINE = "media.engines.whisper"
PATIENCE_S = 60.0
PATH = "/v1/audio/transcriptions"

Probability = Annotated[float, Field(ge=0, le=1)]
Files = dict[str, tuple[str, bytes]]
Form = dict[str, str | list[str]]


class Word(BaseModel):
    word: str
    start: float
    end: float
    probability: Probability


class Segment(BaseModel):
    id: int
    start: float
    end: float
    text: str
    temperature: float
    avg_logprob: Annotated[float, Field(le=0)]
    compression_ratio: float
    no_speech_prob: Probability
    words: list[Word]


class Verbose(BaseModel):
    """What `verbose_json` must hold."""

    task: str
    after_prefix: bool = False
    language: str
    duration: float
    text: str
    segments: list[Segment]
    words: list[Word]


@pytest.fixture(scope="module")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model is put together there once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def client(cache_folder: Path) -> Iterator[httpx.Client]:
    """A client of a server that all tests of this module share."""
    with (
        engine(ENGINE, cache_folder) as (_, address),
        httpx.Client(base_url=address, timeout=PATIENCE_S) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def clip() -> Clip:
    return spoken_clip()


def wav(samples: FloatArray) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return content.getvalue()


def opus_in_webm(samples: FloatArray) -> bytes:
    """As a browser records it."""
    content = io.BytesIO()
    with av.open(content, "w", format="webm") as output:
        stream = output.add_stream("libopus", rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=48_000, frame_size=960)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            output.mux(stream.encode(part))
    return content.getvalue()


def verbose(client: httpx.Client, content: bytes, **fields: str) -> Verbose:
    form: Form = {
        "model": "base",
        "response_format": "verbose_json",
        "timestamp_granularities[]": ["word", "segment"],
        **fields,
    }
    response = client.post(PATH, data=form, files={"file": ("speech", content)})
    assert response.status_code == 200, response.text
    return Verbose.model_validate_json(response.content)


def text_of(client: httpx.Client, content: bytes, **fields: str) -> str:
    response = client.post(PATH, data={"response_format": "text", **fields}, files={"file": ("a", content)})
    assert response.status_code == 200, response.text
    return response.text.strip()


def assert_in_order(words: list[Word], duration: float) -> None:
    times = [time for word in words for time in (word.start, word.end)]
    assert all(0 <= time <= duration for time in times)
    assert all(word.start <= word.end for word in words)
    starts = [word.start for word in words]
    assert starts == sorted(starts)


def test_it_says_that_it_is_well_and_which_model_it_has(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok", "model": "base"}
    models = client.get("/v1/models").json()
    assert models["object"] == "list"
    assert [model["id"] for model in models["data"]] == ["base"]


def test_speech_becomes_words_with_times(client: httpx.Client, clip: Clip) -> None:
    answer = verbose(client, wav(clip.samples))
    assert wer(answer.text, clip.transcript) < 0.25
    assert answer.language == "en"
    assert answer.task == "transcribe"
    assert answer.duration == pytest.approx(len(clip.samples) / SAMPLE_RATE_HZ, abs=0.001)
    assert_in_order(answer.words, answer.duration)
    assert "".join(word.word for word in answer.words).strip() == answer.text
    assert all(word.word.startswith(" ") for word in answer.words)


def test_segments_hold_their_words(client: httpx.Client, clip: Clip) -> None:
    answer = verbose(client, wav(clip.samples), language="en")
    assert [word for segment in answer.segments for word in segment.words] == answer.words
    assert [segment.id for segment in answer.segments] == list(range(len(answer.segments)))
    for segment in answer.segments:
        assert segment.text == "".join(word.word for word in segment.words)
        assert (segment.start, segment.end) == (segment.words[0].start, segment.words[-1].end)


def test_what_a_browser_recorded_is_heard_the_same(client: httpx.Client, clip: Clip) -> None:
    assert wer(text_of(client, opus_in_webm(clip.samples)), clip.transcript) < 0.25


def test_a_greedy_answer_has_the_words_too(client: httpx.Client, clip: Clip) -> None:
    assert wer(text_of(client, wav(clip.samples), beam_size="1"), clip.transcript) < 0.25


def test_speech_after_a_lot_of_silence_keeps_its_place(client: httpx.Client, clip: Clip) -> None:
    silence = np.zeros(20 * SAMPLE_RATE_HZ, np.float32)
    at_once = verbose(client, wav(clip.samples), language="en")
    later = verbose(client, wav(np.concatenate([clip.samples, silence, clip.samples])), language="en")
    assert_in_order(later.words, later.duration)
    offset = later.duration - at_once.duration
    second = [word for word in later.words if word.start > offset - 0.5]
    assert wer("".join(word.word for word in second), clip.transcript) < 0.25
    assert second[-1].end - offset == pytest.approx(at_once.words[-1].end, abs=0.5)


@pytest.mark.parametrize("seconds", [0.7, 1.3, 2.1, 3.4])
@pytest.mark.parametrize("beam_size", ["1", "5"])
def test_speech_that_breaks_off_is_not_said_twice(
    client: httpx.Client, clip: Clip, seconds: float, beam_size: str
) -> None:
    samples = clip.samples[: int(seconds * SAMPLE_RATE_HZ)]
    answer = verbose(client, wav(samples), language="en", beam_size=beam_size)
    assert_in_order(answer.words, seconds)
    assert len(answer.words) <= 2 + 4 * seconds


@pytest.mark.parametrize("response_format", ["json", "text", "srt", "vtt"])
def test_every_format_holds_the_text(client: httpx.Client, clip: Clip, response_format: str) -> None:
    form = {"model": "base", "response_format": response_format, "language": "en"}
    response = client.post(PATH, data=form, files={"file": ("speech.wav", wav(clip.samples))})
    said = response.json()["text"] if response_format == "json" else response.text
    spoken = [line for line in said.splitlines() if not re.search(r"^$|^\d+$|-->|^WEBVTT$", line)]
    assert wer(" ".join(spoken), clip.transcript) < 0.25
    assert ("-->" in said) == (response_format in ("srt", "vtt"))


def test_no_samples_are_no_text(client: httpx.Client) -> None:
    answer = verbose(client, wav(np.zeros(0, np.float32)))
    assert (answer.text, answer.segments, answer.words, answer.duration) == ("", [], [], 0)


GARBAGE: Files = {"file": ("a.wav", b"no audio at all" * 100)}
SHORT: Files = {"file": ("a.wav", wav(np.zeros(1600, np.float32)))}
LONG: Files = {"file": ("a.wav", wav(np.zeros(SAMPLE_RATE_HZ * 60, np.float32)) * 14)}


@pytest.mark.parametrize(
    ("fields", "files", "status", "code"),
    [
        ({}, GARBAGE, 400, "invalid_audio"),
        ({}, {"file": ("a.wav", b"")}, 400, "invalid_audio"),
        ({}, LONG, 413, "too_large"),
        ({}, {"other": ("a.wav", b"")}, 400, "missing_file"),
        ({"language": "xx"}, SHORT, 400, "unknown_language"),
        ({"language": "English"}, SHORT, 400, "unknown_language"),
        ({"model": "gpt-4o"}, SHORT, 404, "model_not_found"),
        ({"response_format": "xml"}, SHORT, 400, "invalid_value"),
        ({"timestamp_granularities[]": "phoneme"}, SHORT, 400, "invalid_value"),
        ({"temperature": "hot"}, SHORT, 400, "invalid_value"),
        ({"temperature": "nan"}, SHORT, 400, "invalid_value"),
        ({"temperature": "2"}, SHORT, 400, "invalid_value"),
        ({"beam_size": "0"}, SHORT, 400, "invalid_value"),
        ({"beam_size": "1.5"}, SHORT, 400, "invalid_value"),
        ({"beam_size": "9" * 5000}, SHORT, 400, "invalid_value"),
        ({"prompt": "x" * 100_000}, SHORT, 413, "too_large"),
        ({f"field-{number}": "x" for number in range(40)}, SHORT, 400, "invalid_value"),
    ],
)
def test_what_cannot_be_done_is_told(
    client: httpx.Client, fields: dict[str, str], files: Files, status: int, code: str
) -> None:
    response = client.post(PATH, data=fields, files=files)
    assert response.status_code == status
    error = response.json()["error"]
    assert (error["code"], error["type"]) == (code, "invalid_request_error")
    assert error["message"]


def test_other_bodies_paths_and_methods_are_told_too(client: httpx.Client) -> None:
    form = "multipart/form-data"
    cut_off = b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nabc"
    no_header = b"--x\r\nno header\r\n\r\nabc\r\n--x--\r\n"
    answers = [
        client.post(PATH, json={"file": "x"}),
        client.post(PATH, content=cut_off, headers={"content-type": form}),
        client.post(PATH, content=cut_off, headers={"content-type": f"{form}; boundary=x"}),
        client.post(PATH, content=no_header, headers={"content-type": f"{form}; boundary=x"}),
        client.get(PATH),
        client.get("/v1/nothing"),
    ]
    assert [answer.status_code for answer in answers] == [415, 400, 400, 400, 405, 404]
    assert all(answer.json()["error"]["code"] for answer in answers)
    assert client.get("/health").status_code == 200


def test_a_prompt_may_spell_what_steers_the_decoder(client: httpx.Client, clip: Clip) -> None:
    prompt = "<|endoftext|><|nospeech|><|translate|> " * 50
    assert wer(text_of(client, wav(clip.samples), prompt=prompt, language="en"), clip.transcript) < 0.4


def test_it_goes_on_behind_a_prefix(client: httpx.Client, clip: Clip) -> None:
    whole = verbose(client, wav(clip.samples), language="en")
    words = [word for segment in whole.segments for word in segment.words]
    half = len(words) // 2
    prefix = "".join(word.word for word in words[:half])
    rest = verbose(client, wav(clip.samples), language="en", prefix=prefix)
    assert rest.after_prefix
    assert not whole.after_prefix
    assert wer(rest.text, "".join(word.word for word in words[half:])) < 0.2
    assert rest.segments[0].words[0].start >= words[half - 1].start


def test_behind_a_prefix_that_is_the_whole_text_there_is_nothing(client: httpx.Client, clip: Clip) -> None:
    whole = text_of(client, wav(clip.samples), language="en")
    rest = verbose(client, wav(clip.samples), language="en", prefix=whole)
    assert (rest.text, rest.segments, rest.after_prefix) == ("", [], True)


def test_a_prefix_that_is_too_long_is_passed_over(client: httpx.Client, clip: Clip) -> None:
    answer = verbose(client, wav(clip.samples), language="en", prefix="never " * 200)
    assert not answer.after_prefix
    assert wer(answer.text, clip.transcript) < 0.4


def test_the_language_is_one_of_those_that_are_named(client: httpx.Client, clip: Clip) -> None:
    assert verbose(client, wav(clip.samples), languages="de,fr").language in ("de", "fr")
    assert verbose(client, wav(clip.samples), languages="de,en").language == "en"


async def test_it_answers_others_while_it_transcribes(client: httpx.Client, clip: Clip) -> None:
    content = wav(np.tile(clip.samples, 2))
    async with httpx.AsyncClient(base_url=client.base_url, timeout=PATIENCE_S) as other:
        transcribing = asyncio.create_task(
            other.post(PATH, data={"beam_size": "1"}, files={"file": ("a.wav", content)})
        )
        for _ in range(3):
            assert (await other.get("/health")).status_code == 200
        assert not transcribing.done()
        assert (await transcribing).status_code == 200


def test_a_signal_ends_it_cleanly_after_one_line_of_announcement(cache_folder: Path) -> None:
    with engine(ENGINE, cache_folder) as (process, address):
        assert httpx.get(address + "/health").status_code == 200
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate()
        assert (process.returncode, rest) == (0, "")


def test_it_does_not_outlive_its_standard_input(cache_folder: Path) -> None:
    with engine(ENGINE, cache_folder) as (process, address):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(address + "/health")


def test_it_can_be_interrupted_while_it_loads(cache_folder: Path) -> None:
    with subprocess.Popen(
        command(ENGINE, cache_folder), cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "base" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_a_model_that_is_nowhere_is_one_clear_line(tmp_path: Path) -> None:
    answer = subprocess.run(
        command(ENGINE, tmp_path, "--model", "./nowhere"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "There is no model at nowhere: check --model.\n"


def test_a_model_that_cannot_be_loaded_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"no weights")
    (tmp_path / "config.json").write_text("{}")
    answer = subprocess.run(
        command(ENGINE, tmp_path, "--model", str(tmp_path), "--device", "cpu"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    said = answer.stderr.splitlines()[-1]
    assert re.fullmatch(r"The model in .* cannot be loaded on cpu as int8 .*change --device.*", said)


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [*command(ENGINE, tmp_path), "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert answer.stderr == f"127.0.0.1:{port} is taken: give another port with --port.\n"
