"""Dependency labels of the syntax models, mapped to Universal Dependencies.

The stock English models follow the ClearNLP conventions, the Italian one is trained on Universal
Dependencies treebanks. Labels are renamed one by one; **the shape of a tree stays the model's**:

* in English a preposition heads its object: *according to the mayor* is ``obl`` (the preposition)
  with the noun below it as ``obj``; in Italian the noun is the ``obl``, with a ``case`` below it;
* in English a form of *be* heads its predicate (``xcomp``); in Italian the predicate heads a
  ``cop``.

Source: the ClearNLP guidelines (Choi and Palmer 2012) and Universal Dependencies 2
(de Marneffe et al. 2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CLEARNLP: Final[Mapping[str, str]] = {
    "ROOT": "root",
    "acomp": "xcomp",
    "agent": "obl:agent",
    "attr": "xcomp",
    "auxpass": "aux:pass",
    "csubjpass": "csubj:pass",
    "dative": "iobj",
    "dobj": "obj",
    "intj": "discourse",
    "meta": "dep",
    "neg": "advmod",
    "npadvmod": "obl:npmod",
    "nsubjpass": "nsubj:pass",
    "oprd": "xcomp",
    "pcomp": "ccomp",
    "pobj": "obj",
    "poss": "nmod:poss",
    "preconj": "cc:preconj",
    "predet": "det:predet",
    "prep": "obl",
    "prt": "compound:prt",
    "quantmod": "advmod",
    "relcl": "acl:relcl",
}

RELATIONS: Final[Mapping[str, Mapping[str, str]]] = {"en": _CLEARNLP, "it": {"ROOT": "root"}}
"""Per language: the model's label to the common one; labels that are missing stay as they are."""
