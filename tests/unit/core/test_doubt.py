# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What is not to be trusted goes; what a person said stays."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.doubt import Doubt, DoubtOptions
from media.core.words import Hypothesis, Segment, text_of
from tests.unit.core.saying import joined, said


def one(
    text: str,
    language: str = "en",
    *,
    no_speech_probability: float = 0.02,
    mean_log_probability: float = -0.2,
    compression_ratio: float = 1.2,
    word_probability: float = 0.9,
) -> Hypothesis:
    """A hypothesis of one segment, which Whisper is sure of unless told otherwise."""
    words = tuple(replace(word, probability=word_probability) for word in said(text))
    segment = Segment(words, no_speech_probability, mean_log_probability, compression_ratio)
    return Hypothesis((segment,), language)


def in_silence(text: str) -> Hypothesis:
    """What Whisper says when nobody speaks."""
    return one(text, no_speech_probability=0.8, mean_log_probability=-1.4)


def what_stays(hypothesis: Hypothesis, options: DoubtOptions | None = None) -> str:
    return joined(Doubt(options).trusted(hypothesis).words)


def test_clear_speech_stays_as_it_is() -> None:
    hypothesis = one("The cat sat on the mat, and the dog did not.")
    assert Doubt().trusted(hypothesis) == hypothesis


def test_what_was_probably_silence_is_dropped() -> None:
    hypothesis = in_silence("I'm going to put it on.")
    assert what_stays(hypothesis) == ""
    assert what_stays(hypothesis, DoubtOptions(no_speech_probability=None)) != ""


def test_sure_words_in_probable_silence_stay() -> None:
    assert what_stays(one("Yes, of course.", no_speech_probability=0.8, mean_log_probability=-0.3)) != ""


def test_sure_repetition_in_probable_silence_is_dropped() -> None:
    hypothesis = one(
        "o que é o que é", "pt", no_speech_probability=0.8, mean_log_probability=-0.4, compression_ratio=4.4
    )
    assert what_stays(hypothesis) == ""


def test_a_few_repetitions_are_enough_in_probable_silence() -> None:
    text = "No, no, no, no."
    assert what_stays(one(text, no_speech_probability=0.5)) == text
    assert what_stays(one(text, no_speech_probability=0.8)) == ""


def test_improbable_words_in_probable_silence_are_dropped_too() -> None:
    hypothesis = one("Мы здесь", "ru", no_speech_probability=0.9, word_probability=0.3)
    assert what_stays(hypothesis) == ""


def test_a_very_improbable_text_is_dropped() -> None:
    hypothesis = one("Und das ist ein", "de", mean_log_probability=-2.3)
    assert what_stays(hypothesis) == ""
    assert what_stays(hypothesis, DoubtOptions(floor_log_probability=None)) != ""


def test_very_improbable_words_are_dropped() -> None:
    hypothesis = one("Und das ist ein", "de", word_probability=0.1)
    assert what_stays(hypothesis) == ""
    assert what_stays(hypothesis, DoubtOptions(word_log_probability=None)) != ""


@pytest.mark.parametrize("certainty", ["mean_log_probability", "word_probability"])
def test_a_few_words_may_be_less_probable_than_many(certainty: str) -> None:
    value = -1.8 if certainty == "mean_log_probability" else 0.16
    long = "This is what we have been told of it today, and nothing else than that."
    assert what_stays(replaced(long, certainty, value)) == ""
    assert what_stays(replaced("Blocks can", certainty, value)) == "Blocks can"
    assert what_stays(replaced("Blocks can", certainty, value), DoubtOptions(short_text_slack=0)) == ""


def replaced(text: str, certainty: str, value: float) -> Hypothesis:
    """Said with this certainty, of one kind or the other."""
    if certainty == "mean_log_probability":
        return one(text, mean_log_probability=value)
    return one(text, word_probability=value)


def test_an_engine_that_says_nothing_of_its_certainty_is_believed() -> None:
    hypothesis = Hypothesis((Segment(tuple(said("Thank you."))),), "en")
    assert Doubt().trusted(hypothesis) == hypothesis


def test_the_words_after_a_prefix_are_judged_like_others() -> None:
    new = replace(one("mat."), after_prefix=True)
    assert Doubt().trusted(new) == new
    invented = replace(one("you", word_probability=0.02), after_prefix=True)
    assert Doubt().trusted(invented) == replace(invented, segments=())


@pytest.mark.parametrize("text", [".", "...", '?"'])
def test_punctuation_after_a_prefix_stays(text: str) -> None:
    assert what_stays(replace(one(text), after_prefix=True)) == text
    assert what_stays(one(text)) == ""
    assert what_stays(replace(one(". . . ."), after_prefix=True)) == ""


def test_a_courtesy_after_a_prefix_may_be_the_rest_of_a_sentence() -> None:
    assert what_stays(replace(one("you", mean_log_probability=-0.9), after_prefix=True)) == "you"
    in_noise = one("you", mean_log_probability=-0.9, no_speech_probability=0.5)
    assert what_stays(replace(in_noise, after_prefix=True)) == ""


