"""Answers that code writes: lists, comparison tables, refusals and greetings.

Knows: the layout of such answers. Every number in them is a slot filled from the paper table; digest
text enters only as escaped quotes. Does not know: a language's words, retrieval or the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from statistics import mean
from typing import Literal

from rag_app.answer import verification
from rag_app.answer.ranking import in_order, ranked
from rag_app.collection import periods, releases
from rag_app.collection.papers import PaperTable
from rag_app.lang import LANGUAGES, language_of
from rag_app.records import SUMMARY, Evidence, Fact, Hit, Paper, Passage, Query, Sentence
from rag_app.search.continuations import PAGE
from rag_app.search.record_patterns import BY_DAY, several
from rag_app.text import sentences
from rag_app.text.cleaning import clean_line, escape_markdown

NEAREST = 3  # papers offered with a refusal
MOST_SAID = 4  # sentences of a digest on one aspect of a comparison
# Characters of a comparison's table that a reader can take in; each aspect has at least one sentence.
TABLE = 1_000
# What may be public -> the phrase that says it.
RELEASED = {"code": "released_code", "model": "released_model", "data": "released_data"}


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer before it is numbered into an `Answer`: `hits` are the papers cited, in order."""

    text: str
    hits: tuple[Hit, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    refused: bool = False
    nearest: tuple[str, ...] = ()
    left_out: int = 0  # sentences of evidence that the prompt had no room for


def words(language: str) -> Mapping[str, str]:
    return LANGUAGES[language].phrases


def title_of(paper: Paper) -> str:
    return f"[{escape_markdown(clean_line(paper.title))}]({paper.url})"


def first_passage(paper: Paper) -> Passage:
    """The first words of a digest, for a paper that is cited for its record; its title where there
    is no text.
    """
    for section in paper.sections:
        for start, end in sentences.split(section.text):
            return Passage(paper.arxiv_id, section.name, start, end, section.text[start:end])
    return Passage(paper.arxiv_id, "", 0, 0, "")


def small_talk(said: Literal["greeting", "welcome"], language: str) -> Composed:
    """The answer to a greeting, or to thanks and praise."""
    phrases = words(language)
    return Composed(phrases["greeting"] if said == "greeting" else phrases["welcome"])


# --- refusals -----------------------------------------------------------------------------------


def refusal(query: Query, evidence: Evidence, reason: str, *, names: Sequence[str] = ()) -> Composed:
    """Nothing is claimed: what is missing, and the nearest papers. `reason` is a key of the phrases."""
    those = query.filters.those
    if reason == "off_topic" and query.filters.released:
        reason = "none_released"
    elif reason == "off_topic" and those:
        reason = "none_of_those"
    text = words(query.language)[reason].format(
        names=", ".join(escape_markdown(name) for name in names),
        count=len(those),
        things=_released(query),
        **_span(query),
    )
    near = [hit.paper for hit in evidence.hits[:NEAREST]]
    if near:
        lines = [f"- {title_of(paper)}" + (f" ({paper.date})" if paper.date else "") for paper in near]
        text += "\n\n" + "\n".join([words(query.language)["nearest"], *lines])
    return Composed(text, refused=True, nearest=tuple(paper.arxiv_id for paper in near))


def _span(query: Query) -> dict[str, str]:
    f = query.filters
    bound = words(query.language)["votes"]
    conditions = [
        *f.days,
        *([f"{f.since or '…'} – {f.until or '…'}"] if f.since or f.until else []),
        *(escape_markdown(author) for author in f.authors),
        *([" / ".join(map(escape_markdown, f.any_author))] if f.any_author else []),
        *(
            bound.format(votes=f"{sign} {n}")
            for sign, n in (("≥", f.min_votes), ("≤", f.max_votes))
            if n is not None
        ),
        *(words(query.language)["titled"].format(words=escape_markdown(title)) for title in f.titled),
        *([words(query.language)["released"].format(things=_released(query))] if f.released else []),
        *([words(query.language)["only"].format(n=len(f.only))] if f.only else []),
    ]
    days = ", ".join(conditions) or "…"
    return {"days": days, "note": escape_markdown(query.notes[-1]) if query.notes else ""}


def _released(query: Query) -> str:
    """What is asked to be public, in the reader's words."""
    named = words(query.language)
    asked = [[named[RELEASED[kind]] for kind in one.split("|")] for one in query.filters.released]
    return ", ".join(" / ".join(either) for either in asked)


def released_head(query: Query) -> str:
    """What stands over papers that make something public: by what they are counted."""
    phrase = words(query.language)["released_head"]
    return " " + phrase.format(things=_released(query)) if query.filters.released else ""


def outside(query: Query, table: PaperTable) -> Composed:
    """No paper meets the filters: say so, and what the collection holds."""
    phrase = words(query.language)["impossible" if query.impossible else "no_papers"]
    phrases = words(query.language)
    dated = phrases["span"].format(first=table.first_day, last=table.last_day)
    span = dated if table.first_day else phrases["no_days"]
    return Composed(f"{phrase.format(**_span(query))} {span}", refused=True)


# --- lists --------------------------------------------------------------------------------------


def listing(query: Query, evidence: Evidence, before: str = "") -> Composed:
    """One line a paper with its title and the digest sentence that matches, and how many were scanned;
    `before` stands before them, or behind the count where that is asked for.
    """
    hits = listed(query, evidence)
    phrases = words(query.language)
    head = phrases["list_head"].format(matched=len(evidence.matched), scanned=evidence.scanned)
    if evidence.borderline:
        head += " " + phrases["list_borderline"].format(borderline=len(evidence.borderline))
    head += released_head(query)
    if query.ranking:
        head += " " + ranking_head(query)
    elif query.aggregate is Fact.COUNT and query.periods:
        head += "\n\n" + of_each_period(query, [hit.paper for hit in hits])
    elif len(hits) < len(evidence.matched):
        head += " " + phrases["closest"].format(count=len(hits))
    parts = (head, before) if query.aggregate is Fact.COUNT else (before, head)
    return numbered(query, "\n\n".join(part for part in parts if part), hits, quoted=True)


def listed(query: Query, evidence: Evidence) -> list[Hit]:
    """The papers of a list in the order shown: all that match, or the first by votes or by fit."""
    by_id = {hit.paper.arxiv_id: hit for hit in evidence.hits}
    hits = [by_id[arxiv_id] for arxiv_id in evidence.matched]
    if query.ranking in BY_DAY and not query.limit and several(query.question):
        return [by_id[paper.arxiv_id] for paper in in_order([hit.paper for hit in hits], query.ranking)]
    if query.ranking in BY_DAY:  # of the few that stand first none should be there by its score alone
        hits = [hit for hit in hits if hit.paper.arxiv_id not in evidence.unsure] or hits
    if query.ranking:
        return [by_id[paper.arxiv_id] for paper in ranked([hit.paper for hit in hits], query)]
    return hits[: query.limit] if query.limit else hits


def numbered(query: Query, head: str, hits: Sequence[Hit], *, quoted: bool) -> Composed:
    """A numbered line for each paper, the first page of them in the text and all of them cited."""
    lines, cited = [], []
    for n, hit in enumerate(hits, start=1):
        passage = _shown(query, hit)
        cited.append(verification.quote(passage, n, hit.paper.title))
        if n <= PAGE:
            lines.append(f"{n}. {line_of(hit.paper, query)} [{n}]")
            lines += [quote_below(f"{n}.", escape_markdown(passage.text))] if quoted and passage.text else []
    if len(hits) > PAGE:
        lines.append(words(query.language)["more"].format(more=len(hits) - PAGE))
    return Composed("\n".join([*assumptions(query), head, "", *lines]), tuple(hits), tuple(cited))


def _shown(query: Query, hit: Hit) -> Passage:
    """The sentence beneath a list's line: what was asked to be public, else what fits the topic."""
    released = releases.sentence_on(hit.paper, query.filters.released)
    return released or (hit.passages[0] if hit.passages else first_passage(hit.paper))


def quote_below(mark: str, text: str) -> str:
    """A quote of the list's item that begins with this mark: so far in as the item's own text."""
    return f"{' ' * max(len(mark) + 1, 3)}> {text}"


def ranking_head(query: Query) -> str:
    """What stands over ranked papers: by what, and in which periods."""
    phrases = words(query.language)
    each = f"{phrases[f'each_{query.each}']} " if query.each else ""
    return each + phrases[query.ranking]


def of_each_period(query: Query, papers: Sequence[Paper]) -> str:
    """A table of how many of the papers each of the periods has that the question names."""
    counted = [
        (
            periods.named(first, last),
            sum(any(first <= day <= last for day in paper.dates) for paper in papers),
        )
        for first, last in query.periods
    ]
    return table_of_counts(counted, words(query.language)["period"], query.language)


def table_of_counts(counted: Sequence[tuple[str, int]], period: str, language: str) -> str:
    """How many papers there are of each period; `period` heads their column."""
    head = words(language)["period_head"].format(period=period)
    return "\n".join([head, "|---|---:|", *(f"| {name} | {count} |" for name, count in counted)])


def votes(phrases: Mapping[str, str], count: int | None) -> str:
    """How many votes a paper has, in a language's phrases; None for unknown."""
    if count is None:
        return phrases["votes_unknown"]
    return phrases["votes_one" if count == 1 else "votes"].format(votes=count)


def line_of(paper: Paper, query: Query) -> str:
    phrases = words(query.language)
    facts = (paper.date, votes(phrases, paper.votes))
    return f"{title_of(paper)} ({', '.join(fact for fact in facts if fact)})"


def assumptions(query: Query) -> list[str]:
    """What was assumed, each on a line of its own, then a blank line."""
    phrases = words(query.language)
    notes = [phrases["assumed"].format(note=escape_markdown(note)) for note in query.notes]
    if query.unrecorded:
        notes.append(phrases["unrecorded"].format(asked=escape_markdown(query.unrecorded.strip())))
    return [*notes, ""] if notes else []


# --- comparison ---------------------------------------------------------------------------------


def comparison(hits: Sequence[Hit]) -> dict[str, dict[str, tuple[Passage, ...]]]:
    """Aspect -> arXiv id -> the digest's own sentences on it, best for the question first; aspects
    as named there.

    Digests that share no aspect are compared as wholes.
    """
    shared = (
        set.intersection(*({section.name for section in hit.paper.sections} for hit in hits))
        if hits
        else set()
    )
    table: dict[str, dict[str, tuple[Passage, ...]]] = defaultdict(dict)
    for hit in hits:
        by_aspect: dict[str, list[Passage]] = {s.name if shared else SUMMARY: [] for s in hit.paper.sections}
        for passage in hit.passages:
            by_aspect[passage.section if shared else SUMMARY].append(passage)
        for aspect, passages in by_aspect.items():
            if passages:
                table[aspect][hit.paper.arxiv_id] = tuple(passages[:MOST_SAID])
    return dict(table)


def comparison_table(
    hits: Sequence[Hit], table: dict[str, dict[str, tuple[Passage, ...]]], language: str
) -> str:
    """The comparison as a Markdown table of the digests' sentences; quoted where they are in
    another language.
    """
    rows = next(
        rows for most in range(MOST_SAID, 0, -1) if _short(rows := _rows(hits, table, language, most), most)
    )
    text = " ".join(p.text for quotes in table.values() for passages in quotes.values() for p in passages)
    return "\n".join(rows if language_of(text) == language else [f"> {row}" for row in rows])


def _rows(
    hits: Sequence[Hit], table: dict[str, dict[str, tuple[Passage, ...]]], language: str, most: int
) -> list[str]:
    """The lines of a table with at most `most` sentences in a cell."""
    missing = words(language)["not_in_digest"]
    titles = [
        f"{escape_markdown(clean_line(hit.paper.title.partition(':')[0]))} [{n}]"
        for n, hit in enumerate(hits, 1)
    ]
    rows = [f"| | {' | '.join(titles)} |", "|" + "---|" * (len(hits) + 1)]
    for aspect, quotes in table.items():
        said = [quotes.get(hit.paper.arxiv_id, ())[:most] for hit in hits]
        cells = [
            " ".join(escape_markdown(clean_line(p.text)) for p in passages) or missing for passages in said
        ]
        rows.append(f"| **{escape_markdown(aspect)}** | {' | '.join(cells)} |")
    return rows


def _short(rows: Sequence[str], most: int) -> bool:
    return most == 1 or sum(map(len, rows)) <= TABLE


# --- figures ------------------------------------------------------------------------------------


def most_and_fewest(counted: Sequence[tuple[str, int]], language: str) -> str:
    """Which of several days or months has most papers, which fewest, and how many each has on average."""
    (most, count), (fewest, least) = (pick(counted, key=itemgetter(1)) for pick in (max, min))
    each = rounded(mean(count for _, count in counted))
    phrase = words(language)["most_and_fewest"]
    return phrase.format(most=most, count=count, fewest=fewest, least=least, mean=each)


def rounded(number: float) -> str:
    """To one decimal place, which a whole number does without."""
    return f"{number:.1f}".removesuffix(".0")
