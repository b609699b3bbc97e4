# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Nobody is led off this site by signing in."""

from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.auth.next_page import next_page

OURS = "https://dragoman.example"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/history", "/history/0b5f2c1e-6a4e-4a53-a8a8-6f1f1cbb7c3e", "/history/1#p-3"),
        *("/?source=en&target=de", "/history?q=tea%20time", "/history?q=50%25", "/history?from=//x"),
        *("/history#//x", "/apiary", "/loginless", "/history?next=https://evil.example"),
    ],
)
def test_a_page_of_ours_is_come_back_to(path: str) -> None:
    assert next_page(path) == path


@pytest.mark.parametrize(
    "payload",
    [
        *("", "history", "//evil.example", "///evil.example", "////evil.example", "https://evil.example"),
        *("http:evil.example", "HTTPS:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)"),
        *("data:text/html,<script>", "vbscript:x", "ftp://evil.example", "file:///etc/passwd", "blob:x"),
        *("\\evil.example", "\\\\evil.example", "/\\evil.example", "/\\/evil.example", "\\/evil.example"),
        *("/%5cevil.example", "/%5C%5Cevil.example", "/%2fevil.example", "/%2Fevil.example", "/%2f%2e"),
        *("/%252fevil.example", "/%25252fevil.example", "/%255cevil.example", "%2f%2fevil.example"),
        *("/.//evil.example", "/..//evil.example", "/./", "/../", "/history/../../x", "/%2e%2e/x", "/%2e/"),
        *("/x/..", "/x/.", "/x//y", "/x%2f%2fy", "/history/..%2f..%2f"),
        *("/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/ /x", "/x y"),
        *(
            "/x\r\nLocation: //evil.example",
            "/x\r\nSet-Cookie: a=b",
            "/%0d%0aSet-Cookie:a",
            "/%0aX",
            "/%09/x",
        ),
        *("/x\x00", "/%00", "/\x7f", "/x\x0b", "/\u2028x", "/\u2215evil.example", "/\uff0fevil.example"),
        *("/\u3002evil", "//evil.example%E3%80%82", "/é", "\ufeff//evil.example", "/\ud800"),
        *("//user@evil.example", "https://dragoman.example@evil.example", "//dragoman.example.evil.example"),
        *(
            "https://dragoman.example/",
            "//dragoman.example/",
            "@evil.example",
            ":80//evil.example",
            "?x",
            "#x",
        ),
        *(".evil.example", "-evil.example", "/" * 3000, "/" + "x" * 2000, "//[::1]", "//0x7f000001", "//%"),
        *("/api/me", "/api", "/api/", "/%61pi/me", "/login", "/login/callback?code=x", "/login/", "/%6cogin"),
    ],
)
def test_what_leads_elsewhere_leads_to_the_start_page(payload: str) -> None:
    assert next_page(payload) == "/"


@given(st.text("/\\.:%2fF5cCeE@?# \t\r\nax09", max_size=20) | st.text(max_size=20))
def test_nothing_leads_off_the_site(wanted: str) -> None:
    page = next_page(wanted)
    for spelling in (page, unquote(page.partition("?")[0].partition("#")[0])):
        parts = urlsplit(urljoin(OURS, spelling))
        assert f"{parts.scheme}://{parts.netloc}" == OURS
        assert spelling.startswith("/")
        assert not spelling.startswith(("//", "/\\"))


@given(st.text("abcXYZ0129-_~", min_size=1), st.text())
def test_pages_with_questions_are_come_back_to(name: str, question: str) -> None:
    page = f"/p{name}?q={quote(question.encode(errors='replace'), safe='')}"
    if len(page) <= 2000:
        assert next_page(page) == page
