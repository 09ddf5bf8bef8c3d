"""Words that carry little and words that carry much, by language: what the choice of a highlighted word goes by.

Far Eastern phrases are weighed by their characters (`core.compose.emphasis`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Vocabulary:
    small: frozenset[str]
    """Function words."""
    strong: frozenset[str]
    """Negations, superlatives, and what headlines are clicked for."""
    stems: tuple[str, ...] = ()
    """Beginnings of strong words, in languages that inflect them."""

    def is_strong(self, word: str) -> bool:
        return word in self.strong or (bool(self.stems) and word.startswith(self.stems))


def _of(small: str, strong: str, stems: str = "") -> Vocabulary:
    """Folded as the words are that are looked up (ß is ss)."""
    words, telling, beginnings = (part.casefold().split() for part in (small, strong, stems))
    return Vocabulary(frozenset(words), frozenset(telling), tuple(beginnings))


ENGLISH = _of(
    "a about after against all am an and any are as at be because been before being but by can could did do does down "
    "each else every for from had has have he he's her hers him his how i i'll i'm i've if in inside into is it it's "
    "its just like may me might mine must my of off on onto or our ours out outside over shall she she's should since "
    "so some than that that's the their them then there these they they're this those through to too under until up us "
    "very was we we're we've were what what's when where which while who whose why will with without would you you're "
    "your yours",
    "never no not nothing nobody none stop quit don't dont can't cant won't wrong worst best first last only secret "
    "truth free new banned dead lost win won insane impossible finally ever zero ruin fired failed killed biggest "
    "cheapest coldest deadliest easiest fastest greatest hardest hottest largest richest scariest smallest strongest "
    "weirdest",
)
TURKISH = _of(
    "acaba ama ben beni benim bir biz bu bunu çok da daha de diye en gibi hem her ile için ise kadar ki mi mı mu "
    "mü nasıl ne neden niye o olan olarak oldu onu onun sen senin siz şey şu ve veya ya",
    "asla hiç hiçbir yok değil kötü iyi ilk son sır sırrı gerçek gerçeği yalan bedava yeni yasak imkansız ölü hata "
    "sıfır sonunda dur",
)
LANGUAGES: tuple[Vocabulary, ...] = (
    ENGLISH,
    _of(  # Spanish
        "a al algo como cómo con cuando cuándo de del desde donde dónde durante el ella ellos en entre es esa ese eso "
        "esta está este esto estos fue ha hacia han has hasta hay he la las le les lo los me mi mis mucho muy ni o os "
        "para pero por porque qué que quién se ser si sí sin sobre soy son su sus te tu tus un una unas unos y ya yo",
        "nunca jamás no nada nadie ninguno peor mejor primer primera primero última último solo sólo secreto secretos "
        "verdad mentira gratis nuevo nueva prohibido imposible muerto perdí gané error errores cero adiós basta",
    ),
    _of(  # Portuguese
        "a ao aos as até com como da das de do dos e ela ele eles em entre era essa esse está esta este eu foi há isso "
        "isto já lhe mais mas me meu meus minha minhas muito na não nas nem no nos nós nossa nosso o os ou para pela "
        "pelo por porque qual quando que quem se sem ser seu seus só sobre são sua suas também te tem um uma você "
        "vocês",
        "nunca jamais não nada ninguém pior melhor primeira primeiro última último segredo segredos verdade mentira "
        "grátis novo nova proibido impossível morto perdi ganhei erro erros zero tudo chega",
    ),
    _of(  # French
        "a à ai au aux avec c'est ça ce ces cet cette chez comme comment d'un d'une dans de des du elle en est et été "
        "eu faites font il ils j'ai je l' la le les leur leurs lui ma mais me mes moi mon n'est ne nos notre nous on "
        "ont ou où par pas pour pourquoi qu'il qu'on quand que quel quelle qui sa sans se ses si son sont suis sur ta "
        "te tes toi ton tout très tu un une vos votre vous y",
        "jamais rien personne pire meilleur meilleure premier première dernier dernière secret secrets vérité mensonge "
        "gratuit nouveau nouvelle interdit impossible mort perdu gagné erreur erreurs zéro fini stop enfin seul seule",
    ),
    _of(  # German
        "ab aber alle als am an auch auf aus bei bin bis da das dass dein deine dem den der des die dich dieser dieses "
        "diese dir doch du durch ein eine einem einen einer er es euch für habe haben hat hatte ich ihr im in ins ist "
        "ja jede jedem jeden jeder jedes kann man "
        "mein meine meinem meinen meiner mich mir mit nach noch nur ob oder sein seine sich sie sind so "
        "über um und uns unter vom von vor war warum was weil wenn wer wie wieder wir wird wo zu zum zur",
        "nie niemals nicht nichts niemand kein keine keinen stopp schluss wahrheit lüge geheimnis gratis kostenlos neu "
        "neue verboten unmöglich tot fehler null endlich allein gekündigt",
        "schlechtest schlimmst best größt erst letzt",
    ),
    _of(  # Italian
        "a ai al alla anche che chi ci come con cosa da dal dalla dei del della delle di dove e è ed era gli ha hai ho "
        "i il in io la le lei lo loro lui ma mi mia mio ne nei nel nella noi non o per perché più quando quella quello "
        "questa questo qui se sei si sia sono su sua sugli sui sul sulla sulle sullo suo te ti tu tua tuo un una uno "
        "vi voi agli alle dagli dai dalle degli dello negli nelle nello",
        "mai niente nulla nessuno peggior peggiore miglior migliore primo prima ultimo ultima segreto segreti verità "
        "bugia gratis nuovo nuova vietato impossibile morto perso vinto errore errori zero basta finalmente solo",
    ),
    _of(  # Dutch
        "aan al als ben bij dan dat de deze die dit door een en er het hij hoe hun ik in is je jij jouw kan maar me "
        "met mijn naar of om omdat onze ook op over te tot u uit van voor waarom was wat we wie wij zijn zo",
        "nooit niet niets niemand geen slechtste beste eerste laatste geheim waarheid gratis nieuw nieuwe verboden "
        "onmogelijk dood fout fouten nul eindelijk stop",
    ),
    _of(  # Polish
        "a albo ale bez bo by być co czy dla do gdy i ich ja jak jakie jej jego jest jestem już ku ma mam mi mnie moja "
        "moje mój na nad nam nas nie o od on ona oni po pod przed przez przy się są ta tak tego ten to tu twój ty tym "
        "u w we z za ze że żeby",
        "nigdy nic nikt prawda prawdę sekret sekrety darmo nowy nowa zakazany niemożliwe koniec zero błąd wreszcie",
        "najgorsz najlepsz pierwsz ostatni",
    ),
    _of(  # Russian
        "а без бы был была было были быть в вам вас ваш вашу ваша во вот все всё всех вы где да для до его её если "
        "есть ещё же за и из или им их к как какой когда кто ли меня мне мой моя моё мою мы на над нам нас наш не него "
        "но о об он она они от по под почему при про с со свой себя так там тебя то тогда том ты у уже хочу чего что "
        "чтобы эта эти это этот я",
        "никогда нельзя ничего никто нет стоп правда правду ложь секрет секреты бесплатно ноль наконец конец хватит",
        "худш лучш перв последн запрещ невозможн ошибк новы нова",
    ),
    _of(  # Ukrainian
        "а або але без був була було в вам вас ваш ви від він вона вони все всі г де для до є за з зі і із їх її його "
        "й коли ли мене мені між мій моя ми на над нам нас наш не ні о перед про по під після при с собі та так там ти "
        "то у це цей ця чи через чому що щоб як я",
        "ніколи нічого ніхто стоп правда правду брехня секрет секрети безкоштовно нуль нарешті кінець досить",
        "найгірш найкращ перш останн заборон неможлив помилк нови нова",
    ),
    TURKISH,
    _of(  # Indonesian and Malay
        "ada adalah aku anda apa atau bagaimana cara dalam dan dari dengan di dia ini itu juga kalau kami kamu karena "
        "ke kenapa kita lagi mengapa mereka pada saya sebuah sudah untuk yang",
        "jangan tidak tak bukan tanpa terburuk terbaik pertama terakhir rahasia kebenaran gratis percuma baru "
        "dilarang mustahil mati salah nol akhirnya stop",
    ),
    _of(  # Hindi
        "अब अपना अपनी अपने आप इस इन उस एक ऐसे और कब कर करें करने का कि किया की कुछ के को कैसे कौन क्या क्यों गई गया "
        "जब जो तक तुम तो था थी थे दी दिया दो ने पर भी मुझे में मेरा मेरी मेरे मैं मैंने यह या ये रहा रही वह वाला वाली "
        "से हम ही हूँ हूं है हैं हो",
        "कभी नहीं मत कुछ नहीं सच राज़ राज झूठ मुफ़्त मुफ्त नया नई सबसे पहला पहली पहली आखिरी गलती बंद खत्म असंभव",
    ),
    _of(  # Arabic
        "أن أنا أنت أو إلى إن الذي التي الى بعد بين ثم حتى خلال ذلك على عن عند في قبل قد كان كل كما كيف لا لك لكن لم "
        "لماذا لن له ما متى مع من هذا هذه هل هو هي و وما يا",
        "أبدا أبداً لا لن ليس أسوأ أفضل أول آخر سر أسرار الحقيقة الكذبة مجانا مجاناً جديد ممنوع مستحيل خطأ صفر أخيرا "
        "توقف",
    ),
)
"""English first: it wins where two fit as well."""


@cache
def vocabulary(words: tuple[str, ...]) -> Vocabulary:
    """Of the language that most of a headline's function words and strong words are of."""
    return max(LANGUAGES, key=lambda one: _hits(one, words))


def _hits(one: Vocabulary, words: Iterable[str]) -> int:
    return sum(word in one.small or one.is_strong(word) for word in words)
