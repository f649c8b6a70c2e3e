"""The frozen records that travel between the stages of the two stories, ingest and ask.

Knows: what a paper, a chunk, a query, evidence and an answer are made of.
Does not know: how any of them is made.

Offsets are counted in code points. Days are ISO strings (`2024-11-25`), so that they sort by date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

SUMMARY = "Summary"  # the section of text that the digest does not name

# --- ingest: digest file -> Paper -> Chunk ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of a paper's digest; `text` is a verbatim slice of the file (NFC, `\\n` line ends)."""

    name: str  # unique within its paper; "Summary" where the digest names none
    text: str
    line: int = 0  # 1-based line of the file at which `text` starts


def url_of(key: str) -> str:
    """The page of the paper of that key: an arXiv id, a DOI, or an address."""
    if "://" in key:
        return key
    return f"https://doi.org/{key}" if key.startswith("10.") else f"https://arxiv.org/abs/{key}"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as the digests tell it. A paper seen on several days is one record with several dates."""

    # without version suffix, "2411.15115"; of a paper that is not on arXiv its DOI or address
    arxiv_id: str
    title: str
    # Days of the digests it appeared in, ascending; empty when no day is known.
    dates: tuple[str, ...]
    sections: tuple[Section, ...]
    votes: int | None = None  # None is "not known", never zero
    authors: tuple[str, ...] = ()
    unnamed_authors: int = 0  # the N of a "+N" at the end of an author list
    source: str = ""  # the file its text was taken from
    line: int = 0  # 1-based line of its heading there
    # "2027-01-29/2027-02-05" where the digest names a week, which is dated by its first day
    period: str = ""

    @property
    def date(self) -> str:
        """The first day it appeared, or an empty string."""
        return self.dates[0] if self.dates else ""

    @property
    def url(self) -> str:
        return url_of(self.arxiv_id)

    def section(self, name: str) -> Section:
        """The section of that name; KeyError if there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one section, small enough for the embedding model's window."""

    arxiv_id: str
    section: str
    start: int  # offsets into the section's text
    end: int
    text: str  # the cleaned text that is embedded (title included)

    @property
    def id(self) -> str:
        return f"{self.arxiv_id}#{self.section}#{self.start}"


# --- ask: question -> Query -> Evidence -> Answer ---------------------------------------------


class Fact(StrEnum):
    """What is asked of a paper's record, or of the whole table."""

    NONE = ""
    COUNT = "count"
    TOP = "top"
    BOTTOM = "bottom"
    NEWEST = "newest"
    OLDEST = "oldest"
    AUTHORS = "authors"
    VOTES = "votes"
    DATE = "date"
    LINK = "link"
    DAYS = "days"  # how many papers each day has
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    SPAN = "span"  # the first and the last day
    VOTE_STATISTICS = "vote_statistics"
    TOPICS = "topics"
    UNKNOWN_VOTES = "unknown_votes"


class Intent(StrEnum):
    LOOKUP = "lookup"
    LIST = "list"
    METADATA = "metadata"
    COMPARE = "compare"
    TREND = "trend"
    CHAT = "chat"
    OVERVIEW = "overview"  # approaches, reasons, trade-offs: many papers, in groups
    SUMMARY = "summary"  # of a day or a period, with or without a topic
    PAPER = "paper"  # a named paper explained, summed up, or in N points
    CONCEPT = "concept"  # what is X
    SIMILAR = "similar"  # papers like a named one
    RECOMMEND = "recommend"  # a few papers for a purpose
    TABLE = "table"  # papers by method, data set, metric or size
    CONDITION = "condition"  # several conditions, or one that must not hold
    EXISTS = "exists"  # has anyone ...?
    RESTYLE = "restyle"  # the answer before, shorter, in another language, as a table
    OFF = "off"  # nothing that a collection of papers could answer


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on papers that code decides exactly; all of them must hold."""

    days: tuple[str, ...] = ()  # on one of these days
    since: str = ""  # inclusive
    until: str = ""  # inclusive
    authors: tuple[str, ...] = ()  # all of these, as spelled in the author table
    any_author: tuple[str, ...] = ()  # at least one of these
    other_than: tuple[str, ...] = ()  # none of these arXiv ids
    min_votes: int | None = None
    max_votes: int | None = None
    votes_known: bool | None = None  # False asks for the papers without a vote count
    titled: tuple[str, ...] = ()  # words that the title holds, whatever their case
    released: tuple[
        str, ...
    ] = ()  # what the digest says is public, each of these: "code", "model|data" either
    # Among these arXiv ids; those that the collection lacks are passed over. No question sets it.
    only: tuple[str, ...] = ()
    only_name: str = ""  # what the reader calls them; decides nothing
    those: tuple[str, ...] = ()  # among these arXiv ids, which the answer before told

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished turn of a conversation, as understanding needs it."""

    question: str
    answer: str
    papers: tuple[str, ...] = ()  # arXiv ids it was about, in the order shown
    filters: Filters = Filters()
    intent: Intent = Intent.LOOKUP


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for, after understanding."""

    question: str  # as typed
    standalone: str  # complete without the conversation
    language: str  # of the answer, a key of `lang.LANGUAGES`
    intent: Intent = Intent.LOOKUP
    filters: Filters = Filters()
    papers: tuple[str, ...] = ()  # papers named by title, method name or id
    names: tuple[str, ...] = ()  # the spellings in the question that named them
    excluded: tuple[str, ...] = ()  # papers that are not meant: another one than these is asked for
    unknown: tuple[str, ...] = ()  # names asked for that no paper has
    # What was assumed or cannot be (impossible date, "yesterday" = ...).
    notes: tuple[str, ...] = ()
    impossible: bool = False  # a condition no paper can meet (an impossible date, a reversed range)
    aggregate: Fact = Fact.NONE
    of_many: bool = False  # the aggregate is asked of all papers that the question is about together
    ranking: Fact = Fact.NONE  # by votes: TOP or BOTTOM; by day: NEWEST or OLDEST
    unrecorded: str = ""  # what papers are to be ranked by, where no digest records it: votes stand in
    each: Fact = Fact.NONE  # ranked within each of the DAYS, WEEKS, MONTHS or YEARS
    periods: tuple[tuple[str, str], ...] = ()  # first and last day of each period named, where several are
    limit: int = 0  # top-N, 0 when not asked for
    topic: str = ""  # the question without its filters: what a list is about
    off: float = 0.0  # probability, by the examples of kinds, that it asks for nothing of papers
    unknown_author: str = ""  # whose papers are asked for, where there are none


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a digest, verbatim, with its place and its relevance to the question."""

    arxiv_id: str
    section: str
    start: int
    end: int
    text: str
    score: float = 0.0


