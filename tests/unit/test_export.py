# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Files to take away: their text, their times, their names, and that nothing said becomes markup."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from urllib.parse import unquote
from uuid import UUID
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from db import Conversation, Paragraph
from server.export import Format, Text, clean, content_disposition, exported, file_stem
from server.subtitles import LINE_CHARS, Cue, Spoken, cues_of, split_evenly, srt, vtt

BEGAN = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NASTY = "<script>alert('x')</script> & *bold* _it_ [a](javascript:b) # `c` {\\an8} --> 1. \x00\x1b[31m\u202e"


def paragraph(index: int, source: str, translation: str, seconds: float = 4) -> Paragraph:
    began = BEGAN + timedelta(seconds=10 * index)
    return Paragraph(
        paragraph_index=index,
        source_text=source,
        source_language="en",
        translated_text=translation,
        status="final",
        translation_status="final",
        translation_doubts=(),
        started_at=began,
        ended_at=began + timedelta(seconds=seconds) if seconds else None,
        created_at=began,
    )


def conversation(*paragraphs: Paragraph, title: str = "Breakfast", target: str = "de") -> Conversation:
    return Conversation(
        id=UUID(int=1),
        user_id=UUID(int=2),
        title=title,
        source_language="auto",
        target_language=target,
        created_at=BEGAN,
        updated_at=BEGAN,
        paragraphs=paragraphs,
    )


TWO = conversation(
    paragraph(0, "Good morning.", "Guten Morgen."), paragraph(1, "Some tea?", "Etwas Tee?", seconds=2.5)
)


def text_of(form: Format, text: Text = Text.BOTH, of: Conversation = TWO) -> str:
    return exported(of, form, text).decode()


def test_plain_text_has_both_sides_under_their_time() -> None:
    assert text_of(Format.TXT) == (
        "Breakfast\n2026-05-04 09:30 UTC, detected language → German\n"
        "\n[00:00:00]\nGood morning.\nGuten Morgen.\n"
        "\n[00:00:10]\nSome tea?\nEtwas Tee?\n"
    )


@pytest.mark.parametrize("form", [Format.TXT, Format.MD, Format.SRT, Format.VTT, Format.JSON])
def test_one_side_can_be_left_out(form: Format) -> None:
    source, translation = text_of(form, Text.SOURCE), text_of(form, Text.TRANSLATION)
    assert "Good morning." in source
    assert "Guten" not in source
    assert "Guten Morgen." in translation
    assert "Good morning." not in translation


def test_markdown_quotes_the_translation() -> None:
    assert "\n**00:00:10**\n\nSome tea?\n\n> Etwas Tee?\n" in text_of(Format.MD)


def test_subtitles_have_times_from_the_first_word() -> None:
    assert text_of(Format.SRT) == (
        "1\n00:00:00,000 --> 00:00:04,000\nGood morning.\nGuten Morgen.\n"
        "\n2\n00:00:10,000 --> 00:00:12,500\nSome tea?\nEtwas Tee?\n"
    )
    assert text_of(Format.VTT, Text.SOURCE) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nGood morning.\n\n00:00:10.000 --> 00:00:12.500\nSome tea?\n"
    )


def test_json_says_everything() -> None:
    document = json.loads(text_of(Format.JSON))
    assert document["title"] == "Breakfast"
    assert document["paragraphs"][1] == {
        "paragraph_index": 1,
        "started_at": "2026-05-04T09:30:10+00:00",
        "ended_at": "2026-05-04T09:30:12.500000+00:00",
        "start_ms": 10_000,
        "end_ms": 12_500,
        "source": {"language": "en", "text": "Some tea?"},
        "translation": {"language": "de", "text": "Etwas Tee?", "doubts": []},
    }


def test_json_says_what_may_be_wrong_with_a_translation() -> None:
    doubted = replace(paragraph(0, "At 9.", "Um 8."), translation_doubts=("number",))
    (told,) = json.loads(text_of(Format.JSON, of=conversation(doubted)))["paragraphs"]
    assert told["translation"] == {"language": "de", "text": "Um 8.", "doubts": ["number"]}
    assert "doubts" not in told["source"]


@pytest.mark.parametrize("form", list(Format))
def test_a_conversation_without_words_is_a_file_too(form: Format) -> None:
    assert exported(conversation(title=""), form, Text.BOTH) or form is Format.SRT


def test_a_paragraph_without_an_end_is_shown_for_a_moment() -> None:
    assert "00:00:00,000 --> 00:00:01,000" in text_of(
        Format.SRT, of=conversation(paragraph(0, "Hello", "", seconds=0))
    )


def test_word_opens_the_document() -> None:
    word = Document(BytesIO(exported(TWO, Format.DOCX, Text.BOTH)))
    texts = [one.text for one in word.paragraphs]
    assert texts[0] == "Breakfast"
    assert texts[2:] == ["00:00:00", "Good morning.", "Guten Morgen.", "00:00:10", "Some tea?", "Etwas Tee?"]
    assert (word.core_properties.title, word.core_properties.author) == ("Breakfast", "Dragoman")
    assert word.core_properties.created == BEGAN


def test_word_sets_right_to_left_languages_that_way() -> None:
    arabic = conversation(paragraph(0, "Hello", "مرحبا"), target="ar")
    with ZipFile(BytesIO(exported(arabic, Format.DOCX, Text.BOTH))) as archive:
        assert archive.testzip() is None
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    (line,) = [one for one in body.iter(f"{WORDS}p") if "مرحبا" in "".join(one.itertext())]
    properties = line.find(f"{WORDS}pPr")
    assert properties is not None
    names = [one.tag.removeprefix(WORDS) for one in properties]
    assert names.index("bidi") < names.index("ind")
    assert line.find(f"{WORDS}r/{WORDS}rPr/{WORDS}rtl") is not None


