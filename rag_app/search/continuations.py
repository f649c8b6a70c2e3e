"""A short turn that goes on with papers told before: on another topic, on a narrower one, the next ones.

Knows: that such a turn takes the conditions and the order of the answer before, and what it leaves of its
topic. Does not know: the wordings of a language, or turns about one paper (`search.follow_ups`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag_app.collection.library import Dictionary
from rag_app.collection.paper_names import TITLE_HEAD, fold
from rag_app.lang.wording import matched_group
from rag_app.records import Intent, Query, Turn
from rag_app.search import answer_places, names, open_patterns, patterns, turn_patterns
from rag_app.search.bare_topic import is_bare_topic
from rag_app.search.date_mentions import period
from rag_app.search.parts import QuestionParts
from rag_app.search.topic import leaves_out

Understand = Callable[[str, Dictionary, Sequence[Turn]], Query]

BRIEF = 4  # words of a question that names nothing itself: "and its drawbacks?"
PAGE = 20  # papers of a list that an answer tells; the citations hold all
SMALL_TALK = {Intent.CHAT, Intent.OFF}
# Answers of many papers on a topic, whose next papers can be told.
PAGED = {Intent.LIST, Intent.RECOMMEND}
OF_A_PAPER = {Intent.LOOKUP, Intent.PAPER, Intent.METADATA}
TOLD_OF = {Intent.CONCEPT, Intent.OVERVIEW}  # a thing, and not papers
ON_A_TOPIC = {
    Intent.LIST,
    Intent.SUMMARY,
    Intent.OVERVIEW,
    Intent.CONCEPT,
    Intent.RECOMMEND,
    Intent.TREND,
    Intent.EXISTS,
}


@dataclass(frozen=True, slots=True)
class TurnAfter:
    """A turn as it reads alone, and the turns before it, at least one."""

    query: Query
    parts: QuestionParts
    dictionary: Dictionary
    conversation: Sequence[Turn]
    understand: Understand

    @property
    def last(self) -> Turn:
        """The turn before it."""
        return self.conversation[-1]

    def before(self) -> Query:
        """What the turn before it asked for, which may itself have gone on with another."""
        return self.understand(self.last.question, self.dictionary, self.conversation[:-1])


def continued(turn: TurnAfter) -> Query | None:
    """The turn as it reads after the one before; None if it does not go on with its papers."""
    query, said = turn.query, turn.parts.question
    own = turn.parts.filters  # and not those that are set beside the question
    if turn_patterns.WHOLE.fullmatch(said.strip()):
        return _whole(turn)
    if query.papers or own or open_patterns.is_a_form(query.question) or points_to_some(said):
        return None
    if turn.last.intent in TOLD_OF and turn_patterns.THEIR_PAPERS.fullmatch(query.question.strip()):
        topic = open_patterns.subject(turn.before().topic)
        return replace(query, topic=topic, standalone=topic, intent=Intent.LIST)
    if query.aggregate:
        return None
    return _further(turn) or _of_all_told(turn) or _on_a_topic(turn)


def _narrowed_alike(said: str, conversation: Sequence[Turn]) -> Turn:
    """The turn whose papers are narrowed: the last that did not narrow them in the same words itself, as "for
    robots" did before "for driving".
    """
    opening, at = said.casefold().split()[0], len(conversation) - 1
    while at and _narrows_so(conversation[at].question, opening) and len(conversation[at - 1].papers) > 1:
        at -= 1
    return conversation[at]


def _narrows_so(question: str, opening: str) -> bool:
    said = question.strip().casefold()
    return bool(turn_patterns.WITHIN.fullmatch(said)) and said.startswith(opening)


def _whole(turn: TurnAfter) -> Query | None:
    """The last list as it was asked for at first, without the turns that narrowed it; None where none was."""
    for one in reversed(turn.conversation):
        if one.intent not in PAGED or _goes_on(one.question):
            continue
        alone = turn.understand(one.question, turn.dictionary, ())
        terms = turn.dictionary.lexical.own_terms(patterns.topic(alone.topic))
        if set(terms) - patterns.OF_ANY_PAPER - patterns.ABOUT_PAPERS:  # "newest first" has no topic
            return _again(alone, one, turn)
    return None


def _again(asked: Query, first: Turn, turn: TurnAfter) -> Query:
    """What an earlier turn asked for, under its conditions, as what is asked now."""
    now = turn.query
    return replace(
        asked, question=now.question, language=now.language, intent=first.intent, filters=first.filters
    )


def _goes_on(question: str) -> bool:
    """Whether a turn is one that goes on with the answer before it."""
    turns = (
        turn_patterns.THEIR_PAPERS,
        turn_patterns.WITHIN,
        turn_patterns.INSTEAD,
        turn_patterns.FURTHER,
        turn_patterns.WHOLE,
        turn_patterns.YEAR_ALONE,
    )
    said = question.strip()
    return bool(open_patterns.OF_THOSE.search(said)) or any(one.fullmatch(said) for one in turns)


def without_small_talk(conversation: Sequence[Turn]) -> list[Turn]:
    """The turns that what is asked next may depend on: thanks between two change nothing."""
    return [turn for turn in conversation if turn.intent not in SMALL_TALK]


def points_to_some(question: str) -> bool:
    """Whether it points to papers of the answer before by their places: "2번의 한계는?", "the first two"."""
    placed = answer_places.places(question) or answer_places.ordinal(question) is not None
    return bool(placed or patterns.TWO.search(question))


def of_the_thing(question: str, conversation: Sequence[Turn]) -> str:
    """The question with the name of the thing that was explained before it: "is it used?" after "What is
    RLHF?"; empty where none was, or the question asks of something else.
    """
    last = conversation[-1] if conversation else None
    if last is None or last.intent is not Intent.CONCEPT or len(last.papers) < 2:
        return ""
    if turn_patterns.THEIR_PAPERS.fullmatch(question.strip()):
        return ""
    if sides := open_patterns.versus(last.question):
        asked = turn_patterns.OF_TWO.fullmatch(question.strip())
        return f"{sides[0]} vs {sides[1]}, {matched_group(asked)}" if asked else ""
    if points_to_some(question):
        return ""
    thing = open_patterns.named(last.question) or open_patterns.subject(last.question)
    if not thing or open_patterns.is_a_form(question):
        return ""
    instead = turn_patterns.INSTEAD.fullmatch(question.strip())
    if instead and thing in last.question:
        return last.question.replace(thing, matched_group(instead))
    if turn_patterns.PRONOUNS.search(question):
        return turn_patterns.PRONOUNS.sub(lambda _: thing, question, count=1)
    brief = len(question.split()) <= BRIEF and not patterns.PAPERS.search(question)
    asks = open_patterns.is_aspect(question) or open_patterns.FAULTS.search(question)
    return f"{thing} — {question}" if brief and asks else ""


def of_another_paper(question: str, conversation: Sequence[Turn], dictionary: Dictionary) -> str:
    """What was asked of the paper before, with another paper's name in place of its own: "what about Octo?";
    empty where the turn says more, or no paper is called so.
    """
    last = conversation[-1] if conversation else None
    if last is None or last.intent not in OF_A_PAPER or not last.papers:
        return ""
    if last.intent is Intent.METADATA and len(last.papers) > 1:  # a list
        return ""
    name = _paper_alone(question, dictionary)
    if not name:
        return ""
    asked = [one.question for one in conversation if one.intent in OF_A_PAPER]
    first = next((one for one in reversed(asked) if not _paper_alone(one, dictionary)), asked[-1])
    before = names.find(first, dictionary).mentions
    if len(before) > 1:
        return ""
    if not before:
        return f"{name}: {first}"
    start, end = before[0].span
    return f"{first[:start]}{name}{first[end:]}"


def _paper_alone(question: str, dictionary: Dictionary) -> str:
    """The name of a paper, as its title spells it, if a turn like "and Octo?" is nothing else."""
    instead = turn_patterns.INSTEAD.fullmatch(question.strip())
    if not instead:  # looking for names costs milliseconds
        return ""
    name = matched_group(instead).removesuffix("'s")
    named = (m for m in names.find(question, dictionary).mentions if m.firmness == TITLE_HEAD)
    papers = next((m.papers for m in named if fold(m.typed) == fold(name)), ())
    if not papers:
        return ""
    title = dictionary.papers.get(papers[0]).title
    return title[: len(name)] if title.casefold().startswith(name.casefold()) else name


def in_days(question: str, last: Turn) -> str:
    """A question that is a year alone, or the day, week, month or year beside that of the answer before, as
    days; else as it is.
    """
    if year := turn_patterns.YEAR_ALONE.fullmatch(question.strip()):
        return f"{matched_group(year)}-01-01 – {matched_group(year)}-12-31"
    filters = last.filters
    first, final = min(filters.days, default=filters.since), max(filters.days, default=filters.until)
    for beside, step, anchor in ((turn_patterns.FOLLOWING, 1, final), (turn_patterns.PRECEDING, -1, first)):
        unit = next((unit for unit, asked in beside.items() if asked.fullmatch(question.strip())), "")
        if unit and anchor:
            since, until = period(unit, -step, date.fromisoformat(anchor))
            return f"{since} – {until}" if until > since else str(since)
    return question


def _further(turn: TurnAfter) -> Query | None:
    """The papers that follow those of the answer before, and of answers which they followed in turn."""
    conversation = turn.conversation
    if not turn_patterns.FURTHER.fullmatch(turn.parts.question.strip()):
        return None
    at = len(conversation) - 1
    while at and turn_patterns.FURTHER.fullmatch(conversation[at].question.strip()):
        at -= 1
    first = conversation[at]
    if first.intent not in PAGED or len(first.papers) < 2:
        return None
    before = turn.understand(first.question, turn.dictionary, conversation[:at])
    told = tuple(dict.fromkeys(paper for one in conversation[at:] for paper in one.papers[:PAGE]))
    return replace(_again(before, first, turn), excluded=told)


def _of_all_told(turn: TurnAfter) -> Query | None:
    """What is asked of the papers of a list together, "what are their limitations?", as an overview of them;
    which of them something holds for is another list.
    """
    query, last, said = turn.query, turn.last, turn.parts.question
    if last.intent not in PAGED or len(last.papers) < 2 or not turn_patterns.ALL_TOLD.search(said):
        return None
    if patterns.COMPARING.search(said) or patterns.AMONG.search(said) or open_patterns.OF_THOSE.search(said):
        return None
    topic = f"{open_patterns.subject(patterns.topic(turn.before().topic))} {turn_patterns.ALL_TOLD.sub(' ', said)}"
    filters = replace(query.filters, those=last.papers[:PAGE])
    return replace(query, filters=filters, topic=topic, standalone=topic, intent=Intent.OVERVIEW)


def _on_a_topic(turn: TurnAfter) -> Query | None:
    """The list before on another topic ("and robots?", "robots"), or those of its papers that are on another
    too ("any surveys?", "in vision models?"); None where something else is asked, as "and the results?" is.
    """
    last, said = turn.last, turn.parts.question.strip()
    within, instead = turn_patterns.WITHIN.fullmatch(said), turn_patterns.INSTEAD.fullmatch(said)
    bare = is_bare_topic(said)
    replaced = last.intent is Intent.LIST or (last.intent is Intent.SUMMARY and instead)
    if last.intent not in ON_A_TOPIC or not (replaced or within):
        return None
    found = within or instead
    topic = matched_group(found) if found else said if bare else ""
    terms = set(turn.dictionary.lexical.own_terms(topic)) - patterns.OF_ANY_PAPER - patterns.ABOUT_PAPERS
    if not terms or (bare and not found and len(terms) == 1 and open_patterns.is_aspect(topic)):
        return None
    before, filters = turn.before(), last.filters
    if within and len(last.papers) > 1 and not leaves_out(topic):
        filters = replace(filters, those=_narrowed_alike(said, turn.conversation).papers)
    elif within:
        topic = f"{open_patterns.subject(patterns.topic(before.topic)) or before.standalone} {topic}"
    return replace(
        turn.query,
        standalone=topic,
        topic=topic,
        filters=filters,
        intent=Intent.LIST,
        aggregate=before.aggregate,
        of_many=before.of_many,
        ranking=before.ranking,
        limit=before.limit,
    )
