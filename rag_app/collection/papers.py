"""The table of papers in SQLite: exact answers about dates, votes, authors and counts.

Knows: how papers are kept in SQLite, and how `Filters` become SQL.
Does not know: chunks, vectors, questions.

A built file is never changed, so it is opened as immutable.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

from rag_app.collection import releases
from rag_app.collection.periods import period_of
from rag_app.errors import CollectionError
from rag_app.records import Fact, Filters, Paper, Section

SCHEMA = 1
AUTHOR_CUTOFF = 85.0  # similarity, of 100, below which two spellings are two people

# `rank` is the collection's order: first day, then the order in the digests; papers without a day
# come last.
_TABLES = """
CREATE TABLE papers (rank INTEGER PRIMARY KEY, arxiv_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, votes INTEGER,
                     unnamed_authors INTEGER NOT NULL, source TEXT NOT NULL, line INTEGER NOT NULL);
CREATE TABLE dates (rank INTEGER NOT NULL, day TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (rank, day));
CREATE TABLE authors (rank INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
                      PRIMARY KEY (rank, position));
CREATE TABLE sections (rank INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
                       line INTEGER NOT NULL, PRIMARY KEY (rank, position));
CREATE TABLE periods (rank INTEGER PRIMARY KEY, period TEXT NOT NULL);
CREATE INDEX papers_by_votes ON papers (votes);
CREATE INDEX dates_by_day ON dates (day);
CREATE INDEX authors_by_key ON authors (key);
"""

# The rows of `dates` that filters allow; a single day must meet all conditions.
_ON_DAY = """(:days = '[]' OR day IN (SELECT value FROM json_each(:days)))
             AND (:since = '' OR day >= :since) AND (:until = '' OR day <= :until)"""

_MATCHING = f"""
SELECT rank FROM papers
WHERE (:min_votes IS NULL OR votes >= :min_votes)
  AND (:max_votes IS NULL OR votes <= :max_votes)
  AND (:votes_known IS NULL OR (votes IS NOT NULL) = :votes_known)
  AND (:days || :since || :until = '[]' OR rank IN (SELECT rank FROM dates WHERE {_ON_DAY}))
  AND NOT EXISTS (SELECT 1 FROM json_each(:authors) AS wanted WHERE wanted.value NOT IN
                  (SELECT key FROM authors WHERE authors.rank = papers.rank))
  AND (:any_author = '[]' OR EXISTS (SELECT 1 FROM authors WHERE authors.rank = papers.rank
                                     AND key IN (SELECT value FROM json_each(:any_author))))
  AND arxiv_id NOT IN (SELECT value FROM json_each(:other_than))
  AND (:only = '[]' OR arxiv_id IN (SELECT value FROM json_each(:only)))
  AND (:those = '[]' OR arxiv_id IN (SELECT value FROM json_each(:those)))
ORDER BY rank
"""  # noqa: S608 - made of constants; every value is a parameter

_DAYS = f"""
SELECT day, count(*)
FROM (SELECT min(day) AS day FROM dates
      WHERE rank IN (SELECT value FROM json_each(:ranks)) AND {_ON_DAY} GROUP BY rank)
