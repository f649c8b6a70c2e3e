"""What a feed promises: it is valid, readers find every paper, and ids and times stay what they were."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from rag_app.export import atom
from rag_app.export.reference import Reference, line, references
from tests.export.papers import AUTHORS, TITLES, any_paper, hostile, paper

ATOM = f"{{{atom.NAMESPACE}}}"


def validate(text: str) -> ElementTree.Element:
    """The feed, if it keeps the rules of RFC 4287, section 4: what must be there, once, and of which form."""
    feed = ElementTree.fromstring(text)  # noqa: S314 - made here
    assert feed.tag == f"{ATOM}feed"
    assert feed.findall(f"{ATOM}author"), "a feed whose entries may have no author has one"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            (only,) = element.findall(f"{ATOM}{tag}")
            assert (only.text or "").strip(), tag
        assert urlsplit(element.findtext(f"{ATOM}id") or "").scheme == "tag"
        for tag in ("updated", "published"):
            for time in element.findall(f"{ATOM}{tag}"):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time.text or "")
                datetime.fromisoformat(time.text or "")
    for entry in feed.findall(f"{ATOM}entry"):
        (link,) = entry.findall(f"{ATOM}link")
        assert link.get("rel") == "alternate" and (link.get("href") or "").startswith("https://")
        assert all(author.findtext(f"{ATOM}name") for author in entry.findall(f"{ATOM}author"))
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return feed


def test_a_feed_is_valid_and_a_reader_finds_titles_authors_and_links() -> None:
    text = atom.write(hostile(), "New papers", "new")
    validate(text)
    feed = feedparser.parse(text.encode(), sanitize_html=False)
    assert not feed.bozo and feed.version == "atom10"
    assert [entry.title for entry in feed.entries][:6] == [line(title) for title in TITLES][:6]
    assert [author["name"] for author in feed.entries[0].authors] == list(AUTHORS)
    assert feed.entries[0].link == "https://arxiv.org/abs/2411.00001"
    assert feed.entries[0].summary == "It is new."


def test_ids_and_times_are_those_of_the_papers_whatever_else_changes() -> None:
    first = validate(atom.write(references([paper("Old title", votes=1)]), "New", "new"))
    second = validate(
        atom.write(references([paper("New title", votes=9), paper("B", "2411.00002")]), "N", "new")
    )
    for tag in ("id", "updated", "published"):
        assert first.findtext(f"{ATOM}entry/{ATOM}{tag}") == second.findtext(f"{ATOM}entry/{ATOM}{tag}")
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id")


def test_a_paper_seen_again_is_updated_on_that_day() -> None:
    feed = validate(atom.write(references([paper(dates=("2024-11-25", "2024-12-01"))]), "New", "new"))
    assert feed.findtext(f"{ATOM}entry/{ATOM}published") == "2024-11-25T00:00:00Z"
    assert (
        feed.findtext(f"{ATOM}entry/{ATOM}updated")
        == feed.findtext(f"{ATOM}updated")
        == "2024-12-01T00:00:00Z"
    )


def test_an_empty_feed_and_papers_without_a_day_are_valid() -> None:
    validate(atom.write([], "New", "new"))
    validate(atom.write(references([paper(dates=(), sections=())]), "New", "new"))


@given(st.lists(any_paper(), max_size=1))
def test_any_paper_is_a_valid_entry(papers: list[Reference]) -> None:
    feed = validate(atom.write(papers, "New", "new"))
    assert len(feed.findall(f"{ATOM}entry")) == len(papers)
