"""A folder with digests and a home, which the tests touch through new processes only."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from rag_app.collection import verify
from rag_app.collection.snapshot import current_name
from tests.sweeps import faults, stories


@dataclass(frozen=True, slots=True)
class Collection:
    """`home` and `digests` in `folder`."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def snapshot(self) -> Path:
        return self.home / "index" / current_name(self.home)

    def copied(self, folder: Path) -> Collection:
        """A copy, in the place of what may be there."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Collection(folder)

    def ingest(self, at: int = 0, fault: int = faults.KILL) -> faults.FaultRun:
        return faults.run(stories.ingest, self.folder, below=self.home, at=at, fault=fault)

    def answers(self) -> object:
        """What a new process answers; the message where it refuses to open the index."""
        asked = faults.run(stories.answers, self.folder, below=self.home)
        return asked.value or asked.error

    def flaws(self) -> list[str]:
        """All that is wrong with the index, leftovers of other ingests included."""
        names = [path.name for path in (self.home / "index").iterdir() if path.is_dir()]
        leftovers = [f"{name} is left over" for name in names if ".tmp-" in name]
        return leftovers + [f"{names} are too many"] * (len(names) > 2) + verify.damage(self.snapshot)
