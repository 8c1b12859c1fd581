"""Language of a text by two voices: langdetect, seeded, and py3langid.

langdetect (Shuyo 2010, character n-grams of Wikipedia) is random unless seeded, and its global
factory becomes visible to other threads before its profiles are loaded; here each process builds a
factory of its own under a lock. py3langid (Lui and Baldwin 2012) is better on short text. Where the
two disagree, nothing is claimed.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

# English and Italian, what they are confused with, and the commonest others, so that a third
# language is recognised as such. Fewer profiles: faster, and better on short text.
PROFILES = (
    "ca", "cs", "da", "de", "en", "es", "fr", "hr", "hu", "it", "nl", "no", "pl", "pt", "ro", "sq",
    "sv", "tr",
)  # fmt: skip
# Short text in Latin letters is one of these: with all profiles, "Good morning" may be Dutch.
SHORT_CHARACTERS = 50
COMMON = ("de", "en", "es", "fr", "it", "pt")
PROFILES_OTHER_SCRIPTS = ("ar", "el", "he", "hi", "ja", "ko", "ru", "uk", "zh-cn")

SEED = 0
# langdetect draws n-grams at random until it is sure, and does so several times over. Three times
# tell 1,500 passages of 500 characters in five languages as well as its seven by default.
TRIALS = 3
MAX_CHARACTERS = 500
MIN_LETTERS = 5
UNKNOWN = "und"

_LOADING = threading.Lock()
_NOISE = re.compile(r"(?<!\S)\S{0,200}?(?:://|www\.|@)\S{0,2000}|&#?\w{1,8};|[\d_]+")


class LangdetectDetector:
    """A `Detector` over both libraries; models load once per process, at the first call."""

    def __init__(self) -> None:
        #: Library versions and the set of languages.
        self.identity = (
            f"langdetect {version('langdetect')}, py3langid {version('py3langid')}, "
            f"seed {SEED}, {'+'.join((*PROFILES, *PROFILES_OTHER_SCRIPTS))}"
        )

    def detect(self, text: str) -> tuple[tuple[str, float], ...]:
        """Languages with the mean score of both voices, best first.

        Empty when ``text`` has fewer than `MIN_LETTERS` letters or the voices disagree. Looks at
        the first `MAX_CHARACTERS` characters.
        """
        sample = " ".join(_NOISE.sub(" ", text[: 2 * MAX_CHARACTERS]).split())[:MAX_CHARACTERS]
        if sum(map(str.isalpha, sample)) < MIN_LETTERS:
            return ()
        common = len(sample) <= SHORT_CHARACTERS and all(map(_is_latin, sample))
        first, second = _langdetect(sample, common), _langid(sample, common)
        if not first or max(first, key=first.__getitem__) != max(second, key=second.__getitem__):
            return ()
        scores = {code: (first.get(code, 0.0) + score) / 2 for code, score in second.items()}
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return tuple((code, score) for code, score in ranked[:3] if score >= 0.01)


def detect_language(text: str) -> tuple[str, float]:
    """The language code (ISO 639-1) of ``text`` and the confidence in it, 0-1.

    ``("und", 0.0)`` when the text is too short or the evidence contradicts itself.

    >>> detect_language("Il consiglio comunale ha approvato il bilancio.")[0]
    'it'
    >>> detect_language("OK")
    ('und', 0.0)
    """
    candidates = LangdetectDetector().detect(text)
    return candidates[0] if candidates else (UNKNOWN, 0.0)


def _is_latin(character: str) -> bool:
    return character < "\u0250" or not character.isalpha()


def _langdetect(text: str, common: bool) -> dict[str, float]:
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    if common:
        detector.set_prior_map(dict.fromkeys(COMMON, 1.0))
    else:
        detector.n_trial = TRIALS
    detector.append(text)
    try:
        return {found.lang.partition("-")[0]: found.prob for found in detector.get_probabilities()}
    except LangDetectException:  # no character that any profile knows
        return {}


def _langid(text: str, common: bool) -> dict[str, float]:
    scores: dict[str, float] = dict(_identifier().rank(text))
    if common:
        total = sum(scores[code] for code in COMMON) or 1.0
        scores = {code: scores[code] / total for code in COMMON}
    return scores


def _factory() -> Any:
    with _LOADING:
        return _loaded_factory()


def _identifier() -> Any:
    with _LOADING:
        return _loaded_identifier()


@cache
def _loaded_factory() -> Any:
    from langdetect.detector_factory import DetectorFactory

    factory = DetectorFactory()
    profiles = files("langdetect") / "profiles"
    names = sorted((*PROFILES, *PROFILES_OTHER_SCRIPTS))
    factory.load_json_profile([(profiles / name).read_text(encoding="utf-8") for name in names])
    factory.set_seed(SEED)
    return factory


@cache
def _loaded_identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels)
    names = {name.partition("-")[0] for name in (*PROFILES, *PROFILES_OTHER_SCRIPTS)}
    identifier.set_languages(sorted(names & known))
    return identifier
