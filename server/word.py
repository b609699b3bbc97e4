# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Lines of text as a Word document (OOXML). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

_GREY = RGBColor(0x66, 0x66, 0x66)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One side of a paragraph."""

    text: str
    """Without what XML does not take."""
    language: str
    """ISO 639 code; empty where it is not known."""
    right_to_left: bool
    clock: str
    """Stands above it; empty for none."""
    indented: bool


def document(title: str, about: str, created_at: datetime, lines: Sequence[Line]) -> bytes:
    """The file's content."""
    word = Document()
    properties = word.core_properties
    properties.title = title[:255]
    properties.author = "Dragoman"
    properties.comments = ""
    properties.created = created_at.astimezone(UTC).replace(tzinfo=None)
    word.add_heading(title, level=0)
    _grey(word.add_paragraph().add_run(about))
    for line in lines:
        if line.clock:
            clock = word.add_paragraph()
            clock.paragraph_format.space_after = Pt(0)
            clock.paragraph_format.keep_with_next = True
            _grey(clock.add_run(line.clock))
        _write(word.add_paragraph(), line)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def _grey(run: Run) -> None:
    run.font.size = Pt(9)
    run.font.color.rgb = _GREY


def _write(paragraph: Paragraph, line: Line) -> None:
    if line.indented:
        paragraph.paragraph_format.left_indent = Cm(1)
    run = paragraph.add_run(line.text)
    if line.right_to_left:
        # The schema fixes the order of a paragraph's properties: bidi comes before the indentation.
        paragraph._p.get_or_add_pPr().insert_element_before(_element("w:bidi"), "w:ind", "w:jc", "w:rPr")
        run.font.rtl = True
    if line.language:
        # Proofing and the choice of a font go by it. `lang` is the last but one, so it may stand at the end.
        run._r.get_or_add_rPr().append(_language(line))


def _language(line: Line) -> BaseOxmlElement:
    element = _element("w:lang")
    element.set(qn("w:bidi" if line.right_to_left else "w:val"), line.language)
    return element


def _element(name: str) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(name)
    return element
