"""The page and, below `/v1`, its answers for other programs: what `serve --api` starts.

Knows: that both share the collection, the engine and the guard of Host and Origin. Does not know: the
protocol (`api.routes`), or what the page shows.
"""

from __future__ import annotations

import time
from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from rag_app.api import key_file
from rag_app.api.collection import Opened
from rag_app.api.routes import BELOW, refused, routes
from rag_app.collection.library import Library
from rag_app.errors import CollectionError
from rag_app.home import Home
from rag_app.llm.protocol import Generator
from rag_app.web.origin_guard import OriginGuard
from rag_app.web.state import app_state, conversations
from rag_app.web.state.model_call import ModelCall

_LOOK_SECONDS = 0.1  # while the model loads


def _library() -> Library:
    library = app_state.library()
    if library is None:
        raise CollectionError("there is no collection yet", "run: rag-app ingest")
    return library


def _generator() -> Generator | None:
    """The page's engine, in its queue, once it has loaded; None where there is no model."""
    engine = app_state.engine()
    while engine.loading:
        time.sleep(_LOOK_SECONDS)
    return ModelCall(engine.generator, conversations.call_queue()) if engine.generator else None


app = App(
    Path(__file__).with_name("app.py"),
    routes=routes(
        Opened(_library, _generator),
        key_file.read_or_make(Home(app_state.served_settings().home).main.api_key),
    ),
    middleware=[Middleware(OriginGuard, refused={BELOW: refused()})],
)
