"""A history or a store of model states whose writing is killed or refused at any change keeps what
it had confirmed.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from rag_app.history import file
from rag_app.history.store import History
from rag_app.llm.state_cache import StateCache
from tests.history.test_store import ANSWER, QUERY
from tests.sweeps import faults
from tests.sweeps.conftest import Some, counts

REFUSALS = pytest.mark.parametrize(
    "fault", [errno.ENOSPC, errno.EROFS, errno.EACCES], ids=["full", "read-only", "denied"]
)
KEPT = ["kept 0", "kept 1", "kept 2"]
NEWER = "ALTER TABLE turns ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'; UPDATE turns SET mood = question"


# --- history ------------------------------------------------------------------------------------


def file_in(folder: Path) -> Path:
    return folder / "home" / "history.sqlite3"


def save(folder: Path, title: str) -> str:
    """A conversation of three questions and answers; the answered ones are confirmed beside the home."""
    with closing(History(file_in(folder))) as history:
        conversation = history.create(title)
        for number in range(3):
            turn = history.add(conversation, None, None, f"{title} {number}")
            history.complete(turn, QUERY, ANSWER)
            with (folder / "confirmed").open("a", encoding="utf-8") as confirmed:
                confirmed.write(f"{title} {number}\n")
        return history.notice


def answered(folder: Path) -> list[str]:
    """The questions whose answers a new process finds, and its notice if it has one."""
    with closing(History(file_in(folder))) as history:
        turns = [turn for conversation in history.conversations() for turn in history.turns(conversation.id)]
        assert not any(turn.damaged for turn in turns)
        notices = [history.notice] if history.notice else []
        return notices + sorted(turn.question for turn in turns if turn.answer == ANSWER)


def migrate(folder: Path) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "MIGRATIONS", (*file.MIGRATIONS, NEWER))
        return answered(folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    save(folder, "kept")
    return folder


def copied(folder: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(folder, copy))


def after(
    function: object, folder: Path, *arguments: object, at: int = 0, fault: int = faults.KILL
) -> faults.FaultRun:
    assert callable(function)
    return faults.run(function, folder, *arguments, below=folder / "home", at=at, fault=fault)


@counts(5, 100)
def test_a_kill_while_saving_costs_no_confirmed_turn(
    kept: Path, count: int, some: Some, tmp_path: Path
) -> None:
    changes = after(save, copied(kept, tmp_path), "new").changes
    for at in some(range(1, changes + 1), count):
        folder = copied(kept, tmp_path)
        assert after(save, folder, "new", at=at).killed
        confirmed = (folder / "confirmed").read_text(encoding="utf-8").splitlines()
        found = after(answered, folder).value
        assert isinstance(found, list)
        assert set(confirmed) <= set(found) <= {*KEPT, "new 0", "new 1", "new 2"}, (
            f"after a kill at change {at}"
        )
        assert after(save, folder, "again").value == "", f"after a kill at change {at}"
        again = after(answered, folder).value
        assert again == sorted([*found, "again 0", "again 1", "again 2"]), f"after a kill at change {at}"


@counts(3, 100)
@REFUSALS
def test_a_disk_that_refuses_to_save_is_said_and_costs_no_confirmed_turn(
    kept: Path, fault: int, count: int, some: Some, tmp_path: Path
) -> None:
    changes = after(save, copied(kept, tmp_path), "new").changes
    for at in some(range(1, changes + 1), count):
        folder = copied(kept, tmp_path)
        run = after(save, folder, "new", at=at, fault=fault)
        confirmed = (folder / "confirmed").read_text(encoding="utf-8").splitlines()
        assert "cannot be written" in run.error or run.value == "", f"at change {at}: {run}"
        found = after(answered, folder).value
        assert isinstance(found, list)
        assert set(confirmed) <= set(found) <= {*KEPT, "new 0", "new 1", "new 2"}, f"at change {at}"


@counts(3, 100)
def test_a_kill_during_a_migration_costs_no_turn(kept: Path, count: int, some: Some, tmp_path: Path) -> None:
    changes = after(migrate, copied(kept, tmp_path)).changes
    for at in some(range(1, changes + 1), count):
        folder = copied(kept, tmp_path)
        assert after(migrate, folder, at=at).killed
        assert after(migrate, folder).value == KEPT, f"after a kill at change {at}"


@counts(3, 100)
def test_a_kill_while_a_damaged_history_is_set_aside_drops_nothing(
    kept: Path, count: int, some: Some, tmp_path: Path
) -> None:
    damaged = copied(kept, tmp_path / "damaged")
    content = b"no database".ljust(5000)
    file_in(damaged).write_bytes(content)
    changes = after(answered, copied(damaged, tmp_path)).changes
    for at in some(range(1, changes + 1), count):
        folder = copied(damaged, tmp_path)
        assert after(answered, folder, at=at).killed
        assert after(save, folder, "again").error == "", f"after a kill at change {at}"
        assert after(answered, folder).value == ["again 0", "again 1", "again 2"], (
            f"after a kill at change {at}"
        )
        files = [path.read_bytes() for path in (folder / "home").iterdir()]
        assert content in files, f"after a kill at change {at}"


# --- states of the model --------------------------------------------------------------------------

OLD, SHORT, LONG, OTHER = (9, 9, 9), (1, 2, 3), (1, 2, 3, 4, 5), (7, 8)


def data_of(tokens: tuple[int, ...]) -> bytes:
    return bytes(tokens) * 500


def save_states(folder: Path, *wanted: tuple[int, ...]) -> list[str]:
    """Save states of those tokens, one after the other; the kinds of files there are then."""
    states = StateCache("key", folder / "home" / "states")
    for tokens in wanted:
        states.add(tokens, data_of(tokens))
        states.flush()
    return sorted(path.suffix for path in (folder / "home" / "states").glob("*"))


def read_states(folder: Path) -> list[tuple[int, ...]]:
    """The tokens whose own state is there, and whole."""
    states = StateCache("key", folder / "home" / "states")
    found: list[tuple[int, ...]] = []
    for tokens in (OLD, SHORT, LONG, OTHER):
        state = states.find(tokens)
        if state is not None and len(state[0].tokens) == len(tokens) == state[1]:
            assert states.read(state[0]) == data_of(tokens)
            found.append(tokens)
    return found


@counts(2, 100)
@pytest.mark.parametrize("fault", [faults.KILL, errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_state_is_whole_or_not_there_and_no_fault_reaches_the_answer(
    fault: int, count: int, some: Some, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    save_states(saved, OLD)
    changes = after(save_states, copied(saved, tmp_path), SHORT, LONG, OTHER).changes
    for at in some(range(1, changes + 1), count):
        folder = copied(saved, tmp_path)
        run = after(save_states, folder, SHORT, LONG, OTHER, at=at, fault=fault)
        assert run.error == "", f"at change {at}"
        found = after(read_states, folder).value
        assert isinstance(found, list) and OLD in found, f"at change {at}"
        assert after(save_states, folder, SHORT, LONG, OTHER).value == [".state"] * 3, f"at change {at}"
        assert after(read_states, folder).value == [OLD, LONG, OTHER], f"at change {at}"
