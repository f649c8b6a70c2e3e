"""What the map on the Explore page promises: an area or a topic chooses its papers, and an index
without a map says how to make one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rag_app.collection.library import Library, write_map
from rag_app.records import Paper
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN
from rag_app.web.widgets import map_plot
from tests.conftest import SAMPLE
from tests.helpers.fakes import made

PAPERS = [Paper(f"2401.0000{number}", "", (), ()) for number in range(4)]
PLACED = np.array([[-1, -1, 0, 0], [0, 0, 0, 0], [0.5, 0.5, 1, 0], [1, 1, 1, 1]], np.float32)
TOPICS = ["video", "video", "robots", "robots"]


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        ({}, None),
        ({"area": {}, "topic": []}, None),  # as it is once taken away
        ({"area": {"x": [-0.1, 0.6], "y": [-0.1, 0.6]}}, [1, 2]),
        ({"area": {"x": [0.6, -0.1], "y": [-0.1, 0.1]}}, [1]),
        ({"topic": [{"topic": "robots"}]}, [2, 3]),
        ({"area": {"x": [-0.1, 0.6], "y": [-0.1, 0.6]}, "topic": [{"topic": "robots"}]}, [2]),
        ({"area": {"x": [0.1, 0.2], "y": [0.1, 0.2]}}, []),
    ],
)
def test_an_area_and_a_topic_choose_their_papers(selection: Any, numbers: list[int] | None) -> None:
    chosen = map_plot._chosen(PAPERS, PLACED, TOPICS, selection)
    assert chosen == (None if numbers is None else {PAPERS[number].arxiv_id for number in numbers})


def shown(library: Library, words: Any) -> AppTest:
    """The map by itself, as the plots draw it."""

    def script(library, words):  # type: ignore[no-untyped-def]  # its source runs alone, without this file's imports
        import streamlit as st

        from rag_app.web.widgets.map_plot import map_plot

        st.text(str(map_plot(library.snapshot.papers.all(), words, library)))

    return AppTest.from_function(script, args=(library, words), default_timeout=60).run()


@pytest.mark.parametrize("words", [ENGLISH, KOREAN])
def test_an_index_without_a_map_says_how_to_make_one(library: Library, words: Any) -> None:
    assert library.paper_map is None
    app = shown(library, words)
    assert [info.value for info in app.info] == [words["map_missing"]]
    assert not app.exception


def test_every_paper_is_on_the_map_under_a_topic_of_its_titles(tmp_path: Path) -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(SAMPLE.glob("*.md"))}
    library = made(tmp_path, texts)
    write_map(
        library.snapshot.chunks, library.snapshot.vectors, library.lexical.papers, library.snapshot.folder
    )
    app = shown(library, ENGLISH)
    assert not app.exception
    assert [text.value for text in app.text] == ["None"]  # nothing is chosen yet
    whole = library.paper_map
    assert whole is not None
    papers = library.snapshot.papers.all()
    names = map_plot._topics("of this test", library, whole)
    table = map_plot._table(papers, whole, [names[int(group)] for group in whole[:, 2]])
    assert len(table) == len(papers)
    assert len(set(names)) == len(names) == len(set(table["topic"]))
    titles = " ".join(paper.title for paper in papers).casefold()
    assert all(word[:4] in titles for name in names for word in name.replace(",", "").split())


def test_one_paper_is_no_map(tmp_path: Path) -> None:
    name, text = next((file.name, file.read_text(encoding="utf-8")) for file in sorted(SAMPLE.glob("*.md")))
    library = made(tmp_path, {name: "\n### ".join(text.split("\n### ")[:2])})
    write_map(
        library.snapshot.chunks, library.snapshot.vectors, library.lexical.papers, library.snapshot.folder
    )
    app = shown(library, ENGLISH)
    assert [caption.value for caption in app.caption] == [ENGLISH["plot_nothing"]]
    assert not app.exception
