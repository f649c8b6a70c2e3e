"""A model on a server: what it can do is found out, its failures are one line, and stopping never
waits for it.
"""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from rag_app.address import Address, language_model
from rag_app.answer import prompting
from rag_app.diagnostics import doctor
from rag_app.errors import EngineError, RagError, SettingsError
from rag_app.llm import binding, loading
from rag_app.llm.openai_client import _lines
from rag_app.llm.openai_turn import Json, ServerTurn
from rag_app.llm.protocol import Message
from rag_app.llm.remote import RemoteModel, estimated_tokens, shares
from rag_app.records import Usage
from rag_app.settings import Settings
from tests.helpers.fakes import answer_of, lab
from tests.helpers.ipv6 import needs_ipv6
from tests.helpers.openai_fake import Served, serving

WEIGHTS = Path(__file__).parents[2] / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"
QUESTION = [Message(role="user", content="Is it so?")]
SERVES = pytest.mark.skipif(
    not binding.lays_out_safely(),
    reason="the server lays weights out for AMX and crashes (llama.cpp issue 20824)",
)
ANY = "root ::= text\ntext ::= [a-z]+\n"


@contextmanager
def connected(served: Served, **settings: str | int) -> Iterator[RemoteModel]:
    with serving(served) as url:
        model = RemoteModel(Settings(llm_url=url, **settings))  # type: ignore[arg-type]  # by name, as the user sets them
        try:
            yield model
        finally:
            model.close()


def written(model: RemoteModel, *, prefix: str = "", grammar: str = "", max_tokens: int = 512) -> str:
    return "".join(model.stream(QUESTION, prefix=prefix, grammar=grammar, max_tokens=max_tokens))


# --- the address --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://localhost:8080", "https://gpu.lan/llm", "http://[::1]:9000", "http://10.0.0.2"]
)
def test_an_address_is_shown_as_it_was_set(url: str) -> None:
    assert str(language_model(Settings(llm_url=f"{url}/"))) == url


@pytest.mark.parametrize(
    "url", ["localhost:8080", "ftp://x", "http://", "http://x:y", "http://me:secret@x", "http://x?a=1"]
)
def test_what_is_no_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(SettingsError, match="RAG_LLM_URL=") as failure:
        RemoteModel(Settings(llm_url=url))
    assert "http://localhost:8080" in failure.value.hint


def test_only_this_machine_is_loopback() -> None:
    hosts = {
        "localhost": True,
        "127.0.0.9": True,
        "[::1]": True,
        "10.0.0.2": False,
        "localhost.example.org": False,
    }
    for host, here in hosts.items():
        assert Address.parse("X", f"http://{host}:80", "").loopback is here


# --- what a server can do -----------------------------------------------------------------------


def test_a_plain_server_offers_nothing_but_text() -> None:
    with connected(Served()) as model:
        assert (model.model, model.context) == ("Tiny-7B", 2048)
        assert not model.abilities.grammar and not model.abilities.logprobs and not model.abilities.counter
        assert written(model, grammar=ANY) == "It is so."
        assert model.choose(QUESTION, ["[1]", "[2]"]) == (0.5, 0.5)
        assert model.count_tokens("안녕 you") == 4


@pytest.mark.parametrize("field", ["grammar", "structured_outputs", "guided_grammar"])
def test_a_grammar_is_sent_in_the_field_that_the_server_obeys(field: str) -> None:
    served = Served(grammar=field)
    with connected(served) as model:
        written(model, grammar=ANY)
        sent = served.asked()[field]
        assert (sent["grammar"] if isinstance(sent, dict) else sent) == ANY


def test_a_server_that_ignores_the_grammar_is_not_believed() -> None:
    served = Served(grammar="some other field")
    with connected(served) as model:
        written(model, grammar=ANY)
        assert "grammar" not in served.asked()


