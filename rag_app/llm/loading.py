"""A model that loads while the process does something else.

Knows: that llama.cpp reads weights without Python's lock, so that imports and retrieval go on beside it.
Does not know: which model, or what waits for it (`llm.protocol.ready`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rag_app.llm import engine
from rag_app.llm.protocol import Loading
from rag_app.settings import Settings


def begin(settings: Settings) -> Loading:
    """Begin to load what `engine.load_if_any` gives, in a thread that the process waits for at its end.

    Raises nothing: what fails is raised where the model is waited for.
    """
    loader = ThreadPoolExecutor(1, thread_name_prefix="model")
    loading: Loading = loader.submit(engine.load_if_any, settings)
    loader.shutdown(wait=False)
    return loading
