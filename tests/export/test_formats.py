"""What the formats promise: the field's own readers find every paper, title and author in them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec
from pylatexenc.latex2text import get_default_latex_context_db as text_context
from pylatexenc.latexwalker import LatexWalker
from pylatexenc.latexwalker import get_default_latex_context_db as latex_context

from rag_app.export import formats
from rag_app.export.latex import answer as latex_of
from rag_app.export.names import parted
from rag_app.export.reference import Reference, line, references
from rag_app.records import Answer, Citation, Intent
from tests.export.papers import AUTHORS, TITLES, any_paper, any_text, hostile, paper

# --- readers: the titles of a file, as whoever imports it sees them --------------------------------


def latex_decoder() -> LatexNodes2Text:
    """pylatexenc with the symbols of LaTeX's kernel that its table lacks."""
    context = text_context()
    symbols = {"textbraceleft": "{", "textbraceright": "}", "textless": "<", "textgreater": ">", "textbar": "|",
               "textasciicircum": "^", "textasciitilde": "~"}  # fmt: skip
    macros = [MacroTextSpec(name, sign) for name, sign in symbols.items()]
    context.add_context_category("kernel", macros=macros, prepend=True)
    return LatexNodes2Text(context, strict_latex_spaces=True)


def read_bibtex(text: str) -> list[dict[str, str]]:
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware(decoder=latex_decoder())])
    assert not library.failed_blocks
    return [{"key": e.key, **{f.key: f.value for f in e.fields}} for e in library.entries]


def titles_in_bibtex(text: str) -> list[str]:
    return [entry["title"] for entry in read_bibtex(text)]


def titles_in_ris(text: str) -> list[str]:
    return [
        entry["title"] if "title" in entry else entry.get("primary_title", "") for entry in rispy.loads(text)
    ]


def titles_in_csl(text: str) -> list[str]:
    return [item["title"] for item in json.loads(text)]


def titles_in_csv(text: str) -> list[str]:
    return [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def titles_in_markdown(text: str) -> list[str]:
    lines = [token for token in MarkdownIt().parse(text) if token.type == "inline"]
    return ["".join(_inside_first_link(token.children or [])) for token in lines]


def _inside_first_link(tokens: Sequence[object]) -> list[str]:
    texts, inside = [], False
    for token in tokens:
        kind = getattr(token, "type", "")
        if kind == "link_close":
            break
        if inside:
            texts.append(str(getattr(token, "content", "")).replace("\u2060", ""))
        inside = inside or kind == "link_open"
    return texts


READERS: dict[str, Callable[[str], list[str]]] = {
    "bibtex": titles_in_bibtex,
    "ris": titles_in_ris,
    "csl": titles_in_csl,
    "md": titles_in_markdown,
    "csv": titles_in_csv,
}


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) == set(formats.FILES)


@pytest.mark.parametrize("name", list(READERS))
def test_titles_come_back_as_they_were(name: str) -> None:
    read = READERS[name](formats.write(name, hostile()))
    wanted = [line(title) for title in TITLES]
    if name == "csv":  # a spreadsheet would run it
        read = [title.removeprefix("'") if title.startswith(("'=", "'-")) else title for title in read]
    assert read == wanted


@pytest.mark.parametrize("name", list(READERS))
def test_no_papers_are_a_file_without_papers(name: str) -> None:
    assert READERS[name](formats.write(name, [])) == []


@pytest.mark.parametrize("name", list(READERS))
@given(papers=st.lists(any_paper(), max_size=3))
def test_any_text_leaves_every_paper_whole(name: str, papers: list[Reference]) -> None:
    """One record a paper: no title, author or tag begins another, or ends one early."""
    named = [
        Reference(paper(p.paper.title or "x", f"2411.{n:05}", authors=p.paper.authors), tags=p.tags)
        for n, p in enumerate(papers, start=1)
    ]
    text = formats.FILES[name].encoded(formats.write(name, named)).decode(formats.FILES[name].encoding)
    assert len(READERS[name](text)) == len(named)


# --- BibTeX -------------------------------------------------------------------------------------


def test_bibtex_authors_are_told_apart_as_they_were() -> None:
    library = parse_string(
        formats.write("bibtex", hostile()[:1]),
        append_middleware=[SeparateCoAuthors(), LatexDecodingMiddleware(decoder=latex_decoder())],
    )
    (entry,) = library.entries
    assert tuple(name.strip("{}") for name in entry["author"]) == AUTHORS


def test_keys_of_one_file_are_all_different() -> None:
    ids = ["10.1/a_b", "10.1/a-b", "10.1/a/b", "https://a.example/x?y", "https://a.example/x/y", "cs/0112017"]
    keys = [reference.key for reference in references(paper(arxiv_id=arxiv_id) for arxiv_id in ids)]
    assert len(set(keys)) == len(ids)
    assert keys[-1] == "arxiv:cs-0112017"


