"""Every spelling of a paper's address -> one key: an arXiv id, a DOI, or an address.

Knows: where arXiv ids, DOIs and the pages of papers stand in text. Does not know: whether an address
belongs to an entry or is a reference. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# New and old identifiers (https://info.arxiv.org/help/arxiv_identifier.html).
_NEW_ID = r"\d{4}\.\d{4,5}"
_OLD_ID = r"[a-z-]{2,20}(?:\.[a-z]{2})?/\d{7}"
_ARXIV = (
    r"(?:(?:arxiv|ar5iv)\.org/(?:abs|pdf|html|format|ps|e-print|src)/|papers\.cool/arxiv/|scirate\.com/arxiv/"
    r"|(?:huggingface\.co|hf\.co|hf-mirror\.com)/papers/|alphaxiv\.org/(?:abs|overview|pdf|html|zh/overview)/"
    r"|semanticscholar\.org/arxiv[/:]|10\.48550/arxiv\.|arxiv(?:[ _]?(?:id|preprint))?\s?[:：]\s?"
    rf"(?:arxiv:)?|arxiv\s)(?P<arxiv>{_NEW_ID}|{_OLD_ID})(?!\d)(?:v\d{{1,3}}(?![\w]))?"
)
# Pages and files of papers elsewhere. What they have in common: the address names one paper.
_DOI = r"10\.\d{4,9}/[^\s\"'<>()\[\]{}|,;\\]{2,200}"
_ELSEWHERE = (
    rf"(?:doi\.org/|doi\s?[:：]\s?|(?:bio|med)rxiv\.org/content/|dl\.acm\.org/doi/(?:[a-z]{{2,12}}/)?"
    rf"|link\.springer\.com/(?:article|chapter)/)(?P<doi>(?!10\.48550/arxiv){_DOI})"
    r"|openreview\.net/(?:forum|pdf|attachment)\?id=(?P<openreview>[\w-]{4,40})"
    r"|(?:aclanthology\.org|aclweb\.org/anthology)/(?P<acl>\d{4}\.[a-z][\w-]{1,40}\.\d{1,4}|[A-Z]\d{2}-\d{4})(?!\d)"
    r"|(?P<page>proceedings\.mlr\.press/v\d{1,4}/[\w-]{4,60}|openaccess\.thecvf\.com/content[^\s\"'<>()\[\]|]{4,200}"
    r"|(?:papers\.nips\.cc|proceedings\.neurips\.cc|papers\.neurips\.cc)/paper[^\s\"'<>()\[\]|]{4,200}"
    r"|ieeexplore\.ieee\.org/(?:abstract/)?document/\d{4,12}|www\.nature\.com/articles/[\w-]{6,60})"
)
_KNOWN = re.compile(rf"(?<![\w-])(?:{_ARXIV}|{_ELSEWHERE})", re.IGNORECASE)
_BARE = re.compile(
    rf"(?<![\w./:-])((?:\d\d(?:0[1-9]|1[0-2])\.\d{{4,5}})|{_OLD_ID})(?!\d|\.\d)(?:v\d{{1,3}})?(?!\w)"
)
# Where an id may stand without an address; `bare_id` decides.
BARE = re.compile(r"\d{4}\.\d{4}")
_IS_ARXIV = re.compile(rf"(?:{_NEW_ID}|{_OLD_ID})\Z", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s\"'<>|]{4,2000}", re.IGNORECASE)
_ENDS = ".,;:!?'\"*_`)]}>）】。，、"
# How a known address begins. Plain search for these is many times faster than the expression alone.
_BEGINNINGS = (
    *(
        "arxiv",
        "ar5iv",
        "papers.cool",
        "scirate",
        "huggingface.co/papers",
        "hf.co/papers",
        "hf-mirror",
        "alphaxiv",
    ),
    *("semanticscholar.org/arxiv", "10.48550/arxiv", "doi", "biorxiv", "medrxiv", "dl.acm", "link.springer"),
    *(
        "openreview",
        "aclanthology",
        "aclweb",
        "proceedings.",
        "openaccess.",
        "papers.n",
        "ieeexplore",
        "www.nature",
    ),
)


@dataclass(frozen=True, slots=True)
class PaperAddress:
    """Where a paper's address stands in a text, and the key of the paper."""

    key: str
    start: int
    end: int


def addresses(text: str, start: int = 0, end: int | None = None) -> Iterator[PaperAddress]:
    """The known addresses of a text between two offsets, in order."""
    behind = 0
    for at in _places(text, start, len(text) if end is None else end):
        found = _KNOWN.match(text, at) if at >= behind else None
        key = _key(found) if found else ""
        if found and key:
            yield PaperAddress(key, found.start(), found.end())
            behind = found.end()


def _places(text: str, start: int, end: int) -> Iterable[int]:
    """Where known addresses may begin."""
    lowered = text[start:end].lower()
    if len(lowered) != end - start:  # a letter that is longer in lower case
        return [found.start() for found in _KNOWN.finditer(text, start, end)]
    places = []
    for beginning in _BEGINNINGS:
        at = lowered.find(beginning)
        while at >= 0:
            places.append(start + at)
            at = lowered.find(beginning, at + 1)
    places.sort()
    return places


def key_of(address: str) -> str:
    """The key of the first known address in a text (`https://arxiv.org/pdf/2401.00001v2`), or an
    empty string.
    """
    return next((found.key for found in addresses(address)), "")


def web_key(address: str) -> str:
    """The key of any web address: of a known one its own, of another the address without fragment
    and trailing marks; empty when it is no web address.
    """
    known = key_of(address)
    if known:
        return known
    found = _WEB.match(address.strip())
    return found[0].partition("#")[0].rstrip(_ENDS) if found else ""


def bare_id(text: str, at: int = 0) -> PaperAddress | None:
    """The arXiv id at a place of a text, written without an address ("2401.00001v2 | ...")."""
    found = _BARE.match(text, at)
    return PaperAddress(arxiv_key(found[1]), at, found.end()) if found else None


def arxiv_key(arxiv_id: str) -> str:
    """An id without version, and of an old one without capitals and subject class: "math.GT/0309136v1"
    -> "math/0309136", since arXiv takes all of them for one paper.
    """
    plain = re.sub(r"v\d{1,3}\Z", "", arxiv_id.strip())
    archive, slash, number = plain.rpartition("/")
    return f"{archive.lower().partition('.')[0]}/{number}" if slash else plain


def is_arxiv(key: str) -> bool:
    """Whether a paper's key is an arXiv id."""
    return _IS_ARXIV.match(key) is not None


def _key(found: re.Match[str]) -> str:
    if found["arxiv"]:
        return arxiv_key(found["arxiv"])
    if found["doi"]:
        return re.sub(
            r"(?:v\d+)?(?:\.(?:full|abstract|full-text))?(?:\.pdf)?\Z", "", found["doi"].rstrip(_ENDS)
        ).lower()
    if found["openreview"]:
        return f"https://openreview.net/forum?id={found['openreview']}"
    if found["acl"]:
        return f"https://aclanthology.org/{found['acl']}"
    return f"https://{found['page'].rstrip(_ENDS)}"
