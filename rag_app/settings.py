"""The settings of one run, read once from the `RAG_*` environment.

Knows: every setting's name, type and default.
Does not know: what they are used for.

A `Settings` is made at the start of a program and passed on; nothing else reads `RAG_*` variables.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from rag_app.errors import SettingsError
from rag_app.files import as_stored
from rag_app.shipped import INSTALLED, SHIPPED

PAGE_PORT = 8501  # unless `serve --port` says another


def _own_folder(in_checkout: str, installed: str) -> Callable[[], Path]:
    """The default of a folder that rag-app writes: in the checkout, else among the user's own data."""

    def place() -> Path:
        if not INSTALLED:
            return SHIPPED / in_checkout
        from platformdirs import user_data_path

        return user_data_path("rag-app", appauthor=False) / installed

    return place


@dataclass(frozen=True, slots=True)
class Settings:
    """One frozen set of settings; each field `x` is read from `RAG_X`."""

    home: Path = field(
        default_factory=_own_folder(".rag_app", "home"),
        metadata={"help": "where index, uploads, states and history live"},
    )
    digests: Path = field(
        default=SHIPPED / "digests", metadata={"help": "the first root of the default collection"}
    )
    models: Path = field(
        default_factory=_own_folder("models", "models"), metadata={"help": "where model weights live"}
    )
    model: str = field(default="", metadata={"help": "catalogue id, or path to a .gguf file; empty chooses"})
    embedder: str = field(default="", metadata={"help": "catalogue id of the embedding model; empty chooses"})
    context: int = field(default=0, metadata={"help": "context window in tokens; 0 chooses"})
    gpu_layers: int = field(
        default=-1, metadata={"help": "layers on the GPU; -1 or auto chooses, 0 is CPU only"}
    )
    threads: int = field(default=0, metadata={"help": "CPU threads; 0 is the cores that may be used"})
    language: str = field(default="", metadata={"help": "language of the interface: en or ko; empty follows"})
    chroma_url: str = field(default="", metadata={"help": "a Chroma server instead of the embedded one"})
    llm_url: str = field(default="", metadata={"help": "an OpenAI-compatible server instead of the engine"})
    idle_glosses: bool = field(
        default=True, metadata={"help": "translate the newest day's lines while nobody needs the model"}
    )
    offline: bool = field(default=False, metadata={"help": "refuse to fetch models"})

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from `RAG_*` variables, with absolute paths. Raises SettingsError."""
        environment = os.environ if environment is None else environment
        given = {name: value for name, value in environment.items() if name.startswith("RAG_")}
        known = {f"RAG_{f.name.upper()}": f for f in fields(cls)}
        for name in given:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known settings: {', '.join(sorted(known))}"
                raise SettingsError(f"unknown setting {name}", hint)
        values = {known[name].name: _parse(name, str(known[name].type), text) for name, text in given.items()}
        return cls(**values).resolved()  # type: ignore[arg-type]

    def resolved(self) -> Settings:
        """The same settings with absolute paths; relative ones start at the checkout, or where an installed
        rag-app is called.
        """
        start = Path.cwd() if INSTALLED else SHIPPED
        paths: dict[str, Any] = {
            f.name: as_stored(start / getattr(self, f.name).expanduser())
            for f in fields(self)
            if f.type == "Path"
        }
        model = self.model
        if model.endswith(".gguf") and not self.llm_url:  # of a server it is a name
            model = str(start / Path(model).expanduser())
        return replace(self, model=model, **paths)


def _path(name: str, text: str) -> Path:
    try:
        text.encode("utf-8")  # Chroma and llama.cpp open no other names
    except UnicodeEncodeError:
        shown = text.encode("utf-8", "replace").decode()
        raise SettingsError(f"{name}={shown} is not UTF-8", "choose a folder of another name") from None
    return Path(text)


def _parse(name: str, kind: str, text: str) -> object:
    if kind == "Path":
        return _path(name, text)
    if kind == "bool":
        if text.casefold() in {"1", "true", "yes", "on"}:
            return True
        if text.casefold() in {"0", "false", "no", "off", ""}:
            return False
        raise SettingsError(f"{name}={text} is neither yes nor no", f"set {name}=1 or {name}=0")
    if kind == "int":
        if text.casefold() in {"auto", ""}:
            return -1 if name == "RAG_GPU_LAYERS" else 0
        try:
            value = int(text)
        except ValueError:
            raise SettingsError(
                f"{name}={text} is not a whole number", f"set {name} to a number, or to auto"
            ) from None
        if value < (-1 if name == "RAG_GPU_LAYERS" else 0):
            raise SettingsError(f"{name}={text} is negative", f"set {name} to a number from 0, or to auto")
        return value
    if name == "RAG_LANGUAGE" and text not in {"", "en", "ko"}:
        raise SettingsError(
            f"RAG_LANGUAGE={text} is not a language of the interface", "set RAG_LANGUAGE to en or ko"
        )
    return text
