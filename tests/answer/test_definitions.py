"""What says what a thing is, also where no blank stands between words."""

from __future__ import annotations

import pytest

from rag_app.answer import definitions
from rag_app.collection.library import Library
from tests.helpers.fakes import made

DAY = """## Daily Papers (2027-06-01)

### [TideDraw: Drawing Tides](https://arxiv.org/abs/2706.00001)

- **What's New**: 近年、波紋推定とは水面の画像から波の高さを求める手法である。波紋推定は港で使われる。

### [TideSight: Seeing Tides](https://arxiv.org/abs/2706.00002)

- **What's New**: 一般来说，潮纹估计是一种从水面图像求出波高的方法。

### [TideTell: Telling Tides](https://arxiv.org/abs/2706.00003)

- **What's New**: この論文では波紋推定を改良する。本研究で扱う新しい波紋推定は速い。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return made(tmp_path_factory.mktemp("definitions"), {"day.md": DAY})


@pytest.mark.parametrize(
    ("name", "text", "about"),
    [
        ("波紋推定", "近年、波紋推定とは水面の画像から波の高さを求める手法である。", True),
        ("波紋推定", "従来の波紋推定は遅い。", True),
        ("波紋推定", "この論文で扱う波紋推定は速い。", False),
        ("潮纹估计", "一般来说，潮纹估计是一种从水面图像求出波高的方法。", True),
        ("NN", "ANN is a network.", False),
    ],
)
def test_a_thing_is_the_subject_also_behind_an_opening_without_a_blank(
    name: str, text: str, about: bool, library: Library
) -> None:
    assert definitions.thing(name, library).is_subject(text, library) is about


def test_a_thing_is_said_also_within_a_run_of_letters(library: Library) -> None:
    assert definitions.thing("波紋推定", library).said.search("本研究で扱う波紋推定は速い。")
    assert not definitions.thing("NN", library).said.search("ANN is a network.")


@pytest.mark.parametrize(("name", "arxiv_id"), [("波紋推定", "2706.00001"), ("潮纹估计", "2706.00002")])
def test_what_it_is_is_told_by_the_digest_that_says_so(name: str, arxiv_id: str, library: Library) -> None:
    found = definitions.definitions(definitions.thing(name, library), library, 1)
    assert [point.paper.arxiv_id for point in found] == [arxiv_id]
