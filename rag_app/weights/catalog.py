"""The catalogue of models, as `models/catalog.toml` lists them.

Knows: names, sizes, hashes, licences, needs and sources of models.
Does not know: which of them are on this disk (`weights.store`), or how a source is
read (`weights.download`).
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rag_app.errors import WeightsError
from rag_app.shipped import SHIPPED

CATALOGUE = SHIPPED / "models" / "catalog.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model's bytes are: on the hub, or in the wheels of packages (exactly one of the two is set)."""

    hub: str = ""  # repository
    # Name and version of the packages; in either `{n}` counts from 1 to `parts`.
    package: str = ""
    version: str = ""
    parts: int = 1
    platform: str = ""  # of the wheel, where it has one
    # File of the repository, or glob inside the wheel; empty = the repository is the model.
    member: str = ""

    def __str__(self) -> str:
        return f"hub {self.hub}" if self.hub else f"packages {self.package} {self.version}"


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """One entry of the catalogue; `models/catalog.toml` explains the fields."""

    id: str
    kind: str  # "llm" or "embedder"
    title: str
    bytes: int
    licence: str
    context: int  # tokens
    # As it is fetched: a GGUF, 4-bit weights, or a zip of a folder; empty for a repository that is the model.
    file: str = ""
    sha256: str = ""  # of `file`
    vram_gb: int = 0
    tested: bool = False
    default: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def name(self) -> str:
        """What the model is called inside the models folder: a GGUF file, or an embedder's folder."""
        return self.file if self.kind == "llm" else self.id


@cache
def catalogue(path: Path = CATALOGUE) -> tuple[CatalogModel, ...]:
    """Every model, in the order of the file. Raises WeightsError when the file cannot be used."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
        return tuple(
            CatalogModel(**{**entry, "sources": tuple(Source(**source) for source in entry["sources"])})
            for entry in entries
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path.name} cannot be used: {error}", "restore it from the project") from None


def find(model_id: str) -> CatalogModel:
    """The model with this id. Raises WeightsError with the closest id as its hint."""
    models = {model.id: model for model in catalogue()}
    if model_id not in models:
        close = difflib.get_close_matches(model_id, models, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known models: {', '.join(models)}"
        raise WeightsError(f"unknown model {model_id!r}", hint)
    return models[model_id]


def defaults() -> tuple[str, ...]:
    """Ids of the models that a fresh installation fetches: one language model, one embedder."""
    return tuple(model.id for model in catalogue() if model.default)
