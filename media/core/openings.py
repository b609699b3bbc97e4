# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What a language model's answer may begin with that is no translation. Pure.

Comments ("Sure, here is the translation:"), labels ("German:"), our own words, the source's words, and words
in letters of another language.
"""

import re
from dataclasses import dataclass
from typing import Literal

from media.core.languages import by_code
from media.core.scripts import script_words

OpeningFault = Literal[
    "comment",  # it speaks about the task, or as an assistant
    "prompt",  # it repeats our own words
    "untranslated",  # it repeats the source
    "script",  # it is in letters of another language
]

_MOST_HELD = 64
"""Characters after which a beginning like "Here is" is an ordinary one."""

_TRANSLATION_WORDS = re.compile(
    r"translat|übersetz|tradu[cz]|перевод|перевед|переклад|tłumacz|překlad|vertal|vertaa?l|翻[译譯訳]|[译譯]文"
    r"|번역|ترجم|अनुवाद|çevir|översät|oversæt|overset|käännö|fordít|traduc|μετάφρ|תרגו|bản dịch|terjemah",
    re.IGNORECASE,
)
_OPENERS = (
    "als ki|als sprachmodell|en tant qu|как ии|как языковая|як ші|作为|sure|certainly|of course"
    "|absolutely|okay|ok,|here is|here's|here are|below is|this is|the translation|the sentence"
    "|translation|as an ai|i am an ai|i'm an ai|i cannot|i can't|i am unable|i'm unable|i'm sorry"
    "|i am sorry|please provide|i'm ready|i am ready|hier ist|gerne|natürlich|die übersetzung"
    "|übersetzung|voici|bien sûr|la traduction|traduction|aquí|claro|por supuesto|la traducción"
    "|traducción|ecco|certo|la traduzione|traduzione|aqui está|a tradução|tradução|вот|конечно"
    "|перевод|ось|звичайно|переклад|hier is|natuurlijk|de vertaling|vertaling|oto|tłumaczenie|tady je"
    "|překlad|以下|翻译|翻訳|译文|当然|好的|もちろん|はい、|번역|물론|بالطبع|ترجمة|अनुवाद"
)
_COMMENT_OPENERS = tuple(_OPENERS.split("|"))
_ASSISTANT = re.compile(
    r"as an? (?:ai\b|large language|language model)|i(?: a|['’])m an? (?:ai\b|large language|language model)"
    r"|(?:please )?(?:provide|give me|share|send me) (?:me )?(?:with )?(?:the|a"
    r"|your) (?:\w+ ){0,2}(?:text|sentence)"
    r" (?:you|to|that|for)|i(?: a|['’])m (?:ready|happy|here) to translate|als (?:ki\b|sprachmodell)"
    r"|en tant qu['’](?:ia\b|intelligence)|как (?:ии\b|языковая модель)|як (?:ші\b|мовна модель)"
    r"|作为(?:一个)?(?:ai|人工)",
    re.IGNORECASE,
)
_MACHINES = re.compile(
    r"\b(?:ai|ki|ia|ии|ші|assistant|assistent\w*)\b|人工|language model"
    r"|sprachmodell",
    re.IGNORECASE,
)
_LABEL = re.compile(r".{1,100}?[:：][*_]*\s*")
_FEWEST_WORDS = 4
"""Fewer words may be the same in two languages: names, greetings, interjections."""
_FEWEST_LETTERS = 16
_ALIKE = ({"bs", "hr", "sr"}, {"da", "nn", "no"}, {"id", "ms"}, {"cs", "sk"}, {"yue", "zh"})
"""Groups of languages so close that a right translation may be the source itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the answer should translate. Languages: ISO 639-1 codes; the source's may be empty."""

    sentence: str
    source_language: str
    target_language: str
    rules: str = ""
    """The words around the sentence, which an answer may repeat."""

    @property
    def languages_are_alike(self) -> bool:
        """Whether many sentences are the same in both."""
        return any({self.source_language, self.target_language} <= group for group in _ALIKE)


