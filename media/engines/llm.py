# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m media.engines.llm`: a language model on this machine, in the dialect of Ollama."""

import argparse
import asyncio
import os
from contextlib import aclosing
from pathlib import Path

from media.core.prompts import Message
from media.engines.errors import ModelError
from media.engines.language_model import LanguageModel, Sampling, Style, style_of
from media.engines.llama import LlamaFailed, LlamaOptions, load_llama
from media.engines.models import DEFAULT_CACHE_FOLDER, ModelPlaces, find_model
from media.engines.ollama import OllamaApi, ServedModel, ollama_problem_body
from media.engines.ollama_requests import MOST_BODY_BYTES
from media.engines.serving import add_serving_arguments, make_app, report_progress, run, serving_options

DEFAULT_MODEL = "gemma-3-270m"
DEFAULT_PORT = 11434
"""Ollama's own."""


def main() -> None:
    """Read the arguments and serve until told to stop."""
    parser = _parser()
    arguments = parser.parse_args()
    try:
        serving = serving_options(arguments)
        options = LlamaOptions(threads=arguments.threads, context_tokens=arguments.context)
    except ValueError as error:
        parser.error(str(error))
    api = OllamaApi()
    app = make_app(api.routes, most_body_bytes=MOST_BODY_BYTES, problem_body=ollama_problem_body)

    async def load() -> str:
        places = ModelPlaces(cache_folder=arguments.cache_dir)
        style = None if arguments.style == "auto" else arguments.style
        api.served = await _loaded(arguments.model, places, options, style)
        return api.served.name

    run(app, serving, load)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m media.engines.llm",
        description="A language model on this machine, in the dialect of Ollama.",
    )
    add_serving_arguments(parser, default_port=DEFAULT_PORT)
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        help="a GGUF file, a known name, or owner/repository/file.gguf on the hub (default: %(default)s)",
    )
    parser.add_argument(
        "--cache-dir",
        type=Path,
        default=DEFAULT_CACHE_FOLDER,
        help="where models are put together and kept (default: %(default)s)",
    )
    parser.add_argument(
        "--style",
        choices=("auto", "chat", "few-shot"),
        default="auto",
        help="how the model is spoken to: in its own chat template, or as a base model with examples; "
        "auto: by whether its file has a chat template (default: %(default)s)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=_default_threads(),
        help="processor threads; default: half of the processors, at most 8 (here %(default)s)",
    )
    parser.add_argument(
        "--context",
        type=int,
        default=2048,
        help="tokens of a prompt and its answer together, at most (default: %(default)s)",
    )
    return parser


def _default_threads() -> int:
    # Whisper wants processors at the same time: more threads then take more work and no less time.
    return max(1, min(8, (os.cpu_count() or 1) // 2))


async def _loaded(name: str, places: ModelPlaces, options: LlamaOptions, style: Style | None) -> ServedModel:
    found = await asyncio.to_thread(find_model, name, kind="gguf", places=places, report=report_progress)
    report_progress(f"Loading the language model {found.name}")
    model = LanguageModel(load_llama(found.path, options), style or style_of(found.path))
    await _check(model, found.name)
    return ServedModel(name=found.name, path=found.path, licence=found.licence, language_model=model)


async def _check(model: LanguageModel, name: str) -> None:
    """Have it generate a token, so that whoever waits for the server waits for a model that works."""
    try:
        async with aclosing(model.chat([Message("user", "Hello")], Sampling(most_tokens=1))) as pieces:
            async for _ in pieces:
                pass
    except LlamaFailed as error:
        raise ModelError(f"The language model {name} does not answer: {error}.") from error


if __name__ == "__main__":
    main()
