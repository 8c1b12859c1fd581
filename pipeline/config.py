"""Settings: one frozen class per table of ``config.toml``; defaults live here and nowhere else.

Environment variables carry secrets only, and are read where they are used.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pipeline.errors import UsageError

Profile = Literal["accurate", "fast"]
SHARE = {"most": 1.0}
"""Marks a setting that is a share of one."""
DEFAULT_FILE = "config.toml"


@dataclass(frozen=True, slots=True)
class FieldSettings:
    """Which columns of tables and JSON Lines hold what; at their defaults, the usual English and
    Italian names are known too (*body*, *testo*, *titolo*, *data*)."""

    id: str = "id"
    text: str = "text"
    title: str = "title"
    url: str = "url"
    date: str = "date"
    language: str = "language"
    author: str = "author"


@dataclass(frozen=True, slots=True)
class InputSettings:
    """What is read. ``max_megabytes`` bounds one document, also after decompression."""

    paths: tuple[str, ...] = ("seeds",)
    max_megabytes: int = 64
    fields: FieldSettings = FieldSettings()


@dataclass(frozen=True, slots=True)
class DetectSettings:
    """``min_confidence``: below it a document's language is unknown and it is skipped."""

    min_confidence: float = field(default=0.6, metadata=SHARE)


@dataclass(frozen=True, slots=True)
class NormalizeSettings:
    """Which repairs are made; both are on unless a corpus is known to be clean."""

    remove_boilerplate: bool = True
    split_glued_sentences: bool = True


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """``profile``: accurate (encoder and spaCy) or fast (spaCy alone). ``en`` and ``it`` name an
    installed spaCy package or a folder; "" means the packaged one."""

    profile: Profile = "accurate"
    en: str = ""
    it: str = ""


@dataclass(frozen=True, slots=True)
class EntitySettings:
    """``aliases``: a CSV or JSON Lines file of known entities (id, label, names per language)."""

    aliases: str = ""


