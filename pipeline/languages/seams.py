"""What tells a lost space between sentences from an abbreviation, a domain or a name."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Written before a full stop that ends no sentence; English, then Italian.
ABBREVIATIONS = _words(
    """
    mr mrs ms mx dr prof rev hon gen col lt sgt capt cmdr gov sen rep pres st mt ft no nos vs etc
    jr sr inc ltd co corp bros dept est vol fig eds al approx ave blvd rd jan feb mar apr jun jul
    aug sep sept oct nov dec cf ca viz

    sig sigg dott ing avv arch geom rag on cap ten mons don card egr gent spett ecc pag pagg art
    artt num tel fax cell ndr ndt cit voll sec all min max tab segg gg ss
    """
)

# Words that begin sentences and are no names: after an initial or an abbreviation ("S.p.A.Il") they
# show that a sentence begins.
STARTERS = _words(
    """
    The This That These Those There They Then He She It We You But And However Because When While
    If After Before Although According Meanwhile Moreover Also His Her Its Their Our What Why How
    Since For From With Now Yet So In On At

    Il Gli Un Una Uno Nel Nella Nello Nei Nelle Negli Del Dello Della Dei Degli Delle Dal Dalla
    Questo Questa Questi Queste Quello Quella Quelli Quelle Non Per Ma Se Con Come Quando Dopo
    Prima Anche Inoltre Tuttavia Oppure Intanto Infine Infatti Quindi Secondo Poi Ora Mentre
    Io Ai Lui Lei Loro Noi Voi Chi Che Cosa Ha Hanno Sono Era Si Ci Tra Fra Su
    """
)

# Starters odd enough to be told from the second half of a name like LinkedIn or YouTube, even when
# they are glued to the word before without any stop ("il cloud computingOppure").
GLUED_STARTERS = _words(
    """
    The This These Those There However Because When While Although According Meanwhile Moreover

    Il Gli Oppure Inoltre Tuttavia Questo Questa Questi Queste Quando Intanto Infatti Quindi Nella
    Nello Negli Nelle Della Dello Degli Delle Dopo Mentre Secondo
    """
)

# After a full stop, the last part of a domain or a file name rather than a word.
DOMAIN_ENDINGS = _words(
    """
    Com Org Net Io Eu Gov Edu Ai App Dev Tv Info Biz NET IO AI JS CSS HTML XML CSV TXT EXE PDF DOC
    DOCX XLS JPG PNG ZIP MP3 MP4
    Js Jsx Ts Py Md Yml Yaml Json Toml Sql Cpp Php Css Html Xml Csv Txt Exe Pdf Docx Xls Xlsx Jpg
    Jpeg Png Gif Svg Zip Dll Sh Rb Rs
    """
)

# Names that end in a sentence mark, and go on: "Yahoo!Finance", "E!News".
NAMES_WITH_MARK = _words("yahoo jeopardy kahoot e")
