"""What of a heading, an item or a cell is the title, and what are marks, numbers and links beside it.

Knows: links and emphasis of Markdown and HTML, numbering, and the words that name a link instead of
a paper ("PDF", "论文链接"). Does not know: entries. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag_app.collection.reading.addresses import addresses, bare_id, web_key
from rag_app.collection.reading.labels import LONGEST_LABEL as LONGEST_NAME
from rag_app.collection.reading.labels import role_of
from rag_app.collection.reading.votes import marked_votes
from rag_app.text.cleaning import clean_line

_TOKEN = re.compile(r"\\.|\[\[[^\[\]\n]{1,300}\]\](?!\()|!\[|\[|\]\(|\]\[|\]", re.DOTALL)
_TARGET = re.compile(
    r"\s{0,4}<?((?:[^\s()<>]++|\((?:[^\s()<>]++|\([^\s()<>]*+\))*+\))*+)>?(?:\s+[\"'(][^\n]{0,300}?[\"')])?\s{0,4}\)"
)
_REFERENCE = re.compile(r"([^\[\]\n]{0,300})\]")
_ANCHOR = re.compile(r"<a\b(?P<attributes>[^<>]{0,2000})>|</a\s*>", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
_WEB = re.compile(r"<?https?://[^\s<>\"'|]+[^\s<>\"'|.,;:!?)\]】）。，*_`]>?", re.IGNORECASE)
_NUMBERING = re.compile(
    r"(?:[-*+•●▪·]\s+)?(?:\[\s?\d{1,4}\s?\]|[(（]\d{1,4}[)）]|\d{1,4}\s?[.)、:：．](?=\s|[^\W\d])|#\d{1,4}(?!\w)|№\s?\d{1,4}|\d[\ufe0f]?\u20e3|[①-⑳❶-❿])\.?\s*"
)
_LEADING = re.compile(
    r"[^\w\s$\\\"'“”‘’«»《》〈〉「」『』【】（）()\[\]{}<>#@&+\-–—/|*_`~^=.,:;!?%¿¡]+[\ufe0e\ufe0f]?\s*"
)
_MAY_LINK = re.compile(r"\[|://|<a\b|arxiv|doi", re.IGNORECASE)
_GAP = "\x00"  # in the place of a link that was cut
_BRACKETS = re.compile(rf"[(（\[【][\s\w|,/·•&+:：.、{_GAP}-]{{0,80}}[)）\]】]")
_TRAIL = " \t\n|·•,，;；:：/&–—-"
_LONGEST_LABEL = 300  # characters; a longer text is more than a name of a link
_LONGEST_LINE = 20_000  # characters of a text in which links are looked for
_WORD = re.compile(r"\w+")

_GENERIC_WORDS = frozenset(
    """
    arxiv pdf abs abstract html paper papers link links url urls here read more on or and the a an full
    text page pages hf huggingface hugging face alphaxiv preprint version v1 v2 v3 source website web
    site project code github git repo repository doi openreview semantic scholar s2 view open download
    original article cool kimi ar5iv details blog tweet twitter dataset data demo video slides poster
    model models weights bibtex bib cite review publication published conference journal to in at of for
    this com org www http https click official homepage summary detail discussion chat reddit x youtube
    icon badge back top table contents home daily preprints file tex latex xiv id discuss thread colab
    space spaces app documentation docs supplementary supp appendix media post medium news press release
    implementation pytorch tensorflow jax unofficial author authors extended accepted oral spotlight
    arxivid liên kết bài báo xem mã nguồn đọc thêm tải xuống trang
    """.split()
)
_GENERIC_CJK = re.compile(
    "论文|原文|链接|鏈接|連結|地址|主页|页面|阅读|閱讀|全文|打开|查看|详情|点击|点此|这里|此处|下载|"
    "代码|项目|网页|网址|解读|资源|作者|文章|摘要|原始|详细|更多|的|与|和|논문|링크|원문|바로가기|"
    "바로|가기|보기|읽기|페이지|코드|다운로드|주소|자세히|상세|홈페이지|프로젝트|원본|열기|에서|論文|"
    "リンク|原論文|本文|ページ|コード|を読む|読む|見る|詳細|こちら|公式|プロジェクト|ダウンロード|"
    "はの"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where it and its label stand in the text, what it points to, and the paper's key there."""

    start: int
    end: int
    label_start: int
    label_end: int
    target: str
    key: str  # of a known address of a paper; empty for any other
    image: bool = False


