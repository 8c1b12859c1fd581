"""Translation on this machine: Firefox Translations models, and Apertium where it is installed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from pipeline.backends.child import python_module
from pipeline.backends.packaged import ModelDescription
from pipeline.backends.translation.engine import EngineFailure
from pipeline.config import ServiceSettings, TranslateSettings
from pipeline.languages import DIRECTIONS

LOADING_SECONDS: Final = 60.0


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
        for path in model_files(self._folder):
            digest.update(f"{path.parent.name}/{path.name}".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return f"fxtranslate {metadata.version('fxtranslate')} {digest.hexdigest()[:12]}"

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `Engine`."""
        engine = self._engine(f"{source}-{target}")
        try:
            return [engine.translate_long(text) for text in texts]
        except BaseException as error:
            # A Rust library that panics raises what is no Exception, of a class without a module.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            reason = f"the model failed ({type(error).__name__})"
            raise EngineFailure(reason, "text") from None

    def _engine(self, direction: str) -> Any:
        if direction not in self._loaded:
            self._loaded[direction] = self._load(direction)
        return self._loaded[direction]

    def _load(self, direction: str) -> Any:
        fetch = f"`pipeline models download {direction}` fetches one"
        if self._folder is None:
            raise EngineFailure(f"[translate] models_folder is not set; {fetch}", "service")
        folder = self._folder / direction
        model = _first(folder, "model.*.bin")
        vocabulary = _first(folder, "vocab.*.spm")
        source = vocabulary or _first(folder, "srcvocab.*.spm")
        target = vocabulary or _first(folder, "trgvocab.*.spm")
        if model is None or source is None or target is None:
            raise EngineFailure(f"no model for {direction} in {folder}; {fetch}", "service")
        shortlist = _first(folder, "lex.*.bin")
        files = [model, source, target, *([shortlist] if shortlist else [])]
        try:
            trial = python_module("pipeline.backends.translation.trial", *map(str, files))
            subprocess.run(trial, check=True, capture_output=True, timeout=LOADING_SECONDS)
            from pipeline.backends.translation.trial import load

            return load(files)
        except (OSError, ValueError, subprocess.SubprocessError):
            raise EngineFailure(
                f"the model in {folder} is damaged: it does not load; {fetch}", "service"
            ) from None


def model_files(folder: Path | None) -> list[Path]:
    """The files of the translation models in ``folder``, in order."""
    if folder is None:
        return []
    homes = [folder / direction for direction in DIRECTIONS]
    return sorted(path for home in homes for kind in ("*.bin", "*.spm") for path in home.glob(kind))


def describe_translation_models(settings: TranslateSettings) -> list[ModelDescription]:
    """The models in the configured folder, one description for each direction that is there."""
    files = model_files(Path(settings.models_folder) if settings.models_folder else None)
    homes = {path.parent: path for path in files if path.name.startswith("model.")}
    return [
        ModelDescription(
            f"{home.name} translation",
            model.stem,
            f"fxtranslate {metadata.version('fxtranslate')}",
            sum(path.stat().st_size for path in files if path.parent == home) / 1e6,
            (),
            "",
            str(home),
        )
        for home, model in homes.items()
    ]


class Apertium:
    """Rule-based draft translation by the installed ``apertium`` program.

    Uses a direct mode where there is one (``eng-ita``), else goes through Spanish. Draft quality.
    """

    name = "apertium"
    batch_size = 50
    _CODES: Final = {"en": "eng", "it": "ita"}
    _PIVOT: Final = "spa"
    # A blank line ends a sentence for Apertium: without it, words move from one text to the next.
    _BETWEEN: Final = "\n\n"

    def __init__(self, settings: ServiceSettings) -> None:
        self._timeout = settings.timeout_seconds
        self.max_chars = settings.max_chars_per_request
        self._modes: list[str] | None = None

    @property
    def identity(self) -> str:
        """The installed modes; none when the program is missing or does not answer."""
        try:
            return f"apertium {' '.join(self._installed())}".strip()
        except EngineFailure:
            return "apertium"

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `Engine`."""
        lines = self._BETWEEN.join(" ".join(text.split()) for text in texts)
        for mode in self._route(self._CODES[source], self._CODES[target]):
            lines = self._run(["apertium", "-u", mode], lines + "\n")
        answers = lines.strip("\n").split(self._BETWEEN)
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
            f"Apertium has no way from {source} to {target} here (Debian: apertium-eng-spa, "
            f"apertium-spa-ita and cg3)",
            "service",
        )

    def _installed(self) -> list[str]:
        if self._modes is None:
            found = shutil.which("apertium")
            listed = self._run(["apertium", "-l"], "") if found else ""
            self._modes = sorted(listed.split())
        return self._modes

    def _run(self, command: list[str], text: str) -> str:
        """What ``command`` makes of ``text``; it and what it started end within the time limit."""
        try:
            with subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0,
            ) as process:
                try:
                    answer, _ = process.communicate(text.encode(), self._timeout)
                except subprocess.TimeoutExpired:
                    raise EngineFailure("no answer in time") from None
                finally:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
        except OSError as error:
            raise EngineFailure(f"Apertium failed ({type(error).__name__})") from None
        if process.returncode != 0:
            raise EngineFailure(f"Apertium ended with exit code {process.returncode}")
        return answer.decode("utf-8", "replace")


def _first(folder: Path, pattern: str) -> Path | None:
    return next(iter(sorted(folder.glob(pattern))), None)
