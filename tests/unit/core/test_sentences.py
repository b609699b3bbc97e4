# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where sentences and clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.sentences import SentenceCutter, clause_ends, is_clause_end, is_sentence_end, sentence_ends


def cut(text: str, language: str = "", max_chars: int = 220) -> list[str]:
    cutter = SentenceCutter(max_chars=max_chars, language=language)
    return [piece.strip() for piece in [*cutter.feed(text), *cutter.flush()]]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We went to sea.", "The boat was small."],
        ["Where are you?", "I am here!", "Good."],
        ["Was ist das?", "nein, das nicht."],
        ['"Stop!"', "He did not stop."],
        ["He said: “Enough.”", "Then he left."],
        ["(That was all.)", "Then he left."],
        ["Well...", "Never mind."],
        ["Hmm…", "Maybe."],
        ["So do I.", "They do not."],
        ["It cost 3.50 euros at 10.30 p.m. yesterday.", "Not 3.5.", "Visit example.com today."],
        ["Mr. Brown met Dr. J. K. Smith, e.g. at St. Paul's vs. Mrs. Hill.", "They talked."],
        ["We left at 5 p.m.", "It was late."],
        ["He was born in 1990.", "She was not."],
        ["There are 25.", "We counted them."],
        ["First: 1. Open the door.", "2. Close it."],
        ["See No. 5 and vol. 3 for more.", "Thanks."],
        ["Is it true?", "No.", "It is not."],
        ["Das war z. B. am 3. Mai bzw. am 10. Juni.", "Danach kam Nr. 4 dran."],
        ["Im 2. Weltkrieg war es der 8. Versuch.", "Er kam ca. 1940 d. h. spät."],
        ["M. Dupont est là.", "Il arrive."],
        ["¿Cómo está Ud. hoy?", "¡Bien!", "La Sra. García también."],
        ["Il sig. Rossi e la dott.ssa Bianchi.", "Arrivano."],
        ["Это было, т. е. стало, в 1990 году.", "И т. д. и т. п.", "А что потом?"],
        ["Сказал и я.", "А он?"],
        ["Це вул. Шевченка.", "Так."],
        ["今日はいい天気です。", "そうですね！", "はい。"],
        ["「そうですか。」と言いました。", "はい。"],
        ["你好。", "你是谁？", "他说：“走吧！”", "好。"],
        ["是吗?", "我不知道."],
        ["كيف حالك؟", "أنا بخير.", "شكرا."],
        ["यह अच्छा है।", "हाँ।"],
        ["ეს კარგია.", "დიახ."],
        ["네.", "좋아요."],
    ],
)
def test_a_text_is_cut_into_its_sentences(sentences: list[str]) -> None:
    spaceless = any("\u3040" <= character <= "\u9fff" for character in sentences[0])
    assert cut(("" if spaceless else " ").join(sentences)) == sentences


@pytest.mark.parametrize("text", ["and so... we went", "e.g. this", "etc. and more", "Really!” he said."])
def test_a_mark_before_a_small_letter_ends_nothing(text: str) -> None:
    assert len(cut(text)) == 1


def test_the_language_decides_what_is_written_alike() -> None:
    assert cut("I am 25. Then I left.", "en") == ["I am 25.", "Then I left."]
    assert cut("Es war am 25. Dann kam der Tag.", "de") == ["Es war am 25. Dann kam der Tag."]


def test_an_end_is_certain_only_when_the_next_letter_is_known() -> None:
    assert not is_sentence_end("We went.", "")
    assert not is_sentence_end("We went.", " ")
    assert not is_sentence_end("We went.", ' "')
    assert is_sentence_end("We went.", ' "T')
    assert not is_sentence_end("It cost 3.", "5")


def test_a_word_that_may_become_a_month_is_waited_for() -> None:
    assert not is_sentence_end("Es waren 3.", " Ma")
    assert not is_sentence_end("Es waren 3.", " Mai.")
    assert is_sentence_end("Es waren 3.", " Man ")


@pytest.mark.parametrize(
    ("text", "following", "ends"),
    [
        ("When I left,", " he came", True),
        ("1,", "000", False),
        ("one –", " two", True),
        ("ninety-", "nine", False),
        ("今天，", "我们", True),
        ("اليوم،", " نحن", True),
        ("no mark", " at all", False),
        ("at the end,", "", False),
    ],
)
def test_clauses_end_at_commas_and_the_like(text: str, following: str, ends: bool) -> None:
    assert is_clause_end(text, following) is ends


def test_the_ends_are_found_in_a_text() -> None:
    text = "Yes, sir. No, 1,000. Or"
    assert [text[:end] for end in sentence_ends(text)] == ["Yes, sir.", "Yes, sir. No, 1,000."]
    assert [text[:end] for end in clause_ends(text)] == ["Yes,", "Yes, sir. No,"]


def test_a_sentence_comes_as_soon_as_its_end_is_certain() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("We went to sea.") == []
    assert cutter.feed(" ") == []
    assert cutter.feed("Then") == ["We went to sea."]
    assert cutter.feed(" we came") == []
    assert cutter.flush() == [" Then we came"]
    assert cutter.flush() == []


def test_white_space_alone_is_no_sentence() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("  ") + cutter.flush() == []


def test_a_sentence_that_is_too_long_is_cut_at_a_clause() -> None:
    text = "when we had gone to sea, and the land was far away, we sang and sang and sang"
    assert cut(text, max_chars=60) == [
        "when we had gone to sea, and the land was far away,",
        "we sang and sang and sang",
    ]


def test_without_a_clause_it_is_cut_between_words() -> None:
    assert cut("one two three four five", max_chars=10) == ["one two", "three four", "five"]


def test_without_spaces_it_is_cut_anywhere_but_inside_a_character() -> None:
    assert cut("今天天气很好我们去", max_chars=4) == ["今天天气", "很好我们", "去"]
    assert cut("กินที่นี่", max_chars=5) == ["กิน", "ที่", "นี่"]


def test_the_limit_is_at_least_one_character() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        SentenceCutter(max_chars=0)


fragments = st.lists(
    st.sampled_from(
        (
            "Yes",
            " no",
            ".",
            "?",
            "…",
            " ",
            '"',
            "。",
            "、",
            ", ",
            " 3",
            " Mr",
            " z. B",
            "今天",
            " Then",
            "ี่",
            "\n",
            "-",
        )
    ),
    max_size=60,
)


@given(fragments, st.integers(1, 60))
def test_the_pieces_joined_are_the_text_and_none_is_empty(parts: list[str], max_chars: int) -> None:
    cutter = SentenceCutter(max_chars=max_chars)
    pieces = [piece for part in parts for piece in cutter.feed(part)] + cutter.flush()
    text = "".join(parts)
    assert "".join(pieces) == (text if text.strip() else "")
    assert all(0 < len(piece.strip()) <= max_chars for piece in pieces)


@given(fragments)
def test_the_sentences_do_not_depend_on_how_the_text_comes(parts: list[str]) -> None:
    bit_by_bit, at_once = SentenceCutter(max_chars=10_000), SentenceCutter(max_chars=10_000)
    pieces = [piece for part in parts for character in part for piece in bit_by_bit.feed(character)]
    assert pieces + bit_by_bit.flush() == at_once.feed("".join(parts)) + at_once.flush()
