"""What exports promise: nothing active in Markdown, nothing lost in JSON, and BibTeX that parses."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag_app.export.conversation import FILES, export
from rag_app.export.reference import UNKNOWN_AUTHORS
from rag_app.history.store import Conversation, SavedTurn
from rag_app.records import Answer, Citation, Evidence, Hit, Intent, Paper, Query, Trace
from rag_app.records_json import from_json, query_from_json

CONVERSATION = Conversation("ab12", "Video [generation](http://evil.example)", "2025-01-01", "2025-01-02", 2)


def citation(n: int, arxiv_id: str, title: str = "A Title", quote: str = "A sentence.") -> Citation:
    return Citation(
        n, arxiv_id, title, "2024-11-25", f"https://arxiv.org/abs/{arxiv_id}", "Method", quote, 0, 11
    )


def turn(*citations: Citation, question: str = "What is new?") -> SavedTurn:
    answer = Answer(
        "It is new [1].\n\n> 인용문", False, Intent.LOOKUP, "en", citations, ranked=("2411.00001",)
    )
    return SavedTurn(
        1, question, "2025-01-01T10:00:00+00:00", Query(question, question, "en"), answer, 1, "good"
    )


FAILED = SavedTurn(2, "And then?", "2025-01-01T10:01:00+00:00", None, None)


def nobody(arxiv_id: str) -> None:
    return None


def bibtex(title: str = "A Title", arxiv_id: str = "2411.00001", paper: Paper | None = None) -> str:
    return export(CONVERSATION, [turn(citation(1, arxiv_id, title))], "bibtex", lambda _: paper)


def written_by(*authors: str, unnamed: int = 0) -> Paper:
    return Paper("2411.00001", "A Title", (), (), authors=authors, unnamed_authors=unnamed)


# --- Markdown -----------------------------------------------------------------------------------


def test_markdown_tells_question_answer_and_sources_in_order() -> None:
    text = export(
        CONVERSATION, [turn(citation(1, "2411.00001"), citation(3, "2411.00002")), FAILED], "md", nobody
    )
    parts = [
        "## What is new?",
        "It is new [1].\n\n> 인용문",
        "**Sources**",
        "https://arxiv.org/abs/2411.00001",
        "> A sentence",
        "https://arxiv.org/abs/2411.00002",
        "## And then?",
        "*(no answer)*",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "hostile",
    ["![x](http://evil.example/p.png)", "[click](javascript:alert(1))", "<script>alert(1)</script>", "a](http://e.x)",
     "x\n# heading", "x\r\n\r\n<img src=http://evil.example>", "https://evil.example", "`code` $x$ :smile:",
     "x\u2028<b>bold</b>"],
)  # fmt: skip
def test_text_of_digests_and_questions_stays_text_in_markdown(hostile: str) -> None:
    turns = [turn(citation(1, "2411.00001", hostile, hostile), question=hostile)]
    text = export(CONVERSATION, turns, "md", nobody)
    pieces = [piece for token in MarkdownIt().parse(text) for piece in [token, *(token.children or ())]]
    kinds = {piece.type for piece in pieces}
    assert not kinds & {"html_block", "html_inline", "image", "code_inline", "fence", "code_block", "hr"}
    assert {piece.attrs["href"] for piece in pieces if piece.type == "link_open"} == {
        "https://arxiv.org/abs/2411.00001"
    }
    assert [piece.tag for piece in pieces if piece.type == "heading_open"] == ["h1", "h2"]
    assert kinds >= {"blockquote_open", "bullet_list_open"}


# --- JSON ---------------------------------------------------------------------------------------


def test_json_holds_all_that_was_asked_and_answered() -> None:
    asked = turn(citation(1, "2411.00001", "제목 🧪"))
    text = export(CONVERSATION, [asked, FAILED], "json", nobody)
    document = json.loads(text)
    assert [document[key] for key in ("id", "title", "created", "updated")] == [
        "ab12",
        CONVERSATION.title,
        "2025-01-01",
        "2025-01-02",
    ]
    first, second = document["turns"]
    assert (from_json(first["answer"]), query_from_json(first["query"])) == (asked.answer, asked.query)
    assert (first["question"], first["thumb"], first["reason"]) == (asked.question, 1, "good")
    assert (second["question"], second["query"], second["answer"]) == ("And then?", None, None)
    assert "제목 🧪" in text  # readable, not escaped


@pytest.mark.parametrize("format", list(FILES))
def test_every_export_can_be_written_as_utf8(format: str) -> None:
    turns = [turn(citation(1, "2411.00001", "lone \ud800 surrogate"), question="\udcff")]
    assert export(CONVERSATION, turns, format, nobody).encode("utf-8")


# --- BibTeX -------------------------------------------------------------------------------------


def test_an_entry_has_title_authors_year_and_address() -> None:
    assert bibtex("WildLMa: Long Horizon", paper=written_by("Ri-Zhao Qiu", "김민수")).splitlines() == [
        "@misc{qiu:2411.00001,",
        "  title = {{WildLMa: Long Horizon}},",
        "  author = {Ri-Zhao Qiu and 김민수},",
        "  year = {2024},",
        "  eprint = {2411.00001},",
        "  archivePrefix = {arXiv},",
        "  url = {https://arxiv.org/abs/2411.00001},",
        "}",
    ]


def test_each_paper_is_listed_once_in_the_order_it_was_cited() -> None:
    turns = [turn(citation(1, "2411.00002"), citation(2, "2411.00001")), turn(citation(1, "2411.00001"))]
    text = export(CONVERSATION, [*turns, FAILED], "bibtex", nobody)
    assert re.findall(r"@misc\{(.*),", text) == ["arxiv:2411.00002", "arxiv:2411.00001"]


def test_a_source_whose_digest_is_gone_says_so() -> None:
    held, lost = citation(1, "2411.00001", "Held"), citation(2, "2411.00002", "Lost")

    def papers(arxiv_id: str) -> Paper | None:
        return written_by("Ann Lee") if arxiv_id == "2411.00001" else None

    for format, held_says, lost_says in (
        ("bibtex", "author = {Ann Lee}", "note = {Authors not known"),
        ("md", "[Held]", "not in the collection any more"),
    ):
        text = export(CONVERSATION, [turn(held, lost)], format, papers)
        of_held, of_lost = text.split("Lost", 1)
        assert held_says in of_held
        assert lost_says in of_lost
        assert lost_says not in of_held


def test_authors_that_the_digest_does_not_name_are_others() -> None:
    assert "author = {Ann Lee and others}," in bibtex(paper=written_by("Ann Lee", unnamed=3))


def test_the_authors_of_a_paper_whose_digest_is_gone_are_those_of_the_evidence() -> None:
    hit = Hit(written_by("Ann Lee", unnamed=2), 1.0)
    kept = replace(turn(citation(1, "2411.00001")), trace=Trace(Evidence((hit,))))
    text = export(CONVERSATION, [FAILED, kept], "bibtex", nobody)
    assert "author = {Ann Lee and others}," in text and UNKNOWN_AUTHORS not in text
    now = export(CONVERSATION, [kept], "bibtex", lambda _: written_by("Bo Kim"))
    assert "author = {Bo Kim}," in now, "what the collection says comes first"


def test_authors_that_nobody_kept_are_said_to_be_unknown() -> None:
    assert f"note = {{{UNKNOWN_AUTHORS}}}," in bibtex(paper=None)
    assert UNKNOWN_AUTHORS not in bibtex(paper=written_by()), "a digest without authors is not gone"


def test_a_name_that_bibtex_would_split_stands_in_braces() -> None:
    text = bibtex(paper=written_by("Black and White", "Lee, Jr.", "Alexandra Sandoval"))
    assert "{Black and White} and {Lee, Jr.} and Alexandra Sandoval" in text


@pytest.mark.parametrize(("arxiv_id", "year"), [("2411.00001", "2024"), ("0704.0001", "2007"), ("cs/0112017", "2001"),
                                                ("hep-th/9901001", "1999")])  # fmt: skip
def test_the_year_is_that_of_the_id(arxiv_id: str, year: str) -> None:
    assert f"year = {{{year}}}" in bibtex(arxiv_id=arxiv_id)


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("{}\\%$&#_~^\"'@,=\n"), max_size=60)
)
def test_any_title_and_author_leave_the_entry_whole(text: str) -> None:
    entry = bibtex(text, paper=written_by(text or "x"))
    depth = 0
    for place, character in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or place == 0 or character in "@misc}\n"
    assert depth == 0
    assert len(entry.rstrip().splitlines()) in {7, 8}  # one line a field, none lost or split
    assert not re.search(r"(?<!\\)[%$&#_~^]", entry)


@pytest.mark.parametrize(
    ("key", "kind", "lines"),
    [
        (
            "10.9999/made.up.7",
            "@article{",
            ["doi = {10.9999/made.up.7}", "url = {https://doi.org/10.9999/made.up.7}"],
        ),
        (
            "https://openreview.net/forum?id=madeUp42",
            "@misc{",
            ["url = {https://openreview.net/forum?id=madeUp42}"],
        ),
    ],
)
def test_bibtex_of_a_paper_that_is_not_on_arxiv(key: str, kind: str, lines: list[str]) -> None:
    text = bibtex(arxiv_id=key)
    assert text.startswith(kind)
    assert all(line in text for line in lines)
    assert "eprint" not in text and "arXiv" not in text and "year" not in text
