"""Texts written side by side: each is whole, others have their turn, and a stop ends all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag_app.errors import EngineError
from rag_app.llm import llama
from rag_app.llm.engine import Engine
from rag_app.llm.offload import BATCH_TEXTS, Plan
from rag_app.llm.protocol import Message, Request
from rag_app.llm.sequences import BatchRow, Sequences
from tests.helpers import tiny_model

CELLS = 2048
SYSTEM: Message = {"role": "system", "content": "You write down what the sailors of the harbour tell."}
WORDS = ("rain", "fog", "a storm", "calm sea", "snow", "hail", "wind from the north")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model.write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(params=["one layout", "a reader"])
def engine(tiny: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Prompts are read in rows beside those that write, or with weights of their own."""
    monkeypatch.setattr(llama.LlamaModel, "reads_faster", lambda _: True)
    plan = Plan(0, CELLS, batch_cells=CELLS, reader=request.param == "a reader")
    with closing(Engine(tiny, plan, threads=1)) as engine:
        yield engine


def asks(count: int, *, letters: str = "a-z", max_tokens: int = 12) -> list[Request]:
    """Requests over different words, the even ones with a grammar of their own."""
    return [
        Request(
            (SYSTEM, {"role": "user", "content": f"{number}: {WORDS[number % len(WORDS)]}"}),
            grammar=f"root ::= [{letters}]+" if number % 2 == 0 else "",
            max_tokens=max_tokens + number % 5,
        )
        for number in range(count)
    ]


def texts(engine: Engine, requests: list[Request], stop: threading.Event | None = None) -> list[str]:
    said = [""] * len(requests)
    for index, piece in engine.stream_batch(requests, stop=stop):
        said[index] += piece
    return said


def alone(engine: Engine, request: Request) -> str:
    options = {"grammar": request.grammar, "max_tokens": request.max_tokens}
    return "".join(engine.stream(request.messages, **options))  # type: ignore[arg-type]


def test_more_texts_than_sequences_are_all_written_as_each_alone(engine: Engine) -> None:
    """Equal even here, where the model's weights are random and the tokens nearly equally likely."""
    requests = asks(3 * BATCH_TEXTS)
    together = texts(engine, requests)
    equal = sum(text == alone(engine, request) for text, request in zip(together, requests, strict=True))
    assert equal >= 0.9 * len(requests)
    assert all(text.isalpha() and text.islower() for text in together[::2]), "each keeps to its own grammar"


def test_the_same_requests_give_the_same_texts(engine: Engine) -> None:
    requests = asks(BATCH_TEXTS + 5)
    first = texts(engine, requests)
    texts(engine, asks(9, letters="0-9"))
    assert texts(engine, requests) == first


def test_what_all_prompts_begin_with_is_read_once(engine: Engine) -> None:
    requests = asks(10)
    texts(engine, requests)
    shared = len(SYSTEM["content"])
    assert engine.usage.reused_tokens >= 9 * shared
    assert engine.usage.generated_tokens >= sum(request.max_tokens for request in requests[::2])
    texts(engine, requests)
    assert engine.usage.reused_tokens >= 10 * shared, "the next call finds it read"


def test_only_a_turn_that_ended_by_itself_is_closed_by_an_empty_piece(engine: Engine) -> None:
    cut, whole = (
        Request(asks(1)[0].messages, grammar='root ::= "it rains"', max_tokens=most) for most in (3, 40)
    )
    pieces = list(engine.stream_batch([cut, whole]))
    assert pieces.count((1, "")) == 1
    assert (0, "") not in pieces
    assert [piece for index, piece in pieces if index == 1][-1] == ""


def test_a_stop_ends_all_and_the_next_call_is_whole(engine: Engine) -> None:
    requests = asks(6, max_tokens=200)
    stop = threading.Event()
    count = 0
    for count, _ in enumerate(engine.stream_batch(requests, stop=stop), start=1):
        if count == 30:
            stop.set()
    assert 30 <= count < 40
    assert texts(engine, asks(6)) == texts(engine, asks(6))


def test_a_stop_while_the_first_prompt_is_read_ends_all_and_the_next_call_is_whole(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode, stop = Sequences.decode, threading.Event()

    def stopped(sequences: Sequences, rows: list[BatchRow], event: threading.Event) -> bool:
        stop.set()
        return decode(sequences, rows, event)

    with monkeypatch.context() as patched:
        patched.setattr(Sequences, "decode", stopped)
        texts(engine, asks(6), stop)
    whole = texts(engine, asks(6))
    assert all(whole)
    assert texts(engine, asks(6)) == whole


def test_after_a_failure_the_next_call_is_whole(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = texts(engine, asks(6))

    def failing(sequences: Sequences, rows: list[BatchRow], event: threading.Event) -> bool:
        sequences.forget_all()
        raise EngineError("no memory", "ask again")

    with monkeypatch.context() as patched:
        patched.setattr(Sequences, "decode", failing)
        with pytest.raises(EngineError):
            texts(engine, asks(6))
    assert texts(engine, asks(6)) == whole


def test_texts_left_in_the_middle_make_room(engine: Engine) -> None:
    pieces = engine.stream_batch(asks(6, max_tokens=200))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(texts(engine, asks(6))) == 6


def test_an_answer_is_written_between_two_steps(engine: Engine) -> None:
    """Others wait for a step, not for the whole batch."""
    pieces = engine.stream_batch(asks(4, max_tokens=100))
    for _ in range(5):
        next(pieces)
    assert alone(engine, asks(1)[0])
    assert sum(1 for _ in pieces) > 100


def test_the_answer_before_is_still_held_after_a_batch(engine: Engine) -> None:
    question = Request((SYSTEM, {"role": "user", "content": "The ship is blue. " * 20}))
    alone(engine, question)
    texts(engine, asks(5))
    alone(engine, question)
    assert engine.usage.reused_tokens > 200


def test_texts_that_do_not_fit_side_by_side_are_written_one_after_another(tiny: Path) -> None:
    requests = asks(4)
    long = Request((SYSTEM, {"role": "user", "content": "rain and fog " * 60}), max_tokens=9)
    with closing(Engine(tiny, Plan(0, CELLS, batch_cells=512), threads=1)) as engine:
        said = texts(engine, [*requests, long])
        assert said == [alone(engine, request) for request in [*requests, long]]
    with closing(Engine(tiny, Plan(0, CELLS), threads=1)) as engine:  # no memory for it at all
        assert texts(engine, requests) == said[:4]


def test_few_cells_let_few_texts_in_at_a_time(tiny: Path) -> None:
    requests = asks(20)
    with closing(Engine(tiny, Plan(0, CELLS, batch_cells=512), threads=1)) as engine:
        assert all(texts(engine, requests))


def test_a_closed_engine_ends_a_batch_with_an_error(engine: Engine) -> None:
    pieces = engine.stream_batch(asks(4, max_tokens=100))
    next(pieces)
    engine.close()
    with pytest.raises(EngineError, match="was closed"):
        list(pieces)
