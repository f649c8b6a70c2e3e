"""The model's yes or no on the papers of a list that words did not decide.

Knows: which papers are put before the model, how many, and how sure it has to be.
Does not know: how papers are scored (`search.retrieval`) or lists written (`answer.templates`).

A judgement is the log-odds of "yes" against "no" as the next token, so it costs one prompt
and generates nothing.
"""

from __future__ import annotations

import math
import threading
from dataclasses import replace

from rag_app.collection.library import Library
from rag_app.llm.protocol import Generator, Message, Processor
from rag_app.records import Evidence, Hit, Query
from rag_app.search import passages, retrieval
from rag_app.text.cleaning import clean_line

# Papers judged for one list: about a second and a half each on 2 cores.
MOST = {Processor.CPU: 4, Processor.GPU: 16}
SENTENCES = 4  # of a paper's digest that are judged, the best for the question
SURE = 1.0  # log-odds beyond the bias from which a judgement moves a paper
# Matched papers for each that is judged: in a longer list a few judgements change nothing one could see.
WORTHWHILE = 10
BIAS = 1.2  # log-odds that the 1.5B model gives a paper of which it is not sure

SYSTEM = "You judge whether a paper belongs in a list. Answer yes or no."


def judge(
    query: Query, evidence: Evidence, library: Library, generator: Generator, stop: threading.Event
) -> Evidence:
    """The evidence with its matches next to the cut confirmed or made borderline, and borderline
    papers taken in.
    """
    most = MOST[generator.processor]
    if len(evidence.matched) > WORTHWHILE * most:
        return evidence
    by_id = {hit.paper.arxiv_id: hit for hit in evidence.hits}
    belongs = dict.fromkeys(evidence.matched, True)
    for arxiv_id in evidence.unsure[:most]:
        if stop.is_set():
            break
        odds = _log_odds(query, by_id[arxiv_id], library, generator, stop) - BIAS
        if not stop.is_set() and abs(odds) >= SURE:  # else nothing was judged
            belongs[arxiv_id] = odds > 0
    listed = [hit.paper.arxiv_id for hit in evidence.hits]  # in order
    band = {*evidence.matched, *evidence.borderline}
    matched = tuple(arxiv_id for arxiv_id in listed if belongs.get(arxiv_id))
    rest = tuple(arxiv_id for arxiv_id in listed if arxiv_id in band and not belongs.get(arxiv_id))
    return replace(evidence, matched=matched, borderline=rest)


def _log_odds(query: Query, hit: Hit, library: Library, generator: Generator, stop: threading.Event) -> float:
    """Natural logarithm of P(yes) / P(no) for a paper's place in the list."""
    weights = library.lexical.question_terms(retrieval.searched(query))
    told = passages.with_best_passages(hit, weights, library, limit=SENTENCES).passages
    excerpt = "\n".join(f"- {clean_line(passage.text)}" for passage in told)
    asked = f"Question: {clean_line(query.question)}\nDoes this paper belong in the answer? Answer yes or no."
    content = f"Paper: {clean_line(hit.paper.title)}\n{excerpt}\n\n{asked}"
    messages = [Message(role="system", content=SYSTEM), Message(role="user", content=content)]
    yes, no = generator.choose(messages, ["yes", "no"], stop=stop)
    return math.log(max(yes, 1e-9) / max(no, 1e-9))
