"""The engine in its own process: its death is an error of one call, and calls never mix."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag_app.errors import EngineError
from rag_app.llm.process import EngineProcess
from rag_app.llm.protocol import Message, Request
from rag_app.settings import Settings

WEIGHTS = Path(__file__).parents[2] / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"

FAKE = '''
"""A worker whose engine repeats the question word by word, and does what some words say."""
import os, sys, time
from rag_app.llm.worker import run
from rag_app.errors import EngineError
from rag_app.llm.protocol import one_by_one
from rag_app.records import Usage


class Parrot:
    model, device, context, usage = "parrot", "cage", 99, Usage()
    processor = "CPU"

    def count_tokens(self, text):
        return len(text.split())

    def choose(self, messages, options, *, prefix="", stop=None):
        while messages[-1]["content"] == "forever" and not stop.is_set():
            time.sleep(0.01)
        return tuple(float(option == messages[-1]["content"]) for option in options)

    def stream(self, messages, *, prefix, grammar, max_tokens, stop):
        print("noise on standard output")
        self.usage = Usage(prompt_tokens=1)
        for count, word in enumerate(messages[-1]["content"].split()):
            if word == "crash":
                os.abort()
            if word == "error":
                raise EngineError("a known error", "a hint")
            if word == "bug":
                raise KeyError("unforeseen")
            while word == "forever" and not stop.is_set():
                time.sleep(0.01)
            if word == "deaf":
                time.sleep(60)
            if stop.is_set():
                break
            yield word + " "
        self.usage = Usage(prompt_tokens=7, generated_tokens=count + 1)

    def stream_batch(self, requests, *, stop):
        return one_by_one(self, requests, stop)

    def close(self):
        print("bye")


def load():
    if os.environ["RAG_MODEL"] == "missing":
        raise EngineError("no such model", "pull it")
    return Parrot()


run(load)
'''


@pytest.fixture
def worker(tmp_path: Path) -> tuple[str, ...]:
    path = tmp_path / "worker.py"
    path.write_text(FAKE, encoding="utf-8")
    return (sys.executable, str(path))


@pytest.fixture
def host(worker: tuple[str, ...]) -> Iterator[EngineProcess]:
    host = EngineProcess(Settings(), command=worker)
    yield host
    host.close()


def says(words: str) -> list[Message]:
    return [{"role": "user", "content": words}]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.005)


def test_the_host_is_the_engine_seen_through_a_pipe(host: EngineProcess) -> None:
    assert (host.model, host.device, host.context) == ("parrot", "cage", 99)
    assert "".join(host.stream(says("한국어 🎉 line\nend"))) == "한국어 🎉 line end "
    assert (host.usage.prompt_tokens, host.usage.generated_tokens) == (7, 4)
    assert host.count_tokens("one two three") == 3
    assert host.choose(says("yes"), ["yes", "no"]) == (1.0, 0.0)


def test_a_crash_is_an_error_of_that_call_and_the_next_one_is_answered(host: EngineProcess) -> None:
    pieces = host.stream(says("well then crash never"))
    with pytest.raises(EngineError, match=r"process ended \(code -6\)") as caught:
        list(pieces)
    assert "ask again" in caught.value.hint
    assert "".join(host.stream(says("alive"))) == "alive "


def test_calls_that_waited_for_a_crashed_child_are_told(host: EngineProcess) -> None:
    errors: list[EngineError] = []

    def call(words: str) -> None:
        try:
            list(host.stream(says(words)))
        except EngineError as error:
            errors.append(error)

    stop = threading.Event()
    first = host.stream(says("start forever crash"), stop=stop)
    next(first)
    child = host._child._process
    thread = threading.Thread(target=call, args=("hello",))
    thread.start()
    until(lambda: host.waiting == 1)
    child.kill()
    thread.join(10)
    with pytest.raises(EngineError, match="code -9"):
        list(first)
    assert len(errors) == 1
    assert "memory is short" in errors[0].hint


def test_the_pieces_of_a_batch_come_back_with_their_request(host: EngineProcess) -> None:
    asked = [Request(tuple(says("one two"))), Request(tuple(says("three")), max_tokens=1)]
    assert list(host.stream_batch(asked)) == [(0, "one "), (0, "two "), (0, ""), (1, "three ")]


def test_a_batch_is_stopped_as_an_answer_is(host: EngineProcess) -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    began = time.monotonic()
    asked = [Request(tuple(says("word forever"))), Request(tuple(says("never begun")))]
    assert list(host.stream_batch(asked, stop=stop)) == [(0, "word ")]
    assert time.monotonic() - began < 2


def test_errors_keep_their_message_and_the_child_lives_on(host: EngineProcess) -> None:
    child = host._child._process.pid
    with pytest.raises(EngineError, match="a known error") as caught:
        list(host.stream(says("error")))
    assert caught.value.hint == "a hint"
    with pytest.raises(EngineError, match="KeyError"):
        list(host.stream(says("bug")))
    assert "".join(host.stream(says("fine"))) == "fine "
    assert host._child._process.pid == child


def test_stop_is_passed_on_while_the_engine_is_busy(host: EngineProcess) -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    began = time.monotonic()
    assert "".join(host.stream(says("word forever after"), stop=stop)) == "word "
    assert time.monotonic() - began < 2


def test_a_choice_is_stopped_as_an_answer_is(host: EngineProcess) -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    began = time.monotonic()
    assert host.choose(says("forever"), ["yes", "no"], stop=stop) == (0.0, 0.0)
    assert time.monotonic() - began < 2


def test_an_abandoned_answer_stops_and_the_next_is_served(host: EngineProcess) -> None:
    pieces = host.stream(says("word forever after"))
    assert next(pieces) == "word "
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    assert "".join(host.stream(says("next"))) == "next "


def test_an_answer_left_aside_holds_nobody_up(host: EngineProcess) -> None:
    aside = host.stream(says("one two three"))
    assert next(aside) == "one "
    assert "".join(host.stream(says("next"))) == "next "
    assert list(aside) == ["two ", "three "]


def test_a_call_stopped_while_it_waits_is_never_begun(host: EngineProcess) -> None:
    first_stop, second_stop = threading.Event(), threading.Event()
    first = host.stream(says("word forever"), stop=first_stop)
    next(first)
    answer: list[str] = []
    waiting = threading.Thread(target=lambda: answer.extend(host.stream(says("crash"), stop=second_stop)))
    waiting.start()
    until(lambda: host.waiting == 1)
    second_stop.set()
    time.sleep(0.1)
    first_stop.set()
    list(first)
    waiting.join(10)
    assert answer == []
    assert host.waiting == 0


def test_many_threads_never_mix(host: EngineProcess) -> None:
    found: dict[int, str] = {}

    def call(number: int) -> None:
        found[number] = "".join(host.stream(says(f"w{number} " * 40)))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == {number: f"w{number} " * 40 for number in range(8)}


def test_what_an_answer_cost_is_told_to_the_one_who_asked(host: EngineProcess) -> None:
    told: dict[int, set[int]] = {}

    def call(number: int) -> None:
        told[number] = set()
        for _ in range(10):
            list(host.stream(says("w " * number)))
            host.count_tokens("a b c")
            told[number].add(host.usage.generated_tokens)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert told == {number: {number} for number in range(1, 9)}


def test_counting_does_not_wait_for_an_answer(host: EngineProcess) -> None:
    stop = threading.Event()
    pieces = host.stream(says("word forever"), stop=stop)
    next(pieces)
    assert host.count_tokens("a b") == 2
    stop.set()
    assert list(pieces) == []


def test_a_model_that_cannot_load_says_why(worker: tuple[str, ...]) -> None:
    with pytest.raises(EngineError, match="no such model") as caught:
        EngineProcess(Settings(model="missing"), command=worker)
    assert caught.value.hint == "pull it"


def test_a_child_that_dies_while_loading_is_an_error() -> None:
    with pytest.raises(EngineError, match=r"process ended \(code 3\)"):
        EngineProcess(Settings(), command=(sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(EngineError, match="cannot be started"):
        EngineProcess(Settings(), command=("no-such-program-at-all",))


def test_closing_ends_the_child_and_the_answers_under_way(host: EngineProcess) -> None:
    pieces = host.stream(says("word forever"))
    next(pieces)
    child = host._child._process
    host.close()
    assert child.poll() == 0
    assert list(pieces) == []
    with pytest.raises(EngineError, match="was closed"):
        next(host.stream(says("more")))


def test_closing_does_not_wait_for_a_step_that_cannot_be_stopped(host: EngineProcess) -> None:
    pieces = host.stream(says("word deaf"))
    next(pieces)
    began = time.monotonic()
    host.close()
    assert time.monotonic() - began < 2
    assert host._child._process.poll() == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_an_interrupt_of_the_terminal_is_left_to_the_parent(host: EngineProcess) -> None:
    os.kill(host.pid, signal.SIGINT)
    child = host.pid
    assert "".join(host.stream(says("still here"))) == "still here "
    assert host.pid == child


def test_the_child_ends_with_its_parent(worker: tuple[str, ...], tmp_path: Path) -> None:
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import os\nfrom rag_app.llm.process import EngineProcess\nfrom rag_app.settings import Settings\n"
        f"host = EngineProcess(Settings(), command={worker!r})\n"
        "print(host._child._process.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, str(parent)], capture_output=True, text=True, env={"PYTHONPATH": root}, check=False
    )
    child = int(done.stdout)
    until(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid)) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.model
def test_the_real_engine_answers_through_the_host(tmp_path: Path) -> None:
    if not WEIGHTS.exists():
        pytest.skip("weights are absent")
    settings = Settings(home=tmp_path, model=str(WEIGHTS), context=1024, gpu_layers=0)
    host = EngineProcess(settings)
    try:
        assert host.context == 1024
        assert "".join(host.stream(says("Is ice cold?"), grammar='root ::= "yes" | "no"')) in {"yes", "no"}
        assert sum(host.choose(says("Is ice cold?"), ["yes", "no"])) == pytest.approx(1)
        with pytest.raises(EngineError, match="grammar does not parse"):
            list(host.stream(says("Hi"), grammar="root ::= foo"))
        with pytest.raises(EngineError, match="the context holds 1024"):
            list(host.stream(says("word " * 2000)))
    finally:
        host.close()
