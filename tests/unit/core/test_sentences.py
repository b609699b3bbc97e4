# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Where sentences and clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.sentences import (
    SentenceCutter,
    clause_ends,
    ends_like_a_sentence,
    is_clause_end,
    is_sentence_end,
    sentence_ends,
)

SPACELESS = ("ja", "zh")
SENTENCES = {
    "en": [
        "Dr. Helen M. Carter met Prof. Ito at 9.30 a.m. on St. Mary's Road.",
        "Is it true?",
        "“Really!” he said, e.g. to Mr. J. R. Gray vs. Mrs. Low.",
        "It cost $3.50, approx. 4 percent of 1,000.75.",
        "She works at Example Inc. in the U.S. and has a Ph.D. in physics.",
        "They left the U.S. in May.",
        "Read www.example.com/faq?page=2 or mail a.b@example.org today.",
        "Wait!",
        "Chapter 3 says: “No.”",
        "See No. 5, vol. 2, pp. 10 and fig. 7.",
        "It was 1999.",
        "What... no one knew?!",
        "(Nobody did.)",
        "At 5 p.m. we left.",
        "Then it rained.",
    ],
    "de": [
        "Am 3. Mai bzw. am 21. Juni kam Hr. Dr. Wolf ca. um 14.30 Uhr.",
        "„Ach so!“, sagte sie.",
        "Er rief: „Komm!“",
        "Es war sein 100. Geburtstag im 2. Stock, d. h. ganz oben.",
        "Das sind 3,5 Kilo, z. B. Mehl, Nr. 7 und Abs. 2.",
        "»Wirklich?«",
        "Die 1. und 2. Bundesliga, u. a. Bremen, spielen am Montag, 4. Dezember.",
        "Warum nicht?",
        "Das war 1990.",
        "Und jetzt?!",
    ],
    "fr": [
        "M. Dupont et Mme Petit arrivent à 8 h 30.",
        "« Bonjour ! »",
        "« Vous venez ? » demanda Mlle Roy.",
        "Il est né en 52 av. J.-C. à Rome.",
        "C'est 3,5 % de 1 000, env. 35.",
        "Qui est là ?",
        "Eh bien... rien.",
        "Il a dit « oui. »",
        "Voilà !",
    ],
    "es": [
        "El Sr. Ruiz y la Dra. M. Soto llegaron a las 10.30, p. ej. ayer.",
        "¿Cómo está Ud. hoy?",
        "¡Qué bien!",
        "«¿Vienes?»",
        "Pagó 3,5 euros, aprox. 4 dólares, en EE. UU. con Luis.",
        "—No —dijo ella—.",
        "Ver pág. 12, núm. 3.",
        "¿¡De verdad!?",
        "Nació en el siglo III a. C. en Roma.",
    ],
    "it": [
        "Il sig. Rossi e la dott.ssa Bianchi arrivano alle 9.30.",
        "«Chi è?»",
        "L'Avv. G. Verdi ha pagato 3,5 euro.",
        "Perché no?",
        "Vedi art. 5 e fig. 2.",
        "Mah... forse.",
        "«Sì», disse il Prof. Neri.",
        "È vero!",
    ],
    "ru": [
        "В 1990 г. на ул. Садовой жил проф. И. П. Белов, т. е. мой дед.",
        "«Кто там?»",
        "Было 3,5 тыс. рублей, хлеб, соль и т. д. и т. п.",
        "Правда?!",
        "См. стр. 5 и рис. 7.",
        "— Нет, — сказал он.",
        "Рост 5 см.",
        "Потом стало 6 см.",
        "Ну... ладно.",
        "Да!",
    ],
    "uk": [
        "У 1990 р. на вул. Шевченка жив проф. І. П. Білий, тобто мій дід.",
        "«Хто там?»",
        "Було 3,5 тис. гривень і т. д. на столі.",
        "Справді?!",
        "Дивись с. 5 і рис. 7.",
        "— Ні, — сказав він.",
        "Ну... гаразд.",
        "Так!",
    ],
    "zh": [
        "今天是3.5度，U.S.政府说没有问题。",
        "你去过北京吗？",
        "他说：“走吧！”",
        "「好的。」",
        "Dr.王来了，我们……不知道。",
        "真的吗？！",
        "请看www.example.com。",
    ],
    "ja": [
        "今日は3.5度です。",
        "「はい。」と彼は言った。",
        "「元気ですか？」って聞いた。",
        "それは…ちょっと…難しい。",
        "本当に！？",
        "Dr.田中はNo.5です。",
        "（笑いました。）",
        "そうですね。",
    ],
    "ar": [
        "وصل د. أحمد علي في الساعة 9.30 مساءً.",
        "كيف حالك؟",
        "قال: «نعم.»",
        "السعر 3.5 دولار، انظر ص. 12.",
        "حقاً؟!",
        "انتهى البناء عام 1990 م.",
        "ثم ذهبنا!",
    ],
}


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