def test_words_after_a_prefix_are_believed_less() -> None:
    hypothesis = one("me of", mean_log_probability=-1.4)
    assert what_stays(hypothesis) == "me of"
    assert what_stays(replace(hypothesis, after_prefix=True)) == ""
    off = DoubtOptions(prefix_log_probability=None)
    assert what_stays(replace(hypothesis, after_prefix=True), off) == "me of"


def test_only_the_doubtful_segment_is_dropped() -> None:
    sure, silent = one("We went to sea.").segments[0], in_silence("I'm sorry.").segments[0]
    assert what_stays(Hypothesis((sure, silent), "en")) == "We went to sea."


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("Well, " + "thank you. " * 5, "Well, thank you."),
        ("Well, " + "thank you. " * 3, "Well, " + "thank you. " * 3),
        ("no " * 9, "no " * 5),
        ("a b c " * 9 + "and so on", "a b c and so on"),
        ("I said no no no and left", "I said no no no and left"),
        ("very, very, very good", "very, very, very good"),
        ("que no es Que no es, que no es. que no es que", "que no es que"),
        ("we know it very well " * 2, "we know it very well " * 2),
        ("we know it very well " * 3, "we know it very well"),
        ("Aaaaaaaaaaaaaah, yes, I understand you now", "Aaaaaaaaah, yes, I understand you now"),
        (
            "hahahahahahahahahaha and then we all went on again",
            "hahahahahahahaha and then we all went on again",
        ),
        ("1000000000000 of them", "1000000000000 of them"),
    ],
)
def test_loops_are_cut(heard: str, kept: str) -> None:
    assert what_stays(one(heard)) == kept.strip()


def test_a_loop_over_several_segments_is_cut() -> None:
    segment = one("Thank you.").segments[0]
    trusted = Doubt().trusted(Hypothesis((segment,) * 9, "en"))
    assert [text_of(kept.words) for kept in trusted.segments] == ["Thank you."]


def test_loops_stay_when_that_layer_is_off() -> None:
    options = DoubtOptions(loop_repetitions=None, compression_ratio=None)
    assert what_stays(one("no " * 9), options) == ("no " * 9).strip()


@pytest.mark.parametrize(
    "text",
    [
        "no " * 30,
        "-4-4-5" + " -5" * 20,
        "個 " * 20,
        "んん " * 12,
        "par exemple des étudiants " * 10,
        "la " * 30 + "l",
    ],
)
def test_what_circles_too_often_is_dropped_with_all_its_rounds(text: str) -> None:
    hypothesis = one(f"We went. {text}")
    assert what_stays(hypothesis).removesuffix(" -4-4-5") == "We went."
    options = DoubtOptions(circling_rounds=None, compression_ratio=None, loop_repetitions=None)
    assert what_stays(hypothesis, options) == f"We went. {text}".strip()


def test_in_doubt_what_comes_before_a_circle_is_dropped_too() -> None:
    text = "1 " + "-5 " * 30
    assert what_stays(one(text)) == "1"
    assert what_stays(one(text, no_speech_probability=0.4)) == ""


def test_text_that_repeats_itself_with_variations_is_dropped() -> None:
    text = " ".join(f"and it is a very very good thing number {number} that" for number in range(12))
    assert what_stays(one(text)) == ""
    assert what_stays(one(text), DoubtOptions(compression_ratio=None)) == text


@pytest.mark.parametrize("text", [". . . .", "...", "- -", "♪♪", "…"])
def test_text_without_a_letter_or_digit_is_dropped(text: str) -> None:
    assert what_stays(one(text)) == ""
    assert what_stays(one(text), DoubtOptions(unreadable=False)) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Subtitles by the Amara.org community", "en"),
        ("Untertitel der Amara.org-Community", "de"),
        ("Untertitelung im Auftrag des ZDF für funk, 2017", "de"),
        ("Sous-titrage Société Radio-Canada", "fr"),
        ("Subtítulos realizados por la comunidad de Amara.org", "es"),
        ("Legendas pela comunidade Amara.org", "pt"),
        ("Sottotitoli e revisione a cura di QTSS", "it"),
        ("Редактор субтитров А.Синецкая Корректор А.Егорова", "ru"),
        ("Субтитры сделал DimaTorzok", "ru"),
        ("Napisy stworzone przez społeczność Amara.org", "pl"),
        ("Ondertitels ingediend door de Amara.org gemeenschap", "nl"),
        ("Altyazı M.K.", "tr"),
        ("中文字幕志愿者 杨茜茜", "zh"),
        ("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", "zh"),
        ("한글자막 by 한효정", "ko"),
        ("ترجمة نانسي قنقر", "ar"),
    ],
)
def test_credits_of_subtitles_are_dropped_however_sure(text: str, language: str) -> None:
    assert what_stays(one(text, language)) == ""
    assert what_stays(one(text, language), DoubtOptions(credits=False)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Die Untertitel im ZDF sind gut.",
        "The subtitles were missing.",
        "Can you transcribe this for me?",
        "The music was too loud.",
        "I heard music (and applause) all night.",
    ],
)
def test_speech_about_subtitles_and_sounds_stays(text: str) -> None:
    assert what_stays(one(text)) == text


