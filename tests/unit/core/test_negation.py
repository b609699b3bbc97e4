# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whether source and translation both say no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.negation import negation_differs

LANGUAGES = ("cs", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk")


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("He is not at home.", "Er ist zu Hause gewesen.", "en-de"),
        ("We don't sell bread.", "Мы продаём хлеб.", "en-ru"),
        ("Wir haben keinen Tee.", "We have tea.", "de-en"),
        ("Я никогда там был.", "I was there.", "ru-en"),
        ("Je ne le connais pas.", "I know him.", "fr-en"),
        ("No tenemos pan.", "We have bread.", "es-en"),
        ("Non abbiamo il pane.", "Wir haben das Brot.", "it-de"),
        ("Não temos pão.", "Мы продаём хлеб.", "pt-ru"),
        ("У нас немає чаю.", "We have tea.", "uk-en"),
        ("We have tea.", "Wir haben nicht Tee.", "en-de"),
        ("She sells bread.", "Она не продаёт хлеб.", "en-ru"),
    ],
)
def test_a_negation_that_is_lost_or_new_is_noticed(source: str, translation: str, languages: str) -> None:
    assert negation_differs(source, translation, *languages.split("-"))


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("He is not at home.", "Er ist nicht zu Hause.", "en-de"),
        ("He is not happy.", "Er ist unglücklich.", "en-de"),
        ("We have no bread.", "Wir kommen ohne Brot.", "en-de"),
        ("She did not come.", "Elle a refusé de venir.", "en-fr"),
        ("Not only bread but also tea.", "Sowohl Brot als auch Tee.", "en-de"),
        ("It is cold, isn't it?", "Es ist kalt, oder?", "en-de"),
        ("Can't we go there?", "Gehen wir dorthin!", "en-de"),
        ("Il fait froid, n'est-ce pas.", "It is cold, right.", "fr-en"),
        ("Тем не менее мы идём.", "We go all the same.", "ru-en"),
        ("No. 5 is alive.", "Nummer 5 lebt.", "en-de"),
        ("He is not at home.", "彼は家にいる。", "en-ja"),
        ("", "", "en-de"),
    ],
)
def test_what_may_be_right_is_left_alone(source: str, translation: str, languages: str) -> None:
    assert not negation_differs(source, translation, *languages.split("-"))


@given(st.text(), st.sampled_from(LANGUAGES))
def test_a_text_says_no_where_it_says_no(text: str, language: str) -> None:
    assert not negation_differs(text, text, language, language)


@given(st.text(), st.text(), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_the_two_sides_are_alike(one: str, other: str, first: str, second: str) -> None:
    assert negation_differs(one, other, first, second) == negation_differs(other, one, second, first)
