"""A brief as Markdown to read or as JSON for other programs.

Knows: both formats, and that text of digests is escaped in the first. Does not know: how a brief is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from rag_app.answer.templates import votes
from rag_app.answer.trends import Topic
from rag_app.daily.brief import Brief, BriefGroup, BriefLine
from rag_app.lang import LANGUAGES
from rag_app.records import Paper
from rag_app.text.cleaning import clean_line, escape_markdown

Format = Literal["md", "json"]
AUTHORS = 3  # named of each paper


def written(brief: Brief, format: Format, language: str = "en") -> str:
    """The brief as a document that ends with a line break."""
    if format == "json":
        return json.dumps(as_json(brief), ensure_ascii=False, indent=2) + "\n"
    return "\n\n".join(_markdown(brief, LANGUAGES[language].phrases)) + "\n"


def as_json(brief: Brief) -> dict[str, Any]:
    """The brief as one object; `sentence` is a verbatim slice of `section` from `start` to `end`."""
    return {
        "since": brief.period.since,
        "until": brief.period.until,
        "topic": brief.topic,
        "papers": brief.papers,
        "lead": [{"text": line.text, "papers": [line.paper.arxiv_id]} for line in brief.lead],
        "groups": [
            {"name": group.name, "papers": [_line_as_json(line) for line in group.lines]}
            for group in brief.groups
        ],
        "rising": [{"topic": t.phrase, "before": t.before, "now": t.within} for t in brief.rising],
    }


def _line_as_json(line: BriefLine) -> dict[str, Any]:
    paper, passage = line.paper, line.passage
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "url": paper.url,
        "dates": list(paper.dates),
        "votes": paper.votes,
        "authors": list(paper.authors),
        "section": passage.section if passage else "",
        "sentence": passage.text if passage else "",
        "start": passage.start if passage else 0,
        "end": passage.end if passage else 0,
        "gloss": line.gloss,
    }


# --- Markdown -----------------------------------------------------------------------------------


def _markdown(brief: Brief, words: Any) -> Iterator[str]:
    yield f"# {_title(brief, words)}"
    if not brief.papers:
        yield words["brief_none"]
        return
    yield words["brief_paper"] if brief.papers == 1 else words["brief_papers"].format(count=brief.papers)
    numbers = {line.paper.arxiv_id: n for n, line in enumerate(brief.lines, start=1)}
    if brief.lead:
        yield "\n".join(f"- {_said(line, words)} [{numbers[line.paper.arxiv_id]}]" for line in brief.lead)
    if brief.rising:
        yield f"**{words['brief_rising']}**: {', '.join(_rise(topic, words) for topic in brief.rising)}"
    for group in brief.groups:
        yield from _group(group, numbers, words, named=len(brief.groups) > 1)


def _title(brief: Brief, words: Any) -> str:
    since, until = brief.period.since, brief.period.until
    days = (since if since == until else f"{since} – {until}") or words["brief_undated"]
    if brief.topic:
        return str(words["brief_of"].format(topic=escape_markdown(clean_line(brief.topic)), days=days))
    return str(words["brief"].format(days=days)) if until else days


def _rise(topic: Topic, words: Any) -> str:
    change = words["brief_change"].format(before=f"{topic.before:.1%}", now=f"{topic.within:.1%}")
    return f"{escape_markdown(topic.phrase)} ({change})"


def _group(group: BriefGroup, numbers: dict[str, int], words: Any, *, named: bool) -> Iterator[str]:
    if named:
        yield f"## {escape_markdown(group.name) or words['brief_others']}"
    yield "\n".join(_line(line, numbers[line.paper.arxiv_id], words) for line in group.lines)


def _line(line: BriefLine, number: int, words: Any) -> str:
    paper = line.paper
    title = f"{number}. [{escape_markdown(clean_line(paper.title))}]({paper.url})"
    told = (paper.date, votes(words, paper.votes), short_authors(paper, words["and_more"]))
    facts = ", ".join(fact for fact in told if fact)
    return f"{title} ({facts})" + (f"  \n   {_said(line, words)}" if line.text else "")


def _said(line: BriefLine, words: Any) -> str:
    """What the reader reads of a paper; a model's translation is marked as such."""
    text = escape_markdown(line.text)
    return f"{text} {words['brief_translated']}" if line.gloss else text


def short_authors(paper: Paper, and_more: str) -> str:
    """The first authors, and that there are others."""
    more = len(paper.authors) > AUTHORS or paper.unnamed_authors > 0
    names = ", ".join(escape_markdown(clean_line(name)) for name in paper.authors[:AUTHORS])
    return names + and_more if names and more else names