@pytest.mark.parametrize("form", list(Format))
def test_what_was_said_stays_text(form: Format) -> None:
    content = exported(conversation(paragraph(0, NASTY, NASTY), title=NASTY), form, Text.BOTH)
    if form is Format.DOCX:
        assert clean(NASTY) in [one.text for one in Document(BytesIO(content)).paragraphs]
        return
    text = content.decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    if form in (Format.MD, Format.VTT):
        assert "<script" not in text
        assert "&lt;script&gt;" in text
    if form is Format.MD:
        assert "\\*bold\\*" in text
        assert "\\[a\\]" in text
    if form in (Format.SRT, Format.VTT):
        assert text.count("-->") == len(
            re.findall(r"^\d\d:\d\d:\d\d[,.]\d{3} --> \d\d:\d\d:\d\d[,.]\d{3}$", text, re.M)
        )
        assert "<s" not in text
    if form is Format.SRT:
        assert "{\\" not in text


def test_a_list_in_markdown_is_none() -> None:
    text = text_of(Format.MD, of=conversation(paragraph(0, "1. first", "- second")))
    assert "\n&#49;. first\n" in text
    assert "\n> &#45; second\n" in text


@given(st.lists(st.text(), max_size=3), st.sampled_from(Format), st.sampled_from(Text))
def test_everything_that_can_be_stored_can_be_exported(texts: list[str], form: Format, choice: Text) -> None:
    said = conversation(*(paragraph(index, text, text[::-1]) for index, text in enumerate(texts)))
    assert isinstance(exported(said, form, choice), bytes)


def test_a_long_paragraph_becomes_cues_that_follow_each_other() -> None:
    sentence = "This is a sentence with some words in it, and it goes on. "
    cues = cues_of([Spoken(start_ms=0, end_ms=20_000, texts=(sentence * 6, "Kurz."))])
    assert len(cues) > 3
    assert (cues[0].start_ms, cues[-1].end_ms) == (0, 20_000)
    assert all(one.end_ms == after.start_ms for one, after in pairwise(cues))
    assert all(len(line) <= LINE_CHARS * 1.5 for cue in cues for line in cue.lines)
    assert all(cue.lines[-1] == "Kurz." for cue in cues)
    words = " ".join(line for cue in cues for line in cue.lines if line != "Kurz.")
    assert words == (sentence * 6).strip()


def test_languages_without_spaces_are_cut_too() -> None:
    cues = cues_of([Spoken(start_ms=0, end_ms=9_000, texts=("我们明天去北京看朋友" * 12,))])
    assert len(cues) > 2
    assert all(len(line) <= LINE_CHARS for cue in cues for line in cue.lines)


def test_no_cue_lasts_into_the_next_paragraph() -> None:
    spoken = [Spoken(start_ms=0, end_ms=5000, texts=("a",)), Spoken(start_ms=3000, end_ms=6000, texts=("b",))]
    assert [(cue.start_ms, cue.end_ms) for cue in cues_of(spoken)] == [(0, 3000), (3000, 6000)]


@given(st.text(), st.integers(1, 12))
def test_a_text_is_cut_without_losing_anything(text: str, count: int) -> None:
    parts = split_evenly(text, count)
    assert len(parts) <= count
    assert all(part == part.strip() != "" for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(
    st.lists(
        st.builds(
            Spoken,
            start_ms=st.integers(0, 10**6),
            end_ms=st.integers(0, 10**6),
            texts=st.tuples(st.text().map(clean), st.text().map(clean)),
        ),
        max_size=5,
    )
)
def test_cues_are_well_formed_whatever_is_said(spoken: list[Spoken]) -> None:
    cues = cues_of(spoken)
    assert all(cue.start_ms < cue.end_ms and cue.lines for cue in cues)
    assert vtt(cues).count("-->") == len(cues) == len(re.findall(r"(?<=\d) --> (?=\d)", srt(cues)))


def test_hours_are_counted_on() -> None:
    cue = Cue(start_ms=100 * 3_600_000 + 61_007, end_ms=100 * 3_600_000 + 62_000, lines=("x",))
    assert "100:01:01,007 --> 100:01:02,000" in srt([cue])


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Breakfast", "Breakfast"),
        ("a/b\\c: d?", "a b c d"),
        ("../../etc/passwd", "etc passwd"),
        ("", "conversation 2026-05-04"),
        ("...", "conversation 2026-05-04"),
        ("CON", "conversation 2026-05-04"),
        ("nul.txt", "conversation 2026-05-04"),
        ("exe\u202etxt.cod", "exe txt.cod"),
        ("line\r\nSet-Cookie: x", "line Set-Cookie x"),
        ("Встреча", "Встреча"),
    ],
)
def test_a_title_becomes_a_name_for_any_system(title: str, stem: str) -> None:
    assert file_stem(conversation(title=title)) == stem


def test_a_name_in_utf_8_has_a_twin_in_ascii() -> None:
    assert content_disposition(conversation(title="Zoë's 50%"), Format.TXT) == (
        "attachment; filename=\"Zoe's 50_.txt\"; filename*=UTF-8''Zo%C3%AB%27s%2050%25.txt"
    )
    assert 'filename="conversation.md"' in content_disposition(conversation(title="会议"), Format.MD)


@given(st.text(max_size=400), st.sampled_from(Format))
def test_a_name_is_safe_whatever_the_title(title: str, form: Format) -> None:
    header = content_disposition(conversation(title=title), form)
    assert re.fullmatch(
        r"attachment; filename=\"[ !#-\[\]-~]+\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+", header
    )
    name = unquote(header.rpartition("''")[2])
    assert len(name.encode()) <= 130
    assert not set('/\\:*?"<>|\r\n\x00') & set(name)
