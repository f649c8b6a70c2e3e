"""The thresholds that depend on the embedding model and the collection, with how they were measured.

Knows: the form of the table, where tables are kept and shipped, and how one is fitted to signs with
known answers. Does not know: what the signs are, or which questions they are of.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from rag_app import files
from rag_app.home import Home

SHIPPED = Path(__file__).parent / "calibrations"

NOT_MEASURED = "none measured for this embedding model; the default model's are used"

# A wish, the same for every model. One question in fifty may be refused that papers answer; half of
# them name their paper and are never asked about here, so it may be this share of the others.
REFUSED = 0.04
# Of the least probability: over the few papers of the samples a strong model falls short of none. Of 229
# questions that 5,487 papers answer EmbeddingGemma refused .07 at .5, .04 at .1 and .03 at .05.
MOST, MOST_OF_TOPICS = 0.05, 0.2
SURE = 0.95  # a wish too: of the searches that show their first paper alone, those where it is the right one
TOPICS = 0.5  # of what few topics fall short of: those of the project's questions are few
PENALTY = 0.1  # of squared weights, beside log-likelihoods added up: keeps separable signs finite
STEPS = 50  # of Newton's method: converged by far


@dataclass(frozen=True, slots=True)
class FactTable:
    """How signs are weighed that a sentence of a named paper's digest answers a question."""

    weights: tuple[float, ...]
    bias: float
    least: float  # below which for every sentence the digest does not say it
    certain: float  # from which a sentence answers, whatever a language model makes of it
    measured: Mapping[str, float | int | str] = field(default_factory=dict)

    def probability(self, row: Sequence[float]) -> float:
        """That a sentence with these signs answers."""
        return sigmoid(log_odds(self.weights, self.bias, row))


@dataclass(frozen=True, slots=True)
class Calibration:
    """How signs are weighed, and what follows from the weight."""

    weights: tuple[float, ...]  # of the signs, in their order
    bias: float
    least: float  # probability below which no paper is about a question, described in own words
    least_of_topics: float  # the same where a topic alone is searched for: nothing blurs it
    margin: float  # by which the score of the first paper must lead for it to be the one looked for
    facts: FactTable  # of named papers
    # The same by two signs, what those of `facts` come to and the log-odds by which a language model would
    # answer sooner than say that its excerpts do not: by the name of the model.
    models: Mapping[str, FactTable] = field(default_factory=dict)
    # What was measured on the questions that were not fitted to, and over what.
    measured: Mapping[str, float | int | str] = field(default_factory=dict)

    def probability(self, row: Sequence[float]) -> float:
        """That papers are about a question with these signs."""
        return sigmoid(log_odds(self.weights, self.bias, row))

    def refuses(self, row: Sequence[float], *, topic: bool) -> bool:
        """Whether no paper is about a question with these signs."""
        return self.probability(row) < (self.least_of_topics if topic else self.least)


def facts_with(table: Calibration, model: str) -> FactTable | None:
    """How the judgement of a language model counts beside the signs: as measured with this table, or with the
    default one; None where it was never measured.
    """
    return table.models.get(model) or _nearest().models.get(model)


def log_odds(weights: Sequence[float], bias: float, row: Sequence[float]) -> float:
    """What signs come to, as weighed."""
    return float(np.dot(weights, row)) + bias


def sigmoid(odds: float) -> float:
    """The probability with these log-odds."""
    return float(1 / (1 + np.exp(-odds)))


