"""The table that tells whether a digest states a fact, fitted to questions about named papers.

Knows: which questions are asked, that each is asked of another paper too, and how a table is fitted to them.
Does not know: the signs (`answer.answerable`), or what answers do with the table.

Which sentence of a digest answers is not labelled: the likeliest one by the weights so far stands for its
digest (multiple-instance learning, after Andrews et al. 2003), until the choice stays the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist, fmean, pstdev

import numpy as np

from rag_app.answer import drafting, selection
from rag_app.answer.answerable import Row
from rag_app.evaluation import questions
from rag_app.evaluation.questions import Split, part_of
from rag_app.llm.protocol import Generator
from rag_app.pipeline import Library, understood
from rag_app.progress import Progress, silent
from rag_app.records import Hit
from rag_app.search.calibration import FactTable, Labelled, log_odds, regressed, sigmoid
from rag_app.search.retrieval import retrieve

# Wishes, the same for every model: of facts that a digest states this share may be refused unasked, and of
# those that it does not state this share may be answered with a sentence of it.
REFUSED, PASSED = 0.02, 0.05
ROUNDS = 8  # of choosing sentences; five are enough on the project's questions
JUDGED = 100  # questions that are put to a language model, some 5 seconds each on two cores
ANOTHER = 7  # places from a paper to the one that its question is put to as well


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """A question about one named paper: the signs of each sentence of its digest."""

    question: str
    rows: tuple[Row, ...]
    stated: bool  # whether the digest answers it
    judged: float = 0.0  # by the language model, if one was asked

    @property
    def part(self) -> Split:
        return part_of(self.question)


def asked(samples: Library, progress: Progress = silent) -> list[FactQuestion]:
    """The project's questions about papers of its samples, and the same about other ones."""
    every = list(_questions(samples))
    found = []
    for place, (question, stated) in enumerate(every, start=1):
        rows = signs(question, samples)
        if rows:
            found.append(FactQuestion(question, tuple(rows), stated))
        progress("asking about papers", place, len(every))
    return found


def judged(
    known: Sequence[FactQuestion], samples: Library, generator: Generator, progress: Progress = silent
) -> list[FactQuestion]:
    """Some of the questions, evenly over all, with what a language model says of each."""
    some = known[:: max(1, round(len(known) / JUDGED))]
    found = []
    for place, one in enumerate(some, start=1):
        made, hits = _selected(one.question, samples)
        prompt = drafting.prompt_of(made, generator, hits)
        found.append(replace(one, judged=drafting.judgement(prompt, generator)))
        progress("asking the model about papers", place, len(some))
    return found


def _questions(samples: Library) -> Iterator[tuple[str, bool]]:
    """(question, whether the digest of the paper that it names answers it)."""
    ours = questions.of_facts()
    for question in ours:
        yield question.turns[0], question.answerable
    named = [(q.turns[0], name) for q in ours if q.answerable and (name := _name(q.turns[0], samples))]
    for place, (text, name) in enumerate(named):
        _, other = named[(place + ANOTHER) % len(named)]
        if other != name:
            yield text.replace(name, other), False


def _name(question: str, samples: Library) -> str:
    """The name of the one paper that a question is about; empty where it is about none or several."""
    query = understood(question, samples)
    return query.names[0] if len(query.papers) == len(query.names) == 1 else ""


def signs(question: str, samples: Library) -> list[Row]:
    """The signs of each sentence of the named paper's digest; none where a question is answered without."""
    made, hits = _selected(question, samples)
    if not selection.asks_one_paper(made) or selection.absent_names(made, hits):
        return []
    return selection.signs(made, hits[0])


def _selected(question: str, samples: Library) -> tuple[selection.Selection, list[Hit]]:
    query = understood(question, samples)
    made = selection.Selection(query, retrieve(query, samples), samples, None, threading.Event())
    return made, selection.focus(made)


# --- fitting ------------------------------------------------------------------------------------


def fitted(known: Sequence[FactQuestion]) -> FactTable:
    """The table fitted to one half of the questions, with what it does on the other; both labels must be in
    both halves.
    """
    fit, held_out = ([one for one in known if one.part is part] for part in Split)
    weights, bias = _weighed(fit)
    stated, unstated = _best(fit, weights, bias)
    table = FactTable(
        weights,
        bias,
        least=round(sigmoid(_beyond(stated, REFUSED)), 4),
        certain=round(sigmoid(_beyond(unstated, 1 - PASSED)), 4),
    )
    return replace(table, measured=_measured(held_out, table))


def fitted_with_model(known: Sequence[FactQuestion], alone: FactTable) -> FactTable:
    """The table that weighs what the likeliest sentence comes to by `alone` beside the model's judgement."""

    def both(one: FactQuestion) -> Row:
        return max(log_odds(alone.weights, alone.bias, row) for row in one.rows), one.judged

    return fitted([replace(one, rows=(both(one),)) for one in known])


def _weighed(asked: Sequence[FactQuestion]) -> tuple[tuple[float, ...], float]:
    chosen = [0] * len(asked)
    for _ in range(ROUNDS):
        labelled = [
            Labelled(one.question, one.rows[at], one.stated) for one, at in zip(asked, chosen, strict=True)
        ]
        weights, bias = regressed(labelled)
        likeliest = [int(np.argmax(np.array(one.rows) @ np.array(weights))) for one in asked]
        if likeliest == chosen:
            break
        chosen = likeliest
    return weights, bias


def _best(asked: Sequence[FactQuestion], weights: Row, bias: float) -> tuple[list[float], list[float]]:
    """The log-odds of the likeliest sentence: where the digest answers, and where it does not."""
    best = [(max(log_odds(weights, bias, row) for row in one.rows), one.stated) for one in asked]
    return [odds for odds, stated in best if stated], [odds for odds, stated in best if not stated]


def _beyond(odds: Sequence[float], share: float) -> float:
    """What a share of these falls short of, were they spread normally: a few dozen are too few to count."""
    return fmean(odds) + NormalDist().inv_cdf(share) * pstdev(odds)


def _measured(held_out: Sequence[FactQuestion], table: FactTable) -> dict[str, float | int | str]:
    found = _best(held_out, table.weights, table.bias)
    stated, unstated = ([sigmoid(odds) for odds in ours] for ours in found)
    above = [s > u for s in stated for u in unstated]
    return {
        "questions": len(held_out),
        "auc": round(fmean(above), 4),
        "stated refused": round(fmean(one < table.least for one in stated), 4),
        "stated certain": round(fmean(one >= table.certain for one in stated), 4),
        "unstated refused": round(fmean(one < table.least for one in unstated), 4),
        "unstated certain": round(fmean(one >= table.certain for one in unstated), 4),
    }
