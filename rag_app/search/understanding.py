"""Question and conversation -> `Query`: language, intent, filters, papers, standalone wording.

Knows: what follows from how a question about a collection of papers is worded. Code over the
collection's own dictionary (its days, authors, names and words); no model is asked. Does not know:
the wordings of a language, how papers are scored or answers written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.collection.bm25 import document
from rag_app.collection.library import Dictionary
from rag_app.collection.paper_names import TITLE_HEAD, Mention, Named, unknown_names
from rag_app.collection.papers import PaperTable, author_key
from rag_app.lang import alternatives, count_letters, language_of, other_scripts
from rag_app.records import Fact, Filters, Intent, Query, Turn
from rag_app.search import dates, patterns

AUTHOR_WORDS = re.compile(r"[^\W\d_][\w.'’-]*")
ENDING = re.compile(rf"(?:{alternatives(lambda one: one.endings)})(?![A-Za-z{other_scripts()}])")
GLUED = re.compile(rf"[{other_scripts()}]+$")
LONG_QUOTE = re.compile(r"[\"“”「『]([^\"“”」』]{30,})[\"“”」』]")
NAMED_RANK = 3  # papers among which a loosely named one must be by the words of the question
SHORTEST = 10  # characters of a question, beside the text pasted into it
FEW_TERMS = 3  # content terms: a topic, not the description of one paper
FOLLOW_UP_TERMS = 9  # content terms: a longer question stands for itself
# Turns that a question may depend on; each that only narrows the one before is read with it.
REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question taken apart; `rest` is what is left of it without dates, votes and authors."""

    question: str
    filters: Filters
    dates: dates.Dates
    named: Named
    rest: str
    terms: tuple[str, ...]  # content terms of `rest` without the names
    unknown_author: str = ""
    notes: tuple[str, ...] = ()


def understand(
    question: str, dictionary: Dictionary, conversation: Sequence[Turn] = (), given: Filters = Filters()
) -> Query:
    """What `question` asks for; `given` are filters set outside the question (page or command line)."""
    reading = _read(_without_pasted_text(question), dictionary)
    papers = _subjects(reading, dictionary)
    query = Query(
        question=question,
        standalone=reading.question,
        language=language_of(question),
        filters=_both(reading.filters, given),
        papers=papers,
        names=tuple(m.typed for m in reading.named.mentions if set(m.papers) & set(papers)),
        unknown=reading.named.unknown,
        notes=reading.notes,
        impossible=bool(reading.dates.impossible),
        limit=patterns.limit(question),
        topic=reading.rest,
    )
    if patterns.GREETING.fullmatch(question.strip()):
        return replace(query, intent=Intent.CHAT)
    query = replace(query, aggregate=patterns.aggregate(reading.rest), ranking=patterns.ranking(reading.rest))
    if reading.unknown_author:
        query = replace(query, unknown=(*query.unknown, reading.unknown_author))
    if conversation:
        query = _follow(query, reading, dictionary, conversation[-REMEMBERED:])
    return (
        replace(query, intent=_intent(query, reading, dictionary)) if query.intent is Intent.LOOKUP else query
    )


def _read(question: str, dictionary: Dictionary) -> _Reading:
    """Take a question apart, each part masked before the next is looked for."""
    found = dates.find(question, dictionary.papers.last_day)
    rest = _mask(question, found.spans)
    votes, spans = patterns.votes(rest)
    rest = _mask(rest, spans)
    authors, spans, unknown_author = _authors(rest, dictionary.papers)
    if unknown_author and _is_paper(unknown_author, dictionary):  # "When did Dup Alpha appear?"
        spans, unknown_author = [], ""
    rest = _mask(rest, spans)
    named = dictionary.names.find(rest, dictionary.lexical.knows, dictionary.papers.has)
    filters = Filters(days=found.days, since=found.since, until=found.until, authors=authors, **votes)
    without_names = _mask(rest, [(m.span[0], _after_ending(rest, m.span[1])) for m in named.mentions])
    terms = tuple(
        t
        for t in dictionary.lexical.own_terms(without_names)
        if t not in patterns.ABOUT_PAPERS and not t.isdigit()
    )
    notes = [f"{m.typed} → {m.taken_for}" for m in named.mentions if m.taken_for]
    if found.relative:
        notes.append(f"{found.relative} = {' – '.join(found.days or (found.since, found.until))}")
    if found.impossible:
        notes.append(found.impossible)
    return _Reading(question, filters, found, named, rest, terms, unknown_author, tuple(notes))


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spans blanked; offsets stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _after_ending(text: str, at: int) -> int:
    """Where the particle or the "'s" ends that follows a name at `at`; `at` if there is none."""
    ending = ENDING.match(text, at)
    return ending.end() if ending else at


