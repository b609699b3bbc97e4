# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""What Whisper writes when it hears silence, noise or music: what it learned from subtitles. Pure.

Seen with the base model on recordings without speech, and reported by many of its users.
"""

import re
from collections.abc import Iterable

from media.core.alignment import normalised

_COURTESIES = {
    "ar": "شكرا|شكراً|شكرا لكم|شكرا للمشاهدة|شكرا على المشاهدة|اشتركوا في القناة",
    "cs": "děkuji|děkuji za pozornost|děkuji za sledování|na shledanou",
    "de": "untertitel|danke|vielen dank|danke schön|vielen dank fürs zuschauen|danke fürs zuschauen"
    "|bis zum nächsten mal|bis zum nächsten video|tschüss",
    "en": "you|thank you|thanks|thank you very much|thank you so much|thanks for watching|bye"
    "|thank you for watching|please subscribe|like and subscribe|see you next time|see you in the next video"
    "|i'll see you in the next video|i'm sorry",
    "es": "subtítulos|y|gracias|muchas gracias|gracias por ver|gracias por ver el video"
    "|gracias por ver el vídeo|suscríbete|suscríbete al canal|hasta la próxima|adiós",
    "fr": "sous-titres|sous-titrage|merci|merci beaucoup|merci d'avoir regardé"
    "|merci d'avoir regardé cette vidéo|abonnez-vous|à bientôt|au revoir|c'est parti",
    "it": "sottotitoli|e|grazie|grazie mille|grazie a tutti|grazie per la visione|grazie per aver guardato"
    "|iscrivetevi al canale|alla prossima",
    "ja": "ありがとうございました|ありがとうございます|ご視聴ありがとうございました"
    "|ご視聴ありがとうございます|最後までご視聴いただきありがとうございました|チャンネル登録お願いします"
    "|チャンネル登録をお願いいたします|おやすみなさい",
    "ko": "감사합니다|고맙습니다|시청해 주셔서 감사합니다|구독과 좋아요 부탁드립니다|다음 영상에서 만나요",
    "nl": "bedankt|dank je wel|bedankt voor het kijken|tot de volgende keer",
    "pl": "dziękuję|dzięki|dziękuję za uwagę|dziękuję za oglądanie|dzięki za oglądanie|do zobaczenia|właśnie",
    "pt": "a|e aí|obrigado|obrigada|muito obrigado|obrigado por assistir|obrigada por assistir"
    "|inscreva-se no canal|até a próxima|tchau",
    "ru": "редактор|редактор субтитров|субтитры"
    "|спасибо|спасибо за внимание|спасибо за просмотр|продолжение следует|до новых встреч|до свидания"
    "|подписывайтесь на канал|подписывайтесь на мой канал|пока",
    "tr": "teşekkürler|teşekkür ederim|izlediğiniz için teşekkürler|izlediğiniz için teşekkür ederim"
    "|abone olmayı unutmayın|görüşmek üzere",
    "uk": "дякую|дякую за увагу|дякую за перегляд|дякуємо за перегляд|далі буде|підписуйтесь на канал"
    "|до побачення",
    "zh": "谢谢|謝謝|谢谢大家|謝謝大家|谢谢观看|謝謝觀看|感谢观看|感謝觀看|谢谢收看|请订阅|請訂閱|再见|拜拜",
}
"""Phrases that people say too."""

_CREDIT = re.compile(
    r"""\W* (?: редактор\s | 中文 | 한글 )?
    (?: subtitle | caption | transcri | untertitel | sous-titr | subtítulo | legenda | sottotitoli
      | ondertitel | napisy | titulky | субтитр | altyazı | 字幕 | 자막 | ترجمة )
    .* (?: amara | \b(?:zdf|swr|ard|wdr|ndr|funk|bbc|qtss|sdi)\b | radio-canada | johnyx | \bm\.k\b
      | dimatorzok | корректор | 志愿者 | 志願者 | 索兰娅 | 한효정 | نانسي ) .*
    | .* (?: 请不吝点赞 | 請不吝點贊 | 明镜与点点 | 明鏡與點點 ) .*""",
    re.VERBOSE,
)
"""A word for subtitles first, then one of those who make them."""

_SHOUTED_SOUND = re.compile(
    r"\b(?:music|applause|laugh|musik|applau|gelächter|muziek|musique|rires|música|aplausos|risas|musica"
    r"|музык|аплодисмент|смех|смеется|вздыха|музика|muzyka|oklaski|müzik|alkış)"
)
_SOUND_WORD = re.compile(
    r"(?:music(?:playing)?|appla\w*|apla\w*|аплоди\w*|музык\w*|смех|laughter|gelächter|rires|risas|musi[ck]|musique)"
)
_LEAST_CAPITALS = 5
"""So many are no abbreviation."""
_BRACKETED = re.compile(r"\[[^]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|\*[^*]*\*|♪[^♪]*♪")
_READABLE = re.compile(r"[^\W_]")


def is_readable(text: str) -> bool:
    """Whether it has a letter or a digit."""
    return _READABLE.search(text) is not None


def is_courtesy(text: str, language: str) -> bool:
    """Whether it is a phrase from the end of a video, once or more, in this language (in any, if unknown)."""
    return _COURTEOUS.get(language, _COURTEOUS[""]).fullmatch(normalised(text)) is not None


def is_credit(text: str) -> bool:
    """Whether it says who made the subtitles, which nobody says aloud."""
    return _CREDIT.fullmatch(text.casefold()) is not None


def is_sound(text: str) -> bool:
    """Whether it describes a sound as subtitles do: in brackets, or in capitals ("СПОКОЙНАЯ МУЗЫКА")."""
    if is_readable(text) and not is_readable(_BRACKETED.sub("", text)):
        return True
    few_words = len(text.split()) <= 3
    return few_words and text.isupper() and _SHOUTED_SOUND.search(text.casefold()) is not None


def may_be_sound(text: str) -> bool:
    """Whether it may describe a sound, or be said: one word ("Applause"), or a few in capitals."""
    letters = normalised(text)
    shouted = text.isupper() and len(letters) >= _LEAST_CAPITALS and len(text.split()) <= 3
    return shouted or _SOUND_WORD.fullmatch(letters) is not None


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({normalised(phrase) for phrase in phrases}, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})+")


_COURTEOUS = {
    "": _any_of("|".join(_COURTESIES.values()).split("|")),
    **{language: _any_of(phrases.split("|")) for language, phrases in _COURTESIES.items()},
}
"""By language code; under the empty code those of all."""