@pytest.mark.parametrize("path", ["/tokenize", "/extras/tokenize/count"])
def test_the_server_counts_each_text_once_where_it_counts(path: str) -> None:
    served = Served(counter=path)
    with connected(served) as model:
        before = len(served.requests)
        assert [model.count_tokens("a b c d"), model.count_tokens("a b c d")] == [4, 4]
        assert len(served.requests) == before + 1


def test_the_context_is_the_users_else_the_servers_else_small() -> None:
    bare = [{"id": "m"}]
    with connected(Served(), context=999) as model:
        assert model.context == 999
    with connected(Served(models=bare, properties={"default_generation_settings": {"n_ctx": 8192}})) as model:
        assert model.context == 8192
    with connected(Served(models=bare)) as model:
        assert model.context == 4096


def test_the_model_is_chosen_by_name_among_those_served() -> None:
    served = Served(models=[{"id": "one"}, {"id": "org/two"}])
    with connected(served, model="org/two") as model:
        assert model.model == "two"
        written(model)
        assert served.asked()["model"] == "org/two"
    with (
        pytest.raises(EngineError, match="does not serve three") as failure,
        connected(served, model="three"),
    ):
        pass
    assert "one, org/two" in failure.value.hint


def test_a_server_without_a_model_is_refused() -> None:
    with pytest.raises(EngineError, match="serves no model"), connected(Served(models=[])):
        pass


# --- prefix, choice, cost -----------------------------------------------------------------------


def test_a_prefix_is_part_of_the_grammar_and_not_repeated() -> None:
    served = Served(grammar="grammar", pieces=('[2] "Th', 'is" paper', " does."), counter="/tokenize")
    with connected(served) as model:
        assert written(model, prefix='[2] "This"', grammar=ANY, max_tokens=9) == " paper does."
        assert served.asked()["grammar"].startswith('root ::= "[2] \\"This\\"" rest\nrest ::= text\n')
        assert served.asked()["max_tokens"] == 9 + 2
        assert model.usage.generated_tokens == 1


def test_without_grammars_the_server_goes_on_with_the_unfinished_turn() -> None:
    served = Served(pieces=(" paper", " does."))
    with connected(served) as model:
        assert written(model, prefix="[2] This") == " paper does."
        assert served.asked()["messages"][-1] == {"role": "assistant", "content": "[2] This"}
        served.pieces = ("[2]", " This paper", " does.")
        assert written(model, prefix="[2] This") == " paper does."
        served.pieces = ("no",)
        assert written(model, prefix="[2] This") == "no"
        served.pieces = ("\n\n[2] ", "Widgets ", "spin.")  # a new turn instead
        assert written(model, prefix="[2] This") == "\n[2] Widgets spin."


def test_the_choice_follows_the_log_probabilities() -> None:
    steps = [{"[": -0.1, "The": -2.0}, {"2": math.log(0.6), "1": math.log(0.2), "7": -3.0}, {"]": -0.1}]
    with connected(Served(grammar="grammar", candidates=steps)) as model:
        assert model.choose(QUESTION, ["[1]", "[2]"]) == pytest.approx((0.25, 0.75))


def test_a_choice_is_read_however_the_tokens_are_cut() -> None:
    assert shares([(" [2]", {" [2]": math.log(0.3), "[1]": math.log(0.1)})], ["[1]", "[2]"]) == pytest.approx(
        (0.25, 0.75)
    )
    unlisted = shares([("yes", {"yes": math.log(0.8), "maybe": math.log(0.2)})], ["yes", "no"])
    assert unlisted == pytest.approx((0.8, 0.2))
    assert shares([("I", {"I": -0.1, "We": -2.0})], ["yes", "no"]) == ()
    assert sum(
        shares([("[", {"[": -0.1}), ("3", {"3": -0.2, "1": -3.0})], ["[1]", "[2]", "[3]"])
    ) == pytest.approx(1)


def test_the_cost_is_as_the_server_tells_it() -> None:
    told = {"prompt_tokens": 50, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 40}}
    with connected(Served(usage=told)) as model:
        written(model)
        usage = model.usage
        assert (usage.prompt_tokens, usage.reused_tokens, usage.generated_tokens) == (50, 40, 7)