def logit(probability: float) -> float:
    """The log-odds with this probability."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))


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
    files.private_folder(file.parent)
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
        models = {name: _facts(told) for name, told in body.get("models", {}).items()}
        read = {
            "weights": tuple(map(float, body["weights"])),
            "facts": _facts(body["facts"]),
            "models": models,
        }
        return Calibration(**{**body, **read})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _facts(body: Mapping[str, Any]) -> FactTable:
    return FactTable(**{**body, "weights": tuple(map(float, body["weights"]))})


# --- fitting ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labelled:
    """The signs of a question, and whether papers are about it."""

    question: str
    row: tuple[float, ...]
    about: bool
    topic: bool = False  # a topic alone is searched for

    @property
    def held_out(self) -> bool:
        return _is_held_out(self.question)


@dataclass(frozen=True, slots=True)
class Search:
    """By how much the score of the first paper found leads the second, and whether it is the right one."""

    question: str
    margin: float
    right: bool

    @property
    def held_out(self) -> bool:
        return _is_held_out(self.question)


def _is_held_out(question: str) -> bool:
    return hashlib.sha256(question.encode()).digest()[-1] % 2 == 1


def fitted(
    labelled: Sequence[Labelled],
    worded: Sequence[Labelled],
    searches: Sequence[Search],
    facts: FactTable,
    over: Mapping[str, float | int | str],
) -> Calibration:
    """The table fitted to one half of the questions, with what it does on the other.

    `labelled` are made of a collection, `worded` are asked by people, and papers are about them: what
    is made resembles its papers more, so it says how signs weigh, and not how few of them suffice.
    Where no `worded` are known for the model, as few suffice as for the default one. Both halves of
    both labels must be there; where those of `searches` are not, the default model's margin is taken.
    """
    fit = [one for one in labelled if not one.held_out]
    weights, bias = regressed(fit)
    known = [one for one in searches if not one.held_out]
    margin = _sure_margin(known) if known else _nearest().margin
    raw = Calibration(weights, bias, 0.0, 0.0, margin, facts)
    near = _nearest() if not worded else None
    least = near.least if near else _least(worded, raw, topic=False)
    of_topics = near.least_of_topics if near else TOPICS * _least(worded, raw, topic=True)
    made = replace(raw, least=round(least, 4), least_of_topics=round(of_topics, 4))
    measured = _measured([one for one in labelled if one.held_out], made)
    measured |= _first_right([one for one in searches if one.held_out], margin)
    lost = round(sum(made.refuses(one.row, topic=one.topic) for one in worded) / max(len(worded), 1), 4)
    return replace(
        made, measured={**over, **measured, "worded questions": len(worded), "worded refused": lost}
    )


def _sure_margin(searches: Sequence[Search]) -> float:
    """The least margin at and above which the first paper is the right one often enough, in hundredths; more
    than the largest where it never is.
    """
    for margin in sorted({math.ceil(one.margin * 100) / 100 for one in searches}):
        alone = [one.right for one in searches if one.margin >= margin]
        if alone and sum(alone) >= SURE * len(alone):
            return margin
    return max(one.margin for one in searches) + 1


def _first_right(held_out: Sequence[Search], margin: float) -> dict[str, float | int]:
    alone = [one.right for one in held_out if one.margin >= margin]
    return {
        "searches": len(held_out),
        "first paper right": _share([one.right for one in held_out]),
        "shown alone": round(len(alone) / max(len(held_out), 1), 4),
        "right alone": _share(alone),
    }


def _share(true: Sequence[bool]) -> float:
    return round(sum(true) / max(len(true), 1), 4)


def _least(worded: Sequence[Labelled], raw: Calibration, *, topic: bool) -> float:
    """The probability that few of the questions of one form fall short of."""
    asked = [raw.probability(one.row) for one in worded if one.topic == topic]
    most = MOST_OF_TOPICS if topic else MOST
    return min(float(np.quantile(asked, REFUSED)), most) if asked else 0.0


def _measured(held_out: Sequence[Labelled], made: Calibration) -> dict[str, float | int]:
    asked, foreign = ([one for one in held_out if one.about == about] for about in (True, False))
    above = [made.probability(a.row) > made.probability(f.row) for a in asked for f in foreign]
    return {
        "questions": len(held_out),
        "auc": round(sum(above) / len(above), 4),
        "false refusals": round(sum(made.refuses(a.row, topic=a.topic) for a in asked) / len(asked), 4),
        "foreign refused": round(sum(made.refuses(f.row, topic=f.topic) for f in foreign) / len(foreign), 4),
    }


def regressed(labelled: Sequence[Labelled]) -> tuple[tuple[float, ...], float]:
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
