"""Which stages answer which kind of question: one table, from `Intent` to `Route`.

Knows: for each kind what is checked first, whether the model judges its papers, and what writes the
answer. Does not know: how kinds are recognised, or how any stage works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rag_app.answer import facts, layout, leading, templates, trend_text, trends, writing
from rag_app.answer.drafting import Steps, draft, is_off_topic
from rag_app.answer.plans import (
    concept,
    condition,
    exists,
    list_lead,
    overview,
    paper,
    period,
    restyle,
    table,
)
from rag_app.answer.points import AnswerPlan
from rag_app.answer.selection import Selection
from rag_app.answer.templates import Composed
from rag_app.collection.digest_names import initials
from rag_app.collection.paper_names import TOKEN, fold, shaped
from rag_app.records import Draft, Filters, Intent, Query
from rag_app.search import membership, open_patterns, patterns, record_patterns, retrieval, turn_patterns
from rag_app.search.ruled_kind import counted_apart

DESCRIBING_WORDS = 2  # of a question from which on it describes a paper

Planner = Callable[[Selection], AnswerPlan | None]
Check = Callable[[Selection], Composed | None]  # the answer where nothing else can be said
Writer = Callable[[Selection], Steps]  # streams what is checked, and returns the answer


@dataclass(frozen=True, slots=True)
class Route:
    """How a question of one kind is answered, from its evidence on."""

    write: Writer
    checks: tuple[Check, ...] = ()  # in order; the first that has an answer ends it
    judged: bool = False  # the model judges the papers next to the cut first
    compared: bool = False  # the answer holds its papers side by side
    counts_its_own: bool = False  # `matched` counts the papers of the answer, not of the evidence

    def steps(self, selection: Selection) -> Steps:
        """The answer: of the first check that has one, else of what writes."""
        for check in self.checks:
            composed = check(selection)
            if composed is not None:
                return composed
        return (yield from self.write(selection))


# --- checks -------------------------------------------------------------------------------------


def _outside(selection: Selection) -> Composed | None:
    """No paper can meet the conditions."""
    query = selection.query
    if query.impossible or not selection.evidence.scanned:
        return templates.outside(query, selection.library.snapshot.papers)
    return None


def _not_among(selection: Selection) -> Composed | None:
    """A paper is named that the conditions leave out; another one must not answer in its place."""
    return _left_out(selection, selection.query.filters)


def _record_not_among(selection: Selection) -> Composed | None:
    """A record is asked for of a paper that is not among the chosen ones. Its days and votes are what
    is asked for, so they do not leave it out.
    """
    return _left_out(selection, Filters(only=selection.query.filters.only))


def _left_out(selection: Selection, filters: Filters) -> Composed | None:
    query, table = selection.query, selection.library.snapshot.papers
    among = set(table.ids(filters)) if filters and query.papers else set(query.papers)
    names = [table.get(arxiv_id).title for arxiv_id in query.papers if arxiv_id not in among]
    return templates.refusal(query, selection.evidence, "not_among", names=names) if names else None


def _unknown_name(selection: Selection) -> Composed | None:
    """A name is asked for that no paper has."""
    query = selection.query
    if query.unknown and not query.papers:
        return templates.refusal(query, selection.evidence, "unknown_name", names=query.unknown)
    return None


def _unknown_author(selection: Selection) -> Composed | None:
    """An author is asked for that no paper has; or a record of a name that none has."""
    query = selection.query
    if query.unknown_author and not query.papers:
        return templates.refusal(query, selection.evidence, "unknown_author", names=[query.unknown_author])
    return _unknown_name(selection)


def _kept_back(selection: Selection) -> Composed | None:
    """Papers are asked for that do not make something public, which no digest says."""
    query = selection.query
    if query.papers or not patterns.WITHHELD.search(query.question):
        return None
    return templates.refusal(query, replace(selection.evidence, hits=()), "withheld")


def _no_more(selection: Selection) -> Composed | None:
    """The papers that follow a list are asked for, and it told all."""
    query = selection.query
    if selection.evidence.matched or not (
        query.excluded and turn_patterns.FURTHER.fullmatch(query.question.strip())
    ):
        return None
    return Composed(templates.words(query.language)["no_more"].format(count=len(query.excluded)))


def _unknown_name_of_a_list(selection: Selection) -> Composed | None:
    """A list has an answer whatever its names, where papers match it; not one of the paper of such a name."""
    question = selection.query.question
    ends = (question.find(name) + len(name) for name in selection.query.unknown if name in question)
    of_a_paper = any(patterns.PAPER_AFTER_NAME.match(question, end) for end in ends)
    return _unknown_name(selection) if of_a_paper or not selection.evidence.matched else None


def _nothing_matches(selection: Selection) -> Composed | None:
    """A list has no papers, or none says its topic and none is about it; of two topics each may have none."""
    if selection.query.intent is Intent.TREND and counted_apart(selection.query):
        return None
    if _is_empty(selection) and not _is_said_otherwise(selection):
        return _unknown_name(selection) or templates.refusal(selection.query, selection.evidence, "off_topic")
    return None


def _is_empty(selection: Selection) -> bool:
    """Whether a list has no papers that are surely on its topic."""
    evidence = selection.evidence
    worded = set(evidence.matched) - set(evidence.unsure)
    return not evidence.matched or (not worded and is_off_topic(selection))


def _is_said_otherwise(selection: Selection) -> bool:
    """Whether the collection has papers on a list's topic, but none of the few that make something public
    says it in these words.
    """
    query = selection.query
    if not query.filters.released or not _is_empty(selection):
        return False
    whole = replace(query, filters=replace(query.filters, released=()))
    evidence = retrieval.retrieve(whole, selection.library)
    return not _is_empty(replace(selection, query=whole, evidence=evidence))


def _no_paper_described(selection: Selection) -> Composed | None:
    """A fact is asked of a paper that is described, and none is about that, or of a name that none has."""
    query, evidence = selection.query, selection.evidence
    if not _describes_a_paper(query):
        return None
    title = evidence.hits[0].paper.title
    own = {fold(TOKEN.findall(title)[0]), fold(initials(title))} if TOKEN.search(title) else set()
    absent = [name for name in _nothing_but_names(selection) if fold(name) not in own]
    return (
        templates.refusal(query, evidence, "unknown_name", names=absent) if absent else _off_topic(selection)
    )


def _nothing_but_names(selection: Selection) -> tuple[str, ...]:
    """The names in a question that describes its paper by hardly anything else: "Who made X?"."""
    query = selection.query
    names = tuple(filter(shaped, TOKEN.findall(query.topic)))
    told = selection.library.lexical.own_terms(TOKEN.sub(_unless_a_name, query.topic))
    beside = set(told) - patterns.ABOUT_PAPERS
    return names if len(beside) < DESCRIBING_WORDS and not patterns.PAPERS.search(query.question) else ()


def _unless_a_name(word: re.Match[str]) -> str:
    return " " if shaped(word[0]) else word[0]


def _risen_topics(selection: Selection) -> Composed | None:
    """A trend is asked for without a topic: the topics themselves are the answer."""
    query, papers = selection.query, selection.library.snapshot.papers
    if selection.library.lexical.own_terms(patterns.trend_topic(query.topic)):
        return None
    among = papers.many(papers.ids(Filters(only=query.filters.only)))
    return trend_text.rising(query, trends.rising(among, query.filters))


def _describes_a_paper(query: Query) -> bool:
    """Whether a fact is asked of one paper that is described rather than named: "who wrote the
    paper on …".
    """
    record = record_patterns.about_record(query.aggregate) and not query.ranking
    asked = record and not query.papers and not query.filters
    return asked and not record_patterns.AUTHORS_RANKED.search(query.question)


def _off_topic(selection: Selection) -> Composed | None:
    """No paper is about the question, and it asks for no term of the field."""
    if is_off_topic(selection) and not _is_of_the_field(selection):
        return templates.refusal(selection.query, selection.evidence, "off_topic")
    return None


def _nobody_has(selection: Selection) -> Composed | None:
    """No paper is about what is asked for, and no digest says that its paper has done it."""
    refusal = _off_topic(selection)
    return refusal if refusal and not exists.having_done(selection)[0] else None


def _is_of_the_field(selection: Selection) -> bool:
    about = open_patterns.subject(selection.query.topic)
    return membership.is_of_the_field(about, selection.library.spellings)


def _summary_off_topic(selection: Selection) -> Composed | None:
    """No paper is about the topic that a summary is asked on, nor speaks of it."""
    refusal = _off_topic(selection)
    about = period.asked_about(selection) if refusal else ""
    return refusal if about and period.is_unspoken(selection, about) else None


def _purpose_off_topic(selection: Selection) -> Composed | None:
    """No paper is about the purpose that a recommendation is asked for."""
    return _off_topic(selection) if period.topic(selection) else None


# --- what writes --------------------------------------------------------------------------------


def _written_at_once(compose: Callable[[Selection], Composed]) -> Writer:
    """A writer for an answer that code makes whole, with nothing to stream."""

    def write(selection: Selection) -> Steps:
        yield from ()
        return compose(selection)

    return write


def _greeting(selection: Selection) -> Composed:
    thanked = patterns.REACTION.fullmatch(selection.query.question.strip())
    return templates.small_talk("welcome" if thanked else "greeting", selection.query.language)


def _not_of_papers(selection: Selection) -> Composed:
    return Composed(templates.words(selection.query.language)["not_of_papers"], refused=True)


def _record(selection: Selection) -> Composed:
    query, known = selection.query, selection.library.snapshot.papers
    if _describes_a_paper(query):
        query = replace(query, papers=(selection.evidence.hits[0].paper.arxiv_id,))
    return facts.record(query, known.many(known.ids(query.filters)), known)


def _list(selection: Selection) -> Steps:
    """How the first papers of a list do it, and all of them; or what is asked of all their records."""
    query, known = selection.query, selection.library.snapshot.papers
    if _is_said_otherwise(selection):
        return (yield from _planned(condition.conditions, led=False)(selection))
    if query.of_many:
        among = replace(query.filters, only=selection.evidence.matched)
        composed = facts.record(replace(query, filters=among, notes=()), known.many(among.only), known)
        head = [*templates.assumptions(query), trend_text.on_topic(query, selection.evidence)]
        return replace(composed, text="\n".join([*head, "", composed.text]))
    plan = list_lead.lead(selection)
    written = (yield from writing.write(selection, plan)) if plan else ()
    said = layout.said(plan, written) if plan else ""
    composed = templates.listing(selection.query, selection.evidence, said)
    leading = tuple(sentence for one in written for sentence in one.sentences)
    return replace(composed, sentences=(*leading, *composed.sentences))


def _trend(selection: Selection) -> Composed:
    query, table = selection.query, selection.library.snapshot.papers
    sides = counted_apart(query)
    if not sides:
        return trend_text.trend(query, selection.evidence, table)
    each = {
        side: retrieval.retrieve(replace(query, topic=side, standalone=side), selection.library)
        for side in sides
    }
    return trend_text.trends_apart(query, each, table)


def _recommendation(selection: Selection) -> AnswerPlan | None:
    """What fits the reader's purpose; where none is named, what most readers liked of late."""
    return overview.recommendation(selection) if period.topic(selection) else period.popular(selection)