class Opening:
    """The beginning of an answer, as long as it may be something else than a translation."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._source = "" if asked.languages_are_alike else _letters(asked.sentence)
        self._rules = _letters(asked.rules)
        self._labels = tuple(f"{name}:" for name in _names_of(asked.target_language))

    def fault_of(self, body: str) -> OpeningFault | None:
        """What is certainly wrong with an answer that begins so."""
        said = _letters(body)
        if is_assistant(body, self._asked.sentence):
            return "comment"
        if len(said) > _MOST_HELD // 2 and said[:_MOST_HELD] in self._rules:
            return "prompt"
        if len(said) > len(self._source) and repeats_the_source(body, self._asked):
            return "untranslated"
        right, wrong = script_words(body, self._asked.target_language)
        return "script" if not right and wrong > _FEWEST_WORDS and not self._source.startswith(said) else None

    def may_become_one(self, body: str) -> bool:
        """Whether it is too early to show an answer that begins so."""
        folded = _folded(body)
        said = _letters(body)
        right, wrong = script_words(body, self._asked.target_language)
        early = len(folded) <= _MOST_HELD and (_begins_like_a_comment(folded) or self._rules.startswith(said))
        return (
            early
            or self._source.startswith(said)
            or (not right and wrong > 0)
            or any(label.startswith(folded) for label in self._labels)
        )


def body_of(text: str, asked: Asked) -> tuple[str, bool]:
    """The answer without a label, on one line; and whether more, left out, follows after an empty line."""
    text = text.strip()
    if not _TRANSLATION_WORDS.search(asked.sentence):
        text = _without_label(text, _names_of(asked.target_language))
    body, empty_line, _ = text.partition("\n\n")
    return " ".join(body.split()), bool(empty_line)


def _without_label(text: str, names: tuple[str, ...]) -> str:
    label = _LABEL.match(text)
    if label and _TRANSLATION_WORDS.search(label[0]) and _begins_like_a_comment(_folded(label[0])):
        return text[label.end() :]
    for name in names:
        if _folded(text).startswith(f"{name}:"):
            return text[text.index(":") + 1 :].lstrip("*_ \n")
    return text


def _letters(text: str) -> str:
    """What of a text is compared: a model that repeats something does so letter by letter."""
    return "".join(character for character in text if character.isalnum())


def _folded(text: str) -> str:
    return text.lstrip("\"'“„«*_# ").casefold()


def _names_of(language: str) -> tuple[str, ...]:
    known = by_code(language)
    return (known.name.casefold(), known.native_name.casefold()) if known else ()


def _begins_like_a_comment(folded: str) -> bool:
    return any(opener.startswith(folded) or folded.startswith(opener) for opener in _COMMENT_OPENERS)


def is_comment(text: str, sentence: str) -> bool:
    """Whether it speaks of the translation, or as an assistant, where the sentence does neither."""
    if is_assistant(text, sentence):
        return True
    speaks_of_it = _TRANSLATION_WORDS.search(text[:_MOST_HELD]) and not _TRANSLATION_WORDS.search(sentence)
    return bool(speaks_of_it) and _begins_like_a_comment(_folded(text))


def is_assistant(text: str, sentence: str) -> bool:
    """Whether it begins with what assistants say of themselves, and the sentence is not about that."""
    return bool(_ASSISTANT.search(text[:_MOST_HELD])) and not _MACHINES.search(sentence)


def repeats_the_source(text: str, asked: Asked) -> bool:
    """Whether it says all of the source again, and that is more than a name or an interjection."""
    letters = _letters(asked.sentence)
    if asked.languages_are_alike or len(letters) < _FEWEST_LETTERS or not _letters(text).startswith(letters):
        return False
    words = asked.sentence.split()
    return len(words) == 1 or sum(not word[:1].isupper() for word in words) >= _FEWEST_WORDS - 1


def is_in_another_script(text: str, asked: Asked) -> bool:
    """Whether most of it is in letters that its language does not use."""
    right, wrong = script_words(text, asked.target_language)
    if wrong <= 2 * right + _FEWEST_WORDS - 1:
        return False
    return _letters(text) != _letters(asked.sentence) or len(text.split()) >= _FEWEST_WORDS
