# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where to go after signing in: a page of ours and nothing else, whatever the address says."""

import re
from urllib.parse import unquote

START_PAGE = "/"
MAX_CHARS = 2000
_PLAIN = re.compile(r"/[!-~]*")
"""ASCII that can be seen: browsers drop tabs and line breaks from addresses before they read them."""
_LEAVES = re.compile(r"//|\\|(^|/)[.]{1,2}(/|$)|[^ -~]")
"""In the path: another host, what browsers take for a slash, steps upwards, control characters."""
_NO_PAGES = ("/api", "/login")


def next_page(wanted: str) -> str:
    """The address, if it is a path of ours that shows a page; else the start page."""
    if len(wanted) > MAX_CHARS or not _PLAIN.fullmatch(wanted) or "\\" in wanted:
        return START_PAGE
    path = re.split("[?#]", wanted, maxsplit=1)[0]
    spellings = [path]
    # However often somebody in between takes the percent signs for what they stand for.
    while (decoded := unquote(spellings[-1])) != spellings[-1]:
        spellings.append(decoded)
    if any(_LEAVES.search(spelling) or _is_no_page(spelling) for spelling in spellings):
        return START_PAGE
    return wanted


def _is_no_page(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in _NO_PAGES)
