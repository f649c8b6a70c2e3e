"""Sweeps of damaged digests in every shape: reading them raises nothing, and slices stay verbatim.

The hundred thousand: `python -m pytest tests/collection/test_mutated_shapes.py --sweeps 200`.
"""

from __future__ import annotations

import random
from pathlib import PurePath

import pytest

from rag_app.collection.reading.encoding import decoded
from rag_app.collection.reading.files import FileReading, read_bytes
from rag_app.text.cleaning import clean_line
from tests.collection.test_mutated_digests import IN_PLACE, JUNK
from tests.collection.test_reading_shapes import SHAPES
from tests.conftest import Sweep

MARKS = """<details>\n|</details>|<summary>|> |---\n|===\n|1. |\t- |<table>|<tr><td>|<br>|[[|]]|(arXiv:9901.00001)
9901.00002 |{|}|"|&x |*x |: |((((|]]]]|2027-01-02|<!-- | -->|~~~\n|~~~ x\n|+++\n|[x]: https://arxiv.org/abs/9901.00003\n"""
TABLES = ["|", "| --- | --- |\n", "| a | b |\n", "|||||||"]
PIECES = [*JUNK, *(mark.encode() for mark in [*MARKS.split("|"), *TABLES])]
NAMES = list(SHAPES)


def damaged(rng: random.Random, content: bytes) -> bytes:
    for _ in range(rng.randint(1, 5)):
        if rng.random() < 0.5:
            content = rng.choice(IN_PLACE)(rng, content or b" ")
        else:
            at = rng.randint(0, len(content))
            content = content[:at] + rng.choice(PIECES) * rng.randint(1, 40) + content[at:]
    return content[: rng.randint(0, len(content))] if rng.random() < 0.1 else content


def holds(data: bytes, reading: FileReading, file: str) -> None:
    """What is promised of every reading."""
    text = decoded(data).text
    lines = text.count("\n") + 1
    for paper in reading.papers:
        assert paper.arxiv_id
        assert paper.title
        assert paper.title == clean_line(paper.title) or file.endswith((".json", ".jsonl"))
        assert 1 <= paper.line <= lines
        assert len({section.name for section in paper.sections}) == len(paper.sections)
        for section in paper.sections:
            assert section.text == section.text.strip() != ""
            assert file.endswith((".json", ".jsonl")) or section.text in text
            section.text.encode()  # no half of a surrogate pair
    assert all(1 <= line <= lines and reason for line, reason in reading.left_out)


def test_a_sweep_of_damaged_shapes_raises_nothing(sweep: Sweep) -> None:
    for seed in sweep(500):
        rng = random.Random(seed)  # noqa: S311 - repeatable
        file, content, _ = SHAPES[NAMES[seed % len(NAMES)]]
        data = damaged(rng, content.encode())
        try:
            holds(data, read_bytes(data, "f.md", PurePath(file)), file)
        except Exception as error:
            raise AssertionError(f"--seed {seed}, {NAMES[seed % len(NAMES)]}") from error


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "# A\n",
            "- [a](",
            "| a ",
            "> ",
            "<details>",
            "<td>",
            "</p>",
            "[[a]]",
            "**",
            "((((",
            "【",
            "a, ",
            "1、",
            "- - ",
        ),
        *(
            "![](x)[",
            "\t- a\n",
            "https://arxiv.org/abs/9901.00001 ",
            "9901.00001 ",
            "[a]: b\n",
            "--- \n",
            "=\n",
            "et al ",
        ),
        *(
            "- [T](https://arxiv.org/abs/9901.00001)\n",
            "| [T](https://arxiv.org/abs/9901.00001) |\n",
            "updated ",
            "```\n",
        ),
    ],
)
def test_endless_repeats_of_a_mark_are_read(unit: str) -> None:
    text = "# T\n\n- [T](https://arxiv.org/abs/9902.00002)\n" + unit * (60_000 // len(unit))
    data = text.encode()
    holds(data, read_bytes(data, "f.md", PurePath("f.md")), "f.md")


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: " + "[" * 5_000 + "\n",
        "title: A: B: C\nurl: https://arxiv.org/abs/9903.00003\n",
        "? " * 3_000 + "\n",
        "a: !!python/object/apply:os.system [true]\n",
        "a:\n" + "  b: c\n" * 3_000,
    ],
)
def test_hostile_front_matter_is_read_without_its_tricks(front: str) -> None:
    data = f"---\n{front}---\n\n# T\n\nhttps://arxiv.org/abs/9903.00003\n\nText.\n".encode()
    reading = read_bytes(data, "f.md", PurePath("f.md"))
    holds(data, reading, "f.md")
    assert {paper.arxiv_id for paper in reading.papers} == {"9903.00003"}


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, '["' + "[" * 59 + '"]', '[{"title": "T", "id": 1e999}]']
)
def test_hostile_json_gives_nothing_and_raises_nothing(text: str) -> None:
    assert not read_bytes(text.encode(), "f.json", PurePath("f.json")).papers
