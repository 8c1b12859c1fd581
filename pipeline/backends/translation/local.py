"""Translation on this machine: Firefox Translations models, and Apertium where it is installed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from pipeline.backends.translation.engine import EngineFailure
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.errors import ResourceError


class FirefoxTranslations:
    """Models in ``FOLDER/en-it`` and ``FOLDER/it-en``: ``model.*.bin``, ``*vocab.*.spm``, and
    optionally ``lex.*.bin``. Nothing is downloaded."""

    name = "fxtranslate"
    batch_size = 16

    def __init__(self, settings: TranslateSettings) -> None:
        self._folder = Path(settings.models_folder) if settings.models_folder else None
        self.max_chars = settings.fxtranslate.max_chars_per_request
        self._loaded: dict[str, Any] = {}

    @cached_property
    def identity(self) -> str:
        """Library version and a digest of the model files."""
        digest = hashlib.sha256()
        for path in sorted(self._folder.glob("*-*/*")) if self._folder else ():
            digest.update(f"{path.parent.name}/{path.name}".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return f"fxtranslate {metadata.version('fxtranslate')} {digest.hexdigest()[:12]}"

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `Engine`."""
        engine = self._engine(f"{source}-{target}")
        try:
            return [engine.translate_long(text) for text in texts]
        except (RuntimeError, ValueError) as error:
            raise EngineFailure(f"the model failed ({type(error).__name__})") from None

    def _engine(self, direction: str) -> Any:
        if direction not in self._loaded:
            self._loaded[direction] = self._load(direction)
        return self._loaded[direction]

    def _load(self, direction: str) -> Any:
        from fxtranslate import Translator

        if self._folder is None:
            raise EngineFailure(
                "no models: name their folder in [translate] models_folder", temporary=False
            )
        folder = self._folder / direction
        model = _first(folder, "model.*.bin")
        vocabulary = _first(folder, "vocab.*.spm")
        source = vocabulary or _first(folder, "srcvocab.*.spm")
        target = vocabulary or _first(folder, "trgvocab.*.spm")
        if model is None or source is None or target is None:
            raise EngineFailure(f"no model for {direction} in {folder}", temporary=False)
        shortlist = _first(folder, "lex.*.bin")
        try:
            return Translator(
                model=model.read_bytes(),
                src_vocab=source.read_bytes(),
                trg_vocab=target.read_bytes(),
                shortlist=shortlist.read_bytes() if shortlist else None,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineFailure(
                f"the model in {folder} does not load ({type(error).__name__})", temporary=False
            ) from None


def download_model(direction: str, folder: Path) -> None:
    """Fetch the model of ``direction`` ("it-en") into ``folder``; the library verifies checksums.

    Raises: ResourceError when it cannot be fetched.
    """
    from fxtranslate import discovery

    source, target = direction.split("-")
    try:
        discovery.add_models(source, target, cache_dir=str(folder), progress=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise ResourceError(
            f"The translation model {direction} could not be fetched ({type(error).__name__}). It "
            f"needs the network; a model from elsewhere can be put into {folder / direction}."
        ) from None


class Apertium:
    """Rule-based draft translation by the installed ``apertium`` program.

    Uses a direct mode where there is one (``eng-ita``), else goes through Spanish. Draft quality.
    """

    name = "apertium"
    batch_size = 50
    _CODES: Final = {"en": "eng", "it": "ita"}
    _PIVOT: Final = "spa"

    def __init__(self, settings: ServiceSettings) -> None:
        self._timeout = settings.timeout_seconds
        self.max_chars = settings.max_chars_per_request
        self._modes: list[str] | None = None

    @property
    def identity(self) -> str:
        """The modes that are installed."""
        return f"apertium {' '.join(self._installed())}".strip()

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `Engine`."""
        lines = "\n".join(" ".join(text.split()) for text in texts) + "\n"
        for mode in self._route(self._CODES[source], self._CODES[target]):
            lines = self._run(["apertium", "-u", mode], lines)
        answers = lines.rstrip("\n").split("\n")
        if len(answers) != len(texts):
            raise EngineFailure("the answer has another number of lines")
        return answers

    def _route(self, source: str, target: str) -> list[str]:
        installed = self._installed()
        direct = f"{source}-{target}"
        if direct in installed:
            return [direct]
        through = [f"{source}-{self._PIVOT}", f"{self._PIVOT}-{target}"]
        if all(mode in installed for mode in through):
            return through
        raise EngineFailure(
            f"Apertium has no way from {source} to {target} here (Debian: apertium-eng-spa and "
            f"apertium-spa-ita)",
            temporary=False,
        )

    def _installed(self) -> list[str]:
        if self._modes is None:
            found = shutil.which("apertium")
            listed = self._run(["apertium", "-l"], "") if found else ""
            self._modes = sorted(listed.split())
        return self._modes

    def _run(self, command: list[str], text: str) -> str:
        try:
            done = subprocess.run(
                command,
                input=text.encode(),
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineFailure(f"Apertium failed ({type(error).__name__})") from None
        if done.returncode != 0:
            raise EngineFailure(f"Apertium ended with exit code {done.returncode}")
        return done.stdout.decode("utf-8", "replace")


def _first(folder: Path, pattern: str) -> Path | None:
    return next(iter(sorted(folder.glob(pattern))), None)
