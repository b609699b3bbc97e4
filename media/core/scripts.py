# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""In which letters a language is written, and how much of a text is. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

_LATIN = frozenset({"LATIN"})
_CYRILLIC = frozenset({"CYRILLIC"})
_ARABIC = frozenset({"ARABIC"})
_DEVANAGARI = frozenset({"DEVANAGARI"})

_SCRIPTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("ba", "be", "bg", "mk", "ru", "tg", "tt", "uk"), _CYRILLIC),
    **dict.fromkeys(("ar", "fa", "ps", "ur"), _ARABIC),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), _DEVANAGARI),
    **dict.fromkeys(("he", "yi"), frozenset({"HEBREW"})),
    **dict.fromkeys(("zh", "yue"), frozenset({"CJK"})),
    **dict.fromkeys(("as", "bn"), frozenset({"BENGALI"})),
    "am": frozenset({"ETHIOPIC"}),
    "bo": frozenset({"TIBETAN"}),
    "el": frozenset({"GREEK"}),
    "gu": frozenset({"GUJARATI"}),
    "hy": frozenset({"ARMENIAN"}),
    "ja": frozenset({"CJK", "HIRAGANA", "KATAKANA"}),
    "ka": frozenset({"GEORGIAN"}),
    "km": frozenset({"KHMER"}),
    "kn": frozenset({"KANNADA"}),
    "ko": frozenset({"HANGUL", "CJK"}),
    "lo": frozenset({"LAO"}),
    "ml": frozenset({"MALAYALAM"}),
    "my": frozenset({"MYANMAR"}),
    "pa": frozenset({"GURMUKHI"}),
    "si": frozenset({"SINHALA"}),
    "ta": frozenset({"TAMIL"}),
    "te": frozenset({"TELUGU"}),
    "th": frozenset({"THAI"}),
}
"""By ISO 639-1 code, how the Unicode names of its letters begin; other languages use Latin letters."""

_BOTH_WAYS = frozenset({"az", "bs", "ha", "jv", "kk", "mn", "ms", "sd", "sn", "sr", "su", "tk", "uz"})
"""Written in more than one script; nothing is said about these."""

_SHARED = frozenset({"MODIFIER", "FEMININE", "MASCULINE", "?"})
"""Letters of no script, like the Hawaiian okina."""

_DENSE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
_LETTERS = re.compile(r"[^\W\d_]+")


def script_words(text: str, language: str) -> tuple[int, int]:
    """How many words of the text are in the language's letters, and how many in others.

    Where no spaces are set, each letter counts as a word. Both are 0 where the language has several scripts.
    """
    if language in _BOTH_WAYS:
        return 0, 0
    own = _SCRIPTS.get(language, _LATIN)
    scripts = [script for letters in _LETTERS.findall(text) for script in _words_of(letters)]
    right = sum(script in own for script in scripts)
    return right, len(scripts) - right


def extent(text: str) -> int:
    """How much the text says, about as many as the letters that it would have in English."""
    return sum(_weight(character) for character in text)


def _words_of(letters: str) -> Iterator[str]:
    """The script of each word in a run of letters."""
    before = ""
    for letter in letters:
        script = unicodedata.name(letter, "?").split()[0].split("-")[0]
        if script in _SHARED:
            continue
        if script != before or script in _DENSE:
            yield script
        before = script


def _weight(character: str) -> int:
    if "\u3400" <= character <= "\u9fff":
        return 3
    return 2 if "\u3040" <= character <= "\u30ff" or "\uac00" <= character <= "\ud7a3" else 1
