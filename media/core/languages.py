# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The languages that Whisper recognises, and their names. Pure."""

import re
from dataclasses import dataclass

AUTO = "auto"
"""In place of a source language's code: Whisper finds out what is spoken."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language, as people and models name it."""

    code: str
    """ISO 639-1; where that has none, ISO 639-3."""
    name: str
    """In English."""
    native_name: str
    right_to_left: bool = False
    spaces: bool = True
    """Whether its words are set apart by spaces."""


_LANGUAGES = (
    Language("af", "Afrikaans", "Afrikaans"),
    Language("am", "Amharic", "አማርኛ"),
    Language("ar", "Arabic", "العربية", right_to_left=True),
    Language("as", "Assamese", "অসমীয়া"),
    Language("az", "Azerbaijani", "Azərbaycanca"),
    Language("ba", "Bashkir", "Башҡортса"),
    Language("be", "Belarusian", "Беларуская"),
    Language("bg", "Bulgarian", "Български"),
    Language("bn", "Bengali", "বাংলা"),
    Language("bo", "Tibetan", "བོད་ཡིག", spaces=False),
    Language("br", "Breton", "Brezhoneg"),
    Language("bs", "Bosnian", "Bosanski"),
    Language("ca", "Catalan", "Català"),
    Language("cs", "Czech", "Čeština"),
    Language("cy", "Welsh", "Cymraeg"),
    Language("da", "Danish", "Dansk"),
    Language("de", "German", "Deutsch"),
    Language("el", "Greek", "Ελληνικά"),
    Language("en", "English", "English"),
    Language("es", "Spanish", "Español"),
    Language("et", "Estonian", "Eesti"),
    Language("eu", "Basque", "Euskara"),
    Language("fa", "Persian", "فارسی", right_to_left=True),
    Language("fi", "Finnish", "Suomi"),
    Language("fo", "Faroese", "Føroyskt"),
    Language("fr", "French", "Français"),
    Language("gl", "Galician", "Galego"),
    Language("gu", "Gujarati", "ગુજરાતી"),
    Language("ha", "Hausa", "Hausa"),
    Language("haw", "Hawaiian", "ʻŌlelo Hawaiʻi"),
    Language("he", "Hebrew", "עברית", right_to_left=True),
    Language("hi", "Hindi", "हिन्दी"),
    Language("hr", "Croatian", "Hrvatski"),
    Language("ht", "Haitian Creole", "Kreyòl ayisyen"),
    Language("hu", "Hungarian", "Magyar"),
    Language("hy", "Armenian", "Հայերեն"),
    Language("id", "Indonesian", "Bahasa Indonesia"),
    Language("is", "Icelandic", "Íslenska"),
    Language("it", "Italian", "Italiano"),
    Language("ja", "Japanese", "日本語", spaces=False),
    Language("jv", "Javanese", "Basa Jawa"),
    Language("ka", "Georgian", "ქართული"),
    Language("kk", "Kazakh", "Қазақша"),
    Language("km", "Khmer", "ខ្មែរ", spaces=False),
    Language("kn", "Kannada", "ಕನ್ನಡ"),
    Language("ko", "Korean", "한국어"),
    Language("la", "Latin", "Latina"),
    Language("lb", "Luxembourgish", "Lëtzebuergesch"),
    Language("ln", "Lingala", "Lingála"),
    Language("lo", "Lao", "ລາວ", spaces=False),
    Language("lt", "Lithuanian", "Lietuvių"),
    Language("lv", "Latvian", "Latviešu"),
    Language("mg", "Malagasy", "Malagasy"),
    Language("mi", "Maori", "Te reo Māori"),
    Language("mk", "Macedonian", "Македонски"),
    Language("ml", "Malayalam", "മലയാളം"),
    Language("mn", "Mongolian", "Монгол"),
    Language("mr", "Marathi", "मराठी"),
    Language("ms", "Malay", "Bahasa Melayu"),
    Language("mt", "Maltese", "Malti"),
    Language("my", "Burmese", "မြန်မာ", spaces=False),
    Language("ne", "Nepali", "नेपाली"),
    Language("nl", "Dutch", "Nederlands"),
    Language("nn", "Norwegian Nynorsk", "Norsk nynorsk"),
    Language("no", "Norwegian", "Norsk"),
    Language("oc", "Occitan", "Occitan"),
    Language("pa", "Punjabi", "ਪੰਜਾਬੀ"),
    Language("pl", "Polish", "Polski"),
    Language("ps", "Pashto", "پښتو", right_to_left=True),
    Language("pt", "Portuguese", "Português"),
    Language("ro", "Romanian", "Română"),
    Language("ru", "Russian", "Русский"),
    Language("sa", "Sanskrit", "संस्कृतम्"),
    Language("sd", "Sindhi", "سنڌي", right_to_left=True),
    Language("si", "Sinhala", "සිංහල"),
    Language("sk", "Slovak", "Slovenčina"),
    Language("sl", "Slovenian", "Slovenščina"),
    Language("sn", "Shona", "ChiShona"),
    Language("so", "Somali", "Soomaali"),
    Language("sq", "Albanian", "Shqip"),
    Language("sr", "Serbian", "Српски"),
    Language("su", "Sundanese", "Basa Sunda"),
    Language("sv", "Swedish", "Svenska"),
    Language("sw", "Swahili", "Kiswahili"),
    Language("ta", "Tamil", "தமிழ்"),
    Language("te", "Telugu", "తెలుగు"),
    Language("tg", "Tajik", "Тоҷикӣ"),
    Language("th", "Thai", "ไทย", spaces=False),
    Language("tk", "Turkmen", "Türkmençe"),
    Language("tl", "Tagalog", "Tagalog"),
    Language("tr", "Turkish", "Türkçe"),
    Language("tt", "Tatar", "Татарча"),
    Language("uk", "Ukrainian", "Українська"),
    Language("ur", "Urdu", "اردو", right_to_left=True),
    Language("uz", "Uzbek", "Oʻzbekcha"),
    Language("vi", "Vietnamese", "Tiếng Việt"),
    Language("yi", "Yiddish", "ייִדיש", right_to_left=True),
    Language("yo", "Yoruba", "Yorùbá"),
    Language("yue", "Cantonese", "粵語", spaces=False),
    Language("zh", "Chinese", "中文", spaces=False),
)

