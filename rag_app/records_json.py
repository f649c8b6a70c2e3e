"""Answers and queries as JSON, and back.

Knows: the keys of `ask --json`, and how frozen records become JSON objects. Does not know: where
the JSON goes. `__main__` prints it, `history` stores it, `exporting` hands it out.
"""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rag_app.records import Answer, Query, Trace


def as_json(answer: Answer) -> dict[str, Any]:
    """What `ask --json` prints: the answer's fields in order, its text as `answer`, without
    `ranked` and `usage`.
    """
    data = as_stored_json(answer)
    del data["ranked"], data["usage"]
    return data


def as_stored_json(answer: Answer) -> dict[str, Any]:
    """The whole answer: `as_json` with `ranked` and `usage`."""
    data = asdict(answer)
    return {"answer": data.pop("text"), **data}


def from_json(data: object) -> Answer:
    """The answer of `as_json` or `as_stored_json`, read back from JSON; ValueError for anything else."""
    renamed = {"text" if key == "answer" else key: value for key, value in _object(data).items()}
    answer: Answer = restored(Answer, renamed)
    return answer


def query_as_json(query: Query) -> dict[str, Any]:
    """The query's fields in order."""
    return asdict(query)


def query_from_json(data: object) -> Query:
    """The query of `query_as_json`, read back from JSON; ValueError for anything else."""
    query: Query = restored(Query, data)
    return query


def trace_as_json(trace: Trace) -> dict[str, Any]:
    """The fields in order."""
    return asdict(trace)


def trace_from_json(data: object) -> Trace:
    """The workings of `trace_as_json`, read back from JSON; ValueError for anything else."""
    trace: Trace = restored(Trace, data)
    return trace


def restored(kind: Any, value: Any) -> Any:
    """A value of the annotated type `kind`; unknown keys of records are passed over, missing ones
    take defaults.
    """
    if is_dataclass(kind):
        return _record(kind, _object(value))
    container, arguments = get_origin(kind), get_args(kind)
    if container is UnionType:  # the records know but `X | None`
        return None if value is None else restored(arguments[0], value)
    if container is tuple and isinstance(value, list | tuple):
        return tuple(restored(arguments[0], item) for item in value)
    if container is dict:
        return {key: restored(arguments[1], item) for key, item in _object(value).items()}
    if kind is float and type(value) is int:
        return float(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if type(value) is not kind:
        raise ValueError(f"{value!r:.80} is not {kind}")
    return value


def _record(kind: Any, data: dict[str, Any]) -> Any:
    given = {name: restored(hint, data[name]) for name, hint in _hints(kind).items() if name in data}
    try:
        return kind(**given)
    except TypeError as error:  # a field without default is missing
        raise ValueError(str(error)) from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _object(data: object) -> dict[str, Any]:
    if isinstance(data, dict):
        return data
    raise ValueError(f"{data!r:.80} is not an object")
