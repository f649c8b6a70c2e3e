"""The models page: what runs on which device, what else fits this machine, pulling and switching.

Knows: what a model's row says and offers. Does not know: how models are fetched (`weights.store`) or
loaded (`background_jobs`). It needs no collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import EngineError, RagError
from rag_app.llm.devices import devices
from rag_app.llm.offload import offload_bytes
from rag_app.machine import free_memory
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, device, size
from rag_app.web.state import app_state, background_jobs
from rag_app.web.widgets import gloss
from rag_app.web.widgets.notices import show_error, show_no_model
from rag_app.web.widgets.stop_button import stop_button
from rag_app.weights import choice

if TYPE_CHECKING:
    from rag_app.llm.offload import Device
    from rag_app.weights.catalog import CatalogModel
    from rag_app.weights.choice import ModelStatus

REFRESH_SECONDS = 1.0


def page(words: Words) -> None:
    st.title(words["models"], anchor=False)
    engine = app_state.engine()
    every = REFRESH_SECONDS if engine.loading else None
    st.fragment(_running_model, run_every=every, key="current-model")(words, engine.loading)
    if engine.generator:
        gloss.switch(words)
    machine = _machine()
    _hardware(machine, words)
    settings = app_state.settings()
    gpu_bytes = _gpu_bytes(machine, settings.gpu_layers)
    try:
        rows = choice.listing(settings, vram_bytes=gpu_bytes, ram_bytes=_memory_bytes(machine))
    except RagError as error:
        show_error(error, words)
        return
    _model_list([row for row in rows if row.model.kind == "llm"], "models_llm", words)
    _model_list([row for row in rows if row.model.kind == "embedder"], "models_embedder", words)


# --- what runs ----------------------------------------------------------------------------------


def _running_model(words: Words, was_loading: bool) -> None:
    """Model, device, layers, context, number format and memory of the engine."""
    engine = app_state.engine()
    if was_loading and not engine.loading:
        st.rerun()
    if engine.loading:
        st.markdown(f":shimmer[{words['model_loading']}]")
    elif engine.error:
        show_no_model(engine.error, words)
    elif generator := engine.generator:
        st.markdown(f"**{escape_markdown(generator.model)}** :green-badge[{words['in_use']}]")
        with st.container(horizontal=True, key="engine"):
            st.metric(words["device"], device(words, generator.device), border=True)
            st.metric(words["context"], f"{generator.context:,}", border=True, help=words["context_help"])
            if kv_type := getattr(generator, "kv_type", ""):  # an engine of ours, not a server
                st.metric(words["kv_type"], kv_type, border=True, help=words["kv_help"])
            if held := getattr(generator, "memory_bytes", 0):
                st.metric(words["memory"], size(held), border=True, help=words["memory_help"])


# --- the machine --------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def _machine() -> tuple[Device, ...]:
    """The devices, asked once."""
    try:
        return devices()
    except EngineError:
        return ()


def _gpu_bytes(machine: tuple[Device, ...], gpu_layers: int) -> int:
    """Memory of the GPUs that the engine would use, free now or held by the model that runs."""
    return offload_bytes([replace(device, free_bytes=device.total_bytes) for device in machine], gpu_layers)


def _memory_bytes(machine: tuple[Device, ...]) -> int:
    """Main memory that a model could have: what is free, and what the model that runs would give back."""
    held = getattr(app_state.engine().generator, "memory_bytes", 0)
    return int(free_memory() + held)


def _hardware(machine: tuple[Device, ...], words: Words) -> None:
    names = [f"{escape_markdown(device.name)} ({size(device.total_bytes)})" for device in machine]
    free = words["memory_free"].format(size=size(_memory_bytes(machine)))
    st.caption(" · ".join([f"**{words['machine']}** {', '.join(names)}" if names else "", free]).strip(" ·"))


# --- the models there are -----------------------------------------------------------------------


def _model_list(rows: Sequence[ModelStatus], title: str, words: Words) -> None:
    st.subheader(words[title], anchor=False)
    st.caption(words[f"{title}_help"])
    for row in rows:
        _model_row(row, words)


def _model_row(row: ModelStatus, words: Words) -> None:
    model, job = row.model, app_state.shared_work().pulls.get(row.model.id)
    with st.container(border=True, key=f"model-{model.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = f"**{escape_markdown(model.title)}** {_badges(row, words)}"
            st.markdown(f"{title}  \n{_facts(row, words)}", width="stretch")
            if job is None or not job.running:
                _model_button(row, words)
        if job is not None:
            st.fragment(
                _pull_progress, run_every=REFRESH_SECONDS if job.running else None, key=f"pull-{model.id}"
            )(model, job, job.running, words)


def _badges(row: ModelStatus, words: Words) -> str:
    marks = {
        "green-badge": words["in_use"] if _is_in_use(row.model) else "",
        "blue-badge": words["recommended"] if row.recommended else "",
        "orange-badge": words["damaged"] if row.here == "damaged" else "",
        "gray-badge": "" if row.model.tested else words["untested"],
    }
    return " ".join(f":{badge}[{text}]" for badge, text in marks.items() if text)


def _facts(row: ModelStatus, words: Words) -> str:
    facts = [size(row.model.bytes)]
    if row.model.kind == "llm":
        facts += [words[f"fits_{row.fits}"].format(size=size(choice.needs(row.model)))]
    facts += [escape_markdown(row.model.licence), words["on_disk"] if row.here == "yes" else ""]
    return f":small[:gray[{' · '.join(filter(None, facts))}]]"


def _is_in_use(model: CatalogModel) -> bool:
    if model.kind == "embedder":
        try:
            return choice.choose_embedder(app_state.settings()).name == model.name
        except RagError:
            return False
    generator = app_state.engine().generator
    return generator is not None and generator.model == Path(model.file).stem


def _model_button(row: ModelStatus, words: Words) -> None:
    """The one thing that can be done with a model now: use it or fetch it."""
    if row.here != "yes":
        _pull_button(row, words)
    elif row.model.kind == "llm" and not _is_in_use(row.model):
        _use_button(row, words)


def _use_button(row: ModelStatus, words: Words) -> None:
    impossible = row.fits == "no" or bool(app_state.settings().llm_url)
    st.button(
        words["use"],
        key=f"use-{row.model.id}",
        icon=":material/swap_horiz:",
        on_click=app_state.switch_model,
        args=(row.model.id,),
        disabled=app_state.engine().loading or impossible,
        width="content",
    )


def _pull_button(row: ModelStatus, words: Words) -> None:
    offline = app_state.settings().offline
    st.button(
        words["pull_on" if row.here == "partial" else "pull"],
        key=f"pull-{row.model.id}-start",
        icon=":material/download:",
        on_click=_start_pull,
        args=(row.model.id,),
        disabled=offline,
        help=words["pull_offline"] if offline else None,
        width="content",
    )


def _start_pull(model_id: str) -> None:
    work = app_state.shared_work()
    with work.lock:
        job = work.pulls.get(model_id)
        if job is None or not job.running:
            work.pulls[model_id] = background_jobs.pull(app_state.settings(), model_id)


def _pull_progress(
    model: CatalogModel, job: background_jobs.Job[Path], was_running: bool, words: Words
) -> None:
    """How far the pull is, or how it ended."""
    if was_running and not job.running:
        use_if_first(model, job)
        st.rerun()
    if job.running:
        _, done, total = job.stage
        share = min(done / total, 1.0) if total else 0.0
        st.progress(share, f"{words['pulling']} {size(done)} / {size(total or model.bytes)}")
        stop_button(words, f"pull-{model.id}-stop", job.stop, stopping=job.stopping.is_set())
    elif isinstance(job.error, background_jobs.StoppedError):
        st.caption(words["pull_stopped"])
    elif job.error:
        show_error(job.error, words)


def use_if_first(model: CatalogModel, job: background_jobs.Job[Path]) -> None:
    """Put a language model that has just been pulled to use where none could be loaded before."""
    if job.result and model.kind == "llm" and app_state.engine().error:
        app_state.switch_model(model.id)
