"""Answers and queries as JSON, and back.

Knows: the keys of `ask --json`, and how frozen records become JSON objects.
Does not know: where the JSON goes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from rag_app.records import Answer, Query, Trace

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Record = TypeVar("Record")

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # made once for each kind of record


def as_json(answer: Answer) -> dict[str, Any]:
    """What `ask --json` prints: the answer's fields in order, its text as `answer`, without
    `ranked` and `usage`; behind the citations their numbers.
    """
    data: dict[str, Any] = {}
    for name, value in as_stored_json(answer).items():
        if name not in {"ranked", "usage"}:
            data[name] = value
        if name == "citations":
            data["citation_numbers"] = [citation.n for citation in answer.citations]
    return data


def as_stored_json(answer: Answer) -> dict[str, Any]:
    """The whole answer: `as_json` with `ranked` and `usage`."""
    data = _dumped(answer)
    return {"answer": data.pop("text"), **data}


def from_json(data: object) -> Answer:
    """The answer of `as_json` or `as_stored_json`, read back; ValueError for anything else."""
    if not isinstance(data, dict):
        raise ValueError(f"{data!r:.80} is not an object")
    fields = {"text" if key == "answer" else key: value for key, value in data.items()}
    fields.pop("citation_numbers", None)
    return restored(Answer, fields)


def query_as_json(query: Query) -> dict[str, Any]:
    """The query's fields in order."""
    return _dumped(query)


def query_from_json(data: object) -> Query:
    """The query of `query_as_json`, read back; ValueError for anything else."""
    return restored(Query, data)


def trace_as_json(trace: Trace) -> dict[str, Any]:
    """The trace's fields in order."""
    return _dumped(trace)


def trace_from_json(data: object) -> Trace:
    """The trace of `trace_as_json`, read back; ValueError for anything else."""
    return restored(Trace, _with_reasons(data))


def restored(kind: type[Record], data: object) -> Record:
    """A record of `kind` from parsed JSON. Unknown keys are passed over, missing ones take their
    defaults; ValueError where a value has another type.
    """
    # Only pydantic's reader of JSON text takes lists for tuples and yet no other type for another.
    record: Record = _adapter(kind).validate_json(json.dumps(data), strict=True)
    return record


def _dumped(record: Any) -> dict[str, Any]:
    data: dict[str, Any] = _adapter(type(record)).dump_python(record, mode="json")
    return data


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        from pydantic import TypeAdapter

        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _with_reasons(data: object) -> object:
    """A trace in which every reason of a hit is an object; the first versions wrote "dense 3"."""
    evidence = data.get("evidence") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(evidence, dict):
        return data
    hits = [_hit_with_reasons(hit) for hit in evidence.get("hits", [])]
    return {**data, "evidence": {**evidence, "hits": hits}}


def _hit_with_reasons(hit: Any) -> Any:
    if not isinstance(hit, dict) or not isinstance(hit.get("why"), list):
        return hit
    return {**hit, "why": [_reason(why) if isinstance(why, str) else why for why in hit["why"]]}


def _reason(text: str) -> dict[str, Any]:
    reason, _, place = text.partition(" ")
    return {"reason": reason, "place": int(place or 0)}
