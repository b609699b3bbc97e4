# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Models that are downloaded from the model hub, with lines of progress."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx2
from huggingface_hub import snapshot_download
from huggingface_hub.errors import DryRunError, HFValidationError
from huggingface_hub.utils.tqdm import disable_progress_bars

from media.engines.errors import ModelMissing
from media.engines.packages import Report

LINE_SECONDS = 2.0
"""Time between two lines of progress."""


def downloaded_folder(
    repository: str, patterns: Sequence[str], cache_folder: Path, report: Report, hub_url: str | None = None
) -> Path:
    """The folder with a repository's files that match; what is there already is not asked for again.

    The hub's client checks sizes and keeps half a download for the next start. Raises `ModelMissing`.
    """
    hub_folder = cache_folder / "hub"
    try:
        return _kept_folder(repository, patterns, hub_folder) or _fetched_folder(
            repository, patterns, hub_folder, report, hub_url
        )
    except (OSError, httpx2.HTTPError, HFValidationError) as error:
        # Before a download the client wraps what the hub said, or that it said nothing.
        cause = error.__cause__ if isinstance(error, DryRunError) and error.__cause__ else error
        reason = str(cause).strip().partition("\n")[0] or type(cause).__name__
        raise ModelMissing(f"{repository} could not be downloaded from the model hub: {reason}.") from error


def _kept_folder(repository: str, patterns: Sequence[str], hub_folder: Path) -> Path | None:
    try:
        return Path(
            snapshot_download(
                repository, allow_patterns=list(patterns), cache_dir=hub_folder, local_files_only=True
            )
        )
    except FileNotFoundError:
        return None


def _fetched_folder(
    repository: str, patterns: Sequence[str], hub_folder: Path, report: Report, hub_url: str | None
) -> Path:
    report(f"Asking the model hub for {repository}")
    wanted = list(patterns)
    files = snapshot_download(
        repository, allow_patterns=wanted, cache_dir=hub_folder, endpoint=hub_url, dry_run=True
    )
    total_bytes = sum(file.file_size or 0 for file in files)
    report(f"Downloading {repository} ({total_bytes / 1e6:.0f} MB)")
    with disable_progress_bars(), _growth_reported(hub_folder, total_bytes, report):
        return Path(
            snapshot_download(repository, allow_patterns=wanted, cache_dir=hub_folder, endpoint=hub_url)
        )


@contextmanager
def _growth_reported(folder: Path, total_bytes: int, report: Report) -> Iterator[None]:
    """Whole lines, which a parent process can show, where the hub's client would draw bars."""
    done = Event()
    bytes_before = _bytes_in(folder)

    def watch() -> None:
        while not done.wait(LINE_SECONDS):
            grown = _bytes_in(folder) - bytes_before
            report(f"Downloaded {grown / 1e6:.0f} of {total_bytes / 1e6:.0f} MB")

    watcher = Thread(target=watch, name="download-progress")
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _bytes_in(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if not path.is_symlink() and path.is_file())
    return sum(path.stat(follow_symlinks=False).st_size for path in files)
