# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What Whisper writes behind the end of the audio, and how words become sentences."""

from hypothesis import given
from hypothesis import strategies as st

from media.engines.heard import Heard, compression_ratio, sentences, within_audio, without_prefix
from media.engines.transcription import TimedWord


def word(text: str, start_s: float, end_s: float) -> TimedWord:
    return TimedWord(start_s=start_s, end_s=end_s, text=text, probability=0.9)


WORDS = st.lists(
    st.builds(
        word,
        st.sampled_from([" yes", " no.", " what?", " 你好。", " well"]),
        st.floats(0, 30),
        st.floats(0, 30),
    ),
    max_size=20,
)


def test_words_crowded_into_the_last_moment_were_not_said() -> None:
    said = [word(" Good", 0.1, 0.4), word(" morning.", 0.4, 1.96)]
    invented = [word(" Good", 2.0, 2.0), word(" morning.", 2.0, 2.0)]
    assert within_audio([*said, *invented], 2.0) == tuple(said)


def test_a_word_that_takes_time_at_the_end_was_said() -> None:
    said = (word(" Good", 0.1, 0.4), word(" morn", 1.7, 2.0))
    assert within_audio(said, 2.0) == said


def test_a_word_without_time_in_the_middle_was_said() -> None:
    said = (word(" I", 0.5, 0.5), word(" am", 0.5, 0.9))
    assert within_audio(said, 5.0) == said


def test_nothing_but_crowded_words_is_nothing() -> None:
    assert within_audio([word(" Thank", 0.98, 0.98), word(" you.", 0.98, 1.0)], 1.0) == ()


@given(WORDS, st.floats(0, 30))
def test_what_stays_is_the_beginning(words: list[TimedWord], duration_s: float) -> None:
    kept = within_audio(words, duration_s)
    assert list(kept) == words[: len(kept)]
    assert within_audio(kept, duration_s) == kept


def test_segments_end_with_sentences_and_at_pauses() -> None:
    words = [
        word(" It", 0.0, 0.2),
        word(" rains.", 0.2, 0.6),
        word(" We", 0.7, 0.9),
        word(" stay", 2.5, 2.9),
        word(" here", 2.9, 3.2),
    ]
    texts = ["".join(word.text for word in sentence) for sentence in sentences(words)]
    assert texts == [" It rains.", " We", " stay here"]


@given(WORDS)
def test_every_word_is_in_one_sentence_in_order(words: list[TimedWord]) -> None:
    parts = list(sentences(words))
    assert [word for part in parts for word in part] == words
    assert all(parts)


def test_segments_stand_where_their_piece_does() -> None:
    heard = Heard(
        language="en",
        words=(word(" It", 0.5, 0.7), word(" rains.", 0.7, 1.1)),
        circles=False,
        temperature=0.0,
        mean_log_probability=-0.3,
        no_speech_probability=0.1,
    )
    (segment,) = heard.segments(20.0)
    assert (segment.start_s, segment.end_s) == (20.5, 21.1)
    assert segment.words == (word(" It", 20.5, 20.7), word(" rains.", 20.7, 21.1))
    assert segment.text == " It rains."
    assert (segment.mean_log_probability, segment.no_speech_probability) == (-0.3, 0.1)


def test_a_text_that_repeats_itself_compresses_well() -> None:
    assert compression_ratio("and so on " * 20) > 2.4 > compression_ratio("It rains, and we stay here.")


def test_words_of_a_prefix_are_left_out() -> None:
    words = [word(" Good", 0.1, 0.4), word(" morning", 0.4, 0.9), word(" all", 1.0, 1.3)]
    assert without_prefix(words, len(" Good morning")) == (words[2],)
    assert without_prefix(words, 0) == tuple(words)
    assert without_prefix(words, 100) == ()


def test_a_mark_right_behind_a_prefix_is_new() -> None:
    words = [word(" Good", 0.1, 0.4), word(" morning,", 0.4, 0.9), word(" all", 1.0, 1.3)]
    assert without_prefix(words, len(" Good morning")) == (word(",", 0.9, 0.9), words[2])


@given(WORDS, st.integers(0, 200))
def test_what_is_left_of_a_text_is_what_comes_after_the_prefix(
    words: list[TimedWord], prefix_chars: int
) -> None:
    left = "".join(word.text for word in without_prefix(words, prefix_chars))
    assert left == "".join(word.text for word in words)[prefix_chars:]
