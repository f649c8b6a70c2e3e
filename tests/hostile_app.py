"""The app with small stand-ins for its two models, for `test_hostile_page`: `streamlit run` starts it.

The language model repeats whatever the file `says` in RAG_HOME holds; every card of the evidence is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from fakes import HashEmbedder, ScriptedGenerator

from rag_app import library, pipeline
from rag_app.app import main
from rag_app.generation import Message
from rag_app.ui import evidence, resources


def says(messages: Sequence[Message]) -> str:
    return (resources.settings().home / "says").read_text(encoding="utf-8")


for module in (pipeline, library):
    module.load_embedder = lambda settings: HashEmbedder()  # type: ignore[attr-defined]
pipeline.embedder_fingerprint = lambda settings: HashEmbedder().fingerprint  # type: ignore[attr-defined]
ENGINE = SimpleNamespace(generator=ScriptedGenerator([says], size=40), error=None, loading=False)
resources.engine = lambda: ENGINE  # type: ignore[assignment,return-value]
evidence.CARDS = 100
main()
