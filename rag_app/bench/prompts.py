"""The prompts of the engine's suites: made as the app makes them, about papers of the collection.

Knows: where papers come from, and which questions are asked of each.
Does not know: what is measured with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag_app.answer import prompting
from rag_app.answer.drafting import PROMPT_TOKENS
from rag_app.answer.prompting import Prompt
from rag_app.collection import digests
from rag_app.collection.snapshot import open_current
from rag_app.errors import CollectionError
from rag_app.llm.protocol import Processor
from rag_app.records import Hit, Intent, Paper, Passage, Query
from rag_app.settings import Settings
from rag_app.text import sentences
from rag_app.text.cleaning import clean_line

QUESTIONS = (
    "What problem does {name} solve?",
    "How does {name} work?",
    "What data was {name} tested on?",
    "Which figures does {name} report?",
)


def papers(settings: Settings, count: int) -> list[Paper]:
    """At most `count` papers, evenly spread over the user's collection; without one, over the first
    digests.

    Raises DigestError without either.
    """
    try:
        known: Sequence[Paper] = open_current(settings.home).papers.all()
    except CollectionError:
        known, _ = digests.read([settings.digests])
    return (
        [known[place * len(known) // count] for place in range(count)] if len(known) > count else list(known)
    )


def question(paper: Paper, number: int) -> str:
    """One of the questions, about this paper by name."""
    return QUESTIONS[number % len(QUESTIONS)].format(name=_name(paper))


def prompt(paper: Paper, number: int, count_tokens: Callable[[str], int]) -> Prompt:
    """The prompt of a question about a paper that it names: all of its sentences that fit, as on a CPU."""
    asked = question(paper, number)
    return _built(Query(asked, asked, "en", papers=(paper.arxiv_id,)), [paper], count_tokens)


def comparison(papers: Sequence[Paper], count_tokens: Callable[[str], int]) -> Prompt:
    """The prompt of a question that compares papers which it names."""
    asked = f"How do {' and '.join(map(_name, papers))} differ?"
    named = tuple(paper.arxiv_id for paper in papers)
    return _built(Query(asked, asked, "en", papers=named, intent=Intent.COMPARE), papers, count_tokens)


def _name(paper: Paper) -> str:
    return clean_line(paper.title.partition(":")[0])


def _built(query: Query, papers: Sequence[Paper], count_tokens: Callable[[str], int]) -> Prompt:
    hits = [Hit(paper, 1.0, _passages(paper)) for paper in papers]
    budget, room = PROMPT_TOKENS[Processor.CPU], prompting.TOKENS_A_LINE * len(papers)
    return prompting.build(query, hits, count_tokens=count_tokens, budget=budget, room=room)


def _passages(paper: Paper) -> tuple[Passage, ...]:
    return tuple(
        Passage(paper.arxiv_id, section.name, start, end, section.text[start:end])
        for section in paper.sections
        for start, end in sentences.split(section.text)
    )
