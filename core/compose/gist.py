"""The gist of a headline: at most three words of it, for the one variant of a set that shows no more.

A phrase as it was typed, around its strongest word: it ends where a phrase may end, takes a figure with what it counts
and never leaves out the "not" beside what it keeps. Imports no imaging library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.compose import pack, phrase
from core.compose.emphasis import core, stripped, strongest, vocabulary_of, weight
from core.compose.script import Script, script_of, writing_of
from core.compose.word import ENGLISH
from core.domain.brief import Brief
from core.domain.job import SHORT_FROM
from core.domain.series import short_place

MOST, FEWEST = 3, 5
"""Words of a gist, and from which a headline has one: four are short."""
_PLAIN = 10.0
"""The weight of a word that is neither a figure nor a strong one is less (`emphasis.weight`)."""
_YEARS = range(1900, 2100)

_ENDING = frozenset(("all", "down", "him", "me", "off", "out", "them", "through", "up", "us"))
"""Small words of English that may end a phrase all the same."""
_NOT = frozenset(("not", "no", "never", "nobody", "nothing", "cannot", "hardly"))
_NEGATIONS = frozenset(
    (
        "nicht", "kein", "keine", "keinen", "keinem", "keiner", "nie", "niemals", "nichts",
        "ne", "pas", "jamais", "rien", "aucun", "aucune", "plus", "nunca", "jamás", "não", "nem",
        "nadie", "ninguém", "nessuno", "niemand", "nikt",
        "никто", "ніхто", "non", "mai", "niente", "niet", "geen", "nooit", "inte", "aldrig", "ikke",
        "nie", "nigdy", "не", "ни", "нет", "никогда", "ні", "немає", "ніколи", "değil", "hiç", "yok",
        "δεν", "μην", "ποτέ", "không", "tidak", "bukan", "jangan", "नहीं", "मत", "لا", "لم", "لن",
        "ليس", "ما", "לא", "אין", "אל",
    )
)  # fmt: skip
"""Beside a phrase they belong to it: without them it says the opposite."""
_WITHOUT = frozenset(
    (
        "without", "ohne", "sans", "sin", "sem", "senza", "zonder", "utan", "uden", "bez", "без", "χωρίς", "बिना",
        "بدون", "בלי",
    )
)  # fmt: skip
"""The same, but only of what follows."""
_LEADING = frozenset(("no", "not", "very", "more", "most", "less"))
"""English words that lead on, beside the small ones."""
_SUBJECTS = frozenset(
    (
        "i", "we", "you", "he", "she", "they", "it", "who", "that", "nobody", "everyone", "everybody", "ich", "wir",
        "er", "je", "j'ai", "tu", "on", "nous", "me", "se", "я", "мы", "он", "она", "они",
    )
)  # fmt: skip
"""After one comes what it does, which says nothing without it."""
_ARTICLES = frozenset(
    (
        "the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "gli", "o", "os",
        "as", "de", "het",
    )
)  # fmt: skip
"""What a headline may begin with and its gist leave out."""
_WHY = frozenset(("why", "warum", "wieso", "pourquoi", "perché", "porque", "waarom", "dlaczego", "почему", "чому"))
"""A reason asked for is the whole question, or none."""
_DEGREES = frozenset(
    (
        "most", "more", "less", "least", "very", "too", "so", "más", "muy", "menos", "plus", "moins", "très", "più",
        "meno", "mais", "mehr", "sehr", "самый", "самая", "самое", "самые",
    )
)  # fmt: skip
_OF = frozenset(("meines", "deines", "seines", "ihres", "unseres", "eines", "dieses"))
"""What something is of, in languages that have a case for it."""
_PARTICIPLE = re.compile(r"\w*ge\w+(t|en)")
"""German."""
_BOUND = _DEGREES | frozenset(
    (
        "my", "your", "his", "her", "its", "our", "their", "mein", "meine", "meinen", "meinem", "meiner", "dein",
        "deine", "deinen", "deinem", "deiner", "sein", "seine", "unser", "unsere", "mi", "mis", "tu", "tus", "su",
        "sus", "mon", "ma", "mes", "ton", "ta", "tes", "son", "sa", "ses", "meu", "minha", "seu", "sua", "mio", "mia",
        "tuo", "tua", "suo", "mijn", "jouw", "мой", "моя", "мою", "моей", "твой", "that", "which", "who", "que", "qui",
        "che", "every", "each", "some", "any", "most", "todo", "tout", "toute", "jede", "jeder", "jedes", "wenn",
    )
)  # fmt: skip
"""After one comes what is nothing by itself: somebody's, compared, or told by the way."""
_OBJECTS = (_ARTICLES - {"de"}) | frozenset(
    (
        "my", "your", "his", "her", "our", "their", "this", "these", "those", "me", "us", "them", "you", "him",
        "everything", "everyone", "ein", "eine", "einen", "einem", "mein", "meine", "meinen", "dein", "deine",
        "deinen", "diese", "diesen", "dieses", "dir", "mir", "mich", "dich", "un", "une", "mon", "ma", "mes", "una",
        "unos", "mi", "mis", "tu", "tus", "su", "um", "uma", "meu", "minha", "uno", "een", "mijn",
    )
)  # fmt: skip
"""Before one stands what is done to it, more often than not; "de" is mostly "of"."""
_LENT = re.compile(r"\w{2,}(ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ую|юю|ых|их|ым|им|ої|ої|і)")
"""Cyrillic adjectives, as far as they are told by their endings: what they are said of follows."""
_UNNAMED = frozenset(
    ("one", "only", "wrong", "tells", "anyone", "everyone", "everybody", "someone", "somebody", "nobody", "that")
)
"""What is to follow is what matters."""
_CARRIED = frozenset(
    (
        "and", "or", "but", "of", "than", "that", "is", "are", "was", "were", "be", "been", "am", "as",
        "und", "oder", "aber", "ist", "sind", "war", "zu", "et", "ou", "mais", "est", "que", "de", "y", "o", "pero",
        "es", "e", "é", "di", "del", "van", "en", "och", "og", "и", "или", "но", "а",
        "ve", "ile", "και", "của", "và", "dan", "का", "के", "की", "में", "से", "को", "ने", "पर", "और", "है", "हैं", "و", "أو",
    )
)  # fmt: skip
"""What leans on the word before: nothing begins with one."""
_BREAKS, _HELD = tuple(".!?…:;,—–|"), ",;:—–-|"
_PAIRS = ("“”", "„“", "«»", "()", "[]", '""', "‘’")


