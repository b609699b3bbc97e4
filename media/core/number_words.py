# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How numbers above twelve or so are written in words. Pure.

Only as much of each word as tells it: that one stands in a text is enough to leave its numbers alone.
"""

import re
from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "ar": r"عشر|مائة|مئة|مئتي|مائتي|ألف|آلاف|الاف|مليون|ملايين|مليار|ثلاثين|ثلاثون|أربعين|أربعون|خمسين|خمسون"
    r"|ستين|ستون|سبعين|سبعون|ثمانين|ثمانون|تسعين|تسعون",
    "cs": r"dvac[eá]t|třic[eá]t|čtyřic[eá]t|desát|\bst[oaě]\b|\bset\b|tisíc|mili[oó]n|miliard|náct|tucet",
    "de": r"zehn|zwanzig|dreißig|dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert|tausend"
    r"|million|milliard|billion|dutzend|\bmio\b|\bmrd\b",
    "en": r"\w+teen|\btwent(?:y|ie)|\bthirt(?:y|ie)|\bfort(?:y|ie)|\bfift(?:y|ie)|\bsixt(?:y|ie)"
    r"|\bsevent(?:y|ie)"
    r"|\beight(?:y|ie)|\bninet(?:y|ie)|hundred|thousand|million|billion|trillion|\bdozen",
    "es": r"\bquince|\bdieci|veint|treint|cuarent|cincuent|sesent|setent|ochent|novent|\bcien|cientos|cientas"
    r"|quinient|setecient|novecient|\bmil\b|\bmiles\b|mill[oó]n|\bdocena",
    "fr": r"\bdouz|\btreiz|quatorz|\bquinz|\bseiz|vingt|trent|quarant|cinquant|soixant|\bcents?\b|\bcentain"
    r"|\bmille|milliers?|million|milliard",
    "it": r"dodic|tredic|quattordic|quindic|sedic|diciass|diciott|diciann|\bvent|\btrent|quarant|cinquant"
    r"|sessant|settant|ottant|novant|\bcent[oi]|\bmill[ei]|mila\b|migliai|milion|miliard",
    "ja": r"[一二三四五六七八九十百千万億兆]",
    "ko": r"[십백천만억조]|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔",
    "nl": r"tien|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig|honderd|duizend|miljoen"
    r"|miljard|dozijn",
    "pl": r"naście|nastu|nast[aoeyi]|dwadzieści|dwudziest|trzydzie|czterdzie|dziesiąt|dziesięci"
    r"|\bst[oau]\b|\bset"
    r"|dwieście|trzysta|czterysta|tysi[ąę]c|\btys\b|milion|\bmln\b|miliard|\bmld\b|tuzin",
    "pt": r"\bdoze|\btreze|\bc?quatorze|\bquinze|dezess|dezoit|dezeno|\bvint|\btrint|quarent|cinquent|sessent"
    r"|setent|oitent|novent|\bcem\b|\bcentos?|duzent|trezent|quinhent|centas|\bmil\b|milhar|milh[ãõ]|bilh"
    r"|dúzia",
    "ru": r"надцат|двадцат|тридцат|сорок|десят|девяност|\bст[оа]\b|\bсот|двест|двухсот|трист|сот\b|сотен"
    r"|тысяч"
    r"|\bтыс\b|миллион|\bмлн\b|миллиард|\bмлрд\b|дюжин",
    "tr": r"\bon\b|\bonlar|yirmi|otuz|kırk|\belli|altmış|yetmiş|seksen|doksan|\byüz|\bbin\b|\bbinler"
    r"|milyon|milyar",
    "uk": r"надцят|двадцят|тридцят|сорок|десят|дев.яност|\bст[оа]\b|\bсот|двіст|двохсот|трист|сот\b|тисяч"
    r"|\bтис\b|мільйон|\bмлн\b|мільярд|\bмлрд\b|дюжин",
    "zh": r"[一二三四五六七八九十百千万萬億亿兆]",
}

_MAGNITUDES = re.compile(
    r"hundred|thousand|million|billion|trillion|hundert|tausend|milliard|\bmio\b|\bmrd\b|\bmille|milliers"
    r"|\bmil\b|\bmiles\b|mill[oó]n|mila\b|milion|milh|bilh|miliard|тысяч|\bтыс\b|миллион|\bмлн\b|миллиард"
    r"|\bмлрд\b"
    r"|тисяч|\bтис\b|мільйон|мільярд|tysi[ąę]c|\btys\b|\bmln\b|tisíc|honderd|duizend|miljoen|miljard|ألف|آلاف"
    r"|مليون|ملايين|مليار|milyon|milyar|\bbin\b|हज़ार|हजार|लाख|करोड़|करोड|[百千万萬億亿兆백천만억조]|\d\s?(?:k|m|bn)\b",
    re.IGNORECASE,
)

_PATTERNS = {language: re.compile(pattern, re.IGNORECASE) for language, pattern in _WORDS.items()}


def may_hold_number_words(text: str, language: str) -> bool:
    """Whether a number may stand in it in words; True for a language whose number words we do not know."""
    pattern = _PATTERNS.get(language)
    return pattern is None or pattern.search(text) is not None


def holds_magnitude(text: str) -> bool:
    """Whether digits in it may stand for more than they say: thousands, millions, in any language we know."""
    return _MAGNITUDES.search(text) is not None
