# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""`python -m tests.stub_engine`: a model server without a model, which starts or fails as it is told."""

import argparse
import os

import structlog
from aiohttp import web

from media.engines.errors import ModelMissing
from media.engines.serving import (
    add_serving_arguments,
    make_app,
    report_progress,
    run,
    serving_options,
)


async def tell_process_id(request: web.Request) -> web.Response:
    return web.Response(text=str(os.getpid()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stub_engine", description=__doc__)
    add_serving_arguments(parser, default_port=0)
    parser.add_argument("--missing", default="", help="fail, and say so")
    arguments = parser.parse_args()

    async def load() -> str:
        report_progress("Loading nothing")
        structlog.get_logger().warning("stub_warned", engine="itself", reason="told to")
        if arguments.missing:
            raise ModelMissing(arguments.missing)
        return "stub"

    app = make_app([web.get("/process", tell_process_id)], most_body_bytes=1024)
    run(app, serving_options(arguments), load)


if __name__ == "__main__":
    main()