def short(brief: Brief, position: int) -> str:
    """What the variant at `position` of a set shows of its headline; empty: all of it."""
    place = short_place(brief)
    if brief.every_word or position != place or (place and brief.variants < SHORT_FROM):
        return ""
    return gist(brief.words, brief.word_cap, brief.key_word, brief.language)


def gist(headline: str, cap: int = 0, key: int = 0, language: str = "") -> str:
    """Empty where the headline (its first `cap` words, 0: all) is that short already, or no part of it would do.

    `key`: number of the word that has to be in it, from 1; 0: the strongest.
    """
    words = headline.split()[: cap or None]
    scripts = {script_of(letter) for letter in headline}
    if Script.THAI in scripts:
        return ""  # its words are known (`phrase.thai`), but not where a phrase of them may end
    if scripts & {Script.JAPANESE, Script.CHINESE} and Script.KOREAN not in scripts:
        return _eastern(words, language)
    if sum(map(_spoken, words)) < FEWEST:
        return ""
    if 0 < key <= len(words) and _spoken(words[key - 1]):
        centre = key - 1
    else:
        # A year is a figure that tells little.
        centre = strongest(["" if _year(word) else word for word in words])
    line = _Line(words)
    plain = [] if key else [at for at in range(len(words)) if not line.leads(at)]
    # Around the strongest; words that say as much count too, and the rest where nothing around it stands.
    for centres in ([centre, *(plain if not line.telling(centre) else [])], plain):
        parts = {part for index in centres for part in _around(index, len(words))}
        found = [(line.worth(*part), -part[0], part) for part in parts if line.stands(*part)]
        if found:
            break
    if not found:
        return ""
    first, end = max(found)[2]
    text = _tidy(words[first:end])
    # It begins as the headline does, where the vibe does not set capitals anyway ("iPhone" stays).
    return text[:1].upper() + text[1:] if words[0][:1].isupper() and words[first].islower() else text