Span = tuple[int, int]
Definitions = Mapping[str, str]  # label of a reference link, folded -> address


def links(text: str, definitions: Definitions | None = None) -> list[Link]:
    """The links of a text in order, the outermost of nested ones: Markdown, wiki, HTML and bare addresses."""
    text = text[:_LONGEST_LINE]
    found = [*_markdown(text, definitions or {})]
    if "<a" in text or "<A" in text:
        found += _anchors(text)
    found = _outermost(found)
    if "://" in text or ":" in text or "." in text:
        found = _outermost(found + _bare(text, found))
    return found


def _markdown(text: str, definitions: Definitions) -> list[Link]:
    if "[" not in text:
        return []
    found: list[Link] = []
    opened: list[tuple[int, int]] = []  # (where the mark begins, where the label begins)
    behind = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if token.start() < behind or mark.startswith("\\"):
            continue
        if mark.startswith("[["):
            found.append(_wiki(token))
        elif mark in ("[", "!["):
            opened.append((token.start(), token.end()))
        elif opened:
            start, label = opened.pop()
            link = _closed(text, token, start, label, definitions)
            if link:
                found.append(link)
                behind = link.end
    return found


def _closed(text: str, token: re.Match[str], start: int, label: int, definitions: Definitions) -> Link | None:
    """The link that a closing mark ends, if it is one."""
    mark, image = token[0], text.startswith("!", start)
    if mark == "](":
        target = _TARGET.match(text, token.end())
        if target:
            return _link((start, target.end()), (label, token.start()), str(target[1]), image=image)
    elif mark == "][":
        name = _REFERENCE.match(text, token.end())
        if name:
            address = definitions.get(folded(name[1] or text[label : token.start()]), "")
            return _link((start, name.end()), (label, token.start()), address, image=image)
    elif mark == "]" and (defined := definitions.get(folded(text[label : token.start()]))):
        return _link((start, token.end()), (label, token.start()), defined, image=image)
    return None


def _wiki(token: re.Match[str]) -> Link:
    """`[[target|shown]]`; the target may be an arXiv id."""
    target, _, shown = token[0][2:-2].rpartition("|")
    begin = token.end() - 2 - len(shown)
    bare = bare_id(target.strip() or shown.strip())
    return Link(token.start(), token.end(), begin, token.end() - 2, target or shown, bare.key if bare else "")


def folded(name: str) -> str:
    """A reference's label as CommonMark compares it."""
    return " ".join(name.split()).casefold()


def _link(whole: Span, label: Span, target: str, *, image: bool = False) -> Link:
    key = "" if image else next((a.key for a in addresses(target)), "")
    return Link(*whole, *label, target, key, image)


def _anchors(text: str) -> list[Link]:
    found: list[Link] = []
    opened: re.Match[str] | None = None
    for tag in _ANCHOR.finditer(text):
        if tag["attributes"] is not None:
            opened = tag
        elif opened is not None:
            href = _HREF.search(opened["attributes"])
            if href:
                found.append(_link((opened.start(), tag.end()), (opened.end(), tag.start()), href[1]))
            opened = None
    return found


def _bare(text: str, taken: list[Link]) -> list[Link]:
    """Addresses that are no link's target."""
    found: list[Link] = []
    places = [(m.start(), m.end(), m[0]) for m in _WEB.finditer(text)] + [
        (a.start, a.end, text[a.start : a.end]) for a in addresses(text)
    ]
    spans = sorted((link.start, link.end) for link in taken)
    at = 0
    for start, end, address in sorted(places):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        if at < len(spans) and spans[at][0] <= start:
            continue
        key = next((a.key for a in addresses(address)), "")
        if not found or found[-1].end <= start:
            found.append(Link(start, end, start, end, address.strip("<>"), key))
    return found


