"""What a reader is told while waiting: the place in the queue, and the estimate of the time left."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag_app.llm.protocol import Message, Processor, Request, one_by_one
from rag_app.records import Usage
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.state.eta import AnswerSpeed, answer_speed, seconds_left, waiting_line
from rag_app.web.state.model_call import CallQueue, ModelCall
from tests.helpers.ui_page import ANSWER

MESSAGES = (Message(role="system", content="Be brief."), Message(role="user", content="Why?"))
USUAL = AnswerSpeed(prompt_seconds=10.0, tokens=40, tokens_per_second=4.0)


class TwoWords:
    """Says two words, each when it is let."""

    model, device, processor, context = "tiny", "CPU", Processor.CPU, 100
    usage = Usage(7, 0, 2, 4.0)

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        return (1.0,)

    def stream(self, messages: Sequence[Message], **options: object) -> Iterator[str]:
        for word in ("so", " it is"):
            self.go.acquire()
            yield word

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        return one_by_one(self, requests, stop)

    def close(self) -> None:
        raise AssertionError("the engine is not one answer's to close")


def test_a_model_call_notes_the_prompt_word_for_word() -> None:
    model_call = ModelCall(engine := TwoWords(), CallQueue())
    engine.go.release(2)
    assert list(model_call.stream(MESSAGES, prefix="[1] This")) == ["so", " it is"]
    assert model_call.prompts == (
        "--- system ---\nBe brief.\n\n--- user ---\nWhy?\n\n--- assistant ---\n[1] This",
    )
    assert (model_call.pieces, model_call.usage) == (2, Usage(7, 0, 2, 4.0))


def test_an_answer_knows_how_many_come_before_it() -> None:
    queue, engine = CallQueue(), TwoWords()
    engine.go.release(9)
    first, second = ModelCall(engine, queue), ModelCall(engine, queue)
    streams = [first.stream(MESSAGES), second.stream(MESSAGES)]
    for stream in streams:
        next(stream)
    assert (first.ahead, second.ahead) == (0, 1)
    assert list(streams[0]) == [" it is"]
    assert second.ahead == 0


def test_an_answer_left_in_the_middle_leaves_the_queue() -> None:
    queue, engine = CallQueue(), TwoWords()
    engine.go.release(9)
    stream = ModelCall(engine, queue).stream(MESSAGES)
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # a generator, which a Generator's stream need not be
    later = ModelCall(engine, queue)
    next(later.stream(MESSAGES))
    assert later.ahead == 0


def test_the_usual_speed_is_that_of_the_same_models_answers() -> None:
    slow = replace(ANSWER, model="big", first_token_seconds=60.0, usage=Usage(100, 0, 10, 1.0))
    quick = replace(ANSWER, first_token_seconds=3.0, evidence_seconds=1.0)
    assert answer_speed([slow, quick], "tiny") == AnswerSpeed(2.0, 40, 21.4)
    assert answer_speed([slow], "tiny") is None
    assert answer_speed([replace(quick, usage=Usage())], "tiny") is None  # answered without the model


def test_time_left_counts_down_and_then_follows_the_measured_speed() -> None:
    model_call = ModelCall(TwoWords(), CallQueue())
    assert seconds_left(USUAL, model_call, model_call.began) == 20.0
    assert seconds_left(USUAL, model_call, model_call.began + 5.0) == 15.0
    model_call.first_piece, model_call.pieces = model_call.began + 10.0, 20
    assert seconds_left(USUAL, model_call, model_call.began + 20.0) == 10.0  # twenty more at two a second
    model_call.pieces = 50
    assert seconds_left(USUAL, model_call, model_call.began + 20.0) == 0.0


def test_waiting_behind_another_answer_is_said_and_counted() -> None:
    queue, engine = CallQueue(), TwoWords()
    engine.go.release(9)
    first, second = ModelCall(engine, queue), ModelCall(engine, queue)
    streams = [first.stream(MESSAGES), second.stream(MESSAGES)]
    for stream in streams:
        next(stream)
    second.first_piece = None
    said = waiting_line(USUAL, second, second.began, ENGLISH)
    assert said == "One answer comes first · about 40 s left"


def test_a_short_wait_is_not_worth_a_number() -> None:
    model_call = ModelCall(TwoWords(), CallQueue())
    assert waiting_line(None, model_call, model_call.began + 1.0, ENGLISH) == ""
    assert waiting_line(None, model_call, model_call.began + 7.0, ENGLISH) == "7 s so far"
