"""The language model that the settings ask for, and how it comes into memory.

Knows: that a model is chosen, verified, fitted and loaded, with fewer layers on the GPU while it fails;
that a server may stand in its place; that llama.cpp reads weights without Python's lock, so that
imports and retrieval go on beside it. Does not know: what a loaded model does (`llm.engine`), or what
waits for it (`llm.protocol.ready`).
"""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor

from rag_app.errors import EngineError, WeightsError
from rag_app.home import Home
from rag_app.llm import binding
from rag_app.llm.engine import Engine
from rag_app.llm.offload import Plan, fit, offload_bytes, read_shape, step_down
from rag_app.llm.protocol import Generator, Loading
from rag_app.settings import Settings

log = logging.getLogger(__name__)


def load(settings: Settings) -> Engine:
    """The engine the settings ask for: choose, verify, fit, load, and step down while loading
    fails.

    Raises WeightsError without usable weights, EngineError when nothing loads.
    """
    from rag_app.weights import choice, store

    devices = binding.devices()
    path = choice.choose_llm(settings, vram_bytes=offload_bytes(devices, settings.gpu_layers))
    sha256 = store.ensure_verified(path, settings)
    shape = read_shape(path)
    plan: Plan | None = fit(
        shape, devices, context_wanted=settings.context, gpu_layers_wanted=settings.gpu_layers
    )
    while plan is not None:
        try:
            return Engine(
                path, plan, threads=settings.threads, sha256=sha256, states=Home(settings.home).states
            )
        except EngineError as error:
            log.warning("%s", error.message)
            failure, plan = error, step_down(plan, shape)
    raise failure


def name_if_any(settings: Settings) -> str:
    """What the model of `load` would be called, found out without loading it; empty where there is none,
    or where a server has it.
    """
    from rag_app.weights import choice

    if settings.llm_url:
        return ""
    try:
        room = offload_bytes(binding.devices(), settings.gpu_layers)
        return choice.choose_llm(settings, vram_bytes=room).stem
    except WeightsError:
        return ""


def load_if_any(settings: Settings) -> Generator | None:
    """The model of the server that RAG_LLM_URL names; without one `load`, or None with a note on
    stderr where no model can be had and none was asked for by name.

    Raises WeightsError or EngineError for a model that RAG_MODEL or RAG_LLM_URL names.
    """
    if settings.llm_url:
        from rag_app.llm.remote import RemoteModel

        return RemoteModel(settings)
    try:
        return load(settings)
    except (WeightsError, EngineError) as error:
        if settings.model:
            raise
        print(f"note: answering without a language model: {error.message}", file=sys.stderr)
        return None


def begin(settings: Settings) -> Loading:
    """Begin to load what `load_if_any` gives, in a thread that the process waits for at its end.

    Raises nothing: what fails is raised where the model is waited for.
    """
    loader = ThreadPoolExecutor(1, thread_name_prefix="model")
    loading: Loading = loader.submit(load_if_any, settings)
    loader.shutdown(wait=False)
    return loading