def test_an_answer_cut_off_by_its_limit_counts_as_all_of_it() -> None:
    with connected(Served(reason="length")) as model:
        written(model, max_tokens=30)
        assert model.usage.generated_tokens == 30


def test_the_estimate_is_never_below_the_truth_for_words() -> None:
    assert estimated_tokens("") == 0
    assert estimated_tokens("video generation with 3 billion parameters") >= 8
    assert estimated_tokens("비디오 생성") >= 6


# --- what servers send --------------------------------------------------------------------------


def turn_of(*events: Any) -> ServerTurn:
    return ServerTurn(iter(events))


def delta(content: Any, **more: Any) -> Json:
    return {"choices": [{"delta": {"content": content, **more}, "finish_reason": None}]}


THOUGHTS = {
    "closed": ("<think>", "Okay.\n[1] Widgets.", "</think>", "So."),
    "in one piece": ("<think>Okay</think>So.",),
    "cut anywhere": tuple("<think>a < b</think>So."),
    "after the answer": ("So.", "<think>", "was it?", "</think>"),
    "never closed": ("So.<think>Okay, ", "[1] Widgets", " spin."),
    "twice": ("<think>a</think>S<thinking>b</thinking>o.",),
    "capitals": ("<THINK>a</Think>So.",),
    "with attributes": ('<think duration="3">', "a", "</think>So."),
    "in brackets": ("[THI", "NK]a [1] b", "[/THINK]", "So."),
    "in triangles": ("◁think▷a", " ◁ b◁/think▷", "So."),
    "in a channel": (
        "<|channel|>analysis<|message|>a [1]",
        " b<|end|><|start|>assistant<|channel|>final",
        "<|message|>So.",
    ),
    "two channels, cut anywhere": tuple(
        "<|channel|>analysis<|message|>final a<|end|><|start|>assistant<|channel|>commentary<|message|>b<|end|>"
        "<|start|>assistant<|channel|>final<|message|>So."
    ),
    "the last channel alone": ("<|channel|>final<|message|>So.",),
    "Seed's tag": ("<seed:th", "ink>a [1] b", "</seed:think>So."),
    "words as marks": (
        "<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>",
        "So.<|end_of_solution|>",
    ),
    "a folded block": ('<details type="reasoning" done="true">', "<summary>Thought</summary>a</details>So."),
    "a channel of Gemma's": ("<|chan", "nel>thought\na [1]", "<channel|>So."),
    "tags inside": ("<think>a <think> b </b> </think>So.",),
}


@pytest.mark.parametrize("pieces", THOUGHTS.values(), ids=THOUGHTS)
def test_thoughts_are_never_shown(pieces: tuple[str, ...]) -> None:
    assert "".join(turn_of(*map(delta, pieces)).pieces()).strip() == "So."


@pytest.mark.parametrize(
    "text",
    [
        "a < b",
        "x <th",
        "<",
        "1<2 <3",
        "<p>",
        "<thinkers>",
        "a <think",
        "</p>",
        "[1",
        "[TH] [think",
        "a ◁ b",
        "<|x|> a | b",
        "[1] So [2].",
    ],
)
def test_what_only_looks_like_a_thought_is_text(text: str) -> None:
    assert "".join(turn_of(*map(delta, text)).pieces()) == text


UNOPENED = {
    "in one piece": ("Okay.</think>So.",),
    "cut anywhere": tuple("Okay.\n[1] Widgets.\n</think>\n\nSo."),
    "of another kind": ("Okay.\n", "</seed:", "think>", "So."),
    "twice": ("Okay.</think></think>So.",),
    "with a begin after all": ("<think>Okay.</think>So.",),
    "no thought at all": ("S", "o."),
}