def _planned(plan: Planner, *, led: bool) -> Writer:
    """A writer in one direction: the plan, its points written and checked, what leads them, the text."""

    def write(selection: Selection) -> Steps:
        made = plan(selection)
        if made is None:
            return templates.refusal(selection.query, selection.evidence, "off_topic")
        if led and leading.drafted(selection, made):
            yield Draft("", leading=True)
        written = yield from writing.write(selection, made)
        lead = (yield from leading.lead(selection, made, written)) if led else ()
        return layout.composed(selection, made, written, lead)

    return write


def _open(plan: Planner, *checks: Check, led: bool = False) -> Route:
    """The route of an open question; `led`: a sentence over its points stands before them."""
    return Route(_planned(plan, led=led), checks=(_outside, *checks), counts_its_own=True)


ROUTES: Mapping[Intent, Route] = {
    Intent.CHAT: Route(_written_at_once(_greeting)),
    Intent.OFF: Route(_written_at_once(_not_of_papers)),
    Intent.LOOKUP: Route(draft, checks=(_kept_back, _outside, _not_among, _unknown_name)),
    Intent.OVERVIEW: _open(overview.overview, _not_among, _unknown_name, _off_topic, led=True),
    Intent.SUMMARY: _open(period.summary, _not_among, _summary_off_topic, led=True),
    Intent.PAPER: _open(paper.explained, _not_among, _unknown_name, _off_topic),
    Intent.CONCEPT: _open(concept.concept, _not_among, _unknown_name, _off_topic),
    Intent.SIMILAR: _open(overview.similar, _unknown_name),
    Intent.RECOMMEND: _open(_recommendation, _not_among, _purpose_off_topic),
    Intent.TABLE: _open(table.table, _not_among, _off_topic),
    Intent.CONDITION: _open(condition.conditions, _kept_back, _not_among, _off_topic),
    Intent.EXISTS: _open(exists.exists, _not_among, _unknown_name, _nobody_has),
    Intent.RESTYLE: _open(restyle.restyled, _not_among),
    Intent.COMPARE: Route(draft, checks=(_outside, _not_among, _unknown_name), compared=True),
    Intent.LIST: Route(
        _list,
        checks=(_kept_back, _outside, _no_more, _unknown_name_of_a_list, _nothing_matches),
        judged=True,
    ),
    Intent.METADATA: Route(
        _written_at_once(_record),
        checks=(_kept_back, _outside, _record_not_among, _unknown_author, _no_paper_described),
        counts_its_own=True,
    ),
    Intent.TREND: Route(
        _written_at_once(_trend),
        checks=(_outside, _unknown_name, _risen_topics, _nothing_matches),
    ),
}
