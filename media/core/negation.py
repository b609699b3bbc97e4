# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""Whether a translation says no where its source says yes, or the other way round. Pure.

Only what is plain counts: one side has a word that does nothing but negate, the other nothing that could
stand for it, be it a prefix, `without`, `few` or `fail`. Where a negation has another, fixed meaning (`not
only`, `n'est-ce pas`) it is left alone, and so are questions. Languages not listed are left alone.

Measured by `python -m tests.bench.false_alarms` on the translations of the shared FLEURS sentences, each of
11 languages into each: 0.6 % alarms (22 of 3,740, from three sentences whose translators went their own way).
Tried once with the negations of translations taken out: 59 % were noticed (pl 89 %, uk and ru 75 %, de 54 %,
en 46 %, fr 37 %).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Negation:
    """How a language negates."""

    plain: re.Pattern[str]
    """Nothing but a negation."""
    perhaps: re.Pattern[str]
    """What may stand for one in a translation."""
    idioms: re.Pattern[str]
    """Where a plain negation does not negate."""

    def is_plain_in(self, text: str) -> bool:
        return self.plain.search(self.idioms.sub(" ", text)) is not None

    def is_possible_in(self, text: str) -> bool:
        return self.plain.search(text) is not None or self.perhaps.search(text) is not None


def _negation(plain: str, perhaps: str, idioms: str) -> _Negation:
    return _Negation(*(re.compile(pattern, re.IGNORECASE) for pattern in (plain, perhaps, idioms)))


_LATIN_PREFIXED = (
    r"\b(?:im|in|ir|il)\w{2,}(?:ble|bly|bili|vel|bil|tà|dad|dade|té|ate|ent|ant|ance|enc|al|et|ut|it|iz"
    r"|ur|iss|er|el)"
    r"|\b(?:des|dis|dés|mal|més?|anti|dé)\w{3,}"
)