@pytest.mark.parametrize(
    "text", ["[Music]", "(applause) (laughter)", "СПОКОЙНАЯ МУЗЫКА", "MUZIEK.", "*sigh*", "♪ la la ♪"]
)
def test_descriptions_of_sounds_are_dropped(text: str) -> None:
    assert what_stays(one(text)) == ""
    assert what_stays(one(text), DoubtOptions(sounds=False)) == text


@pytest.mark.parametrize("text", ["ТЕЛЕФОННЫЙ ЗВОНОК", "Applause.", "¡Aplausos!", "Music"])
def test_what_may_be_a_sound_is_dropped_in_doubt(text: str) -> None:
    assert what_stays(one(text)) == text
    assert what_stays(one(text, no_speech_probability=0.5)) == ""
    assert what_stays(one(text, no_speech_probability=0.5), DoubtOptions(sounds=False)) == text


@pytest.mark.parametrize("text", ["NATO", "OK", "The music stopped."])
def test_other_words_stay_in_doubt(text: str) -> None:
    assert what_stays(one(text, no_speech_probability=0.5)) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you.", "en"),
        ("Thanks for watching!", "en"),
        ("Vielen Dank.", "de"),
        ("Merci d'avoir regardé cette vidéo !", "fr"),
        ("Gracias.", "es"),
        ("Grazie a tutti.", "it"),
        ("Obrigado.", "pt"),
        ("Продолжение следует...", "ru"),
        ("Дякую за перегляд!", "uk"),
        ("Dziękuję.", "pl"),
        ("Bedankt voor het kijken.", "nl"),
        ("ご視聴ありがとうございました", "ja"),
        ("谢谢大家", "zh"),
        ("시청해주셔서 감사합니다.", "ko"),
        ("İzlediğiniz için teşekkür ederim.", "tr"),
        ("شكراً", "ar"),
    ],
)
def test_a_courtesy_is_dropped_only_in_doubt(text: str, language: str) -> None:
    assert what_stays(one(text, language)) == text
    assert what_stays(one(text, language, no_speech_probability=0.5)) == ""
    assert what_stays(one(text, language, mean_log_probability=-0.9)) == ""
    assert what_stays(one(text, "", mean_log_probability=-0.9)) == ""
    assert what_stays(one(text, language, mean_log_probability=-0.9), DoubtOptions(courtesies=False)) == text


def test_a_courtesy_with_more_to_it_stays_even_in_doubt() -> None:
    text = "Thank you for the bread."
    assert what_stays(one(text, mean_log_probability=-0.9)) == text


def test_words_far_from_all_speech_are_dropped() -> None:
    hypothesis = one("we went to sea thank you")
    trusted = Doubt().trusted(hypothesis, speech=[(0, 800)])
    assert joined(trusted.words) == "we went to sea thank"
    assert Doubt().trusted(hypothesis, speech=[]).words == ()
    assert Doubt(DoubtOptions(speech_margin_ms=None)).trusted(hypothesis, speech=[]) == hypothesis


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"loop_repetitions": 0}, "at least once"),
        ({"loop_word_repetitions": 0}, "at least once"),
        ({"circling_rounds": 1}, "at least 2"),
        ({"short_text_slack": -0.1}, "not negative"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        DoubtOptions(**options)


def test_with_all_layers_off_everything_stays() -> None:
    off: dict[str, Any] = {
        field.name: False if isinstance(field.default, bool) else None
        for field in fields(DoubtOptions)
        if isinstance(field.default, bool) or "None" in str(field.type)
    }
    assert len(off) == 13
    everything = [in_silence("no " * 30), one("[Music]"), one("..."), one("Altyazı M.K.", "tr")]
    for hypothesis in everything:
        assert Doubt(DoubtOptions(**off)).trusted(hypothesis, speech=[]) == hypothesis


words = st.lists(
    st.sampled_from(
        ("no", "thank", "you", "thank you.", "...", "hahahahahahahahahahahaha", "[Music]", "boat", "25")
    )
).map(" ".join)
segments = st.builds(
    one,
    words,
    no_speech_probability=st.floats(0, 1),
    mean_log_probability=st.floats(-3, 0),
    compression_ratio=st.floats(0.5, 5),
    word_probability=st.floats(0, 1),
).map(lambda hypothesis: hypothesis.segments[0])
hypotheses = st.builds(
    Hypothesis, st.lists(segments, max_size=6).map(tuple), st.sampled_from(("en", "", "xx")), st.booleans()
)


@given(hypotheses)
def test_nothing_is_added_the_order_stays_and_twice_is_as_once(hypothesis: Hypothesis) -> None:
    doubt = Doubt()
    trusted = doubt.trusted(hypothesis)
    given_words = iter(hypothesis.words)
    for word in trusted.words:
        assert any(word.text in before.text and word.start_ms == before.start_ms for before in given_words)
    assert all(segment.words for segment in trusted.segments)
    assert trusted.language == hypothesis.language
    assert doubt.trusted(trusted) == trusted
