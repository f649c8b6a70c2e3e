"""The app with small stand-ins for its two models, for `test_hostile_page`.

`streamlit run` starts it. The language model repeats whatever the file `says` in RAG_HOME holds;
every card of the evidence is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from rag_app import pipeline
from rag_app.collection import library
from rag_app.llm.protocol import Message
from rag_app.web.app import main
from rag_app.web.state import app_state
from rag_app.web.widgets import evidence_cards
from tests.helpers.fakes import HashEmbedder, ScriptedGenerator


def says(messages: Sequence[Message]) -> str:
    return (app_state.settings().home / "says").read_text(encoding="utf-8")


pipeline.load_embedder = lambda settings: HashEmbedder()  # type: ignore[assignment,attr-defined,return-value]
library.load_query_embedder = lambda settings: HashEmbedder()  # type: ignore[attr-defined]
pipeline.embedder_fingerprint = lambda settings: HashEmbedder().fingerprint  # type: ignore[attr-defined]
ENGINE = SimpleNamespace(generator=ScriptedGenerator([says], size=40), error=None, loading=False)
app_state.engine = lambda: ENGINE  # type: ignore[assignment,return-value]
evidence_cards.CARDS = 100
main()
