# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Words written with a full stop that ends no sentence. Pure.

All in lower case and without their last full stop. The languages share one table: the language of a text is
not always known, and a sentence kept together by mistake does less harm than one cut in two.
"""

_BY_LANGUAGE = {
    "en": "mr mrs ms dr prof st jr sr messrs rev capt sgt lt gov hon approx dept vs viz cf",
    "de": "bzw ca evtl ggf inkl exkl vgl bspw sog hr hrn frl nr str abs dipl ing hrsg geb gest jh",
    "fr": "mme mlle mm av",
    "es": "sra srta dra ud uds pág aprox núm",
    "pt": "exmo exma",
    "it": "sig sigg dott dott.ssa prof.ssa avv geom",
    "nl": "dhr mevr mw bijv",
    "pl": "np tzn tj ul",
    "cs": "např tzv mgr",
    "ru": "гг ул см стр гл напр проф акад тыс пр",
    "uk": "вул ім див",
}
_BEFORE_NUMBERS = "no nos nº n art vol fig p pp ch sec s kap bd п ст рис"
_GERMAN_MONTHS = (
    "januar jänner februar feber märz april mai juni juli august september oktober november dezember"
)

ABBREVIATIONS = frozenset(word for words in _BY_LANGUAGE.values() for word in words.split())
"""They seldom end a sentence."""

BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS.split())
"""They are abbreviations when a number follows, and may be words when none does."""

MAY_END = frozenset(("a.m", "p.m", "т.д", "т.п"))
"""Dotted abbreviations that often end a sentence; a capital after them decides."""

LONE_WORDS = frozenset(("I", "я", "Я", "é", "è", "É", "È"))
"""Single letters that are words, and no initials."""

BEFORE_GERMAN_ORDINALS = frozenset(
    ("am", "der", "dem", "den", "des", "die", "das", "zum", "zur", "vom", "im", "beim", "ab", "bis", "seit")
)
"""German words after which a number with a full stop is an ordinal."""

GERMAN_MONTHS = frozenset(_GERMAN_MONTHS.split())
