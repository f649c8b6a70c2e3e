"""Leads of briefs that the language model writes while nobody asks it anything.

Knows: that a lead is begun only while the engine is idle, and gives way to a question at once; one that
was stopped is begun again the next time Today is open. Does not know: how a lead is written
(`daily.lead`), or how it looks.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.web.state import app_state
from rag_app.web.state.background_jobs import Job

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.daily.brief import BriefLine, LeadSentence
    from rag_app.daily.period import Period

FIRST = 5  # papers that decide whether a lead is the same


@dataclass(frozen=True, slots=True)
class LeadJob:
    """A lead being written, or how that ended."""

    job: Job[tuple[LeadSentence, ...]]
    stop: threading.Event

    @property
    def running(self) -> bool:
        return self.job.running


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[tuple[str, ...], LeadJob]:
    return {}


def lead_job(lines: Sequence[BriefLine], period: Period, language: str, library: Library) -> LeadJob | None:
    """The job that writes the lead of these papers, begun if the engine is idle; None while it cannot be."""
    key = (library.snapshot.name, language, *(line.paper.arxiv_id for line in lines[:FIRST]))
    known = _jobs().get(key)
    if known and (known.running or not known.stop.is_set()):
        return known
    generator = app_state.engine().generator
    if generator is None or _busy():
        return None
    stop = threading.Event()

    def work(report: object) -> tuple[LeadSentence, ...]:
        from rag_app.daily.lead import model_lead

        return model_lead(lines, period, language, library, generator=generator, stop=stop)

    _jobs()[key] = LeadJob(Job("lead", work), stop)
    return _jobs()[key]


def give_way() -> None:
    """Stop every lead that is being written: somebody asks a question."""
    for lead in list(_jobs().values()):
        if lead.running:
            lead.stop.set()


def _busy() -> bool:
    answers = [job for jobs in list(app_state.background().conversations.values()) for job in list(jobs)]
    return any(job.running for job in answers) or any(lead.running for lead in list(_jobs().values()))