@dataclass(frozen=True, slots=True)
class ClaimSettings:
    """``min_confidence``: claims below it are left out of the record."""

    min_confidence: float = field(default=0.0, metadata=SHARE)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How one translation service is reached; keys come from the environment only.

    ``url`` replaces the service's own address; ``model`` is a name that keeps the translations of
    different models apart in the memory; ``timeout_seconds`` bounds a whole request.
    ``requests_per_second`` and ``max_chars_per_run`` hold for all workers of a run together; 0
    means no limit."""

    url: str = ""
    model: str = ""
    timeout_seconds: float = 20.0
    max_chars_per_request: int = 4500
    requests_per_second: float = 5.0
    max_chars_per_run: int = 0


@dataclass(frozen=True, slots=True)
class TranslateSettings:
    """Translation of segments. ``backends`` are tried in order, a request up to ``attempts`` times;
    ``document_seconds`` bounds the time for one document (0: no bound), and what is missing then is
    left for the next run. ``memory`` is the file of the translation memory ("" keeps it in the
    output folder); ``seed_memories`` are TMX files whose translations come first; ``glossary`` is a
    CSV or JSON Lines file of terms with one fixed translation; ``models_folder`` holds the models
    of fxtranslate."""

    enabled: bool = False
    backends: tuple[str, ...] = ()
    attempts: int = 4
    document_seconds: float = 300.0
    memory: str = ""
    seed_memories: tuple[str, ...] = ()
    glossary: str = ""
    models_folder: str = ""
    libretranslate: ServiceSettings = ServiceSettings()
    google: ServiceSettings = ServiceSettings()
    mymemory: ServiceSettings = ServiceSettings(max_chars_per_request=480)
    deepl: ServiceSettings = ServiceSettings()
    microsoft: ServiceSettings = ServiceSettings()
    baidu: ServiceSettings = ServiceSettings(max_chars_per_request=1900)
    fxtranslate: ServiceSettings = ServiceSettings()
    apertium: ServiceSettings = ServiceSettings()
    # Where the workers of a run count what they send; the run itself fills it in.
    ledger: str = field(default="", metadata={"internal": True})


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    """Pairs and links across documents. Scores below the thresholds are not reported."""

    pairs: bool = True
    links: bool = True
    min_pair_score: float = field(default=0.5, metadata=SHARE)
    min_link_score: float = field(default=0.5, metadata=SHARE)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run is carried out. ``workers`` 0 means one per processor. Limits are per document, the
    one of time for every started megabyte of it. ``builder`` ("module:function") builds the stages,
    yours among them; the module is looked up where Python looks, then beside the configuration
    file, then in the current folder."""

    workers: int = 0
    document_seconds: float = 300.0
    document_megabytes: int = 3072
    builder: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, frozen. `load_config` reads them from TOML."""

    input: InputSettings = InputSettings()
    detect: DetectSettings = DetectSettings()
    normalize: NormalizeSettings = NormalizeSettings()
    models: ModelSettings = ModelSettings()
    entities: EntitySettings = EntitySettings()
    claims: ClaimSettings = ClaimSettings()
    translate: TranslateSettings = TranslateSettings()
    corpus: CorpusSettings = CorpusSettings()
    run: RunSettings = RunSettings()
    origin: str = field(default="packaged defaults", metadata={"internal": True})

    def override(self, **tables: Mapping[str, Any]) -> Config:
        """A copy in which single settings of single tables are replaced.

        >>> Config().override(models={"profile": "fast"}).models.profile
        'fast'
        """
        changed = {
            table: dataclasses.replace(getattr(self, table), **values)
            for table, values in tables.items()
            if values
        }
        return dataclasses.replace(self, **changed)


def load_config(path: str | Path | None = None) -> Config:
    """The settings in ``path``, in ``config.toml`` of the working directory, or the defaults.

    Raises: UsageError naming the file, the key and the nearest valid key.
    """
    if path is None:
        path = Path(DEFAULT_FILE)
        if not path.is_file():
            return Config()
    path = Path(path)
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"Cannot read the configuration {path}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from None
    config: Config = _table(Config, plain, str(path), "")
    return dataclasses.replace(config, origin=str(path))


def setting_names(kind: Any = Config, prefix: str = "") -> list[str]:
    """Every setting as ``table.name``, in declaration order."""
    names: list[str] = []
    hints = get_type_hints(kind)
    for item in fields(kind):
        if item.metadata.get("internal"):
            continue
        inner = hints[item.name]
        name = f"{prefix}{item.name}"
        names += setting_names(inner, f"{name}.") if is_dataclass(inner) else [name]
    return names


def settings_of(tables: Any) -> dict[str, Any]:
    """Every setting as plain values, table by table, without what a run fills in itself."""
    found = {}
    for item in fields(tables):
        if not item.metadata.get("internal"):
            value = getattr(tables, item.name)
            found[item.name] = settings_of(value) if is_dataclass(value) else value
    return found


def _table(kind: Any, plain: Mapping[str, Any], file: str, prefix: str) -> Any:
    hints = get_type_hints(kind)
    settings = {item.name: item for item in fields(kind) if not item.metadata.get("internal")}
    valid = list(settings)
    arguments = {}
    for key, value in plain.items():
        if key not in valid:
            raise UsageError(
                f"{file}: unknown setting {prefix}{key}.{_nearest(key, valid, prefix)}"
            )
        arguments[key] = _value(hints[key], value, file, f"{prefix}{key}")
        most = settings[key].metadata.get("most")
        if most is not None and arguments[key] > most:
            raise UsageError(f"{file}: {prefix}{key} must lie between 0 and {most:g}, not {value}.")
    return kind(**arguments)


def _nearest(key: str, valid: list[str], prefix: str) -> str:
    nearest = difflib.get_close_matches(key, valid, n=1, cutoff=0.0)
    return f" Did you mean {prefix}{nearest[0]}?" if nearest else ""


def _value(kind: Any, value: Any, file: str, name: str) -> Any:
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise UsageError(f"{file}: {name} must be a table.")
        return _table(kind, value, file, f"{name}.")
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        kind = next(arg for arg in args if arg is not type(None))
    if origin is Literal:
        if value not in args:
            allowed = ", ".join(repr(arg) for arg in args)
            raise UsageError(f"{file}: {name} is {value!r}; it must be one of {allowed}.")
        return value
    if origin is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UsageError(f"{file}: {name} must be a list of strings.")
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise UsageError(f"{file}: {name} must be {_NAMES[kind]}, not {value!r}.")
    if kind in (int, float) and value < 0:
        raise UsageError(f"{file}: {name} must not be negative.")
    return value


_NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
