"""Function words and other small closed sets that the claim rules look for, in both languages.

A rule that reads once for both languages asks one set. A few words are in both (*a*, *i*, *in*,
*come*, *per*): a rule that they would mislead asks for the language of the text first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.split())


COMPLEMENTIZERS: Final[Mapping[str, frozenset[str]]] = {"en": _words("that"), "it": _words("che")}
QUESTION_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "en": _words("why how what when where who whom whether if which"),
    "it": _words("perché come cosa quando dove chi quanto quanti quale quali se"),
}
NEGATIONS: Final[Mapping[str, frozenset[str]]] = {
    "en": _words("not n't never nor neither nobody no-one hardly"),
    "it": _words("non mai né nessuno"),
}
CLAUSE_LINKS: Final = _words("that to whether if", "che di se")
THAT: Final = _words("that", "che")
CHE: Final = _words("che")
"""Introduces clauses and relatives alike; right after the verb, a clause."""
NEITHER: Final = _words("neither nor", "né")
"""*neither confirmed nor denied* tells nothing of what it names."""
NOT: Final = _words("not n't", "non")
REFUSALS: Final = _words("not never")
"""Before *to* these belong to the content: *asked not to be named*."""
WHETHER: Final = _words("whether if", "se")
THOSE: Final = _words("those anyone everyone people")
"""Before *who* these are told or asked something, and *who* begins no question."""
RELATIVE_SUBJECTS: Final = _words("who which whose", "che")
PERSONAL_RELATIVES: Final = _words("who whose", "che cui quale quali")
"""Behind a speaker these begin what tells of them: *said Ada Neri, who runs the pool*."""
OBLIQUE_RELATIVES: Final = _words("whom", "cui")
ARTICLED_RELATIVES: Final = _words("quale quali")
"""*secondo il quale*: relatives after an article."""
OBJECT_RELATIVES: Final = _words("which that", "che")
RELATIVES: Final = _words("who which that whose", "che cui quale quali")
COORDINATORS: Final = _words("and but or while", "e ed ma o mentre")
AGENCIES: Final[Mapping[str, frozenset[str]]] = {
    "en": _words("reuters ap afp upi dpa efe bloomberg xinhua ansa"),
    "it": _words("ansa agi adnkronos askanews lapresse italpress radiocor dire reuters afp efe"),
}
"""What stands in brackets for who wrote it: *(Reuters) -*; in Italy *(AP)* is a province."""
AND: Final = _words("and", "e ed")
RESUMING: Final = _words("and but then also", "e ed ma poi")
"""What stands before a second reporting verb of the same subject."""
ADDING: Final = (
    *("at the same time", "moreover", "in addition", "furthermore"),
    *("allo stesso tempo", "al tempo stesso", "al contempo", "inoltre"),
)
"""After a semicolon these go on with what is reported."""
CONCESSIONS: Final = _words("although though", "sebbene benché nonostante malgrado")
"""After these the narrator speaks again."""
CONTRASTS: Final = _words("while whereas", "mentre")
"""Before these, after a comma, one speaker's words end and another's begin."""
FORMER: Final = _words("former", "ex già")
ADVERSATIVES: Final = _words("but", "ma")
CORRELATIVES: Final = _words("sia tanto")
"""*sia … che*, *tanto … che*: this *che* joins."""
COMPARATIVES: Final = _words("più meno")
"""*dice più che altro*: a *che* after these compares."""
INFINITIVE_MARKERS: Final[Mapping[str, frozenset[str]]] = {
    "en": _words("to"),
    "it": _words("di d'"),
}
"""What stands before an infinitive of the same subject."""
ORDER_MARKERS: Final[Mapping[str, frozenset[str]]] = {"en": _words("to"), "it": _words("a ad")}
"""What stands before an infinitive of the person addressed."""
GERUND_MARKERS: Final[Mapping[str, frozenset[str]]] = {
    "of": _words("of", "di"),
    "against": _words("against"),
    "for": _words("for"),
}
"""By the part of a verb's grammar: *accused X of*, *accusa X di*, *warned against*."""
OWN_COMPLEMENTS: Final = _words("that to whether how why", "che di perché")
"""Right after a verb these show that it reports what follows, not the quotation before."""
DASHES: Final = _words("– — - --")
AS: Final = _words("as", "come")
"""Before a predicate: *described it as “grim”*, *lo ha bollato come «triste»*."""
PREDICATE_OPENERS: Final = AS | _words("di d'")
THUS: Final = _words("così cosi'")
"""*«…». Così Ada Neri*"""
MOTIONS: Final = _words("intervenut tornat insort sbottat uscit entrat arrivat andat venut")
"""Participles, without their gender, that no passive has: *il ministro è intervenuto*."""
WITH_THESE_WORDS: Final = frozenset(
    [("with", "these", "words"), ("with", "those", "words"), ("con", "queste", "parole")]
)
"""*«…». Con queste parole il Comune ha espresso il suo cordoglio*"""
ACCORDING: Final = ("according", "to")
SAID: Final = _words("said says added adds per")
"""After these a word for a trade before a name is no verb: *said cook Ada Neri*."""
STANDING_ALONE: Final = _words("another some many most several few both others neither")
"""Determiners that are pronouns right before a verb: *Another states*."""
QUESTIONS: Final[Mapping[str, frozenset[str]]] = {
    "en": _words("q question"),
    "it": _words("d domanda"),
}
ANSWERS: Final[Mapping[str, frozenset[str]]] = {
    "en": _words("a answer"),
    "it": _words("r risposta"),
}
"""What labels the paragraphs of an interview: *Q: Why now? A: Because it is time.*"""
QUANTO: Final = _words("what", "quanto")
"""*secondo quanto dicono i pastori*"""
AT: Final = _words("at")
ALL: Final = _words("all both each", "tutto tutti tutte")
"""Behind a pronoun these belong to it: *it all*."""
COUNTED: Final = _words(
    """age attendance bill chance cost count crowd damage estimate figure loss number odds price
    rate share toll total turnout value"""
)
"""What one *puts at* a number: *police put the figure at 2,000*."""
MEASURING: Final = _words("secondo")
"""Prepositions that may also say what something depends on: *diverso secondo le stagioni*."""
WHEN: Final = _words("when if once")
"""Before *asked* these leave open who asks: *when asked whether the bridge was safe*."""
WHOEVER: Final = _words("whoever anyone", "chi")
NOBODY: Final = _words("nobody no-one none neither", "nessuno nessuna")
THING: Final = _words("cosa")
"""*che cosa* asks."""
SPOKEN: Final = _words("words", "parole")
"""Words that somebody speaks: *queste le parole di Neri*; one word alone stands on a sign."""
POSTED: Final = frozenset([("note", "on"), ("biglietto", "su"), ("foglio", "su")])
"""Lemmas of words that are like a sign: *a note on the door says “Closed”*."""
TOPICS: Final = _words("on about regarding", "su sul sullo sulla sui sugli sulle sull'")
"""Before a colon these open what a quotation is about: *Sul mercato: «…»*."""
COMPARING: Final = _words("below above than beyond")
"""*…, far below the six per cent the bank had forecast*: a measure, and no report of the clause."""
OUTBURSTS: Final = _words(
    "attack outburst rebuke retort reply plea apology tribute",
    "attacco affondo stoccata frecciata bordata protesta intervento plauso elogio grido saluto",
)
"""Nouns that name a quotation beside them; elsewhere nothing is said: *the attack that killed*."""
ARRIVALS: Final = _words("come arrive", "arrivare venire giungere")
"""*L'attacco arriva da Ada Neri: «…»*"""
ANYBODY: Final = _words("someone somebody", "qualcuno")
INSCRIBED: Final = _words("titled", "scritto")
THIRD_POSSESSIVES: Final = _words("its his her their", "suo sua suoi sue loro")
EVEN_IF: Final = ("anche", "se")
FREE_PRONOUNS: Final = _words("nessuno tutti nulla")
"""Pronouns that begin the clause after *per X*, without a comma."""
PLURAL_DETERMINERS: Final = _words("i gli le alcuni alcune molti molte")
PLACES: Final = _words("where", "dove")
CONNECTIVES: Final = _words("so thus hence therefore", "quindi dunque perciò pertanto")
BREAKS: Final = _words("yet but though", "ma mentre")
FUTURES: Final = _words("will would could might may should can 'll 'd")
MODALS: Final = _words("could would should might can may must")
BEFORE_INFINITIVES: Final = _words(
    "order", "prima invece fine scopo modo oltre anziché grado punto tempo pur senza"
)
"""Before *to* and *di* these make the infinitive an adverbial: *in order to*, *prima di*."""
OPENERS: Final = _words(
    "that which who what how why where when whether if he she it they",
    "che cui chi quale quali quanto come dove quando perché",
)
"""Words that bring a finite verb into an infinitive clause."""
ASKING_PREPOSITIONS: Final = _words("to with for in at", "a con per in da")
CONDITIONS: Final = _words("condition", "condizione patto")
"""*on condition that …* introduces no claim."""
ANONYMITY: Final = _words(
    "named identified quoted anonymous anonymity withheld",
    "nominato nominata citato citata anonimo anonima anonimi anonime anonimato nominare",
)
"""*asked not to be named* is no claim."""
NAME: Final = _words("name names", "nome nomi")
ANONYMITY_LINKS: Final = NAME | _words(
    """not for to be remain stay keep kept have that this his her their its he she they it me us
    him them full real used use using give given print printed publish published""",
    """di che non per il la l' suo sua loro essere restare rimanere mantenere venire sia siano
    venga vengano fare facciano faccia fatto si pubblicare pubblicato usare usato""",
)
"""What may stand between *asked* and those, or makes up *that his name not be used*."""
RAISING_NEGATION: Final = _words(
    "think believe expect feel suppose deny", "pensare credere ritenere aspettare negare"
)
"""*does not think that X* says that X is not so."""
REJECTING: Final = _words(
    "deny reject dismiss refute dispute rebut rebuff",
    "negare respingere smentire rigettare confutare contestare",
)
"""Before a reporting noun these deny its clause: *dismissed claims that …*."""
EXAMINING: Final = _words(
    "investigate examine probe face hear receive check discuss review",
    "indagare esaminare verificare valutare ricevere affrontare ascoltare discutere",
)
"""The subject of these does not say what a reporting noun behind them tells: *police are
investigating claims that …*."""
ISSUING: Final = _words(
    "concedere consegnare depositare diffondere divulgare emettere firmare indirizzare inviare"
    " mandare postare presentare pubblicare recapitare rilasciare rivolgere scrivere spedire"
)
"""Whoever does this to a letter speaks in it: *ha inviato una lettera in cui chiede che …*."""
IF: Final = _words("if unless")
"""*If Ada Neri says that the dam is safe, …*: nothing said."""
MAKING: Final = _words("build create design develop intend make program train use")
"""*The siren was designed to warn of floods*: what something is for is not said."""
WITHHOLDING: Final = _words(
    "refuse decline fail try want hesitate", "rifiutare evitare tentare volere cercare"
)
YET_TO: Final = ("yet", "to")
"""*has yet to say whether …*"""
NARRATING: Final = _words("bisogna occorre conviene fa fatto")
"""Before an infinitive these make the narrator speak, or nobody: *bisogna aggiungere che*."""
QUOTING: Final = _words("quote cite")
"""Before *as saying* their object speaks."""
HABITS: Final = _words("used")
"""Before *to say* these tell what somebody said: *as my grandmother used to say*."""
NAMING: Final = _words("call dub", "chiamare soprannominare ribattezzare")
"""Verbs that give names as well as verdicts."""
VIEW: Final = _words("vista")
POINT_OF: Final = ("punto", "di")
"""*punto di vista* is one reporting noun."""
HEARSAY: Final = _words(
    """rumour rumor speculation fear concern worry hope suspicion warning belief
    expectation""",
    "voce indiscrezione timore sospetto speranza",
)
"""Nouns whose claim needs no named source."""
REPORTIVE_CONDITIONALS: Final = _words(
    """sarebbe sarebbero avrebbe avrebbero starebbe starebbero risulterebbe risulterebbero
    ammonterebbe ammonterebbero"""
)
HYPOTHESES: Final = _words("se senza magari ? altrimenti meglio che")
"""With these a conditional is a real one."""
MODAL_VERBS: Final = _words("dovere potere volere piacere servire bastare")
SOURCES_OF_FINDINGS: Final = _words(
    "emergere emerge risultare leggere apprendere trapelare filtrare"
)
"""Verbs whose source stands in a phrase with *da* or *in*."""
FILLERS: Final = _words(
    """però invece anche poi inoltre infine comunque ancora quindi dunque tuttavia così subito
    soltanto solo sempre intanto pure persino"""
)
ARTICLES: Final = _words("the", "il lo la i gli le l'")
OWNERS: Final = _words("from by of", "da dal dallo dalla dall' dai dagli dalle") | _words(
    "di del dello della dell' dei degli delle"
)
"""Between a reporting noun and who says it: *warnings from the operator that …*."""
ASKING: Final = _words("ask question press", "chiedere interrogare incalzare")
ABOUT: Final = _words("about on over regarding", "su sul sullo sulla sull' sui sugli sulle")
HOLDING: Final = _words("of among in")
"""*the belief of most economists*, *a suspicion among traders*."""
AGENTS: Final = _words("by", "da dal dallo dalla dall' dai dagli dalle")
"""What brings in the one who speaks, in the passive."""
SI: Final = _words("si s'")
"""Makes a verb reflexive or impersonal: *si lamenta*, *si pensa*."""
FROM_INSIDE: Final = _words(
    "da dal dallo dalla dall' dai dagli dalle in nel nello nella nell' nei negli nelle"
)
"""Before a body these make those inside it speak: *fanno notare in Comune*."""
WORKS: Final = _words(
    "book novel film movie album song essay poem play exhibition painting title entitle",
    """saggio libro romanzo film album canzone brano poesia opera spettacolo mostra quadro rivista
    titolo intitolare""",
)
"""Sorts of works, before whose titles quotation marks stand."""
SUBORDINATORS: Final = _words(
    "that which who because since while", "che cui quanto perché poiché siccome dato visto mentre"
)
"""Words that open the clause in which a source may stand: *because, according to X, …*."""
CLAUSE_CLITICS: Final = _words("lo l'")
"""Clitics that may stand for a whole clause: *Lo ha annunciato il ministro*."""
TAKING_UP: Final = frozenset([("è", "quanto"), ("è", "ciò", "che"), ("è", "quello", "che")])
"""What stands for the quotation before: *«…». È quanto scrive Neri*."""
ASKING_ONESELF: Final = ("?", "se")
"""Before *lo chiedono*: the question before is theirs."""
COMPLEMENTS: Final = _words("that", "che di d' a ad in su")
"""After these a verb has a complement of its own."""
POINTERS: Final = _words("that this such so", "è questa questo sono queste tale")
"""What begins a sentence that takes up the one before: *That is the view of the bank*."""
SHARES: Final = _words("cent percent %", "cento %")
"""Measures that stand for people: *85 per cent of head teachers say*."""
TELLING: Final = _words("tell inform assure remind notify")
"""Behind these stands who is told: *“No,” Neri told reporters*."""
ADDRESSING: Final = _words("to", "a ad al allo alla ai agli alle all'")
"""Before a quotation these say to whom something is told: *ha detto a “La Voce”*."""
POSSESSING: Final = _words("of by", "di d' del dello della dell' dei degli delle")
COPULAS: Final = _words("be", "essere")
BECOMING: Final = _words("become", "diventare")
ELECTED: Final = _words(
    "elected re-elected appointed", "eletto eletta rieletto rieletta nominato nominata"
)
"""Before an office these give it to the subject: *è stata eletta sindaca*."""
INDEFINITES: Final = _words("a an", "un uno una un'")
COMPLEMENTING: Final = _words("of at for", "di d' del dello della dell' dei degli delle")
"""Before what complements a role: *the mayor of Bari*."""
ATTACHING: Final = COMPLEMENTING | _words("to", "a ad al allo alla all' ai agli alle per")
"""The same between a role and the name that follows: *l'assessora ai Lavori pubblici Ada Neri*."""
OWNING: Final = _words("of for from", "presso di d' del dello della dell' dei degli delle")
"""What brings in a complement of the noun before it: *a spokesman for the fire service*."""
AUTHORS: Final = _words("by")
"""*a report by the inspector*: a noun's complement, also after a verb."""
OBJECTS: Final = _words("him her it them")
PEOPLE: Final = _words("they people locals villagers residents everyone everybody some many most")
"""Those who give nicknames: *they call him “the Gander”*."""
OBJECT_CLITICS: Final = _words("lo la li le l'")
ENCLITICS: Final = ("lo", "la", "li", "le", "ne")
"""The same at the end of an infinitive: *dirlo*, *confermarne*."""
CLITICS: Final = _words("si ci mi ti vi gli lo la ne le")
AUXILIARIES: Final = _words("avere essere")
AUTHORING: Final = _words("write publish pen", "scrivere pubblicare firmare")
"""Verbs that take titles of works as well as words."""
SAYINGS: Final = _words("dire sentire ripetere raccontare")
"""With an impersonal *si* these tell what people say: *si dice «chi va piano»*."""
REFLEXIVES: Final = _words(
    """aspettare augurare chiedere complimentare congratulare dichiarare difendere dire domandare
    giustificare impegnare lamentare mostrare offrire rammaricare scusare sfogare vantare"""
)
"""Italian verbs whose *si* is someone: *si lamenta che*, not *si pensa che*."""
GERUNDS: Final = ("ando", "endo")
"""Endings of Italian words that models take for nouns: *dice ridendo*."""
NOT_SPEAKERS: Final = _words("it there this that what which", "ciò questo quello si ci c' cosa")
TIMES: Final[Mapping[str, frozenset[str]]] = {
    "en": _words(
        """monday tuesday wednesday thursday friday saturday sunday yesterday today tonight tomorrow
        morning evening night afternoon week month year time day later afterwards last this
        hour hours minute minutes days weeks months years"""
    ),
    "it": _words(
        """lunedì martedì mercoledì giovedì venerdì sabato domenica tempo ieri oggi domani mattina
        sera notte pomeriggio settimana settimane mese mesi anno anni volta giorno giorni ora ore"""
    ),
}
TIME_OPENERS: Final = _words("last this late early next", "scorso scorsa prossimo prossima")
OBJECT_PRONOUNS: Final = _words("me him them")
"""No subjects: *told me*. (*us* is written like *US* here, *her* may own, *it* may speak.)"""
FIRST_PERSONS: Final = _words("i we", "io noi")
