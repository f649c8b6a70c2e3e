"""The thresholds that depend on the embedding model and the collection, with how they were measured.

Knows: the form of the table, where tables are kept and shipped, and how one is fitted to signs with
known answers. Does not know: what the signs are, or which questions they are of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag_app import files
from rag_app.home import Home

SHIPPED = Path(__file__).parent / "calibrations"

# Of questions that papers are about: this share at most is refused, and at most this share of those
# that none is about passes as clear. Fixed wishes, the same for every model.
REFUSED, PASSED = 0.01, 0.02
PENALTY = 0.1  # of squared weights, beside log-likelihoods added up: keeps separable signs finite
STEPS = 50  # of Newton's method: converged by far


@dataclass(frozen=True, slots=True)
class Calibration:
    """How signs are weighed, and what follows from the weight."""

    weights: tuple[float, ...]  # of the signs, in their order
    bias: float
    least: float  # probability below which no paper is about a question
    clear: float  # from which a paper is beyond doubt
    # What was measured on the questions that were not fitted to, and over what.
    measured: Mapping[str, float | int | str] = field(default_factory=dict)
    lists: Mapping[str, float] = field(default_factory=dict)  # where lists are cut

    def probability(self, row: Sequence[float]) -> float:
        """That papers are about a question with these signs."""
        return float(1 / (1 + np.exp(-(np.dot(self.weights, row) + self.bias))))


def calibration(home: Path, fingerprint: str) -> tuple[Calibration, bool]:
    """(the table for an embedding model, whether it was measured with that model): kept in `home`,
    shipped, or the default model's.
    """
    for folder in (Home(home).calibrations, SHIPPED):
        found = _read(file_of(folder, fingerprint), _changed(file_of(folder, fingerprint)))
        if found:
            return found, True
    return _nearest(), False


def _nearest() -> Calibration:
    """The default model's table: signs are measured in spreads, so it is near for others too."""
    shipped = (_read(file, 0) for file in sorted(SHIPPED.glob("*.json")))
    return next(table for table in shipped if table)


def file_of(folder: Path, fingerprint: str) -> Path:
    """Where the table for an embedding model is kept."""
    return folder / f"{fingerprint[:16]}.json"


def save(made: Calibration, file: Path) -> None:
    """Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    files.replace(file, json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _read(file: Path, changed: int) -> Calibration | None:
    """The table in a file; None where there is none or it is damaged. `changed` is the cache's key."""
    del changed
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        return Calibration(**{**body, "weights": tuple(map(float, body["weights"]))})
    except (OSError, ValueError, KeyError, TypeError):
        return None


# --- fitting ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labelled:
    """The signs of a question, and whether papers are about it."""

    question: str
    row: tuple[float, ...]
    about: bool

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.question.encode()).digest()[-1] % 2 == 1


def fitted(labelled: Sequence[Labelled], over: Mapping[str, float | int | str]) -> Calibration:
    """The table fitted to one half of the questions, with what it does on the other; both halves of
    both labels must be there.
    """
    fit = [one for one in labelled if not one.held_out]
    weights, bias = _regressed(fit)
    raw = Calibration(weights, bias, 0.0, 1.0)
    asked = [raw.probability(one.row) for one in fit if one.about]
    foreign = [raw.probability(one.row) for one in fit if not one.about]
    # Between the labels where they are apart, else where few questions that papers are about are lost.
    least = min(float(np.quantile(asked, REFUSED)), 0.5)
    clear = max(float(np.quantile(foreign, 1 - PASSED)), least)
    return Calibration(weights, bias, least, clear, {**over, **_measured(labelled, raw, least, clear)})


def _measured(
    labelled: Sequence[Labelled], raw: Calibration, least: float, clear: float
) -> dict[str, float | int]:
    asked = [raw.probability(one.row) for one in labelled if one.held_out and one.about]
    foreign = [raw.probability(one.row) for one in labelled if one.held_out and not one.about]
    above = [a > f for a in asked for f in foreign]
    return {
        "questions": len(asked) + len(foreign),
        "auc": round(sum(above) / len(above), 4),
        "false refusals": round(sum(p < least for p in asked) / len(asked), 4),
        "foreign refused": round(sum(p < least for p in foreign) / len(foreign), 4),
        "clear": round(sum(p >= clear for p in asked) / len(asked), 4),
    }


def _regressed(labelled: Sequence[Labelled]) -> tuple[tuple[float, ...], float]:
    """Logistic regression with a small penalty, both labels counting alike, by Newton's method."""
    rows = np.array([[*one.row, 1.0] for one in labelled])
    truth = np.array([one.about for one in labelled], float)
    worth = np.where(truth > 0, 0.5 / max(truth.sum(), 1), 0.5 / max((1 - truth).sum(), 1)) * len(truth)
    held = PENALTY * np.diag([*np.ones(rows.shape[1] - 1), 1e-6])
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        shares = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (worth * (shares - truth)) + held @ weights
        curve = (rows * (worth * shares * (1 - shares))[:, None]).T @ rows + held
        weights = weights - np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope)
    return tuple(round(float(w), 4) for w in weights[:-1]), round(float(weights[-1]), 4)
