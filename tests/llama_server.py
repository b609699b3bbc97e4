# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m tests.llama_server FOLDER`: llama.cpp's own HTTP server with the embedded model.

It prints its address once it answers, and ends when its standard input does.
"""

import sys
from pathlib import Path

import xllamacpp

from media.engines.models import ModelPlaces, find_model


def main(folder: Path) -> None:
    """Serve until standard input closes."""
    found = find_model(
        "gemma-3-270m", kind="gguf", places=ModelPlaces(cache_folder=folder), report=lambda _: None
    )
    params = xllamacpp.CommonParams()
    params.model.path = str(found.path)
    params.n_ctx = 512
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup = False
    params.ui = False
    params.verbosity = -1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
