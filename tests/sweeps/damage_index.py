"""Damaging every file of an index, one at a time, and looking at what becomes of answers and
searches.

    python -m tests.sweeps.damage_index RAG_HOME --count 100 --seed 0

Knows: the ways in which a file can be damaged, and what may come of it: the same answers, or a
message. Does not know: how damage is found. `test_damage` does the same to small indexes. The
script puts every file back, from memory.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag_app.collection.snapshot import EXACT_LIMIT, VECTORS, Manifest, current_name
from tests.sweeps import faults, stories

BLOCK = 4096  # bytes
SAME, REFUSED = "the same answers", "refused with a message"

Damage = Callable[[bytes, random.Random], bytes | None]  # None deletes


def overwritten(data: bytes, chance: random.Random) -> bytes:
    """Up to a block of random bytes anywhere, within the file."""
    length = chance.randint(1, BLOCK)
    at = chance.randrange(max(1, len(data)))
    return (data[:at] + chance.randbytes(length) + data[at + length :])[: max(len(data), 1)]


WAYS: dict[str, Damage] = {
    "cut": lambda data, chance: data[: len(data) // 2],
    "emptied": lambda data, chance: b"",
    "deleted": lambda data, chance: None,
    "random": lambda data, chance: (
        data[: len(data) // 2] + chance.randbytes(BLOCK) + data[len(data) // 2 + BLOCK :]
    ),
}


@dataclass(frozen=True, slots=True)
class DamageCase:
    """A file, by its path in the home, and what is done to it."""

    path: str
    way: str
    seed: int = 0

    def done(self, home: Path) -> None:
        file = home / self.path
        data = file.read_bytes()
        left = WAYS.get(self.way, overwritten)(data, random.Random(self.seed))  # noqa: S311 - must be repeatable
        file.unlink()
        if left is not None:
            file.write_bytes(left)


def systematic(home: Path, ways: Iterable[str] = WAYS) -> list[DamageCase]:
    """Every file of the index, in every way."""
    return [DamageCase(path, way) for path in _files(home) for way in ways]


def by_chance(home: Path, seed: int) -> DamageCase:
    """A random overwrite of a random file that is not empty."""
    chance = random.Random(seed)  # noqa: S311 - must be repeatable
    return DamageCase(
        chance.choice([path for path in _files(home) if (home / path).stat().st_size]), "overwritten", seed
    )


def _files(home: Path) -> list[str]:
    """The files of the current snapshot, and those beside it."""
    index = home / "index"
    kept = [*index.glob("*"), *(index / current_name(home)).rglob("*")]
    return sorted(path.relative_to(home).as_posix() for path in kept if path.is_file())


@contextmanager
def damaged(home: Path, case: DamageCase) -> Iterator[None]:
    """The home with that damage, put back in the end."""
    data = (home / case.path).read_bytes()
    case.done(home)
    try:
        yield
    finally:
        (home / case.path).write_bytes(data)


@dataclass(frozen=True, slots=True)
class Look:
    """A look at an index from a new process, and what is right: what the store finds, and what
    exact search finds.
    """

    home: Path
    arguments: tuple[Path, str]  # the vectors, copied aside, and the embedding model's fingerprint
    right: tuple[tuple[str, str], ...]

    @classmethod
    def at(cls, home: Path, aside: Path) -> Look:
        """At an index that is whole; its vectors are copied into the folder `aside`."""
        snapshot = home / "index" / current_name(home)
        arguments = Path(shutil.copy(snapshot / VECTORS, aside)), Manifest.read(snapshot).fingerprint
        seen = [
            faults.run(stories.searches, home, *arguments, limit, below=home).value
            for limit in (0, EXACT_LIMIT)
        ]
        assert isinstance(seen[0], list) and isinstance(seen[1], list)
        return cls(home, arguments, tuple(zip(*seen, strict=True)))

    def after(self, case: DamageCase) -> str:
        """What became of the answers: SAME, REFUSED, or `WRONG` with the case."""
        seen = faults.run(stories.searches, self.home, *self.arguments, below=self.home)
        if seen.error:
            return REFUSED
        assert isinstance(seen.value, list)
        wrong = [text for text, right in zip(seen.value, self.right, strict=True) if text not in right]
        return f"WRONG after {case}: {wrong[0]}" if wrong else SAME


def main() -> int:
    parser = argparse.ArgumentParser(description="damage every file of the index in RAG_HOME, one at a time")
    parser.add_argument("home", type=Path)
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--count", type=int, default=100, help="random overwrites besides")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    home = options.home.absolute()
    cases = [
        *systematic(home, options.ways),
        *(by_chance(home, options.seed + number) for number in range(options.count)),
    ]
    with tempfile.TemporaryDirectory() as aside:
        look = Look.at(home, Path(aside))
        ends = Counter(_end(look, case) for case in cases)
    print(f"{ends.total()} cases", *(f"{count} {end}" for end, count in ends.most_common()), sep="\n")
    return 0 if set(ends) <= {SAME, REFUSED} else 1


def _end(look: Look, case: DamageCase) -> str:
    with damaged(look.home, case):
        try:
            return look.after(case)
        except faults.CrashError as error:
            return f"CRASHED after {case}: {error}"


if __name__ == "__main__":
    sys.exit(main())
