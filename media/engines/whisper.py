# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m media.engines.whisper`: Whisper on this machine, in the dialect of OpenAI.

    curl http://127.0.0.1:8001/v1/audio/transcriptions -F file=@speech.flac -F model=base \\
         -F response_format=verbose_json -F 'timestamp_granularities[]=word'

Fields: `file` (whatever FFmpeg decodes; 16 kHz mono WAV costs least), `model`, `language` (ISO 639-1, else it
is detected), `prompt`, `temperature`, `response_format` (json, text, verbose_json, srt, vtt),
`timestamp_granularities[]` (word, segment), and one of ours: `beam_size` (default 5; 1 is fastest).
In `verbose_json` the language is a code (`en`), where OpenAI writes its name (`english`); segments are
sentences; words have the space before them and a probability.
"""

import argparse
import asyncio
import io
import os
import sys
import wave
from pathlib import Path

import numpy as np
import psutil

from media.engines.decoding import SAMPLE_RATE_HZ
from media.engines.errors import ModelUnusable
from media.engines.models import DEFAULT_CACHE_FOLDER, FoundModel, ModelPlaces, find_model
from media.engines.serving import add_serving_arguments, make_app, report_progress, run, serving_options
from media.engines.transcription import ModelFailed, Wish
from media.engines.transcription_form import MOST_BODY_BYTES
from media.engines.transcription_queue import TranscriptionQueue
from media.engines.whisper_api import ServedWhisper, WhisperApi

DEFAULT_MODEL = "base"
DEFAULT_PORT = 8001


def main() -> None:
    """Read the arguments and serve until told to stop."""
    parser = _parser()
    arguments = parser.parse_args()
    try:
        serving = serving_options(arguments)
    except ValueError as error:
        parser.error(str(error))
    api = WhisperApi()

    async def load() -> str:
        api.served = await _loaded(arguments)
        return api.served.name

    run(make_app(api.routes, most_body_bytes=MOST_BODY_BYTES), serving, load)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m media.engines.whisper",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_serving_arguments(parser, default_port=DEFAULT_PORT)
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        help="a folder in CTranslate2 format, a known name, or owner/repository (default: %(default)s)",
    )
    parser.add_argument(
        "--cache-dir",
        type=Path,
        default=DEFAULT_CACHE_FOLDER,
        help="where models are put together and kept (default: %(default)s)",
    )
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="auto",
        help="auto takes CUDA where there is a device (default: %(default)s)",
    )
    parser.add_argument(
        "--compute-type",
        default="auto",
        help="auto takes float16 on CUDA, int8 on a CPU; else a type of CTranslate2 (default: %(default)s)",
    )
    parser.add_argument(
        "--threads",
        type=_positive,
        default=max(1, _available_cores() // 2),
        help="on a CPU (default: half of its cores, here %(default)s)",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more: {number}")
    return number


def _available_cores() -> int:
    """Physical cores: two threads on one core are slower here than one.

    Half of them work for Whisper: its decoder's steps are too small to be shared, so that more threads mostly
    wait for each other (on two cores, 1.7 times the CPU time for the same answer after the same time).
    """
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if sys.platform == "linux":
        return min(cores, len(os.sched_getaffinity(0)))
    return cores


async def _loaded(arguments: argparse.Namespace) -> ServedWhisper:
    found, queue = await asyncio.to_thread(_load, arguments)
    report_progress(f"Trying the Whisper model '{found.name}'")
    try:
        await queue.transcribe(_faint_noise(), Wish(language="en", beam_size=1))
    except ModelFailed as error:
        raise ModelUnusable(f"The Whisper model '{found.name}' does not work here: {error}.") from error
    return ServedWhisper(name=found.name, licence=found.licence, queue=queue)


def _load(arguments: argparse.Namespace) -> tuple[FoundModel, TranscriptionQueue]:
    places = ModelPlaces(cache_folder=arguments.cache_dir)
    found = find_model(arguments.model, kind="whisper", places=places, report=report_progress)
    report_progress(f"Loading the Whisper model '{found.name}'")
    # It takes seconds to import; meanwhile the server listens, and can be stopped.
    from media.engines.recogniser import load_recogniser

    recogniser = load_recogniser(
        found.path,
        device=arguments.device,
        compute_type=arguments.compute_type,
        threads=arguments.threads,
    )
    return found, TranscriptionQueue(recogniser)


def _faint_noise() -> bytes:
    """A second of it, as a WAV file: the first decode is slow, and shows whether the model works at all."""
    noise = np.random.default_rng(seed=0).normal(0, 30, SAMPLE_RATE_HZ).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes(noise.tobytes())
    return content.getvalue()


if __name__ == "__main__":
    main()
