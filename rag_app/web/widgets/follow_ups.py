"""Questions that may come next: made by code from an answer's papers and kind, in its language.

Knows: which question goes with which kind of answer, and that each names its papers as their titles
do, so that it is understood as it stands. Does not know: how anything looks, or how a question will
be answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from rag_app.records import Answer, Intent, Paper
from rag_app.search import patterns
from rag_app.web.i18n.examples import EXAMPLES
from rag_app.web.i18n.text import Words, words_for
from rag_app.web.state.answer_jobs import AnswerProgress

MOST = 3
SECTIONS = {"technical": "follow_method", "method": "follow_method", "performance": "follow_results"} | {
    "result": "follow_results",
    "기술": "follow_method",
    "성능": "follow_results",
}  # part of a section's name -> the question that it answers


def follow_ups(progress: AnswerProgress) -> tuple[str, ...]:
    """At most three questions, none of which has just been asked; none after a refusal."""
    answer = progress.answer
    if answer is None or answer.refused:
        return ()
    asked = progress.query.question.casefold() if progress.query else ""
    questions = dict.fromkeys(_questions(progress, answer, words_for(answer.language)))
    return tuple(islice((q for q in questions if q.casefold() != asked), MOST))


def name_of(paper: Paper) -> str:
    """What a question calls a paper: the name before the colon of its title, or the whole title."""
    return " ".join(paper.title.partition(":")[0].split())


def _questions(progress: AnswerProgress, answer: Answer, words: Words) -> Iterator[str]:
    papers = [progress.papers[c.arxiv_id] for c in answer.citations if c.arxiv_id in progress.papers]
    match answer.intent:
        case Intent.CHAT:
            wordings = EXAMPLES.get(answer.language, EXAMPLES["en"])
            yield from (wordings[kind] for kind in ("latest", "votes", "months"))
        case Intent.LOOKUP | Intent.PAPER if papers:
            told = {c.section for c in answer.citations if c.arxiv_id == papers[0].arxiv_id}
            yield from _about_one(papers[0], told, words)
            yield from _compared([papers[0], *_other_papers(progress, papers[:1])], words)
            yield from _authors(papers[0], words)
        case Intent.COMPARE:
            for paper in papers:
                yield from islice(_about_one(paper, set(), words), 1)
        case _:
            yield from _after_many(progress, answer, papers, words)


def _about_one(paper: Paper, told: set[str], words: Words) -> Iterator[str]:
    """What the sections that the answer did not rest on would tell; results first."""
    kinds = [
        kind
        for section in paper.sections
        if section.name not in told
        for part, kind in SECTIONS.items()
        if part in section.name.casefold()
    ]
    for kind in sorted(dict.fromkeys(kinds), reverse=True):
        yield words[kind].format(name=name_of(paper))


def _after_many(
    progress: AnswerProgress, answer: Answer, papers: Sequence[Paper], words: Words
) -> Iterator[str]:
    """After a list, a trend, or facts of the record."""
    if answer.intent is Intent.LIST and len([paper for paper in papers if paper.votes is not None]) > 1:
        yield words["follow_votes"]
    if (
        answer.intent is Intent.TREND
        and progress.query
        and (topic := patterns.trend_topic(progress.query.topic))
    ):
        yield words["follow_list"].format(topic=" ".join(topic.split()))
    yield from (words["ask_about_question"].format(title=name_of(paper)) for paper in papers[:1])
    yield from _compared(papers[:2], words)
    yield words["follow_latest"]


def _other_papers(progress: AnswerProgress, papers: Sequence[Paper]) -> Iterator[Paper]:
    """Papers that were found and not cited, nearest first."""
    cited = {paper.arxiv_id for paper in papers}
    hits = progress.evidence.hits if progress.evidence else ()
    yield from (hit.paper for hit in hits if hit.paper.arxiv_id not in cited and ":" in hit.paper.title)


def _compared(papers: Sequence[Paper], words: Words) -> Iterator[str]:
    """Only of papers with names of their own: no question reads well with two whole titles."""
    names = [name_of(paper) for paper in papers[:2] if ":" in paper.title]
    if len(set(names)) == 2:
        yield words["compare_question"].format(names=words["compare_join"].join(names))


def _authors(paper: Paper, words: Words) -> Iterator[str]:
    if paper.authors:
        yield words["follow_authors"].format(name=name_of(paper))