@pytest.mark.parametrize("pieces", UNOPENED.values(), ids=UNOPENED)
def test_what_stands_before_the_end_of_a_thought_that_the_prompt_has_opened_is_no_text(
    pieces: tuple[str, ...],
) -> None:
    turn = ServerTurn(iter([*map(delta, pieces), {"done": True}]), opened=True)
    assert "".join(turn.pieces()).strip() == "So."


@pytest.mark.parametrize("reason", ["length", None])
def test_an_opened_thought_that_does_not_end_is_no_text(reason: str | None) -> None:
    last: Json = {"choices": [{"delta": {}, "finish_reason": reason}]}
    turn = ServerTurn(iter([delta("Okay."), last]), opened=True)
    assert not list(turn.pieces()) and turn.thought


def test_text_that_speaks_of_the_end_of_a_thought_is_text() -> None:
    for pieces in (["It adds the </think> token."], list("It adds the </think> token.")):
        assert "".join(turn_of(*map(delta, pieces)).pieces()) == "It adds the </think> token."


def test_a_server_whose_prompt_opens_a_thought_is_found_out_and_waited_for() -> None:
    with connected(Served(hello="Well, hello.\n</think>\n\nHello!")) as model:
        assert "thinks first" in str(model.abilities)
        served_pieces = list(model.stream(QUESTION))
        assert served_pieces == ["It is so."]  # as it has no thought, whole at its end


def test_a_thought_given_out_before_its_end_is_no_answer_and_the_next_one_is_waited_for() -> None:
    thought = ("Okay.\n", "[1] Widgets", ".\n</think>", "\n\nSo.")
    with connected(Served(pieces=thought)) as model:
        with pytest.raises(EngineError, match="only the end is marked") as failure:
            written(model)
        assert "ask again" in failure.value.hint
        assert written(model).strip() == "So."


@pytest.mark.parametrize("pieces", [("",), (" \n",), ("<|im_end|>",), tuple("<|eot_id|>"), ()])
def test_a_model_that_says_nothing_is_told_of(
    pieces: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    with connected(Served(pieces=pieces)) as model:
        assert not written(model).strip()
    assert "said nothing" in caplog.text and "chat template" in caplog.text


@pytest.mark.parametrize("own", [{"reasoning_content": "hm"}, {"reasoning": "hm"}, {}])
def test_a_server_that_only_thinks_is_told_of(own: Json, caplog: pytest.LogCaptureFixture) -> None:
    piece = delta(None, **own) if own else delta("<think>hm")
    raw = f"data: {json.dumps(piece)}\n\ndata: [DONE]\n\n".encode()
    with connected(Served(raw=raw)) as model:
        assert written(model) == ""
    assert "turn reasoning off" in caplog.text


SHAPES: dict[str, list[Any]] = {
    "parts": [delta([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "So."}])],
    "odd parts": [delta([None, 7, "x", {"type": "text"}, {"type": "text", "text": "So."}])],
    "null content": [delta(None), delta("So."), delta(None)],
    "a number": [delta(7), delta("So.")],
    "null choice": [{"choices": [None]}, {"choices": "x"}, {"choices": None}, {"choices": 7}, delta("So.")],
    "null delta": [{"choices": [{"delta": None}]}, {"choices": [{"delta": "x"}]}, delta("So.")],
    "no choices": [{}, {"choices": []}, {"choices": [], "usage": {}}, delta("So.")],
    "usage first": [{"choices": [], "usage": {"prompt_tokens": 5}}, delta("So.")],
    "usage null": [delta("So.") | {"usage": None}, {"usage": "x"}, {"usage": [1]}],
}


@pytest.mark.parametrize("events", SHAPES.values(), ids=SHAPES)
def test_what_has_another_shape_is_passed_over(events: list[Any]) -> None:
    turn = turn_of(*events)
    assert "".join(turn.pieces()) == "So."
    assert turn.usage(0, 9).generated_tokens == 1


