"""Which model of the catalogue suits this machine, and which runs.

Knows: what a model takes while it runs, and which is preferred where several are there.
Does not know: how models come to the disk and whether they are whole (`weights.store`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag_app import files
from rag_app.errors import WeightsError
from rag_app.settings import Settings
from rag_app.weights import store
from rag_app.weights.catalog import CatalogModel, catalogue, find

# Memory of a loaded model: file size times the factor (weights, KV cache) and buffers, measured
# on the 1.5B.
RUNTIME_FACTOR, RUNTIME_BYTES = 1.2, 700_000_000


def choose_llm(settings: Settings, *, vram_bytes: int) -> Path:
    """The language model to run: RAG_MODEL, else the largest that fits the GPU, else the small
    default.

    The file is there but not yet verified. Raises WeightsError when nothing suits.
    """
    if settings.model:
        return _named_llm(settings)
    here = [
        model for model in catalogue() if model.kind == "llm" and (settings.models / model.name).is_file()
    ]
    fitting = [model for model in here if vram_bytes and needs(model) <= vram_bytes]
    preferred = [model for model in here if model.id == _default("llm")]
    best = sorted(fitting, key=needs)[-1:] or preferred or sorted(here, key=needs)[:1]
    if not best:
        raise WeightsError(
            f"no language model in {settings.models}", f"rag-app models pull {_default('llm')}"
        )
    return settings.models / best[0].name


def _named_llm(settings: Settings) -> Path:
    if settings.model.endswith(".gguf"):
        path = files.as_stored(Path(settings.model))
        if not path.is_file():
            raise WeightsError(f"RAG_MODEL={settings.model} does not exist", "see: rag-app models list")
        return path
    model = find(settings.model)
    if model.kind != "llm":
        raise WeightsError(f"{model.id} is not a language model", "see: rag-app models list")
    return _pulled(model, settings)


def choose_embedder(settings: Settings) -> Path:
    """Folder of the embedding model: RAG_EMBEDDER, else the catalogue's first that is here. Raises
    WeightsError.
    """
    if settings.embedder:
        model = find(settings.embedder)
        if model.kind != "embedder":
            raise WeightsError(f"{model.id} is not an embedding model", "see: rag-app models list")
        return _pulled(model, settings)
    for model in catalogue():
        if model.kind == "embedder" and (settings.models / model.name).is_dir():
            return settings.models / model.name
    raise WeightsError(
        f"no embedding model in {settings.models}", f"rag-app models pull {_default('embedder')}"
    )


def _default(kind: str) -> str:
    return next(model.id for model in catalogue() if model.kind == kind and model.default)


def _pulled(model: CatalogModel, settings: Settings) -> Path:
    path = settings.models / model.name
    if not path.exists():
        raise WeightsError(f"{model.id} is not in {settings.models}", f"rag-app models pull {model.id}")
    return path


def needs(model: CatalogModel) -> int:
    """Bytes of memory, on one device, that a model takes while it runs."""
    return int(model.bytes * RUNTIME_FACTOR) + RUNTIME_BYTES


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One line of `models list`."""

    model: CatalogModel
    here: str  # "yes", "no", "partial" (a pull has begun) or "damaged" (wrong size, incomplete)
    verified: bool  # its hash was checked and it has not changed since
    fits: str  # "gpu", "cpu" or "no"
    recommended: bool


def listing(settings: Settings, *, vram_bytes: int, ram_bytes: int) -> list[ModelStatus]:
    """Every model of the catalogue against this disk and this machine; reads no weights."""
    best = _recommended(vram_bytes)
    rows = []
    for model in catalogue():
        fits = "gpu" if needs(model) <= vram_bytes else "cpu" if needs(model) <= ram_bytes else "no"
        here = store.state(model, settings)
        rows.append(
            ModelStatus(
                model, here, here == "yes" and store.is_remembered(model, settings), fits, model.id in best
            )
        )
    return rows


def _recommended(vram_bytes: int) -> set[str]:
    """The language model and the embedder to pull on this machine."""
    llms = [
        m
        for m in catalogue()
        if m.kind == "llm" and m.vram_gb and max(needs(m), m.vram_gb << 30) <= vram_bytes
    ]
    return {max(llms, key=needs).id if llms else _default("llm"), _default("embedder")}