@pytest.mark.parametrize("language", SENTENCES)
def test_a_text_of_each_language_is_cut_into_its_sentences(language: str) -> None:
    text = ("" if language in SPACELESS else " ").join(SENTENCES[language])
    assert cut(text, language) == SENTENCES[language]


@pytest.mark.parametrize("language", SENTENCES)
def test_it_need_not_be_known_which_language_it_is(language: str) -> None:
    text = ("" if language in SPACELESS else " ").join(SENTENCES[language])
    assert cut(text) == SENTENCES[language]


@pytest.mark.parametrize("language", SENTENCES)
def test_a_whole_sentence_looks_finished(language: str) -> None:
    assert [text for text in SENTENCES[language] if not ends_like_a_sentence(text, language)] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        (".", "en"),
        ("We went", "en"),
        ("We went,", "en"),
        ("Well...", "en"),
        ("So, er…", "en"),
        ("这个……", "zh"),
        ("I met Mr.", "en"),
        ("I met J. K.", "en"),
        ("Fruit, e.g.", "en"),
        ("First: 1.", "en"),
        ("Es war am 3.", "de"),
        ("Bylo to ve 3.", "cs"),
        ("It may be German: 3.", ""),
        ("Das ist z. B.", "de"),
        ("J'ai vu Mme.", "fr"),
        ("El Sr.", "es"),
        ("Il sig.", "it"),
        ("Это было, т. е.", "ru"),
        ("На вул.", "uk"),
        ("وصل د.", "ar"),
    ],
)
def test_a_text_that_calls_for_more_does_not_look_finished(text: str, language: str) -> None:
    assert not ends_like_a_sentence(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We went. ", "en"),
        ("No.", "en"),
        ("I am 25.", "en"),
        ("It was 1990.", "de"),
        ("We ate bread etc.", "en"),
        ("At 5 p.m.", "en"),
        ("The company is Example Inc.", "en"),
        ("Что?..", "ru"),
        ("И так далее и т. д.", "ru"),
    ],
)
def test_a_text_may_be_finished_after_what_looks_like_an_abbreviation(text: str, language: str) -> None:
    assert ends_like_a_sentence(text, language)


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


def test_a_word_that_may_begin_a_sentence_is_waited_for() -> None:
    assert not is_sentence_end("We saw the U.S.", " The")
    assert not is_sentence_end("We saw the U.S.", " Theodore ")
    assert is_sentence_end("We saw the U.S.", " The ")


def test_a_quotation_mark_after_a_space_closes_only_before_another() -> None:
    assert not is_sentence_end("Il vient.", " »")
    assert not is_sentence_end("Il vient.", " » Elle")
    assert is_sentence_end("Il vient. »", " Elle")
    assert is_sentence_end("Er kommt.", " »Ja")


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
            "」",
            "っ",
            "て",
            " Then",
            " U.S",
            "“",
            "«",
            "»",
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