@pytest.mark.parametrize(
    ("told", "prompt", "generated"),
    [
        ({"prompt_tokens": "50", "completion_tokens": "9"}, 50, 9),
        ({"prompt_tokens": None, "completion_tokens": None}, 0, 1),
        ({"prompt_tokens": "many", "completion_tokens": -3}, 0, 1),
        ({"prompt_tokens": [1], "completion_tokens": 9.0, "prompt_tokens_details": "x"}, 0, 9),
        ({"prompt_tokens": float("inf"), "prompt_tokens_details": {"cached_tokens": "x"}}, 0, 1),
    ],
)
def test_counts_of_another_type_are_read_or_passed_over(told: Json, prompt: int, generated: int) -> None:
    turn = turn_of(delta("So."), {"choices": [], "usage": told})
    list(turn.pieces())
    usage = turn.usage(0, 99)
    assert (usage.prompt_tokens, usage.generated_tokens) == (prompt, generated)


def test_the_mark_of_the_end_ends_an_answer_without_a_reason() -> None:
    with connected(Served(raw=f"data: {json.dumps(delta('So.'))}\n\ndata: [DONE]\n\n".encode())) as model:
        assert written(model) == "So."


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n"])
def test_a_stream_is_the_same_however_it_is_cut(size: int, end: str) -> None:
    said = "위젯은\u2028분당\x85 93.7회 돈다. 🙂"
    text = (
        ": hello" + end + f"data: {json.dumps(delta(said), ensure_ascii=False)}" + end + "data: [DONE]" + end
    )
    raw = text.encode()
    lines = list(_lines(raw[at : at + size] for at in range(0, len(raw), size)))
    (event,) = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    assert event == delta(said)
    assert "data: [DONE]" in lines


def test_a_line_with_an_unusual_blank_is_one_event() -> None:
    piece = json.dumps(delta("So\u2028it\x85is."), ensure_ascii=False)
    with connected(Served(raw=f"data: {piece}\n\ndata: [DONE]\n\n".encode())) as model:
        assert written(model) == "So\u2028it\x85is."


@pytest.mark.parametrize("family", [socket.AF_INET, pytest.param(socket.AF_INET6, marks=needs_ipv6)])
def test_localhost_is_either_family(family: socket.AddressFamily) -> None:
    with serving(Served(), family) as url:
        port = url.rpartition(":")[2]
        assert RemoteModel(Settings(llm_url=f"http://localhost:{port}")).model == "Tiny-7B"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:9")
    with connected(Served()) as model:
        assert written(model) == "It is so."


# --- failures -----------------------------------------------------------------------------------


def failure_of(served: Served) -> EngineError:
    with connected(served) as model, pytest.raises(EngineError) as failure:
        written(model)
    assert failure.value.hint and "\n" not in failure.value.message
    return failure.value


def test_a_server_that_is_not_there_is_one_line() -> None:
    with pytest.raises(EngineError, match=r"no server answers at http://127\.0\.0\.1:9") as failure:
        RemoteModel(Settings(llm_url="http://127.0.0.1:9"))
    assert "unset RAG_LLM_URL" in failure.value.hint


def test_a_server_of_something_else_is_one_line() -> None:
    with serving(Served()) as url, pytest.raises(EngineError, match="404 not here") as failure:
        RemoteModel(Settings(llm_url=f"{url}/elsewhere"))
    assert "before /v1" in failure.value.hint


def test_the_address_may_end_in_v1() -> None:
    with serving(Served()) as url:
        assert RemoteModel(Settings(llm_url=f"{url}/v1/")).model == "Tiny-7B"


