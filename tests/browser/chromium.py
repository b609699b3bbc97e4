# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""A real Chromium with a microphone that plays a recording."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, ViewportSize, async_playwright

from media.audio import wav_bytes
from media.core.windows import FloatArray

PHONE: ViewportSize = {"width": 390, "height": 844}
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def program() -> str:
    """The browser to drive; without one the test is skipped."""
    found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    return found or pytest.skip("no Chromium is installed")


def recording(folder: Path, samples: FloatArray, *, before_ms: int, after_ms: int) -> Path:
    """A file for the fake microphone, with silence around the speech: it plays from when it is opened."""
    silence = [np.zeros(16 * ms, np.float32) for ms in (before_ms, after_ms)]
    path = folder / "microphone.wav"
    path.write_bytes(wav_bytes(np.concatenate([silence[0], samples, silence[1]])))
    return path


@asynccontextmanager
async def chromium(microphone: Path | None = None, flags: Sequence[str] = ()) -> AsyncIterator[Browser]:
    """Headless. Without a recording its microphone beeps."""
    spoken = [f"--use-file-for-fake-audio-capture={microphone}%noloop"] if microphone else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program(), args=[*_FLAGS, *spoken, *flags], headless=True
        )
        yield browser
        await browser.close()
