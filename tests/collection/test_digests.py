"""Digests and their entries: every entry becomes a paper or a line of the report, and no text is lost."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_app.collection.digests import EMPTIED, day_of, normalise, parse, read
from rag_app.errors import DigestError
from rag_app.records import Paper
from rag_app.text.cleaning import clean_line

SHARED = Path(__file__).parents[3] / "shared" / "digests"
needs_seed = pytest.mark.skipif(not (SHARED / "seed").is_dir(), reason="no shared digests")
needs_all = pytest.mark.skipif(not (SHARED / "daily_papers_ko").is_dir(), reason="no shared digests")

SAMPLE = """## Daily Papers (2024-07-09)

### [Alpha: A [New] Way](https://arxiv.org/abs/2407.00001v2)

![](https://img.example/a.png)

Vote: 1,234

Authors: Ann Lee, Bo Kim, Ann Lee, +3

- **What’s New**: 첫째 문장입니다. 둘째입니다.
이어지는 줄.
- ***Technical Details***: 기술입니다.

![](/avatars/x.svg)

- 더 있습니다.
* **Other Things** - 끝.

### [Beta](http://huggingface.co/papers/2407.00002)

Vote: -

- 첫 문장입니다.
- **굵은 말**은 이름이 아닙니다.

## Daily Papers (2024-07-10)
### [Gamma](https://arxiv.org/pdf/cs/0112017.pdf)
"""


def papers(text: str, day: str = "") -> list[Paper]:
    return parse(text, "f.md", day)[0]


def one(body: str, heading: str = "### [T](https://arxiv.org/abs/2407.00001)") -> Paper:
    (paper,) = papers(f"{heading}\n{body}")
    return paper


def texts(paper: Paper) -> list[tuple[str, str]]:
    return [(section.name, section.text) for section in paper.sections]


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def entry(number: int = 1, body: str = "- 글입니다.") -> str:
    return f"### [T{number}](https://arxiv.org/abs/2407.0000{number})\n\n{body}\n\n"


# --- one entry --------------------------------------------------------------------------------


def test_an_entry_gives_every_field() -> None:
    alpha, beta, gamma = papers(SAMPLE)
    assert (alpha.arxiv_id, alpha.title, alpha.dates) == ("2407.00001", "Alpha: A [New] Way", ("2024-07-09",))
    assert (alpha.votes, alpha.authors, alpha.unnamed_authors) == (1234, ("Ann Lee", "Bo Kim"), 3)
    assert (alpha.source, alpha.line) == ("f.md", 3)
    assert texts(alpha) == [
        ("What's New", "첫째 문장입니다. 둘째입니다.\n이어지는 줄."),
        ("Technical Details", "기술입니다."),
        ("Technical Details (2)", "- 더 있습니다."),
        ("Other Things", "끝."),
    ]
    assert [section.line for section in alpha.sections] == [11, 13, 17, 18]
    assert texts(beta) == [("Summary", "- 첫 문장입니다.\n- **굵은 말**은 이름이 아닙니다.")]
    assert (beta.arxiv_id, beta.votes, beta.authors) == ("2407.00002", None, ())
    assert (gamma.arxiv_id, gamma.dates, gamma.sections) == ("cs/0112017", ("2024-07-10",), ())


@pytest.mark.parametrize(
    "heading",
    [
        "# [T](https://arxiv.org/abs/2407.00001)",
        "#### [T](arxiv.org/pdf/2407.00001v3.pdf) ##",
        "### [**T**](https://www.arxiv.org/html/2407.00001v1 'x')",
        "### T https://export.arxiv.org/abs/2407.00001",
        "### T\n[paper](https://arxiv.org/abs/2407.00001)",
        "### T\n\n**Link**: <https://huggingface.co/papers/2407.00001>",
    ],
)
def test_an_address_is_found_however_it_is_written(heading: str) -> None:
    paper = one("", heading)
    assert (paper.arxiv_id, paper.title) == ("2407.00001", "T")


def test_a_sentence_that_mentions_a_paper_is_no_address() -> None:
    found, skipped = parse(f"### 모음\n{'긴 글 ' * 20} https://arxiv.org/abs/2407.00001\n" + entry(2), "f.md")
    assert [paper.arxiv_id for paper in found] == ["2407.00002"]
    assert [(skip.line, "no arXiv" in skip.reason) for skip in skipped] == [(1, True)]


@pytest.mark.parametrize(
    ("line", "votes"),
    [
        ("Vote: 12", 12),
        ("**Votes**: 12", 12),
        ("- **Vote:** 0", 0),
        ("votes： 3", 3),
        ("Vote: -", None),
        ("Vote:", None),
    ],
)
def test_votes_are_read_and_unknown_ones_stay_unknown(line: str, votes: int | None) -> None:
    paper = one(f"{line}\n- 글입니다.")
    assert (paper.votes, texts(paper)) == (votes, [("Summary", "- 글입니다.")])


def test_a_vote_line_that_is_no_number_stays_text() -> None:
    assert texts(one("Vote: " + "9" * 40)) == [("Summary", "Vote: " + "9" * 40)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("- **A b**: 글", "A b"),
        ("- **A b:** 글", "A b"),
        ("- ***A b*: 글", "A b"),
        ("* **A b** — 글", "A b"),
        ("**A b**\n글", "A b"),
        ("#### A b\n글", "A b"),
        ("__A b__: 글", "A b"),
        ("- **가 (A)**: 글", "가 (A)"),
    ],
)
def test_sections_are_named_in_many_ways(line: str, name: str) -> None:
    assert texts(one("앞글\n" + line)) == [("Summary", "앞글"), (name, "글")]


def test_a_long_bold_start_or_an_inner_bullet_is_text() -> None:
    body = f"- **{'긴 말 ' * 20}**: 글\n  - **안쪽**: 글\n1. **번호**: 글"
    assert texts(one(body)) == [("Summary", body)]


def test_names_are_unique_and_a_name_without_text_is_kept() -> None:
    assert texts(one("- **A**: 하나\n- **A**: 둘\n- **A (2)**: 셋\n- **B**:\n- **C**:")) == [
        ("A", "하나"),
        ("A (2)", "둘"),
        ("A (2) (2)", "셋"),
        ("B", "- **B**:"),
        ("C", "- **C**:"),
    ]


def test_a_bare_plus_stands_for_at_least_one_author() -> None:
    paper = one("Authors: Ann Lee, +, Bo Kim")
    assert (paper.authors, paper.unnamed_authors) == (("Ann Lee", "Bo Kim"), 1)


def test_videos_and_images_are_no_text() -> None:
    video = "[Watch Video](https://a.b/c.mp4)\n<div><video controls src='https://a.b/c.mp4'></video></div>"
    assert texts(one(f"{video}\n\n- 글\n\n![a](b.png) ![c](d.png)\n---")) == [("Summary", "- 글")]


def test_a_day_that_does_not_exist_is_reported() -> None:
    found, skipped = parse("## Daily Papers (2024-02-30)\n" + entry(), "f.md", "2024-03-01")
    assert found[0].dates == ("2024-03-01",)
    assert [(skip.line, skip.reason) for skip in skipped] == [(1, "2024-02-30 is not a day")]


# --- any text ---------------------------------------------------------------------------------


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", clean_line(text)))


def lost(paper: Paper, block: str) -> set[str]:
    """Words of an entry that are nowhere in its paper."""
    block = re.sub(r"(?m)^.*(?:!\[|\.mp4|<div).*$|^(?:Vote|Authors):|^#+ .*$", "", block)
    told = [paper.title, str(paper.votes), *paper.authors]
    told += [part for section in paper.sections for part in (section.name, section.text)]
    return words(block.replace("’", "'")) - words(" \n".join(told))


MARKS = [
    "\n",
    "- ",
    "**",
    "***",
    ": ",
    "### ",
    "#### ",
    "[",
    "](",
    ")",
    "https://arxiv.org/abs/2407.00003",
    "Vote: ",
    "+",
]
PIECES = st.lists(
    st.sampled_from([*MARKS, "가", "말 b", "9", "![](x.png)", "Authors: ", " ", "---", "’", "(2024-01-02)"])
)


@given(PIECES.map("".join), st.integers(0, len(SAMPLE)), st.integers(0, 30))
@settings(max_examples=500, deadline=None)
def test_a_mutated_digest_never_raises_and_its_slices_are_verbatim(junk: str, at: int, cut: int) -> None:
    text = normalise((SAMPLE[:at] + junk + SAMPLE[at + cut :]).encode())
    lines = text.split("\n")
    for paper in papers(text):
        assert paper.arxiv_id
        assert paper.title == clean_line(paper.title)
        assert len({section.name for section in paper.sections}) == len(paper.sections)
        for section in paper.sections:
            assert section.text == section.text.strip() != ""
            assert section.text in text
            assert section.text.split("\n")[0] in lines[section.line - 1]


@given(
    st.lists(
        st.sampled_from(
            ["- 가나 다라.", "* **이름**: 마바", "사아", "", "![](a.png)", "**자**", "  - 차카", "1. 타"]
        )
    )
)
@settings(max_examples=300, deadline=None)
def test_no_word_of_an_entry_is_lost(lines: list[str]) -> None:
    assert not lost(one("\n".join(lines)), "\n".join(lines))


@pytest.mark.parametrize(
    "unit", ["#", "[", "](", "- **a**: ", "*", "가", "Vote: ", "![](", "<div", " ", "- **", "[a]("]
)
def test_one_enormous_line_takes_linear_time(unit: str) -> None:
    start = time.perf_counter()
    parse("### [T](https://arxiv.org/abs/2407.00001)\n" + unit * 300_000, "f.md")
    parse("### " + unit * 300_000 + "(https://arxiv.org/abs/2407.00001)", "f.md")
    assert time.perf_counter() - start < 20


# --- files ------------------------------------------------------------------------------------


def test_text_is_normalised() -> None:
    assert normalise("\ufeffa\r\nb\rc\u1100\u1161\ufeff".encode()) == "a\nb\nc가"


@pytest.mark.parametrize(
    ("byte", "reason"), [(b"\xff", "not UTF-8: byte 0xff"), (b"\0", "binary: a NUL byte")]
)
def test_an_entry_with_a_byte_that_is_no_text_is_left_out_alone(byte: bytes, reason: str) -> None:
    day = "## 2024-07-08\n\n안내 ".encode() + byte + b"\n\n"
    text = normalise(day + entry(1).encode() + entry(2, "- 글").encode() + byte + b"\n" + entry(3).encode())
    found, skipped = parse(text, "f.md")
    assert [(paper.arxiv_id, paper.date) for paper in found] == [
        (f"2407.0000{n}", "2024-07-08") for n in (1, 3)
    ]
    assert [(skip.line, skip.reason) for skip in skipped] == [(3, reason), (13, reason)]


def test_what_is_too_long_for_an_entry_is_left_out_and_reported() -> None:
    text = f"### [{'T' * 400}](https://arxiv.org/abs/2407.00001)\n앞.\n{'긴' * 200_000}\n뒤."
    (paper,), skipped = parse(text, "f.md")
    assert texts(paper) == [("Summary", "앞."), ("Summary (2)", "뒤.")]
    assert paper.title == "T" * 299 + "…"
    assert [(skip.line, skip.reason.partition(":")[0]) for skip in skipped] == [
        (1, "the title is cut"),
        (3, "beyond the 200,000 characters of an entry"),
    ]


def test_a_line_of_authors_with_an_endless_name_stays_text() -> None:
    line = "Authors: " + "x" * 121
    assert texts(one(line)) == [("Summary", line)]


def test_the_first_vote_count_is_the_entry_s_own() -> None:
    paper = one("Vote: 3\n글\nVote: 9")
    assert (paper.votes, texts(paper)) == (3, [("Summary", "글\nVote: 9")])


def test_an_address_above_the_first_heading_is_reported() -> None:
    found, skipped = parse("[T](https://arxiv.org/abs/2407.00001)\n글\n" + entry(2), "f.md")
    assert [paper.arxiv_id for paper in found] == ["2407.00002"]
    assert [(skip.line, skip.reason) for skip in skipped] == [(1, "an arXiv address without a heading")]


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("x/2024/07/09.md", "2024-07-09"),
        ("x/2024-07-09.md", "2024-07-09"),
        ("x/daily_2024-07-09_ko.txt", "2024-07-09"),
        ("x/2024/13/09.md", ""),
        ("x/notes.md", ""),
    ],
)
def test_the_day_comes_from_the_path_when_no_heading_names_it(path: str, day: str) -> None:
    assert day_of(Path("/r") / path) == day


def test_a_folder_is_read_below_and_without_hidden_files_or_loops(tmp_path: Path) -> None:
    root = tmp_path / "d"
    write(root, "2024/07/09.md", entry(1))
    write(root, "2024/07/10.TXT", entry(2))
    write(root, ".git/x.md", entry(3))
    write(root, ".x.md", entry(4))
    write(root, "data.csv", entry(5))
    (root / "2024" / "loop").symlink_to(root)
    found, report = read([root])
    assert [(paper.arxiv_id, paper.date, paper.source) for paper in found] == [
        ("2407.00001", "2024-07-09", "d/2024/07/09.md"),
        ("2407.00002", "2024-07-10", "d/2024/07/10.TXT"),
    ]
    assert (report.files, report.entries, report.papers, report.skipped) == (2, 2, 2, ())


def test_bad_files_in_a_folder_are_reported_not_fatal(tmp_path: Path) -> None:
    write(tmp_path, "a.md", entry(1))
    write(tmp_path, "b.md", b"\xff\xfe")
    write(tmp_path, "c.md", b"PK\0")
    write(tmp_path, "README.md", "# Title\n\nSome words.\n")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    _, report = read([tmp_path])
    assert {Path(skip.file).name: (skip.line, skip.reason) for skip in report.skipped} == {
        "b.md": (1, "not UTF-8: byte 0xff"),
        "c.md": (1, "binary: a NUL byte"),
        "README.md": (1, "no entries"),
        "gone.md": (0, "cannot be opened: not a regular file"),
    }


@pytest.mark.parametrize("content", [None, "", "# Title\nwords\n", b"\0"])
def test_a_root_without_digests_is_an_error(tmp_path: Path, content: str | bytes | None) -> None:
    if content is not None:
        write(tmp_path, "a.md", content)
    with pytest.raises(DigestError, match="no digests in") as error:
        read([tmp_path])
    assert "### [Title]" in error.value.hint


def test_a_known_root_whose_last_digest_is_gone_is_a_note_while_others_hold_some(tmp_path: Path) -> None:
    emptied, other = tmp_path / "emptied", tmp_path / "other"
    write(emptied, "a.md", "no entries any more")
    write(other, "b.md", "### [T](https://arxiv.org/abs/2411.00001)\n\n- **New**: x\n")
    papers, report = read([emptied, other], known=[emptied, other])
    assert len(papers) == 1
    assert [(note.file, note.reason) for note in report.notes] == [(str(emptied), EMPTIED)]
    with pytest.raises(DigestError, match=r"no digests in .*emptied"):
        read([emptied, other], known=[other])
    with pytest.raises(DigestError, match=r"no digests in .*emptied"):
        read([emptied], known=[emptied])


def test_a_root_that_is_missing_or_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="no such folder"):
        read([tmp_path / "nowhere"])
    with pytest.raises(DigestError, match=r"a\.md is no digest: not UTF-8: byte 0xff on line 2"):
        read([write(tmp_path, "a.md", b"x\n\xff")])


# --- one paper from several entries -----------------------------------------------------------


def test_a_paper_on_several_days_keeps_all_days_latest_votes_and_the_longer_text(tmp_path: Path) -> None:
    write(tmp_path, "2024-07-09.md", entry(1, "Vote: 5\n\n- 더 긴 글입니다."))
    write(tmp_path, "2024-07-10.md", entry(1, "Vote: 9\n\n- 글."))
    write(tmp_path, "2024-07-11.md", entry(1, "Vote: -\n\n- 글."))
    (paper,), report = read([tmp_path])
    assert paper.dates == ("2024-07-09", "2024-07-10", "2024-07-11")
    assert (paper.votes, Path(paper.source).name) == (9, "2024-07-09.md")
    assert [Path(merged.also).name for merged in report.merged] == ["2024-07-10.md:1", "2024-07-11.md:1"]


def test_an_entry_twice_in_a_file_is_merged_and_reported(tmp_path: Path) -> None:
    path = write(tmp_path, "2024-07-09.md", entry(1) + entry(1))
    (paper,), report = read([path, tmp_path])
    assert (paper.dates, report.entries, report.files) == (("2024-07-09",), 2, 1)
    assert [(merged.kept, merged.also) for merged in report.merged] == [
        ("2024-07-09.md:1", "2024-07-09.md:5")
    ]


@pytest.mark.parametrize("files", [("both.md", "both.md"), ("one.md", "two.md")])
def test_a_paper_of_a_day_and_of_a_later_week_has_the_day(tmp_path: Path, files: tuple[str, str]) -> None:
    """In one file as in two: the week of another entry is not that of the first day."""
    texts = dict.fromkeys(files, "")
    told = (
        "# 2027-01-04\n\n" + entry(1),
        "# 2027-01-29 ~ 2027-02-05\n\n" + entry(1, "- 더 긴 글입니다, 이 주의."),
    )
    for file, text in zip(files, told, strict=True):
        texts[file] += text
    for file, text in texts.items():
        write(tmp_path, file, text)
    (paper,), _ = read([tmp_path])
    assert (paper.dates, paper.period) == (("2027-01-04", "2027-01-29"), "")


# --- the real digests -------------------------------------------------------------------------


@needs_seed
def test_the_two_seed_days_give_31_papers() -> None:
    found, report = read([SHARED / "seed"])
    assert len(found) == 31
    assert not report.skipped
    assert all(len(paper.sections) == 3 and paper.authors for paper in found)


@needs_all
def test_the_whole_collection_is_read_in_seconds_and_nothing_is_lost() -> None:
    start = time.perf_counter()
    found, report = read([SHARED / "daily_papers_ko"])
    assert time.perf_counter() - start < 20
    assert (len(found), report.entries) == (5487, 5488)
    assert [merged.arxiv_id for merged in report.merged] == ["2410.09342"]
    assert [Path(skip.file).name for skip in report.skipped] == ["LICENSE.md"]
    assert sum(paper.votes is None for paper in found) <= 117
    files = {
        source: normalise((SHARED / source).read_bytes()) for source in {paper.source for paper in found}
    }
    for paper in found:
        text = files[paper.source]
        assert all(section.text in text for section in paper.sections)
        block = re.split(r"(?m)^#{2,3} .*$", "\n".join(text.split("\n")[paper.line :]))[0]
        assert not lost(paper, block), paper.source