def _outermost(found: list[Link]) -> list[Link]:
    kept: list[Link] = []
    for link in sorted(found, key=lambda link: (link.start, -link.end)):
        if not kept or link.start >= kept[-1].end:
            kept.append(link)
        elif not kept[-1].key and link.key and link.end > kept[-1].end:
            kept[-1] = link
    return kept


def is_generic(label: str) -> bool:
    """Whether a text only names a link or a field, and is no title ("PDF", "论文链接", "9904.13011")."""
    words = label.split()
    if len(label) > LONGEST_NAME and any(_is_own(word) for word in words):
        return False  # the name of no field, told without cleaning
    plain = " ".join(words)
    return len(plain) <= _LONGEST_LABEL and _is_generic(plain)


def _is_own(word: str) -> bool:
    return word.isascii() and word.isalpha() and word.casefold() not in _GENERIC_WORDS


@lru_cache(4096)
def _is_generic(label: str) -> bool:
    plain = _GENERIC_CJK.sub(" ", clean_line(_WEB.sub(" ", label)))
    words = _WORD.findall(plain.casefold())
    return all(word in _GENERIC_WORDS or _is_code(word) for word in words) or role_of(label) is not None


def _is_code(word: str) -> bool:
    return word.isdigit() or word == "_" or re.fullmatch(r"\d+v\d+|v\d+|\d{4,5}v?\d*", word) is not None


def label_of_link(text: str, link: Link) -> str:
    """The shown text of a link."""
    return text[link.label_start : link.label_end]


def without_links(text: str, found: list[Link]) -> str:
    """The text with every link's label in its place, and without the links that name no paper, with
    the brackets and words around them alone ("(Read more on [arXiv](…))").
    """
    out, at = [], 0
    for link in found:
        label = label_of_link(text, link)
        named = not link.image and not link.target.startswith("#") and not is_generic(label)
        out += [text[at : link.start], label if named else _GAP]
        at = link.end
    bare = "".join([*out, text[at:]])
    if _GAP in bare:
        bare = _BRACKETS.sub(
            lambda group: _GAP if _GAP in group[0] and is_generic(group[0]) else group[0], bare
        )
    return bare.replace(_GAP, " ")


def plain_title(text: str, definitions: Definitions | None = None) -> str:
    """The title in a text: without numbering, signs, links that name no paper, and votes behind it."""
    bare = without_links(text, links(text, definitions)) if _MAY_LINK.search(text) else text
    votes = marked_votes(bare)
    if votes and not any(map(str.isalnum, bare[votes.end :])):
        bare = bare[: votes.start]
    title = clean_line(unnumbered(bare.strip().rstrip("#")))
    bare = unnumbered(title).rstrip(_TRAIL)
    return title if bare in ("", title) else clean_line(bare)


def unnumbered(text: str) -> str:
    """The text without the signs and numbers it begins with ("🔥 [3] ", "1) ", "**2.** ")."""
    return text[start_of_title(text) :]


def start_of_title(text: str) -> int:
    """Where the title begins behind signs and numbering."""
    at = len(text) - len(text.lstrip())
    for _ in range(4):
        found = _LEADING.match(text, at) or _NUMBERING.match(text, at)
        if not found or found.end() == at or found.end() >= len(text.rstrip()):
            return at
        at = found.end()
    return at


def keyed(found: list[Link]) -> list[Link]:
    """The links to papers."""
    return [link for link in found if link.key]


def only_links(text: str, found: list[Link]) -> bool:
    """Whether a line holds nothing but links that name no paper, with their labels and marks."""
    rest, at = [], 0
    for link in found:
        rest.append(text[at : link.start])
        if not link.image and not is_generic(label_of_link(text, link)):
            return False
        at = link.end
    rest.append(text[at:])
    return is_generic(" ".join(rest))


def spans_between(text: str, found: list[Link]) -> list[str]:
    """What stands between neighbouring links."""
    return [text[left.end : right.start] for left, right in pairwise(found)]


__all__ = [
    "Definitions",
    "Link",
    "folded",
    "is_generic",
    "keyed",
    "label_of_link",
    "links",
    "only_links",
    "plain_title",
    "spans_between",
    "start_of_title",
    "unnumbered",
    "web_key",
    "without_links",
]
