"""The stock Italian tokenizer with what newspaper text needs besides.

spaCy's exceptions know the straight apostrophe (``po'``) but not the typographic one, and its rules
leave an elided word glued to a quotation mark that follows it (``all'«Espresso»``).
"""

from spacy.language import Language
from spacy.symbols import ORTH
from spacy.util import compile_infix_regex

# Shortened words whose apostrophe stands for lost letters, and abbreviations missing from spaCy.
SHORTENED = (
    "po'",
    "mo'",
    "di'",
    "fa'",
    "va'",
    "sta'",
    "da'",
    "be'",
    "to'",
    "de'",
    "ca'",
    "'ndrangheta",
)
ABBREVIATIONS = (
    "S.p.A.",
    "S.r.l.",
    "mln.",
    "mld.",
    "sig.",
    "Sig.",
    "sigg.",
    "dott.",
    "Dott.",
    "on.",
    "On.",
    "sen.",
    "Sen.",
    "ing.",
    "Prof.",
)
QUOTED_AFTER_ELISION = r"(?<=[A-Za-zÀ-ÿ]['’])[«“„‘\"]"
DASH_AFTER_STOP = r"(?<=[.!?…,])(?:–|—)|(?:–|—)(?=[A-ZÀ-Ý])"


def italian_tokenizer(nlp: Language) -> None:
    """Give ``nlp`` the tokenizer described above; it is saved with the pipeline."""
    for word in SHORTENED:
        for form in {
            word,
            word.capitalize(),
            word.replace("'", "’"),
            word.replace("'", "’").capitalize(),
        }:
            nlp.tokenizer.add_special_case(form, [{ORTH: form}])
    for word in ABBREVIATIONS:
        nlp.tokenizer.add_special_case(word, [{ORTH: word}])
    infixes = [*nlp.Defaults.infixes, QUOTED_AFTER_ELISION, DASH_AFTER_STOP]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
