# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whom the embedded PostgreSQL runs as: us, or a user of its own where we are root, which it will not be."""

import os
import pwd
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import structlog

from db.errors import EmbeddedPostgresFailed

log = structlog.get_logger()

_SERVICE_USER = "dragoman"
_SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class ProcessOptions(TypedDict, total=False):
    """Arguments of subprocess.Popen."""

    user: int
    group: int
    extra_groups: list[int]
    cwd: str
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class SystemUser:
    """Numbers of the user and group; None where that is simply us."""

    uid: int | None = None
    gid: int | None = None

    def process_options(self) -> ProcessOptions:
        """How a program of PostgreSQL is started: as this user, with an environment that changes nothing."""
        environment = {"PATH": _SYSTEM_PATH, "LC_ALL": "C", "TZ": "UTC"}
        if self.uid is None or self.gid is None:
            return ProcessOptions(cwd="/", env=environment)
        return ProcessOptions(cwd="/", env=environment, user=self.uid, group=self.gid, extra_groups=[])

    def own(self, folder: Path) -> None:
        """Make a folder that nobody but this user (and root) can enter."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def system_user_for(data_dir: Path, programs: Path) -> SystemUser:
    """Whom a server on this folder runs as. As root, also opens the way to the folder and to the programs."""
    if os.geteuid() != 0:
        return SystemUser()
    entry = _owner(data_dir) or _service_user()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _open_way(data_dir)
    _open_way(programs)
    for folder in (programs.parent, *programs.parents[2].glob("*pgserver.libs")):
        _let_read(folder)
    return SystemUser(uid=entry.pw_uid, gid=entry.pw_gid)


def _owner(data_dir: Path) -> pwd.struct_passwd | None:
    """An ordinary user who has run Dragoman here before."""
    try:
        uid = data_dir.stat().st_uid
        return pwd.getpwuid(uid) if uid != 0 else None
    except (FileNotFoundError, KeyError):
        return None


def _service_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(_SERVICE_USER)
    except KeyError:
        _add_service_user()
    try:
        return pwd.getpwnam(_SERVICE_USER)
    except KeyError:
        raise EmbeddedPostgresFailed(
            f"PostgreSQL does not run as root, and the user {_SERVICE_USER} could not be added for it. "
            "Run Dragoman as an ordinary user, or set DATABASE_URL."
        ) from None


def _add_service_user() -> None:
    words = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    # Whether it worked shows in the table of users: somebody else may have added the same one just now.
    with suppress(FileNotFoundError):
        subprocess.run([*words, _SERVICE_USER], env={"PATH": _SYSTEM_PATH}, capture_output=True, check=False)


def _open_way(path: Path) -> None:
    """Let others pass through the folders above, not list them: most machines close root's home to all."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("folder_opened_for_passage", folder=str(folder), reason="postgres_not_as_root")
            folder.chmod(mode | stat.S_IXOTH)


def _let_read(installation: Path) -> None:
    """A strict umask at installation leaves the programs to root alone."""
    for path in (installation, *installation.rglob("*")):
        mode = path.lstat().st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if not stat.S_ISLNK(mode) and mode & wanted != wanted:
            path.chmod(mode | wanted)