def _eastern(words: Sequence[str], language: str) -> str:
    """Phrases instead of words; the particle that would lead on from the last is left out."""
    if not pack.cuts():
        return ""  # part of the extra whose faces write this text: without them it is refused anyway
    pieces = [piece for word in words for piece in _phrased(word, language)]
    if len(pieces) <= MOST:
        return ""
    centre = strongest(pieces)
    said = [*pieces[max(0, centre - 1) : centre], "".join(core(pieces[centre])[:2])]
    return _tidy(["".join(said)])


def _phrased(word: str, language: str) -> list[str]:
    writing = writing_of(word, language)
    return [word] if writing is None else phrase.phrases(word, writing)


def _around(centre: int, count: int) -> Iterator[tuple[int, int]]:
    """First and end of every stretch of at most MOST words that holds the centre."""
    for length in range(2, MOST + 1):
        for first in range(max(0, centre - length + 1), min(centre, count - length) + 1):
            yield first, first + length


class _Line:
    """A headline's words with what their language tells of them."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words, self.said, self.vocabulary = words, [stripped(word) for word in words], vocabulary_of(words)
        self.german = "der" in self.vocabulary.small and "nicht" in self.vocabulary.strong

    def stands(self, first: int, end: int) -> bool:
        """Whether a stretch of it can stand by itself."""
        words, last = self.words, end - 1
        if any(word.endswith(_BREAKS) or not _spoken(word) for word in words[first:last]) or not _spoken(words[last]):
            return False
        if self.said[first] in _CARRIED or self.leads(last) or all(map(self.leads, range(first, end))):
            return False
        if self._glued(first, end) or any(map(self._negates, range(first))):
            return False
        return self._begins(first, end) and self._ends(first, end)

    def _begins(self, first: int, end: int) -> bool:
        """Whether nothing before a stretch belongs to it, and it is not cut out of a sentence's middle."""
        words, said, before, whole = self.words, self.said, first - 1, end == len(self.words)
        figured = _figured(said[first:end])
        if not figured and end - first == 2 and self.leads(first):
            return False  # "A surgeon": one word is no gist
        if first == 0:
            return said[0] not in _WHY
        if words[before].endswith(_BREAKS):
            return whole or figured
        if said[before] in _SUBJECTS or _counts(words[before]) or said[before] in _WITHOUT:
            return False
        if figured:
            return True
        if self.leads(first) and said[first] not in _DEGREES:
            return False  # "To a stranger"
        if not whole:
            return self._opens(first, end)
        if self.telling(first) and (said[before].endswith(("'s", "s'")) or words[-1].endswith("?")):
            return True  # "Finally dead?"
        # What is somebody's, compared or told by the way says little without that: "your | phone wrong".
        return self.leads(before) and said[before] not in _BOUND and not (self._close(before) and end - first > 2)

    def _ends(self, first: int, end: int) -> bool:
        """Whether what follows a stretch can be left out."""
        words, said, last = self.words, self.said, end - 1
        figured = _figured(said[first:end])
        done = figured and _PARTICIPLE.fullmatch(said[last])
        if self.german and words[last][:1].islower() and not done:
            return False  # German nouns are told by their capitals: what is cut off without one is mostly a verb
        if end == len(words) or words[last].endswith(_BREAKS):
            return True
        negated = any(map(self._negates, range(first, end)))
        # Cut off after what it is about to name, or after who does it and what: "I ate only", "Stop doing".
        if (first == 0 and said[first] in _SUBJECTS and not negated) or said[last].endswith("ing"):
            return False
        if said[last] in _UNNAMED or _LENT.fullmatch(said[last]) or (end - first == 2 and self._negates(first)):
            return False
        if _counts(words[last]) or said[last].endswith(("'s", "s'")) or self._negates(last) or self._negates(end):
            return False
        if said[end] in _OBJECTS and said[last] not in _ENDING and not (negated and said[first] in _SUBJECTS):
            return False  # "My boss fired | me"
        if self.leads(end) or said[end] in _OF or said[end] in _DEGREES:
            return True
        return figured and end - first == 2 and said[first][:1].isdigit()

    def worth(self, first: int, end: int) -> float:
        """What a stretch says; better where the headline itself pauses, and without a small word in front."""
        pauses = end == len(self.words) or self.words[end - 1].endswith(_BREAKS)
        ends = 6.0 if pauses else 2.0 if self.leads(end) else 0.0
        if first == 0:
            begins = 5.0 if ends else 1.0
        elif self._opens(first, end):
            begins = 5.0
        elif self.leads(first - 1) or self.words[first - 1].endswith(_BREAKS) or self.telling(first):
            begins = -1.0 if self.leads(first) else 0.0
        else:
            begins = -6.0  # out of the middle of what belongs together
        said = sum(
            0.0 if self.leads(index) else weight(self.words[index], self.vocabulary) for index in range(first, end)
        )
        return said + ends + begins

    def telling(self, index: int) -> bool:
        """Whether the word is a figure or a strong one."""
        return weight(self.words[index], self.vocabulary) > _PLAIN

    def _opens(self, first: int, end: int) -> bool:
        """Whether a phrase is all there is between an article and the next small word or pause; not at the beginning
        it has to tell something."""
        said = self.said
        if said[first - 1] not in _ARTICLES or any(
            self.leads(at) for at in range(first, end) if said[at] not in _DEGREES
        ):
            return False
        if first > 1 and not any(self.telling(at) or said[at] in _DEGREES for at in range(first, end)):
            return False
        return end == len(self.words) or self.words[end - 1].endswith(_BREAKS) or self.leads(end)

    def _close(self, before: int) -> bool:
        """Whether an article stands there in a language that puts at most two words of a phrase after one."""
        return self.vocabulary is not ENGLISH and not self.german and self.said[before] in _ARTICLES

    def _glued(self, first: int, end: int) -> bool:
        """Whether a figure with what it counts stands directly after something else: "month 500 euros"."""
        return any(
            self.said[index][:1].isdigit() and not self.leads(index - 1) and not self.words[index - 1].endswith(_BREAKS)
            for index in range(max(first + 1, 2), end - 1)
        )

    def leads(self, index: int) -> bool:
        """Whether the word leads on to the next one."""
        word = self.said[index]
        return word in _LEADING or (word in self.vocabulary.small and word not in _ENDING)

    def _negates(self, index: int) -> bool:
        word = self.said[index]
        return word in _NOT or word.endswith("n't") or (self.vocabulary is not ENGLISH and word in _NEGATIONS)


def _spoken(word: str) -> bool:
    return any(map(str.isalnum, word))


def _figured(said: Sequence[str]) -> bool:
    return any(map(str.isdigit, "".join(word for word in said if not _year(word))))


def _counts(word: str) -> bool:
    """A bare figure, which says nothing without what it counts: not a year's end, a share or a price."""
    said = stripped(word)
    return bool(said) and all(letter.isdigit() or letter in ".,'" for letter in said) and word[-1:] not in "%€°"


def _year(word: str) -> bool:
    said = stripped(word)
    return said.isascii() and said.isdecimal() and int(said) in _YEARS


def _tidy(words: Sequence[str]) -> str:
    """Without the signs that led on to what is left out."""
    text = " ".join(words).strip(_HELD + " ")
    for opening, closing in map(tuple, _PAIRS):
        lone = text.count(opening) % 2 if opening == closing else text.count(opening) != text.count(closing)
        if lone:
            text = text.replace(opening, "").replace(closing, "")
    return text