def _without_pasted_text(question: str) -> str:
    """The question without long quotations, where they are from, and that they are to be left
    aside: pasted text is not what is asked. A quoted title stays.
    """
    pasted = [m.span() for m in LONG_QUOTE.finditer(question) if not _is_title(m[1])]
    if not pasted:
        return question
    before, *others = _around(question, pasted)
    after = " ".join(patterns.ASIDE.sub("", part, 1) for part in others)
    candidates = (f"{patterns.INTRODUCTION.sub('', before)} {after}".strip(), f"{before} {after}".strip())
    return next((text for text in candidates if len(text) >= SHORTEST), question)


def _around(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """What is left of a text before, between and after these spans."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def _is_title(text: str) -> bool:
    capitals = [word for word in text.split() if word[:1].isupper()]
    return (
        not re.search(r"[.!:]\s|[.!]$", text)
        and len(capitals) >= len(text.split()) / 2
        and not count_letters(text, other_scripts())
    )


def _authors(text: str, papers: PaperTable) -> tuple[tuple[str, ...], list[tuple[int, int]], str]:
    """(authors of the table that are named in full, their spans, a name asked for as author that is
    not there).
    """
    words = list(AUTHOR_WORDS.finditer(text))
    found, spans, at = [], [], 0
    while at < len(words):
        for size in (4, 3, 2):
            if at + size > len(words):
                continue
            span = words[at].start(), words[at + size - 1].end()
            typed = _bare(text[slice(*span)])
            spellings = papers.author_spellings(author_key(typed)) if _is_person(typed) else []
            if spellings:
                found.append(spellings[0])
                spans.append((span[0], _after_ending(text, span[0] + len(typed))))
                at += size - 1
                break
        at += 1
    if found:
        return tuple(found), spans, ""
    asked = patterns.ASKED_AUTHOR.search(text)
    maybe = asked or patterns.MAYBE_AUTHOR.search(text)
    if not maybe:
        return (), [], ""
    typed = _bare(next(group for group in maybe.groups() if group))
    close = papers.find_authors(typed, limit=1, cutoff=88)
    if close:
        return (close[0][0],), [maybe.span()], ""
    return ((), [asked.span()], typed) if asked else ((), [], "")


def _is_paper(name: str, dictionary: Dictionary) -> bool:
    """Whether a title begins with the name."""
    found = dictionary.names.find(name, dictionary.lexical.knows, dictionary.papers.has)
    return any(mention.firmness == TITLE_HEAD for mention in found.mentions)


def _bare(name: str) -> str:
    """A name without the "'s" or, where it is in Latin letters, the particle that is written to its end."""
    name = re.sub(r"['’]s$", "", name)
    return GLUED.sub("", name).strip() if re.search(r"[A-Za-z]", name) else name


def _is_person(typed: str) -> bool:
    words = typed.split()
    return len(words) >= 2 and (typed.islower() or all(word[0].isupper() or len(word) <= 3 for word in words))


def _both(asked: Filters, given: Filters) -> Filters:
    """The conditions of the question and those set outside it, all of which must hold: of two bounds the
    stricter one.
    """
    days, since, until = _common_days(asked, given)
    known = {asked.votes_known, given.votes_known} - {None}
    return Filters(
        days=days,
        since=since,
        until=until,
        authors=tuple(dict.fromkeys([*asked.authors, *given.authors])),
        min_votes=max((n for n in (asked.min_votes, given.min_votes) if n is not None), default=None),
        max_votes=min((n for n in (asked.max_votes, given.max_votes) if n is not None), default=None),
        votes_known=all(known) if known else None,
        only=given.only,
    )


def _common_days(asked: Filters, given: Filters) -> tuple[tuple[str, ...], str, str]:
    """Days, first and last day that meet both; days that exclude each other stay so, as a range that
    holds none of them.
    """
    since = max(asked.since, given.since)
    until = min((day for day in (asked.until, given.until) if day), default="")
    if not (asked.days and given.days):
        return asked.days or given.days, since, until
    common = tuple(day for day in given.days if day in asked.days)
    return (common, since, until) if common else (asked.days, given.days[0], given.days[0])


def _narrowed(own: Filters, before: Filters) -> Filters:
    """The conditions of a follow-up over those before it: "and in April?" takes the place of March.

    The papers to ask among are set beside the question, and are not what they were once taken away.
    """
    values = {
        name: getattr(own, name) or getattr(before, name) for name in ("days", "since", "until", "authors")
    }
    for name in ("min_votes", "max_votes", "votes_known"):
        value = getattr(own, name)
        values[name] = value if value is not None else getattr(before, name)
    if before.days and (own.days or own.since or own.until):
        # Days given as filters bound the search; the question chooses among them.
        values["days"] = tuple(d for d in before.days if _within(d, own)) or own.days or before.days
    return Filters(**values, only=own.only)


def _within(day: str, asked: Filters) -> bool:
    in_days = not asked.days or day in asked.days
    return in_days and (not asked.since or day >= asked.since) and (not asked.until or day <= asked.until)


def _subjects(reading: _Reading, dictionary: Dictionary) -> tuple[str, ...]:
    """The papers a question is about, one for each name where it compares, else the one it says
    most about.
    """
    mentions = reading.named.mentions
    # A topic may look like a name that only one digest uses.
    if patterns.LISTING.search(reading.question):
        mentions = tuple(mention for mention in mentions if mention.firmness == TITLE_HEAD)
    # "The LoRA-based QLoRA" is about QLoRA alone.
    mentions = tuple(m for m in mentions if not _names_a_kind(m, reading.rest)) or mentions
    if not mentions:
        return ()
    scores = dictionary.lexical.paper_scores(reading.rest)
    # Where nothing is said beside the name, its spelling must not decide: "TULU3" is the paper
    # titled "TÜLU 3".
    chosen = [_best(mention, scores) if reading.terms else mention.papers[0] for mention in mentions]
    if patterns.COMPARING.search(reading.question) or patterns.about_record(patterns.aggregate(reading.rest)):
        return tuple(dict.fromkeys(chosen))
    # A benchmark or baseline that is itself a paper is mentioned by the digest that answers, not
    # the other way round.
    subject = max(dict.fromkeys(chosen), key=lambda arxiv_id: scores.get(arxiv_id, 0.0))
    firm = any(mention.firmness == TITLE_HEAD and subject in mention.papers for mention in mentions)
    better = sum(score > scores.get(subject, 0.0) for score in scores.values())
    # A long description may hold a word that some title holds too; the paper it describes fits the
    # rest as well.
    return (subject,) if firm or better < NAMED_RANK or len(reading.terms) <= FEW_TERMS else ()


def _names_a_kind(mention: Mention, text: str) -> bool:
    return bool(patterns.KIND.search(mention.typed) or patterns.KIND.match(text, mention.span[1]))


def _best(mention: Mention, scores: dict[str, float]) -> str:
    """Of the papers that share a name, the one the rest of the question fits; the firmest owner has
    an edge.
    """
    edge = {paper: 1.15 if place == 0 else 1.0 for place, paper in enumerate(mention.papers)}
    return max(mention.papers, key=lambda paper: scores.get(paper, 0.0) * edge[paper])


def _intent(query: Query, reading: _Reading, dictionary: Dictionary) -> Intent:
    question = reading.question
    topic = len(reading.terms)
    if query.impossible or reading.unknown_author:
        return Intent.METADATA
    if query.papers and patterns.about_record(query.aggregate):
        return Intent.METADATA
    if query.papers:
        return (
            Intent.COMPARE
            if len(query.papers) > 1 or _other_side(query, reading, dictionary)
            else Intent.LOOKUP
        )
    if patterns.TREND.search(question):
        return Intent.TREND
    if query.filters and topic == 0:
        return Intent.METADATA
    if query.aggregate and topic == 0:
        return Intent.METADATA
    if not query.aggregate and _wants_all(reading):
        return Intent.METADATA
    if patterns.LISTING.search(question) or query.aggregate in {Fact.COUNT, Fact.TOP, Fact.BOTTOM}:
        return Intent.LIST
    days = reading.dates.days or reading.dates.since or reading.dates.until
    if patterns.PAPERS.search(question) and topic and (days or topic <= FEW_TERMS):
        return Intent.LIST
    return Intent.METADATA if patterns.about_record(query.aggregate) else Intent.LOOKUP


def _wants_all(reading: _Reading) -> bool:
    """Whether the papers are to be listed and no topic is named: "list all papers", "모든 논문"."""
    question = reading.question
    if set(reading.terms) - patterns.OF_EVERYTHING or reading.named.mentions:
        return False
    if patterns.LISTING.search(question) or patterns.EVERYTHING.search(question):
        return True
    return bool(patterns.WHOLE.search(question) and patterns.PAPERS.search(question))


def _other_side(query: Query, reading: _Reading, dictionary: Dictionary) -> bool:
    """Whether a comparison with one named paper has another side, by a name that the paper's digest
    does not hold.
    """
    rest = _mask(reading.rest, [mention.span for mention in reading.named.mentions])
    paper = dictionary.papers.get(query.papers[0])
    return bool(patterns.SIDE_BY_SIDE.search(reading.question)) and bool(unknown_names(rest, paper))


# --- follow-ups ---------------------------------------------------------------------------------


def _follow(query: Query, reading: _Reading, dictionary: Dictionary, conversation: Sequence[Turn]) -> Query:
    """A question that does not stand for itself takes its subject, or its topic and filters, from
    the turns before.
    """
    last = conversation[-1]
    if last.intent in {Intent.LIST, Intent.METADATA} and _only_narrows(query, reading):
        # The last turn may itself have narrowed a list.
        before = understand(last.question, dictionary, conversation[:-1])
        return replace(
            query,
            standalone=before.standalone,
            topic=before.topic,
            filters=_narrowed(query.filters, last.filters),
            intent=before.intent if before.intent is not Intent.LOOKUP else Intent.LIST,
            aggregate=query.aggregate or before.aggregate,
            ranking=query.ranking or before.ranking,
            limit=query.limit or before.limit,
        )
    # A paper of an old conversation may have left the collection.
    subjects = tuple(
        paper for paper in _subjects_before(reading, conversation) if dictionary.papers.has(paper)
    )
    if not subjects or not _depends(query, reading, subjects, dictionary):
        return query
    asked_before = f"{_short_title(dictionary.papers.get(subjects[0]).title)}: " if len(subjects) == 1 else ""
    if patterns.COMPARING.search(reading.question) and query.papers:
        subjects = tuple(dict.fromkeys([*subjects, *query.papers]))
    return replace(query, papers=subjects, standalone=asked_before + reading.question, unknown=())


def _only_narrows(query: Query, reading: _Reading) -> bool:
    """New filters or another order and nothing else: "and in April?", "그중 20표 이상은?", "which has
    most votes?".
    """
    new = reading.filters or query.aggregate in {Fact.COUNT, Fact.TOP, Fact.BOTTOM, Fact.MONTHS}
    own_list = patterns.PAPERS.search(query.question) and not patterns.AMONG.search(query.question)
    return bool(new) and not reading.terms and not query.papers and not own_list


def _subjects_before(reading: _Reading, conversation: Sequence[Turn]) -> tuple[str, ...]:
    """The papers of the last turn that had any; "the second one" picks one of them."""
    papers = next((turn.papers for turn in reversed(conversation) if turn.papers), ())
    place = patterns.ordinal(reading.question)
    if place is not None and -len(papers) <= place < len(papers):
        return (papers[place],)
    if patterns.TWO.search(reading.question):
        return papers[:2]
    last = next(turn for turn in reversed(conversation) if turn.papers) if papers else None
    return papers if last and last.intent is Intent.COMPARE else papers[:1]


def _depends(query: Query, reading: _Reading, subjects: tuple[str, ...], dictionary: Dictionary) -> bool:
    """Whether the question is about the papers of the turns before."""
    compared = patterns.COMPARING.search(reading.question) and (
        patterns.POINTING.search(reading.question) or len(reading.terms) <= 2
    )
    if query.papers and set(query.papers) & set(subjects):
        return bool(compared)
    if query.papers:
        text = document(dictionary.papers.get(subjects[0])).casefold()
        mentioned = all(name.casefold() in text for name in query.names)
        return mentioned or bool(compared)
    if patterns.POINTING.search(reading.question) or patterns.ordinal(reading.question) is not None:
        return True
    if reading.filters or any(
        p.search(reading.question) for p in (patterns.SEARCHING, patterns.LISTING, patterns.TREND)
    ):
        return False
    return len(reading.terms) <= FOLLOW_UP_TERMS


def _short_title(title: str) -> str:
    head = title.partition(":")[0]
    return head if len(head.split()) <= 5 else title
