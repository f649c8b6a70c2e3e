"""Saved states: found by their tokens, capped, and never trusted when damaged or foreign."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.llm.state_cache import StateCache


def saved(folder: Path, key: str = "model a") -> StateCache:
    states = StateCache(key, folder)
    states.add([1, 2, 3, 4], b"one")
    states.add([1, 9, 9], b"two")
    states.flush()
    return states


def found(states: StateCache, tokens: list[int]) -> tuple[bytes | None, int]:
    state = states.find(tokens)
    return (states.read(state[0]), state[1]) if state else (None, 0)


def test_the_longest_shared_beginning_wins() -> None:
    states = StateCache("key")
    states.add([1, 2, 3, 4], b"one")
    states.add([1, 9, 9], b"two")
    assert found(states, [1, 2, 3, 7]) == (b"one", 3)
    assert found(states, [1, 9]) == (b"two", 2)
    assert found(states, [5]) == (None, 0)


def test_a_state_that_serves_only_whole_is_not_offered_for_a_part() -> None:
    states = StateCache("key", whole=True)
    states.add([1, 2], b"short")
    states.add([1, 2, 3, 4], b"long")
    assert found(states, [1, 2, 3, 7]) == (b"short", 2)


def test_a_longer_state_takes_the_place_of_the_one_it_continues(tmp_path: Path) -> None:
    states = saved(tmp_path)
    states.add([1, 2, 3, 4, 5], b"longer")
    states.flush()
    assert found(states, [1, 2, 3, 4]) == (b"longer", 4)
    assert len(list(tmp_path.glob("*.state"))) == 2


def test_states_outlive_the_process(tmp_path: Path) -> None:
    saved(tmp_path)
    assert found(StateCache("model a", tmp_path), [1, 2, 3, 4, 5]) == (b"one", 4)


def test_a_file_that_was_deleted_hides_no_other_state(tmp_path: Path) -> None:
    states = StateCache("model a", tmp_path)
    for last in (7, 8):
        states.add([1, 2, last], b"%d" % last)
        states.flush()
        if last == 7:
            (deleted,) = tmp_path.glob("*.state")
    deleted.unlink()
    assert found(states, [1, 2, 3]) == (b"8", 2)


def test_a_forgotten_state_is_not_offered_again() -> None:
    states = StateCache("key")
    states.add([1, 2, 3], b"one")
    state, _ = states.find([1, 2, 3]) or pytest.fail("not found")
    states.forget(state)
    assert states.find([1, 2, 3]) is None


def test_states_of_another_model_are_ignored(tmp_path: Path) -> None:
    saved(tmp_path)
    assert StateCache("model b", tmp_path).find([1, 2, 3, 4]) is None


@pytest.mark.parametrize("at", range(0, 200, 7))
def test_a_changed_byte_anywhere_never_gives_a_wrong_state(tmp_path: Path, at: int) -> None:
    saved(tmp_path)
    path = max(tmp_path.glob("*.state"), key=lambda p: p.stat().st_size)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0xFF
    path.write_bytes(data)
    assert found(StateCache("model a", tmp_path), [1, 2, 3, 4])[0] in {None, b"one", b"two"}
    assert found(StateCache("model a", tmp_path), [1, 2, 3, 4]) != (b"one", 4)


def test_cut_off_and_foreign_files_are_ignored(tmp_path: Path) -> None:
    saved(tmp_path)
    for path in tmp_path.glob("*.state"):
        path.write_bytes(path.read_bytes()[:-1])
    (tmp_path / "foreign.state").write_bytes(b"\x80\x04 not ours")
    (tmp_path / "empty.state").touch()
    states = StateCache("model a", tmp_path)
    assert found(states, [1, 2, 3, 4]) == (None, 4)
    assert found(states, [1, 2, 3, 4]) == (None, 1), "a damaged state is offered once only"


def test_memory_is_capped_and_the_least_recently_used_goes_first() -> None:
    states = StateCache("key", memory_bytes=6)
    states.add([1, 1], b"aaa")
    states.add([2, 2], b"bbb")
    assert found(states, [1, 1]) == (b"aaa", 2)
    states.add([3, 3], b"ccc")
    assert states.find([2, 2]) is None
    assert found(states, [1, 1]) == (b"aaa", 2)


def test_a_state_larger_than_the_memory_for_states_reaches_the_disk(tmp_path: Path) -> None:
    states = StateCache("k", tmp_path, memory_bytes=10)
    states.add([1, 2], b"x" * 8)
    states.add([3, 4], b"y" * 100)
    states.flush()
    assert found(StateCache("k", tmp_path), [3, 4]) == (b"y" * 100, 2)


def test_disk_is_capped(tmp_path: Path) -> None:
    states = StateCache("key", tmp_path, disk_bytes=1500)
    for first in range(10):
        states.add([first] * 10, b"x" * 200)
        states.flush()
    assert 0 < sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1500


def test_what_left_memory_is_read_from_disk(tmp_path: Path) -> None:
    states = StateCache("key", tmp_path, memory_bytes=4)
    states.add([1, 1], b"aaa")
    states.flush()
    states.add([2, 2], b"bbb")
    assert found(states, [1, 1]) == (b"aaa", 2)


def test_a_folder_that_cannot_be_written_costs_only_the_saving(tmp_path: Path) -> None:
    (tmp_path / "states").write_text("a file where the folder should be")
    states = StateCache("key", tmp_path / "states")
    states.add([1, 2], b"data")
    states.flush()
    assert found(states, [1, 2]) == (b"data", 2)