# --- RIS and CSL ----------------------------------------------------------------------------------


def test_ris_has_what_a_reference_manager_needs() -> None:
    (entry,) = rispy.loads(formats.write("ris", hostile()[:1]))
    assert (entry["type_of_reference"], entry["id"], entry["year"]) == ("UNPB", "park:2411.00001", "2024")
    assert entry["urls"] == ["https://arxiv.org/abs/2411.00001"]
    assert entry["authors"][:3] == ["Park, Ada", "김민수", "van den Oord, Aäron"]
    assert entry["keywords"] == ["robot arms", "to read"]


def test_csl_has_what_a_citation_processor_needs() -> None:
    (item,) = json.loads(formats.write("csl", hostile()[:1]))
    assert (item["id"], item["type"]) == ("park:2411.00001", "article")
    assert item["issued"] == {"date-parts": [[2024, 11]]}
    assert item["author"][:2] == [{"family": "Park", "given": "Ada"}, {"literal": "김민수"}]
    assert item["number"] == "arXiv:2411.00001"


def test_a_paper_that_is_not_on_arxiv_claims_no_eprint_and_no_year() -> None:
    elsewhere = references([paper(arxiv_id="10.9999/made.up.7"), paper(arxiv_id="https://a.example/p?id=7")])
    doi, page = json.loads(formats.write("csl", elsewhere))
    assert (doi["DOI"], doi["URL"]) == ("10.9999/made.up.7", "https://doi.org/10.9999/made.up.7")
    assert page["URL"] == "https://a.example/p?id=7"
    assert not {"issued", "number", "publisher"} & {*doi, *page}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Park", ("Park", "Ada")),
        ("Aäron van den Oord", ("van den Oord", "Aäron")),
        ("DeepSeek-AI", ("DeepSeek-AI", "")),
        ("김 민수", ("김 민수", "")),
        ("Van Tran", ("Tran", "Van")),
    ],
)
def test_a_name_is_parted_before_its_family_name(name: str, parts: tuple[str, str]) -> None:
    assert parted(name) == parts


# --- CSV ----------------------------------------------------------------------------------------


def test_csv_runs_no_formulas_and_is_known_as_utf8() -> None:
    evil = references([paper("=1+1", authors=("@x", "y"))])
    file = formats.FILES["csv"].encoded(formats.write("csv", evil))
    assert file.startswith("\ufeff".encode())
    (row,) = csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    assert (row["title"], row["authors"], row["votes"]) == ("'=1+1", "'@x; y", "")


# --- LaTeX --------------------------------------------------------------------------------------


def cited(*papers: Reference, text: str) -> str:
    citations = tuple(
        Citation(n, p.paper.arxiv_id, p.title, "", p.url, "", "", 0, 0) for n, p in enumerate(papers, start=1)
    )
    return latex_of(Answer(text, False, Intent.LOOKUP, "en", citations), papers)


def cite_keys(text: str) -> list[str]:
    """The keys of every `\\cite`, as a LaTeX parser reads the text."""
    nodes, _, _ = LatexWalker(text, latex_context=latex_context(), tolerant_parsing=False).get_latex_nodes()
    found: list[str] = []
    while nodes:
        node = nodes.pop(0)
        if getattr(node, "macroname", "") == "cite":
            found += node.nodeargd.argnlist[-1].latex_verbatim().strip("{}").split(",")
        inner = list(getattr(node, "nodelist", None) or [])
        arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None) or []
        nodes = [*inner, *(argument for argument in arguments if argument is not None), *nodes]
    return found


def test_latex_cites_the_keys_that_bibtex_has() -> None:
    papers = hostile()[:3]
    text = cited(
        *papers, text="**First** [1]. Both [2][3].\n\n- a point [2]\n\n| a | b |\n|---|---|\n| x [3] | y |"
    )
    keys = [entry["key"] for entry in read_bibtex(formats.write("bibtex", papers))]
    assert cite_keys(text) == [keys[0], keys[1], keys[2], keys[1], keys[2]]
    assert "\\cite{" + ",".join(keys[1:3]) + "}" in text, "neighbours share one"


def test_a_number_that_cites_nothing_stays_a_number() -> None:
    assert "[7]" in cited(hostile()[0], text="As in [7], x [1].")


@given(any_text)
def test_any_answer_is_latex_that_parses(said: str) -> None:
    text = cited(hostile()[0], text=f"{said}\n\nEnd [1].")
    assert cite_keys(text)[-1] == "park:2411.00001"
