"""Measured values as rows, and the table made of them.

Knows: what a row says, and how it is printed and kept.
Does not know: how anything is measured.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from rag_app.machine import processor


@dataclass(frozen=True)
class Measurement:
    """One measured figure. A ratio has no unit; `detail` says what was divided by what, with the
    raw figures.
    """

    measure: str
    value: float
    unit: str = ""
    target: str = ""  # "≥ .97" or "≤ 1.0"; empty where no target is set
    detail: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target holds; None without a target."""
        if not self.target:
            return None
        sign, limit = self.target.split()[:2]
        return self.value >= float(limit) if sign == "≥" else self.value <= float(limit)


def markdown(rows: Sequence[Measurement]) -> str:
    """The rows as a Markdown table under a line that names the machine."""
    head = f"{processor()}, {date.today().isoformat()}\n\n| measure | value | target | detail |\n|---|---|---|---|"
    return "\n".join([head, *(_line(row) for row in rows)])


def _line(row: Measurement) -> str:
    mark = {True: "met", False: "missed", None: ""}[row.met]
    target = f"{row.target} {mark}".strip()
    return f"| {row.measure} | {_figure(row.value)}{' ' + row.unit if row.unit else ''} | {target} | {row.detail} |"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def save(rows: Sequence[Measurement], path: Path) -> None:
    """Write the rows and the machine's name as one JSON object."""
    told = {"processor": processor(), "day": date.today().isoformat(), "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