def test_a_stream_cut_off_is_an_error_after_what_came() -> None:
    cut = b'data: {"choices": [{"delta": {"content": "It is"}}]}\n\n'
    with connected(Served(raw=cut)) as model:
        pieces = model.stream(QUESTION)
        assert next(pieces) == "It is"
        with pytest.raises(EngineError, match="in its midst"):
            next(pieces)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"data: {nonsense\n\n", "no JSON object: {nonsense"),
        (b"data: [1]\n\n", "no JSON object"),
        (
            b'data: {"error": {"message": "out of memory\\nat line 3"}}\n\n',
            "failed while answering: out of memory",
        ),
        (b'error: {"message": "gone"}\n\n', "failed while answering"),
        (
            b'data: {"error": {"message": {"text": "no memory"}}}\n\n',
            "failed while answering: {'text': 'no memory'}",
        ),
        (b"<html>", "in its midst"),
        (b'{"error": {"message": "context too long"}}', "failed while answering: context too long"),
        (b'data: {"choices": [\n\n', 'no JSON object: {"choices": ['),
        (b'data: {"choices": [', 'no JSON object: {"choices": ['),
    ],
)
def test_a_broken_stream_is_one_line(raw: bytes, says: str) -> None:
    assert says in failure_of(Served(raw=raw)).message


def test_an_error_in_place_of_a_stream_is_told_in_the_servers_words() -> None:
    body = b'{\n  "error": {\n    "message": "context too long"\n  }\n}'
    served = Served(raw=body, kind="application/json; charset=utf-8")
    assert "failed while answering: context too long" in failure_of(served).message


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_event_may_end_in_each_way_and_have_its_data_on_several_lines(end: str) -> None:
    event = json.dumps(delta("It is so."), indent=1).replace("\n", f"{end}data: ")
    raw = f"id: 1{end}data: {event}{end}{end}data: [DONE]{end}{end}".encode()
    with connected(Served(raw=raw)) as model:
        assert written(model) == "It is so."


def test_an_event_that_is_cut_within_a_text_is_read() -> None:
    begin, end = json.dumps(delta("It is so.")).split("is so")
    raw = f"data: {begin}\ndata:  is so{end}\n\ndata: [DONE]\n\n".replace("It ", "It").encode()
    with connected(Served(raw=raw)) as model:
        assert written(model) == "It is so."


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"error": {"message": "context is 10 tokens"}}', "refused: 400 context is 10 tokens"),
        (401, b'{"detail": "Invalid API key"}', "refused: 401 Invalid API key"),
        (500, b"<html>oops</html>", "refused: 500 Internal Server Error"),
        (503, b'{"error": {"message": "Loading model"}}', "refused: 503 Loading model"),
        (302, b"", "refused: 302"),
    ],
)
def test_a_refusal_is_one_line_with_the_servers_reason(status: int, body: bytes, says: str) -> None:
    assert says in failure_of(Served(status=status, body=body)).message


# --- stop ---------------------------------------------------------------------------------------


def test_stop_is_felt_while_the_server_is_silent_and_tells_it() -> None:
    silent, stop = threading.Event(), threading.Event()
    served = Served(silent=silent, endless=True)
    with connected(served) as model:
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        assert list(model.stream(QUESTION, stop=stop)) == []
        assert time.monotonic() - began < 2
        silent.set()
        assert served.hung_up.wait(5)
        assert model.usage == Usage()
        asked = len(served.requests)
        assert list(model.stream(QUESTION, stop=stop)) == []
        assert model.choose(QUESTION, ["a", "b"], stop=stop) == (0.5, 0.5)
        assert len(served.requests) == asked


def test_leaving_a_stream_closes_it_and_the_next_is_answered() -> None:
    served = Served(endless=True)
    with connected(served) as model:
        pieces = model.stream(QUESTION)
        assert next(pieces) == "It "
        pieces.close()  # type: ignore[attr-defined]  # the iterator is a generator
        assert served.hung_up.wait(5)
        served.endless = False
        assert written(model) == "It is so."


# --- the same pipeline --------------------------------------------------------------------------


def test_the_pipeline_answers_and_checks_through_a_server() -> None:
    served = Served(
        pieces=("[1] PickBot reaches 94.4% on in-distribution objects.\n", "[1] It costs 9,999 dollars.")
    )
    with serving(served) as url:
        model = loading.load_if_any(Settings(llm_url=url))
        assert model is not None
        answer = answer_of("What success rate does PickBot reach on I.D. objects?", lab(), model)  # type: ignore[arg-type]
    assert "94.4%" in answer.text and "9,999" not in answer.text
    assert answer.device == f"server {url} on this machine"


