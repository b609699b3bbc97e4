# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Numbers of a source and its translation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.numbers import numbers_differ


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("It costs 1,000.50 dollars.", "Es kostet 1.000,50 Dollar.", "en-de"),
        ("It costs 12,500 dollars.", "Cela coûte 12 500 dollars.", "en-fr"),
        ("It costs 12,500 dollars.", "Cela coûte 12\u202f500 dollars.", "en-fr"),
        ("Rooms 12 500 and 501.", "Räume 12 500 und 501.", "en-de"),
        ("There are 1,00,000 of them.", "Es gibt 100.000 davon.", "hi-de"),
        ("About 35 %.", "حوالي ٣٥٪.", "en-ar"),
        ("At 3:30 pm.", "Um 15.30 Uhr.", "en-de"),
        ("At 10:30.", "À 10 h 30.", "en-fr"),
        ("On 3 May 1987.", "1987年5月3日", "en-zh"),
        ("In the 1990s.", "В 90-х годах.", "en-ru"),
        ("In the 1900s.", "Im 20. Jahrhundert.", "en-de"),
        ("2.5 million people.", "2 500 000 человек.", "en-ru"),
        ("50,000 people.", "5万人", "en-ja"),
        ("We need 3 chairs.", "Wir brauchen drei Stühle.", "en-de"),
        ("We need three chairs.", "Wir brauchen 3 Stühle.", "en-de"),
        ("It was 1987.", "Es war neunzehnhundertsiebenundachtzig.", "en-de"),
        ("It was nineteen eighty-seven.", "Es war 1987.", "en-de"),
        ("Call 555 1234.", "Rufen Sie 5551234 an.", "en-de"),
        ("No number here.", "Keine Zahl hier.", "en-de"),
        ("", "", "en-de"),
    ],
)
def test_the_same_numbers_written_otherwise_are_the_same(
    source: str, translation: str, languages: str
) -> None:
    assert not numbers_differ(source, translation, *languages.split("-"))


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("It costs 45 dollars.", "Es kostet 54 Dollar.", "en-de"),
        ("It costs 1,000 dollars.", "Es kostet 1,5 Dollar.", "en-de"),
        ("We meet at 9.", "Wir treffen uns um 8.", "en-de"),
        ("From 6 to 6.", "Von 6 bis 7.", "en-de"),
        ("It was 1987.", "Es war vor langer Zeit.", "en-de"),
        ("The house is old.", "Das Haus ist 137 Jahre alt.", "en-de"),
        ("В 2002 году.", "In 2020.", "ru-en"),
        ("It costs 45 dollars.", "It costs 54 dollars in Tlhingan.", "en-tlh"),
    ],
)
def test_another_number_is_noticed(source: str, translation: str, languages: str) -> None:
    assert numbers_differ(source, translation, *languages.split("-"))


def test_where_number_words_are_not_known_nothing_is_missing() -> None:
    assert not numbers_differ("It was 1987.", "Antaŭ longe.", "en", "eo")


@given(st.text(), st.sampled_from(["en", "de", "zh", "ar", "eo", ""]))
def test_a_text_has_its_own_numbers(text: str, language: str) -> None:
    assert not numbers_differ(text, text, language, language)


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(source: str, translation: str) -> None:
    assert numbers_differ(source, translation, "en", "de") in (True, False)


@given(st.integers(21, 10**9))
def test_grouping_is_no_difference(number: int) -> None:
    written = f"It is {number:,}."
    assert not numbers_differ(written, f"Es ist {number:,}.".replace(",", "."), "en", "de")
    assert not numbers_differ(written, f"Es ist {number:,}.".replace(",", "\u202f"), "en", "de")
    assert not numbers_differ(written, f"Es ist {number}.", "en", "de")
