"""The brief of some days: a lead, the papers in groups with a line each, and the topics that rose.

Knows: what a brief consists of, and how it is put together by code. Does not know: readers, how a brief
is written down (`brief_text`) or drawn, or a language model: who holds glosses passes a function.

What a paper says of itself is the first sentence of its digest, verbatim, so that every line of a brief
has its place in the digests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag_app.answer import trends
from rag_app.collection.library import Library
from rag_app.daily.period import Period
from rag_app.daily.topics import TopicMap
from rag_app.records import Paper, Passage
from rag_app.text import sentences
from rag_app.text.cleaning import clean_line

LEAST_LED = 6  # papers, below which a lead would repeat most of what follows
LEAD = (3, 5)  # sentences, at least and at most
LEAD_SHARE = 6  # papers for each sentence between the two
SMALL = 2  # papers below which a topic is no group of its own

# A sentence of a digest -> the same in the reader's language; empty where there is none.
GlossOf = Callable[[Passage], str]


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A paper and what it says of itself."""

    paper: Paper
    passage: Passage | None  # the first sentence of its digest; None where the digest has none
    gloss: str = ""  # the same in the reader's language, where that is known

    @property
    def text(self) -> str:
        """What a reader reads: the gloss, else the digest's own words on one line, without markup."""
        return self.gloss or (clean_line(self.passage.text) if self.passage else "")


@dataclass(frozen=True, slots=True)
class BriefGroup:
    """Papers of one topic, most votes first; those that share a topic with no other have no name."""

    name: str
    lines: tuple[BriefLine, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is new, in the order in which it is read."""

    period: Period
    lead: tuple[BriefLine, ...]  # the papers whose lines sum it up; a sentence each, with its source
    groups: tuple[BriefGroup, ...]
    rising: tuple[trends.Topic, ...] = ()
    topic: str = ""  # what it was narrowed to

    @property
    def lines(self) -> list[BriefLine]:
        return [line for group in self.groups for line in group.lines]

    @property
    def papers(self) -> int:
        return len(self.lines)


def papers_of(period: Period, library: Library) -> list[Paper]:
    """The papers of those days in the collection's order; all of them where no day is known."""
    table = library.snapshot.papers
    return table.many(table.ids(period.filters))


def brief(
    papers: Sequence[Paper],
    period: Period,
    library: Library,
    topics: TopicMap,
    *,
    gloss: GlossOf | None = None,
    topic: str = "",
) -> Brief:
    """The brief of these papers, which are those of the period or some of them."""
    lines = [line_of(paper, gloss) for paper in by_votes(papers)]
    rising = (
        trends.rising(library.snapshot.papers.all(), period.at_least_a_week.filters) if period.until else []
    )
    return Brief(period, lead_of(lines), groups_of(lines, topics), tuple(rising), topic)


def line_of(paper: Paper, gloss: GlossOf | None = None) -> BriefLine:
    passage = first_sentence(paper)
    return BriefLine(paper, passage, gloss(passage) if gloss and passage else "")


def first_sentence(paper: Paper) -> Passage | None:
    """What the digest of a paper says first, verbatim."""
    for section in paper.sections:
        for start, end in sentences.split(section.text)[:1]:
            return Passage(paper.arxiv_id, section.name, start, end, section.text[start:end])
    return None


def by_votes(papers: Sequence[Paper]) -> list[Paper]:
    """Most votes first; unknown votes come last, as the collection has them."""
    return sorted(papers, key=lambda paper: -1 if paper.votes is None else paper.votes, reverse=True)


def lead_of(lines: Sequence[BriefLine]) -> tuple[BriefLine, ...]:
    """Those of the papers with most votes, which stand first; none where there are few papers."""
    said = [line for line in lines if line.text]
    least, most = LEAD
    return tuple(said[: min(max(len(said) // LEAD_SHARE, least), most)]) if len(said) >= LEAST_LED else ()


def groups_of(lines: Sequence[BriefLine], topics: TopicMap) -> tuple[BriefGroup, ...]:
    """The papers by topic, largest groups first; what is left over comes last, without a name."""
    of_topic: dict[int, list[BriefLine]] = defaultdict(list)
    for line in lines:
        of_topic[topics.places.get(line.paper.arxiv_id, -1)].append(line)
    named = {
        topic: found
        for topic, found in of_topic.items()
        if topic >= 0 and topics.names[topic] and len(found) >= SMALL
    }
    rest = [line for line in lines if topics.places.get(line.paper.arxiv_id, -1) not in named]
    # Python's sort is stable: among groups of one size the one with the most votes stays first.
    largest = sorted(named.items(), key=lambda item: -len(item[1]))
    groups = [BriefGroup(topics.names[topic], tuple(found)) for topic, found in largest]
    return (*groups, *([BriefGroup("", tuple(rest))] if rest else []))