_BY_CODE = {language.code: language for language in _LANGUAGES}
_CODE_BY_NAME = {language.name.casefold(): language.code for language in _LANGUAGES}

_WHISPER_CODES = {"jv": "jw"}
"""Where Whisper's own code is not today's ISO code."""

_ALIASES = {
    "jw": "jv",
    "iw": "he",
    "nb": "no",
    "castilian": "es",
    "flemish": "nl",
    "haitian": "ht",
    "letzeburgesch": "lb",
    "mandarin": "zh",
    "moldavian": "ro",
    "moldovan": "ro",
    "myanmar": "my",
    "nynorsk": "nn",
    "panjabi": "pa",
    "pushto": "ps",
    "sinhalese": "si",
    "valencian": "ca",
}

SOURCE_LANGUAGES: tuple[Language, ...] = tuple(sorted(_LANGUAGES, key=lambda language: language.name))
"""What can be spoken, by English name."""

TARGET_LANGUAGES: tuple[Language, ...] = SOURCE_LANGUAGES
"""What can be translated into, by English name; how well is the model's matter."""


def by_code(code: str) -> Language | None:
    """The language with this code, or None; `auto` is no language."""
    return _BY_CODE.get(code)


def from_whisper(value: str) -> str:
    """The code of what a Whisper server calls a language: a name (`english`), a code or a tag (`zh-CN`).

    An empty string where it names none that we know.
    """
    name = " ".join(value.casefold().split())
    for candidate in (name, re.split("[-_]", name)[0]):
        code = _ALIASES.get(candidate) or _CODE_BY_NAME.get(candidate) or candidate
        if code in _BY_CODE:
            return code
    return ""


def to_whisper(code: str) -> str:
    """What a Whisper server calls the language with this code."""
    return _WHISPER_CODES.get(code, code)