class Reason(StrEnum):
    """Why a paper is among the evidence."""

    NAMED = "named"  # the question names it
    DENSE = "dense"  # its place by meaning
    LEXICAL = "lexical"  # its place by words
    RECORD = "record"  # the paper table says so


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, and the paper's place by it: 1 for the best, 0 where nothing was ranked."""

    reason: Reason
    place: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that retrieval found, with its best passages, best first."""

    paper: Paper
    score: float
    passages: tuple[Passage, ...] = ()
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an answer may rest on."""

    hits: tuple[Hit, ...] = ()  # best first: those of the ranking, and all that belong on a list
    scanned: int = 0  # papers left after the filters
    # Ids of every paper that answers a list or metadata question, in order.
    matched: tuple[str, ...] = ()
    borderline: tuple[str, ...] = ()  # ids near the cut, shown apart
    # Ids of both that the words of the topic did not decide: first the borderline ones, best first, then
    # the matched ones, worst first.
    unsure: tuple[str, ...] = ()
    beside: str = ""  # the question in another language, where papers are looked for by both
    # How far the best paper stands out, in standard deviations of the collection.
    strength: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Support:
    """Where a digest says what a sentence of the answer says."""

    n: int  # the citation's number
    section: str
    quote: str  # == section text[start:end]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, with `[n]` markers in its text."""

    text: str
    supported: bool
    support: tuple[Support, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A paper that an answer cites, with its best quote; offsets are into the section's text."""

    n: int
    arxiv_id: str
    title: str
    date: str
    url: str
    section: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer cost the engine; zeros without a model."""

    prompt_tokens: int = 0
    reused_tokens: int = 0  # of the prompt, taken from the KV cache
    generated_tokens: int = 0
    tokens_per_second: float = 0.0  # of decoding


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer; `as_json` of it is what `ask --json` prints."""

    text: str  # Markdown; `[n]` is a citation; lines that start with `>` are quotes
    refused: bool
    intent: Intent
    language: str
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    # Aspect -> id -> quotes.
    comparison: dict[str, dict[str, tuple[Passage, ...]]] = field(default_factory=dict)
    borderline_papers: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()  # offered with a refusal; not citations
    ranked: tuple[str, ...] = ()  # up to 50 ids as retrieval ranked them
    scanned: int = 0
    matched: int = 0
    borderline: int = 0
    seconds: float = 0.0
    evidence_seconds: float = 0.0
    first_token_seconds: float | None = None
    model: str = ""
    device: str = ""
    usage: Usage = Usage()
    left_out: int = 0  # sentences of evidence that the prompt had no room for


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about, kept with it in the history."""

    evidence: Evidence | None = None
    prompts: tuple[str, ...] = ()  # what the model was given to continue, call by call


# --- what `pipeline.ask` yields while it works, in this order ----------------------------------


@dataclass(frozen=True, slots=True)
class Understood:
    query: Query


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence is ready; pages show it at once. Again where it was looked for in another language as well."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Draft:
    """The sentence being written, whole so far and not yet checked.

    `leading`: it will stand before all others; without a text yet, that such a one will be written.
    """

    text: str
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Working:
    """How far a long answer is: points written, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence has closed and was checked; it replaces the draft; `leading`: before all others."""

    sentence: Sentence
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    answer: Answer


Event = Understood | Found | Working | Draft | Checked | Done
