"""The lead of a brief by a language model: what the most voted papers bring, in the reader's language.

Knows: which question gives such sentences, and that only what was checked against the digests is kept.
Does not know: when there is time for it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence

from rag_app import pipeline
from rag_app.collection.library import Library
from rag_app.daily.brief import LEAD, BriefLine, LeadSentence
from rag_app.daily.period import Period
from rag_app.lang import LANGUAGES
from rag_app.llm.protocol import Generator
from rag_app.records import Answer, Done, Filters, Support

_MARKER = re.compile(r"\s*\[\d+\]")


def model_lead(
    lines: Sequence[BriefLine],
    period: Period,
    language: str,
    library: Library,
    *,
    generator: Generator,
    stop: threading.Event,
) -> tuple[LeadSentence, ...]:
    """Up to five checked sentences on the papers of `lines` that stand first; none where it was stopped,
    or where too few of them held. Raises EngineError.
    """
    least, most = LEAD
    papers = tuple(line.paper.arxiv_id for line in lines[:most])
    question = LANGUAGES[language].phrases["brief_question"].format(since=period.since, until=period.until)
    found: tuple[LeadSentence, ...] = ()
    for event in pipeline.ask(question, library, generator, filters=Filters(only=papers), stop=stop):
        if isinstance(event, Done):
            found = _sentences(event.answer)[:most]
    return found if len(found) >= least and not stop.is_set() else ()


def _sentences(answer: Answer) -> tuple[LeadSentence, ...]:
    """What the answer says of its papers and the digests support."""
    ids = {citation.n: citation.arxiv_id for citation in answer.citations}
    return tuple(
        LeadSentence(_MARKER.sub("", sentence.text).strip(), cited)
        for sentence in answer.sentences
        if sentence.supported and (cited := _cited(sentence.support, ids))
    )


def _cited(support: Sequence[Support], ids: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids[one.n] for one in support if one.n in ids))
