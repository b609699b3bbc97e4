# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Words written with a full stop that ends no sentence. Pure.

All without their last full stop. The languages share the tables: the language of a text is not always known,
and a sentence kept together by mistake does less harm than one cut in two.
"""

_TITLES = {
    "en": "Mr Mrs Ms Dr Prof St Mt Jr Sr Messrs Rev Capt Col Gen Sgt Lt Cmdr Gov Sen Rep Pres Hon",
    "de": "Hr Hrn Frl Dipl Ing",
    "fr": "Mme Mmes Mlle MM Pr Ste",
    "es": "Sra Srta Sres Dra Dña Ud Uds Lic Avda EE",
    "pt": "Exmo Exma Profa Sta Sto",
    "it": "Sig Sigg Dott Dott.ssa Prof.ssa Avv Geom Spett Egr",
    "nl": "Dhr Mevr Mw Drs",
    "cs": "Mgr MUDr JUDr",
}
_BY_LANGUAGE = {
    "en": "approx dept vs viz cf ph.d prof dr",
    "de": "bzw ca evtl ggf inkl exkl zzgl vgl bspw sog nr geb gest hrsg",
    "fr": "av env mme mlle",
    "es": "ej pág aprox núm sra srta",
    "pt": "exmo exma",
    "it": "sig sigg dott dott.ssa prof.ssa avv geom",
    "nl": "bijv dhr mevr",
    "pl": "np tzn tzw tj ul m.in",
    "cs": "např tzv tzn př",
    "ru": "гг ул см стр гл напр проф акад доц тыс просп обл корп св",
    "uk": "рр вул ім див тис смт",
    "ar": "د أ م",
    "hi": "डॉ टी",
}
_BEFORE_NUMBERS = "no nos nº n art abs vol fig p pp ch sec s kap bd п ст рис табл ص"
_GERMAN_ORDINAL_WORDS = (
    "am der dem den des die das zum zur vom im ins beim ab bis seit und oder jeder jede jedes jedem jeden "
    "dieser diese dieses diesem diesen ein eine einen einem einer sein seine seinen seinem seiner ihr ihre "
    "ihren ihrem ihrer mein meine meinen meinem meiner unser unsere unseren unserem unserer"
)
_GERMAN_MONTHS = (
    "januar jänner februar feber märz april mai juni juli august september oktober november dezember"
)
_ORDINALS_WITH_FULL_STOP = "bs cs da de et fi hr hu is lv nb nn no pl sk sl sr tr"
_ENGLISH_BEGINNERS = (
    "The He She It We They You This That These Those There But And So In On At If When What Why Who How My "
    "Our Your His Her Its Then Now However As For After Before With While Yes"
)

TITLES = frozenset(word for words in _TITLES.values() for word in words.split())
"""A name follows them. With a small letter they may be something else: "5 ms."."""

ABBREVIATIONS = frozenset(word for words in _BY_LANGUAGE.values() for word in words.split())
"""In lower case; they seldom end a sentence."""

BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS.split())
"""In lower case. They are abbreviations when a number follows, and may be words when none does."""

AFTER_NUMBERS = frozenset(("см", "стр", "م"))
"""In lower case. After a number they are units, and may end a sentence."""

COMPANIES = frozenset(("inc", "ltd", "co", "corp", "bros"))
"""In lower case. Only a word that begins sentences ends one after them."""

MAY_END = frozenset(("a.m", "p.m", "т.д", "т.п"))
"""Dotted abbreviations that often end a sentence; a capital after them decides."""

LONE_WORDS = frozenset(("I", "я", "Я", "é", "è", "É", "È"))
"""Single letters that are words, and no initials."""

ENGLISH_BEGINNERS = frozenset(_ENGLISH_BEGINNERS.split())
"""No name begins with them."""

BEFORE_GERMAN_ORDINALS = frozenset(_GERMAN_ORDINAL_WORDS.split())
"""In lower case. After these a number with a full stop is an ordinal."""

GERMAN_MONTHS = frozenset(_GERMAN_MONTHS.split())

ORDINALS_WITH_FULL_STOP = frozenset(_ORDINALS_WITH_FULL_STOP.split())
"""Languages that write "3." for "third"."""
