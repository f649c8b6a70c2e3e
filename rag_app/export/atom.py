"""Papers as an Atom feed (RFC 4287), for any feed reader.

Knows: the elements of a feed and what must not change between two writings: ids are made of the
paper's own, times of its days. Does not know: which papers they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.etree import ElementTree

from rag_app import __version__
from rag_app.export.formats import FileType, utf8
from rag_app.export.reference import Reference
from rag_app.text.cleaning import clean, clean_line

FILE = FileType("Atom", "xml", "application/atom+xml")
NAMESPACE = "http://www.w3.org/2005/Atom"
NO_DAY = "1970-01-01"  # a feed asks for a time; papers without a day come last
# a name of ours below a tag URI (RFC 4151): it stays the same wherever the feed is kept
_TAG = "tag:rag-app.invalid,2024:"


def write(papers: Sequence[Reference], title: str, name: str) -> str:
    """The feed in that order as XML; `name` says which feed it is (`new`, `top`) and goes into its id.

    Written twice from the same papers it is the same text.
    """
    feed = ElementTree.Element("feed", xmlns=NAMESPACE)
    _add(feed, "id", f"{_TAG}feed/{quote(name, safe='/')}")
    _add(feed, "title", title)
    _add(feed, "updated", max((_time(paper) for paper in papers), default=f"{NO_DAY}T00:00:00Z"))
    _add(_add(feed, "author"), "name", "rag-app")
    _add(feed, "generator", "rag-app", version=__version__)
    for paper in papers:
        _entry(feed, paper)
    ElementTree.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode") + "\n"


def _entry(feed: ElementTree.Element, paper: Reference) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", f"{_TAG}paper/{quote(utf8(paper.paper.arxiv_id), safe='/')}")
    _add(entry, "title", clean_line(paper.title) or utf8(paper.paper.arxiv_id))
    _add(entry, "updated", _time(paper))
    _add(entry, "published", f"{paper.paper.date or NO_DAY}T00:00:00Z")
    _add(entry, "link", rel="alternate", type="text/html", href=paper.url)
    for author in paper.authors:
        _add(_add(entry, "author"), "name", author)
    for tag in paper.keywords:
        _add(entry, "category", term=tag)
    _add(entry, "summary", _summary(paper), type="text")


def _summary(paper: Reference) -> str:
    """The digest's first section, as plain text."""
    return clean(paper.paper.sections[0].text) if paper.paper.sections else ""


def _time(paper: Reference) -> str:
    """The last day that a digest had it; the digests know no hour."""
    days = paper.paper.dates
    return f"{days[-1] if days else NO_DAY}T00:00:00Z"


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag, {name: utf8(value) for name, value in attributes.items()})
    child.text = utf8(text) or None
    return child
