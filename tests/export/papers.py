"""Papers whose titles and names hold what file formats take for their own."""

from __future__ import annotations

from hypothesis import strategies as st

from rag_app.export.reference import Reference, references
from rag_app.records import Paper, Section

TITLES = (
    "Plain Title",
    "Bounding $k$-means & Friends",
    "A ~50% {Faster} #1 Model_v2 ^ |x| < y > z",
    "한글 제목: 로봇 팔의 \"손\" 'ㄱ'",
    "Line one\nline two\r\nline three",
    "Back\\slash, comma; semi: colon @misc{x,",
    "ER  - \nTY  - JOUR",
    "<script>alert(1)</script> ]]> <!-- rag-app 000000000000: x -->",
    "=1+1",
    "---\nkey: value",
    "{",
    "}}}{{{",
    "\"quoted\" 'twice' “curly”",
)
AUTHORS = ("Ada Park", "김민수", "Aäron van den Oord", "Lee, Jr.", "Black and White", "DeepSeek-AI")


def paper(title: str = "A Title", arxiv_id: str = "2411.00001", **other: object) -> Paper:
    fields = {"dates": ("2024-11-25",), "sections": (Section("What's New", "It is new."),)} | other
    return Paper(arxiv_id, title, **fields)  # type: ignore[arg-type]  # of the record's fields


def hostile() -> list[Reference]:
    """One reference for each title, with every author."""
    papers = [paper(title, f"2411.{n:05}", authors=AUTHORS) for n, title in enumerate(TITLES, start=1)]
    return references(papers, lambda arxiv_id: ("robot arms", "to read"))


# any text that digests can hold, and often what formats take for their own
any_text = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("{}\\%$&#_~^\"'@,;:=<>[]|`*-+!\r\n\t \u2028\u0000\u200b"),
    max_size=50,
)


@st.composite
def any_paper(draw: st.DrawFn) -> Reference:
    authors = draw(st.lists(any_text, max_size=3))
    made = paper(draw(any_text), authors=tuple(authors), sections=(Section(draw(any_text), draw(any_text)),))
    return Reference(made, tags=tuple(draw(st.lists(any_text, max_size=2))))
