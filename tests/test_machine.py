"""What the machine says of its processor."""

from __future__ import annotations

import os

import pytest

from rag_app import machine


def test_only_cores_that_this_process_may_use_count(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("no affinity on this system")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3})
    assert machine.physical_cores() == 1
