"""Sweeps of damaged digests: reading and cutting them raises nothing, costs little, and keeps what
was not touched.

The hundred thousand: `python -m pytest tests/test_mutated_digests.py -k "sweep and 500" --sweeps 20
--seed 0`, and so on to `--seed 90000`: 10,000 digests each.
"""

from __future__ import annotations

import random
import re
import resource
import shutil
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import pytest

from rag_app import pipeline
from rag_app.collection.chunking import chunk
from rag_app.collection.digests import Skipped, normalise, parse, read
from rag_app.collection.snapshot import open_current
from rag_app.errors import DigestError
from rag_app.records import Paper
from rag_app.text.sentences import split
from tests.conftest import Sweep
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import HashEmbedder, fake_embedding, settings_in

MB = 1 << 20
EXTRA = 200 * MB  # memory that a digest may cost, whatever it holds
KEPT = 0.99  # of the entries that a damage does not touch
WINDOW = 40  # tokens of a chunk

T = TypeVar("T")


# --- digests and damages ------------------------------------------------------------------------


@dataclass(frozen=True)
class MutatedEntry:
    """An entry as it stands in a digest."""

    arxiv_id: str
    text: str


WORDS = "모델 학습 데이터 성능 diffusion video 로봇 agent 결과는 75% 높습니다. (LoRA) 비디오를 생성합니다.".split()
SECTIONS = ["What's New", "Technical Details", "Performance", "한계"]


def made(rng: random.Random) -> list[MutatedEntry]:
    """Entries of all the shapes that a plain digest has."""
    entries = []
    for number in range(rng.randint(1, 8)):
        arxiv_id = f"24{rng.randint(10, 12)}.{rng.randint(0, 9999):04d}{number % 10}"
        title = " ".join(rng.choices(WORDS, k=rng.randint(1, 8)))
        lines = [f"### [{title}](https://arxiv.org/abs/{arxiv_id})"]
        if rng.random() < 0.9:
            lines.append(rng.choice(["Vote: 12", "Vote: -", "Vote: 1,204"]))
        if rng.random() < 0.9:
            lines.append(rng.choice(["Authors: Ada Kim, Ben Stone, +2", "Authors: 김하나"]))
        named = rng.random() < 0.8
        for name in SECTIONS[: rng.randint(0, 4)]:
            body = " ".join(rng.choices(WORDS, k=rng.randint(3, 60)))
            lines.append(f"- **{name}**: {body}" if named else body)
        entries.append(MutatedEntry(arxiv_id, "\n\n".join(lines) + "\n\n"))
    unique = {entry.arxiv_id: entry for entry in entries}
    return list(unique.values())


Damage = Callable[[random.Random, bytes], bytes]


def _flipped(rng: random.Random, data: bytes) -> bytes:
    edited = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        edited[rng.randrange(len(edited))] = rng.randrange(256)
    return bytes(edited)


def _inserted(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(JUNK) * rng.randint(1, 50) + data[at:]


def _removed(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, 60) :]