GROUP BY day ORDER BY day
"""  # noqa: S608 - as above

# Letters that Unicode does not decompose into a base letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})

Value = str | int | None


def author_key(name: str) -> str:
    """The form in which two spellings of one name are equal: no case, accents, punctuation or extra
    spaces.
    """
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    kept = "".join(c for c in letters if c.isspace() or unicodedata.category(c)[0] in "LN")
    return unicodedata.normalize("NFKC", " ".join(kept.split()))


def day_number(day: str) -> int:
    """`2024-11-25` as 20241125, since Chroma compares numbers only; 0 for an unknown day."""
    return int(day.replace("-", "")) if day else 0


def build(papers: Sequence[Paper], file: Path) -> None:
    """Write a new table of `papers`, given in digest order, to `file`, which must not exist.

    Raises sqlite3.Error (disk full, an arXiv id twice) or OSError.
    """
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(_TABLES)
        for rank, paper in enumerate(sorted(papers, key=lambda paper: paper.date or "9999")):
            _insert(database, rank, paper)
        database.execute(f"PRAGMA user_version = {SCHEMA}")


def _insert(database: sqlite3.Connection, rank: int, paper: Paper) -> None:
    head = (rank, paper.arxiv_id, paper.title, paper.votes, paper.unnamed_authors, paper.source, paper.line)
    dates = [(rank, day, day_number(day)) for day in paper.dates]
    authors = [(rank, position, name, author_key(name)) for position, name in enumerate(paper.authors)]
    sections = [(rank, position, s.name, s.text, s.line) for position, s in enumerate(paper.sections)]
    database.execute("INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?, ?)", head)
    database.executemany("INSERT INTO dates VALUES (?, ?, ?)", dates)
    database.executemany("INSERT INTO authors VALUES (?, ?, ?, ?)", authors)
    database.executemany("INSERT INTO sections VALUES (?, ?, ?, ?, ?)", sections)
    if paper.period:
        database.execute("INSERT INTO periods VALUES (?, ?)", (rank, paper.period))


class PaperTable:
    """Exact answers from a built table, for any number of threads. Every method raises
    CollectionError on damage.
    """

    def __init__(self, file: Path) -> None:
        """Open `file` for reading; CollectionError if it is missing, damaged or of another schema."""
        self.file = file
        self._lock = threading.Lock()
        try:
            uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
            self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        schema = self._rows("PRAGMA user_version")[0][0]
        if schema != SCHEMA:
            self.close()
            raise self._damaged(f"schema {schema} instead of {SCHEMA}")

    def close(self) -> None:
        self._database.close()

    def all(self) -> tuple[Paper, ...]:
        """Every paper, by first day, then in digest order."""
        return tuple(self._papers.values())

    def get(self, arxiv_id: str) -> Paper:
        """The paper of that id; KeyError if there is none."""
        return self._papers[arxiv_id]

    def find(self, arxiv_id: str) -> Paper | None:
        """The paper of that id, where the collection holds it."""
        return self._papers.get(arxiv_id)

    def has(self, arxiv_id: str) -> bool:
        """Whether the collection holds the paper."""
        return arxiv_id in self._papers

    def many(self, arxiv_ids: Iterable[str]) -> list[Paper]:
        """The papers of those ids, in that order; KeyError at the first unknown id."""
        return [self._papers[arxiv_id] for arxiv_id in arxiv_ids]

    def ids(self, filters: Filters) -> list[str]:
        """Ids of every paper that meets `filters`, by first day, then in digest order."""
        if not filters:
            return list(self._papers)
        return [self._ids[rank] for rank in self._ranks(filters)]

    def ids_of_author(self, name: str) -> list[str]:
        """Ids of the papers of that author, however the name is spelled, in the collection's order; by
        the table's index, so 50 names take milliseconds.
        """
        sql = "SELECT DISTINCT rank FROM authors WHERE key = ? ORDER BY rank"
        return [self._ids[rank] for (rank,) in self._rows(sql, [author_key(name)])]

    def top(self, filters: Filters, n: int) -> list[Paper]:
        """The `n` papers with most votes, most first, ties in collection order; unknown votes never rank."""
        sql = """SELECT arxiv_id FROM papers WHERE votes IS NOT NULL AND rank IN (SELECT value FROM json_each(?))
                 ORDER BY votes DESC, rank LIMIT ?"""
        return self.many(row[0] for row in self._rows(sql, [self._matching(filters), max(n, 0)]))

    def by_period(self, unit: Fact, filters: Filters) -> list[tuple[str, int]]:
        """(period, papers) in order of time, as `periods.period_of` writes the DAYS, WEEKS, MONTHS or YEARS;
        a paper counts once, on the first of its days that `filters` allow.
        """
        counts: Counter[str] = Counter()
        for day, count in self._rows(_DAYS, {**_values(filters), "ranks": self._matching(filters)}):
            counts[period_of(day, unit)] += count
        return list(counts.items())

    def authors(self, filters: Filters) -> list[tuple[str, int]]:
        """(author, papers), most papers first; all spellings of a name count as its most frequent one."""
        sql = """SELECT key, count(DISTINCT rank) AS n FROM authors
                 WHERE key != '' AND rank IN (SELECT value FROM json_each(?)) GROUP BY key ORDER BY n DESC, key"""
        return [(self._spellings[key][0], n) for key, n in self._rows(sql, [self._matching(filters)])]

    def author_spellings(self, key: str) -> list[str]:
        """Every spelling of the name with that `author_key`, most frequent first; empty if there is none."""
        return list(self._spellings.get(key, ()))

    def authors_with(self, words: str) -> list[str]:
        """Authors whose names hold all of these words, each whole: a surname, "J. Smith" for "J Smith"."""
        holding = [self._keys_with.get(word, frozenset()) for word in set(author_key(words).split())]
        keys = frozenset.intersection(*holding) if holding else frozenset()
        return sorted(self._spellings[key][0] for key in keys)

    def find_authors(
        self, text: str, limit: int = 5, cutoff: float = AUTHOR_CUTOFF
    ) -> list[tuple[str, float]]:
        """(author, similarity 0-100) of names like `text`, best first; 100 means equal but for
        accents and the like.

        Spaces and hyphens make no difference, nor does the order of the parts of a name (rapidfuzz
        `token_sort_ratio`), but a turned name scores below 100.
        """
        from rapidfuzz import fuzz, process

        key = author_key(text)
        if not key:
            return []
        keys = list(self._spellings)
        alike = process.extract(key, keys, scorer=fuzz.token_sort_ratio, limit=None, score_cutoff=cutoff)
        scores = {found: min(score, 99.0) for found, score, _ in alike}
        scores |= {found: 100.0 for found in keys if found.replace(" ", "") == key.replace(" ", "")}
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
        return [(self._spellings[found][0], score) for found, score in best]

    @cached_property
    def first_day(self) -> str:
        """The earliest day of the collection, or an empty string."""
        return self.days()[0][0] if self.days() else ""

    @cached_property
    def last_day(self) -> str:
        """The latest day of the collection, or an empty string."""
        return self.days()[-1][0] if self.days() else ""

    def days(self) -> list[tuple[str, int]]:
        """(day, papers in that day's digest), in order of time."""
        return self._rows("SELECT day, count(*) FROM dates GROUP BY day ORDER BY day")

    def months(self) -> list[str]:
        """The months (`2024-11`) that have papers, in order of time."""
        return sorted({day[:7] for day, _ in self.days()})

    @cached_property
    def _papers(self) -> dict[str, Paper]:
        days, authors, sections = defaultdict(list), defaultdict(list), defaultdict(list)
        for rank, day in self._rows("SELECT rank, day FROM dates ORDER BY rank, day"):
            days[rank].append(day)
        for rank, name in self._rows("SELECT rank, name FROM authors ORDER BY rank, position"):
            authors[rank].append(name)
        for rank, *section in self._rows(
            "SELECT rank, name, text, line FROM sections ORDER BY rank, position"
        ):
            sections[rank].append(Section(*section))
        papers = {}
        periods = self._periods()
        sql = "SELECT rank, arxiv_id, title, votes, unnamed_authors, source, line FROM papers ORDER BY rank"
        for rank, arxiv_id, title, votes, unnamed, source, line in self._rows(sql):
            lists = tuple(days[rank]), tuple(sections[rank]), votes, tuple(authors[rank])
            papers[arxiv_id] = Paper(arxiv_id, title, *lists, unnamed, source, line, periods.get(rank, ""))
        return papers

    def _periods(self) -> dict[int, str]:
        """The weeks of papers by rank; an index made before there were weeks has no such table."""
        known = self._rows("SELECT 1 FROM sqlite_master WHERE name = 'periods'")
        return dict(self._rows("SELECT rank, period FROM periods")) if known else {}

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        """arXiv ids by rank, which counts from 0 without gaps."""
        return tuple(self._papers)

    @cached_property
    def _spellings(self) -> dict[str, tuple[str, ...]]:
        spellings = defaultdict(list)
        sql = "SELECT key, name FROM authors WHERE key != '' GROUP BY key, name ORDER BY key, count(*) DESC, name"
        for key, name in self._rows(sql):
            spellings[key].append(name)
        return {key: tuple(names) for key, names in spellings.items()}

    @cached_property
    def _keys_with(self) -> dict[str, frozenset[str]]:
        """Word -> the keys of authors that hold it: a question asks this of many of its words."""
        found = defaultdict(set)
        for key in self._spellings:
            for word in key.split():
                found[word].add(key)
        return {word: frozenset(keys) for word, keys in found.items()}

    def _matching(self, filters: Filters) -> str:
        """The ranks of the papers that meet `filters`, as a JSON list, in which form SQLite takes
        them back.
        """
        return json.dumps(self._ranks(filters))

    def _ranks(self, filters: Filters) -> list[int]:
        ranks = [rank for (rank,) in self._rows(_MATCHING, _values(filters))]
        titled = [_said(words) for words in filters.titled]
        papers = (
            [(rank, self._papers[self._ids[rank]]) for rank in ranks] if titled or filters.released else []
        )
        if not papers:
            return ranks
        return [
            rank
            for rank, paper in papers
            if all(said.search(paper.title) for said in titled)
            and (not filters.released or releases.sentence_on(paper, filters.released))
        ]

    def _rows(self, sql: str, values: Sequence[Value] | Mapping[str, Value] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> CollectionError:
        return CollectionError(
            f"the table of papers {self.file} cannot be read: {why}", "run `rag-app ingest` again"
        )


def _said(words: str) -> re.Pattern[str]:
    """Words as a title says them: whole, but for a plural's ending, or a part of a compound ("BioMamba")."""
    if not words.isascii():
        return re.compile(re.escape(words), re.IGNORECASE)
    begins = r"(?:(?<![A-Za-z0-9])|(?<=[A-Za-z])(?=[A-Z][a-z]))"
    return re.compile(rf"{begins}(?i:{re.escape(words)}(?:e?s)?)(?![a-z0-9])")


def _values(filters: Filters) -> dict[str, Value]:
    """`filters` as the parameters of the statements above."""
    return {
        "days": json.dumps(filters.days),
        "since": filters.since,
        "until": filters.until,
        "authors": json.dumps([author_key(name) for name in filters.authors]),
        "any_author": json.dumps([author_key(name) for name in filters.any_author]),
        "other_than": json.dumps(filters.other_than),
        "min_votes": _within_sqlite(filters.min_votes),
        "max_votes": _within_sqlite(filters.max_votes),
        "votes_known": filters.votes_known,
        "only": json.dumps(filters.only),
        "those": json.dumps(filters.those),
    }


def _within_sqlite(number: int | None) -> int | None:
    """SQLite's integers have 64 bits; a question's need not."""
    return None if number is None else max(-(2**63), min(number, 2**63 - 1))