_NEGATIONS: Mapping[str, _Negation] = {
    "cs": _negation(
        r"\b(?:nikdy|nikdo|nic|nikde|žádn\w+|není|nejsou|nejsem|nelze|nemůž\w+|nebyl\w*|nebude\w*|nemá\w*"
        r"|nevím)\b",
        r"\bne\w*|\bni\w*|\bbez\w*|málo|jen|pouze|sotva|zakáz\w+|odmít\w+|postrád\w+|chyb\w+|kromě|mimo"
        r"|zabrán\w+|až",
        r"není[- ]liž|nejen\w*|ne? jen|že\s+ne\b|nic moc|není divu|nic(?:méně)?",
    ),
    "de": _negation(
        r"\b(?:nicht|kein\w*|nie|niemals|niemand\w*|nichts|nirgends|nirgendwo|weder)\b",
        r"\b(?:ohne|un\w{3,}|kaum|wenig\w*|selten|nur|erst|nein|ehe|bevor|bis|außer|sondern|noch|statt"
        r"|anstatt|lediglich)"
        r"\b|los\w*\b|miss\w|fehl\w|verweiger|verhinder|vermeid|vermied|verbiet|verbot|verlor|verlier"
        r"|ablehn|abgelehnt"
        r"|lehnt\w*|mangel|mangl|entzieh|entzog|leer|frei\b|unmöglich|unfähig|scheiter|versäum|gegen"
        r"|einzig|sonst",
        r"nicht (?:nur|bloß|allein|zuletzt|wahr|selten|wenige|ganz|umsonst|weit)\b|nicht\?|wenn nicht"
        r"|nichts als"
        r"|nichts anderes als|ob\b.{0,30}\boder nicht|warum nicht|nicht (?:mehr|länger|weniger) als"
        r"|nichtsdesto\w+",
    ),
    "en": _negation(
        r"\b(?:not|cannot|never|nobody|nothing|nowhere|none|neither|nor)\b|n['’]t\b|\bno (?!doubt|matter"
        r"|\d|wonder)"
        r"(?=[a-z])",
        r"\b(?:no|nah|nope|without|hardly|scarcely|barely|seldom|rarely|few|fewer|little|less|unless"
        r"|until|till|only|just"
        r"|but|except|instead|rather|unable|impossible|missing|too|beyond|otherwise|any\w*|yet|ever|free"
        r"|away|out|stop\w*"
        r"|before|against|despite|long|alone|last|far|empty|mere\w*|worse|least|once|off|doubt\w*"
        r"|abandon\w*|except\w*)\b"
        r"|\b(?:un|dis|non|mis|anti|counter)\w{3,}|\w{3,}less\b|\bfail|\black|\brefus|\bden(?:y|i)"
        r"|\bavoid|\bprevent"
        r"|\bprohibit|\bforb|\bban\b|\bbann|\breject|\babsen|\blos[est]|\bmiss|\bceas|\bkeep|\bkept"
        r"|\bignor|\bstruggl"
        r"|\bhesitat|\bdeclin|\bexclud|\bneglect|\bexempt|\bdepriv|\bun\b|" + _LATIN_PREFIXED,
        r"\bnot (?:only|just|merely|simply|least|far|until|long|all|many|much|so much|unlike|uncommon"
        r"|surprising\w*)\b"
        r"|whether\b.{0,60}\bor not|n['’]t (?:only|just)|no (?:sooner|more than|less than|fewer than"
        r"|later than|longer than)"
        r"|nothing but|none other|why (?:not|don['’]t)|(?:n['’]t|not) (?:\w+ )?(?:\w+ ){0,2}(?:until|till"
        r"|but)\b"
        r"|\b\w+n['’]t (?:i|you|he|she|it|we|they|there|that)\b[^,.]{0,40}\?|if not|last but not|can(?:no"
        r"|['’])t (?:help|wait)"
        r"|never(?:theless| mind)|not to mention|don['’]t worry|don['’]t forget",
    ),
    "es": _negation(
        r"\b(?:no|nunca|jamás|nadie|ningun\w*|ningún|tampoco)\b",
        r"\b(?:sin|ni|nada|apenas|poc[oa]s?|solo|sólo|únic\w+|salvo|excepto|sino|hasta|falta\w*|rara"
        r"|menos|contra|antes)\b"
        r"|\bevit|\bimp[ie]d|\bneg[aóu]|\bniega|\brechaz|\bcarec|\bprohib|\bdej[aóe]|\bperd|\bpierd"
        r"|\bimpos|\bfrac|" + _LATIN_PREFIXED,
        r"no (?:solo|sólo|solamente|únicamente|obstante|más que|menos de|más de|hasta|fue hasta|bien"
        r"|es hasta|muy|mucho)\b"
        r"|¿(?:por qué )?no\b[^?]*\?|¿?no\?|a no ser|hasta que no|ya no|más no|si no\b|no sea que"
        r"|que no\b|nunca antes",
    ),
    "fr": _negation(
        r"(?:\bne\b|\bn['’]).{1,40}?\b(?:pas|jamais|rien|personne|aucune?|nulle)\b|\bpas (?:de|d['’]|du"
        r"|encore|possible)"
        r"|\b(?:aucune?|jamais) \w+ ne?\b|\bpersonne ne?\b|\brien ne?\b",
        r"\b(?:ne|pas|jamais|rien|personne|aucune?|sans|non|ni|peu|sauf|hormis|seul\w*|guère|avant"
        r"|jusqu\w*|faute|trop"
        r"|moins|contre|autre\w*|rare\w*)\b|\bn['’]|\bévit|\bempêch|\brefus|\bnie|\brejet|\bmanqu"
        r"|\binterd|\bperd|\bcess"
        r"|\béch|\bimp|\babsen|\bpriv|" + _LATIN_PREFIXED,
        r"n['’]est[- ]ce pas|non (?:pas )?seulement|(?:ne|n['’]).{1,30}pas (?:seulement|que|moins|mal"
        r"|loin|uniquement"
        r"|toujours|tou[st]\w*|très|si|beaucoup)\b|pourquoi pas|(?:ne|n['’]).{1,20}rien d['’]autre"
        r"|n['’]emp\w+ pas"
        r"|(?:ne|n['’]).{1,20}pas (?:avant|encore)|pas de (?:problème|souci)|jamais (?:vu|été)|ou (?:non"
        r"|pas)",
    ),
    "it": _negation(
        r"\bnon\b|\b(?:nessun\w*|niente|nulla|neanche|nemmeno|neppure)\b",
        r"\b(?:no|mai|senza|né|poc\w+|solo|soltanto|appena|tranne|salvo|invece|eccetto|finché|prima|meno"
        r"|contro|unic\w+"
        r"|priv\w+|mer\w+)\b|\bevit|\bimped|\brifiut|\bneg[ao]|\brespin|\bmanc|\bviet|\bpers|\bperd"
        r"|\bsmett|\bfall|\bs\w{5,}"
        r"|" + _LATIN_PREFIXED,
        r"non (?:solo|soltanto|solamente|appena|ostante|meno|più di|oltre|sol|molto|tutt\w|sempre|poc\w+"
        r"|è vero|è che)\b"
        r"|perché non|\bnon\?|finché non|a meno che non|se non\b|che non\b|prima che non"
        r"|non .{1,30} (?:che|fino|prima)\b",
    ),
    "nl": _negation(
        r"\b(?:niet|geen|nooit|niemand|niets|nergens)\b",
        r"\b(?:zonder|on\w{3,}|nauwelijks|weinig|zelden|alleen|slechts|pas|nee|maar|behalve|tenzij|tot"
        r"|noch|enkel|anders"
        r"|nog|tegen|vrij)\b|loos\w*\b|\bmis|\bweiger|\bvoork|\bverbod|\bverbied|\bverloo?r|\bafwij"
        r"|\bafgew|\bontbr"
        r"|\bgebrek|\bverlies|\bleeg",
        r"niet (?:alleen|waar|zozeer|eens|meer dan|minder|langer|ver|zo|veel|altijd|al)\b"
        r"|niets anders dan|of niet"
        r"|waarom niet|als niet|niet (?:\w+ ){0,2}(?:maar|tot)\b|desalniettemin|niettemin",
    ),
    "pl": _negation(
        r"\b(?:nie|nigdy|nikt|nic|nigdzie|żad[ne]\w*)\b",
        r"\bnie\w*|\bbez\w*|\b(?:mało|rzadko|tylko|jedynie|ledwie|ledwo|prócz|oprócz|dopiero|brak\w*|ani"
        r"|zanim|poza|wyłącznie"
        r"|zbyt|niczym|wbrew|przeciw\w*|mniej)\b|\bodm[aóo]w|\bzapob|\bunik|\bodrzuc|\bzakaz|\bstrac"
        r"|\btrac|\bwyklucz",
        r"nie (?:tylko|mniej|więcej|jedynie|bez|wszysc\w+|wszystk\w+|zawsze|dość|bardzo|mówiąc)\b"
        r"|niemniej|dopóki nie|póki nie"
        r"|prawda|zanim nie|czy nie\b|o ile nie|jeśli nie|aż nie|nic innego|nie .{1,30}(?:dopóki|dopiero"
        r"|aż)\b",
    ),
    "pt": _negation(
        r"\b(?:não|nunca|jamais|ninguém|nenhum\w*|tampouco)\b",
        r"\b(?:sem|nem|nada|apenas|pouc[oa]s?|só|somente|exceto|salvo|mas|até|falta\w*|menos|contra|antes"
        r"|únic\w+|ao invés)\b"
        r"|\bevit|\bimped|\bneg[ao]|\brejei|\brecus|\bcarec|\bproib|\bdeix|\bperd|\bfracass|"
        + _LATIN_PREFIXED,
        r"não (?:só|apenas|somente|obstante|mais (?:do )?que|menos|muito|tod\w+|é|sempre|faz muito)\b"
        r"|por que não|não é\?"
        r"|não\?|a não ser|senão|se não\b|até que não|que não\b|ou não",
    ),
    "ru": _negation(
        r"\b(?:не|нет|никогда|никто|никого|никому|ничего|ничто|нельзя|нигде|никак\w+|невозможно)\b",
        r"\bне\w*|\bни\w*|\bбез\w*|\bбес\w+|\b(?:мало|редко|едва|лишь|только|кроме|прежде|пока|слишком"
        r"|трудно|вряд|против"
        r"|вместо|иначе|мимо)\b|отказ|отсутств|избе[гж]|запре[тщ]|лиш[иае]|отверг|исключ|предотвр|прекра"
        r"|потер|утра[тч]"
        r"|пропу|меша",
        r"не (?:только|менее|более|просто|раз|прочь|случайно|так ли|правда ли|столько|без|все\w*|всегда"
        r"|очень|так|слишком"
        r"|успе\w+|совсем|один|одн\w+|обязательно|меньше|больше|позднее|позже|что иное|считая|говоря)\b"
        r"|тем не менее"
        r"|(?:чуть|едва|пока|если|разве|почему|почти|пока\w*|ли) (?:\w+ ){0,3}не\b|не мо\w+ не\b"
        r"|как никогда|что ни\b"
        r"|не .{1,40}(?:пока|а |лишь|только)\b|как бы .{0,20}не|или нет|никто иной|во что бы",
    ),
    "uk": _negation(
        r"\b(?:не|ні|немає|нема|ніколи|ніхто|нікого|нічого|ніщо|ніде|неможливо|жод[ен]\w*)\b",
        r"\bне\w*|\bні\w*|\bбез\w*|\b(?:мало|рідко|ледь|лише|тільки|крім|окрім|поки|доки|перш|надто"
        r"|занадто|важко|навряд"
        r"|проти|замість|інакше|брак\w*)\b|відмов|відсутн|уник|заборон|позбав|відкин|відхил|виключ|запоб"
        r"|припин|втра[тч]"
        r"|пропу|заважа",
        r"не (?:тільки|лише|менш\w*|більш\w*|просто|раз|проти|випадково|так|правда|стільки|без|всі|завжди"
        r"|дуже|надто|зовсім"
        r"|один|одн\w+|обов.язково)\b|тим не менш|(?:мало|ледь|поки|доки|якщо|хіба|чому|майже"
        r"|чи) (?:\w+ ){0,3}не\b"
        r"|не мо\w+ не\b|як ніколи|що не\b|не .{1,40}(?:поки|а |лише|тільки)\b|чи ні",
    ),
}


def negation_differs(source: str, translation: str, source_language: str, target_language: str) -> bool:
    """Whether exactly one of the two certainly negates. Languages: ISO 639-1 codes."""
    ours, theirs = _NEGATIONS.get(source_language), _NEGATIONS.get(target_language)
    if ours is None or theirs is None or _asks(source) or _asks(translation):
        return False
    lost = ours.is_plain_in(source) and not theirs.is_possible_in(translation)
    invented = theirs.is_plain_in(translation) and not ours.is_possible_in(source)
    return lost or invented


def _asks(text: str) -> bool:
    """A question may be asked with or without a negation: "Can't we go?" """
    return "?" in text
