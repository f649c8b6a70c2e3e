"""What the map promises: like papers lie together, the same input gives the same map, old papers stay
where they are, and collections of any size have one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag_app.collection import paper_map
from rag_app.collection.paper_map import GROUPS, MOST_PLACED, made, read
from rag_app.collection.paper_vectors import Vectors


def clusters(count: int, size: int) -> Vectors:
    """Unit vectors in `count` clusters of `size`, one after the other."""
    chance = np.random.default_rng(3)
    centres = np.repeat(np.eye(count, 24, dtype=np.float32), size, axis=0)
    rows = centres + chance.normal(0, 0.1, centres.shape)
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def ids(count: int) -> list[str]:
    return [f"2401.{number:05d}" for number in range(count)]


def before(whole: paper_map.Map) -> dict[str, list[float]]:
    return dict(zip(ids(len(whole)), whole.tolist(), strict=True))


def test_papers_that_are_alike_lie_together_and_share_a_group() -> None:
    whole = made(clusters(4, 25), ids(100), {})
    centres = [whole[start : start + 25, :2].mean(axis=0) for start in range(0, 100, 25)]
    for cluster, start in enumerate(range(0, 100, 25)):
        for x, y, *_ in whole[start : start + 25]:
            distances = [np.hypot(*(centre - (x, y))) for centre in centres]
            assert int(np.argmin(distances)) == cluster
        assert len(set(whole[start : start + 25, 2])) <= 2
    assert whole.dtype == np.float32
    assert np.abs(whole[:, :2]).max() == pytest.approx(1)


def test_the_same_papers_have_the_same_map() -> None:
    assert np.array_equal(made(clusters(3, 20), ids(60), {}), made(clusters(3, 20), ids(60), {}))


def test_a_new_paper_is_put_beside_those_it_is_like_and_the_others_stay() -> None:
    vectors = clusters(4, 25)
    old = made(vectors, ids(100), {})
    new = made(np.vstack([vectors, clusters(4, 25)[30:31]]), ids(101), before(old))
    assert np.array_equal(new[:100], old)
    centre = old[25:50, :2].mean(axis=0)
    assert np.hypot(*(new[100, :2] - centre)) < np.hypot(*(old[:, :2] - centre).T).max() / 2
    assert new[100, 3] == 1


def test_a_paper_that_is_gone_leaves_the_others_where_they_are() -> None:
    vectors = clusters(4, 25)
    old = made(vectors, ids(100), {})
    assert np.array_equal(made(vectors[1:], ids(100)[1:], before(old)), old[1:])


def test_all_is_laid_out_anew_once_many_papers_were_put_beside_others() -> None:
    vectors = clusters(4, 25)
    known = before(made(vectors[:75], ids(75), {}))
    assert MOST_PLACED * 100 < 25
    assert not made(vectors, ids(100), known)[:, 3].any()
    # little by little, too
    whole = made(vectors[:75], ids(75), {})
    for count in range(76, 101):
        whole = made(vectors[:count], ids(count), before(whole))
    assert whole[:, 3].sum() <= MOST_PLACED * 100


@pytest.mark.parametrize("count", [1, 2, 3, 5, 15, 16, 17, 49])
def test_a_collection_of_any_size_has_a_map(count: int) -> None:
    whole = made(clusters(count, 1) if count <= 24 else clusters(7, 7), ids(count), {})
    assert whole.shape == (count, 4)
    assert np.isfinite(whole).all()
    assert whole[:, 2].max() < GROUPS


@pytest.mark.parametrize("count", [2, 3, 20])
def test_papers_that_say_the_same_have_a_map(count: int) -> None:
    same = np.tile(np.eye(1, 24, dtype=np.float32), (count, 1))
    assert np.isfinite(made(same, ids(count), {})).all()
    assert np.isfinite(made(np.zeros_like(same), ids(count), {})).all()


def test_an_index_without_a_map_or_with_another_one_has_none(tmp_path: Path) -> None:
    assert read(tmp_path / paper_map.MAP, 3) is None
    np.save(tmp_path / paper_map.MAP, np.zeros((3, 4), np.float32))
    assert read(tmp_path / paper_map.MAP, 3) is not None
    assert read(tmp_path / paper_map.MAP, 4) is None
    (tmp_path / paper_map.MAP).write_bytes(b"no array")
    assert read(tmp_path / paper_map.MAP, 3) is None