def _replaced(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    junk = rng.choice(JUNK) * rng.randint(1, 30)
    return data[:at] + junk + data[at + len(junk) :]


def _cut_off(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


JUNK = [
    *(
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\r\n",
        b"\x0c",
        b"\x1b[2J",
        b"#",
        b"### ",
    ),
    *(
        b"[",
        b"](",
        b")",
        b"**",
        b"- ",
        b"`",
        b"```\n",
        b"<",
        b"<!--",
        b"|",
        b"$",
        b"\\",
        b"Vote: ",
        b"Authors: ",
    ),
    *(
        b"https://arxiv.org/abs/",
        b"](https://arxiv.org/abs/2401.00001)",
        b"## 2024-99-99\n",
        b"## 2024-01-02\n",
    ),
    *(
        word.encode()
        for word in ("가", "\u200b", "\u202e", "\u2028", "\u0301", "🧪", "\U000e0061", "１２", "٣", "\ufffd")
    ),
]
IN_PLACE: list[Damage] = [_flipped, _inserted, _removed, _replaced]
HARMLESS: list[Damage] = [  # the same digest, written in another way
    lambda rng, data: b"\xef\xbb\xbf" + data,
    lambda rng, data: data.replace(b"\n", rng.choice([b"\r\n", b"\r"])),
    lambda rng, data: re.sub(b"\n", lambda _: rng.choice([b"\n", b"\r\n"]), data),
    lambda rng, data: unicodedata.normalize("NFD", data.decode()).encode(),
    lambda rng, data: data + b"\n" * rng.randint(0, 100),
]


@dataclass(frozen=True)
class Case:
    """A damaged digest, and the entries in it that the damage did not touch."""

    data: bytes
    untouched: tuple[MutatedEntry, ...]


def damaged(rng: random.Random) -> Case:
    """One digest in a random order with some entries damaged, doubled or cut off, in a random
    encoding of its lines.
    """
    entries = made(rng)
    rng.shuffle(entries)
    touched = set(rng.sample(range(len(entries)), rng.randint(0, min(3, len(entries)))))
    parts = [b"## Daily Papers (2024-07-09)\n\n"]
    for place, entry in enumerate(entries):
        data = entry.text.encode()
        # The damage stays inside: what joins two entries is no longer two entries.
        head, body = data[:1], data[1:]
        parts.append(head + rng.choice(IN_PLACE)(rng, body) + b"\n\n" if place in touched else data)
        if place not in touched and rng.random() < 0.05:
            parts.append(data)
    whole = rng.choice(HARMLESS)(rng, b"".join(parts)) if not touched else b"".join(parts)
    if rng.random() < 0.05:  # cut off: nothing of it is promised but that it can be read
        return Case(_cut_off(rng, whole), ())
    return Case(whole, tuple(entry for place, entry in enumerate(entries) if place not in touched))


# --- what is promised of each -------------------------------------------------------------------


def count_tokens(text: str) -> int:
    """Words, and a token for every four characters of a long one, as subword tokenizers do."""
    return sum(1 + len(word) // 4 for word in text.split())


def outcome(data: bytes) -> tuple[list[Paper], list[Skipped]]:
    """Read, split and cut one digest as an ingest does; what was read is held to the promises of
    its records.
    """
    text = normalise(data)
    papers, skipped = parse(text, "f.md", "2024-01-01")
    lines = text.count("\n") + 1
    assert all(skip.file == "f.md" and 1 <= skip.line <= lines and skip.reason for skip in skipped)
    for paper in papers:
        assert paper.title
        assert 1 <= paper.line <= lines
        for section in paper.sections:
            assert section.text in text
            assert all(0 <= start < end <= len(section.text) for start, end in split(section.text))
        for piece in chunk(paper, count_tokens=count_tokens, max_tokens=WINDOW):
            assert count_tokens(piece.text) <= WINDOW
            piece.text.encode()  # no half of a surrogate pair reaches the embedder
    return papers, skipped


def same(paper: Paper, entry: MutatedEntry) -> bool:
    """Whether it tells of the entry all that the entry alone would have told."""
    (alone,), _ = parse(normalise(entry.text.encode()), "f.md", "")
    told = [(section.name, section.text) for section in alone.sections]
    read_ = [(section.name, section.text) for section in paper.sections]
    return (alone.title, alone.votes, alone.authors, told) == (paper.title, paper.votes, paper.authors, read_)


def swept(seeds: range) -> tuple[int, int]:
    """(untouched entries, how many of them were kept whole) over a case for each seed."""
    untouched = kept = 0
    for seed in seeds:
        case = damaged(random.Random(seed))  # noqa: S311 - repeatable
        try:
            papers, _ = outcome(case.data)
        except Exception as error:
            raise AssertionError(f"--seed {seed}") from error
        found: dict[str, list[Paper]] = {}
        for paper in papers:
            found.setdefault(paper.arxiv_id, []).append(paper)
        untouched += len(case.untouched)
        kept += sum(
            any(same(paper, entry) for paper in found.get(entry.arxiv_id, ())) for entry in case.untouched
        )
    return untouched, kept


def alone(function: Callable[..., T], *arguments: object) -> tuple[T, int]:
    """What the function returns, and the bytes by which it raised the peak of a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        # the first call imports
        pool.submit(outcome, b"### [T](https://arxiv.org/abs/2401.00001)\n" + b"word " * 500).result()
        before = pool.submit(_peak).result()
        result = pool.submit(function, *arguments).result()
        return result, pool.submit(_peak).result() - before


def _peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@pytest.mark.parametrize("count", [500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_a_sweep_of_damaged_digests_keeps_the_untouched_entries(sweep: Sweep, count: int) -> None:
    (untouched, kept), extra = alone(swept, sweep(count))
    print(f"{kept:,} of {untouched:,} untouched entries kept, {extra / MB:.0f} MB")
    assert kept >= KEPT * untouched > 0
    assert extra <= EXTRA


# --- huge ones ----------------------------------------------------------------------------------

HEADING = "### [T](https://arxiv.org/abs/2407.00001)\n"
AFTER = "\n### [Next](https://arxiv.org/abs/2407.00002)\n- 글입니다.\n"
HUGE: dict[str, tuple[str, bytes]] = {  # how it begins, and what is then repeated for ten megabytes
    "line": (HEADING, "가나다 ".encode()),
    "word": (HEADING, "가".encode()),
    "title": ("### https://arxiv.org/abs/2407.00001 ", b"T "),
    "name": (HEADING + "Authors: ", b"Ann "),
    "authors": (HEADING + "Authors: ", b"Ann Lee, "),
    "sections": (HEADING, b"#### Part\ntext\n"),
    "headings": (HEADING, b"# A\n"),
    "entries": (HEADING, HEADING.encode()),
    "lines": (HEADING, b"- a\n"),
    "marks": (HEADING, b"[*<`&amp;"),
    "combining marks": (HEADING + "e", "\u0301".encode()),
    "random bytes": (HEADING, random.Random(1).randbytes(4096)),  # noqa: S311
    "zeros": (HEADING, b"\0"),
    "UTF-16": (HEADING, "가나다 ".encode("utf-16-le")),
}


def huge(name: str) -> bytes:
    beginning, unit = HUGE[name]
    return beginning.encode() + unit * (10 * MB // len(unit)) + AFTER.encode()


def read_huge(name: str) -> tuple[set[str], int]:
    papers, skipped = outcome(huge(name))
    return {paper.arxiv_id for paper in papers}, len(skipped)


QUICK = {"line", "title", "lines", "zeros"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in QUICK else pytest.mark.slow) for n in HUGE]
)
def test_a_huge_digest_costs_little_and_its_neighbour_is_kept(name: str) -> None:
    (found, skipped), extra = alone(read_huge, name)
    assert "2407.00002" in found
    assert "2407.00001" in found or skipped
    assert extra <= EXTRA, f"{extra / MB:.0f} MB"


# --- over ingests -------------------------------------------------------------------------------


def _added(rng: random.Random, folder: Path) -> None:
    (folder / f"new-{rng.randrange(10**9)}.md").write_bytes(damaged(rng).data)


def _edited(rng: random.Random, folder: Path) -> None:
    path = rng.choice(sorted(folder.glob("*.md")))
    path.write_bytes(rng.choice(IN_PLACE)(rng, path.read_bytes() or b" "))


def _renamed(rng: random.Random, folder: Path) -> None:
    path = rng.choice(sorted(folder.glob("*.md")))
    path.rename(folder / f"moved-{rng.randrange(10**9)}.md")


def _deleted(rng: random.Random, folder: Path) -> None:
    files = sorted(folder.glob("*.md"))
    rng.choice(files[1:] or files).unlink()


def _swollen(rng: random.Random, folder: Path) -> None:
    (folder / "huge.md").write_bytes(huge(rng.choice(["line", "sections", "random bytes"])))


EDITS = [_added, _edited, _renamed, _deleted, _swollen]


@pytest.mark.parametrize("count", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_the_index_follows_digests_that_are_edited_renamed_deleted_and_damaged(
    sweep: Sweep, tmp_path: Path, count: int
) -> None:
    for seed in sweep(count):
        _follows(random.Random(seed), tmp_path / str(seed))  # noqa: S311 - repeatable


def _follows(rng: random.Random, folder: Path) -> None:
    settings = settings_in(folder)
    shutil.copytree(CHECKOUT / "digests", settings.digests)
    with fake_embedding(HashEmbedder()):
        pipeline.ingest(settings)
        for edit in rng.sample(EDITS, 2):
            for change in (edit, rng.choice(EDITS)):
                change(rng, settings.digests)
            papers, report = read([settings.digests])
            result = pipeline.ingest(settings)
            held = open_current(settings.home)
            assert sorted(held.papers.all(), key=_id) == sorted(papers, key=_id)
            assert result.report == report
            assert held.manifest.chunks == result.chunks >= len(papers)
        for path in settings.digests.iterdir():
            path.unlink()
        with pytest.raises(DigestError, match="no digests in"):
            pipeline.ingest(settings)
        assert open_current(settings.home).name == held.name


def _id(paper: Paper) -> str:
    return paper.arxiv_id