def test_whatever_goes_wrong_while_reading_ends_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(Served()) as model:
        monkeypatch.setattr("rag_app.llm.openai_client.parsed", Mock(side_effect=RecursionError("too deep")))
        with pytest.raises(EngineError, match="too deep"):
            written(model)


def test_a_closed_connection_says_so() -> None:
    with connected(Served()) as model:
        model.close()
        with pytest.raises(EngineError, match="was closed"):
            written(model)


def test_a_server_that_refuses_on_its_own_is_a_refusal() -> None:
    with connected(Served(pieces=(prompting.REFUSAL,))) as model:
        assert answer_of("What learning rate does PickBot use?", lab(), model).refused  # type: ignore[arg-type]


def test_a_server_that_was_asked_for_is_never_silently_replaced() -> None:
    with pytest.raises(RagError, match="no server answers"):
        loading.load_if_any(Settings(llm_url="http://127.0.0.1:9"))


def test_the_check_names_the_server_and_where_it_is(tmp_path: Path) -> None:
    with serving(Served(grammar="grammar")) as url:
        says = "\n".join(finding.says for finding in doctor.examine(Settings(home=tmp_path, llm_url=url)))
    assert f"Tiny-7B, server {url} on this machine" in says
    assert "grammar as llama.cpp takes it" in says
    gone = doctor.examine(Settings(home=tmp_path, llm_url="http://127.0.0.1:9"))
    assert any("no server answers" in finding.says and not finding.fine for finding in gone)


@pytest.fixture(scope="module")
def llama_server() -> Iterator[str]:
    """A real llama-cpp-python server with the small model."""
    if not WEIGHTS.exists():
        pytest.skip("weights are absent")
    if any(find_spec(name) is None for name in ("fastapi", "sse_starlette", "starlette_context")):
        pytest.skip("the server of llama-cpp-python is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "model": WEIGHTS,
        "host": "127.0.0.1",
        "port": port,
        "n_ctx": 640,
        "logits_all": True,
        "n_threads": 2,
    }
    command = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    with subprocess.Popen(
        [sys.executable, "-m", "llama_cpp.server", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@SERVES
@pytest.mark.model
def test_a_real_server_writes_under_a_grammar_chooses_and_counts(llama_server: str) -> None:
    model = RemoteModel(Settings(llm_url=llama_server))
    assert model.abilities.grammar == "llama.cpp" and model.abilities.logprobs and model.abilities.counter
    asked = [
        Message(
            role="user",
            content="Which sentence is about ice? [1] Tea is hot. [2] Ice is cold. Only the number.",
        )
    ]
    assert "".join(model.stream(asked, grammar='root ::= "yes" | "no"')) in {"yes", "no"}
    begun = "".join(model.stream(asked, prefix="[2] Ice", grammar=ANY.replace("a-z", "a-z "), max_tokens=6))
    assert begun.strip() and "[2]" not in begun
    assert sum(model.choose(asked, ["[1]", "[2]"])) == pytest.approx(1)
    assert 2 <= model.count_tokens("hello world") <= 4
    with pytest.raises(EngineError):
        list(model.stream([Message(role="user", content="word " * 2000)]))


@SERVES
@pytest.mark.model
def test_a_real_server_answers_through_the_pipeline(llama_server: str) -> None:
    model = RemoteModel(Settings(llm_url=llama_server, context=640))
    answer = answer_of("What is FoldNet?", lab(), model)  # type: ignore[arg-type]  # any generator will do
    assert answer.model == WEIGHTS.stem
    assert answer.usage.generated_tokens > 0
    assert {citation.arxiv_id for citation in answer.citations} <= {"2405.00002"}
    assert answer.refused or answer.citations
