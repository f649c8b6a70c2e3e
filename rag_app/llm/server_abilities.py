"""What a model server can do, tried once and not guessed from its name.

Knows: the ways in which servers take a grammar, count tokens and tell log-probabilities, and how their
replies say it. Does not know: HTTP (`llm.openai_client`), prompts, or how an answer is streamed
(`llm.remote`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag_app.errors import EngineError
from rag_app.llm.openai_client import OpenAIServer, RefusedError
from rag_app.llm.openai_turn import Json, closes_unopened, text_of
from rag_app.llm.protocol import Message
from rag_app.settings import Settings

_LEAST_CONTEXT = 4_096  # tokens, where the server does not say
LOGPROBS = {"logprobs": True, "top_logprobs": 20}  # candidates at each token: the protocol's most
_THOUGHT_TOKENS = 512  # in which a model has thought about a greeting: DeepSeek-R1's take 50 to 200
NO_THINKING = {"chat_template_kwargs": {"enable_thinking": False}}  # known wherever grammars are

# A generated token, and the log-probability of each candidate for its place.
Step = tuple[str, Mapping[str, float]]

GRAMMARS: Mapping[str, Callable[[str], Json]] = {
    "llama.cpp": lambda rules: {"grammar": rules, **NO_THINKING},
    "vLLM": lambda rules: {"structured_outputs": {"grammar": rules}, **NO_THINKING},
    "vLLM before 0.11": lambda rules: {"guided_grammar": rules, **NO_THINKING},
}
# What no model says unasked, with the features that the grammars of `answer.prompting` use.
_TRIAL = (
    'root ::= "[7] " text | "[8]"\ntext ::= char\nchar ::= [^\\n\\[\\]<>\\u0020-\\u0060\\u3040-\\u30ff]\n'
)
_OBEYED = re.compile(r"\[7\] [^\n\[\]<>]|\[8\]")

COUNTERS: Mapping[str, Callable[[str, str], Json]] = {
    "/tokenize": lambda model, text: {
        "model": model,
        "content": text,
        "prompt": text,
        "add_special_tokens": False,
    },
    "/extras/tokenize/count": lambda model, text: {"input": text},
}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a server was found to offer."""

    model: str  # as requests name it
    context: int
    grammar: str = ""  # whose way of taking one, a key of `GRAMMARS`; empty for none
    logprobs: bool = False
    counter: str = ""  # the path that counts tokens; empty for none
    thinks: bool = False  # begins a turn within a thought, of which only the end is sent

    def __str__(self) -> str:
        grammar = f"grammar as {self.grammar} takes it" if self.grammar else "no grammar"
        logprobs = "log-probabilities" if self.logprobs else "no log-probabilities"
        tokens = f"tokens {'counted' if self.counter else 'estimated'}"
        thinks = (
            ", thinks first: answers without a grammar are shown when that has ended" if self.thinks else ""
        )
        return f"context {self.context:,}, {grammar}, {logprobs}, {tokens}{thinks}"


def examined(server: OpenAIServer, settings: Settings) -> Abilities:
    """Ask for the models, and try each ability once. Raises EngineError when no model can be used."""
    listed = server.get("/v1/models").get("data")
    models = listed if isinstance(listed, list) else []
    found = {str(model.get("id")): model for model in models if isinstance(model, dict)}
    if not found:
        raise EngineError(f"{server.address} serves no model", "start it with one")
    name = settings.model or next(iter(found))
    if name not in found:
        raise EngineError(
            f"{server.address} does not serve {name}", f"set RAG_MODEL to one of: {', '.join(found)}"
        )
    grammar = _first(GRAMMARS, lambda way: _obeys(server, way, name))
    return Abilities(
        name,
        settings.context or _context(server, found[name]),
        grammar,
        bool(_first(["logprobs"], lambda _: bool(steps_of(server.chat(_hello(name) | LOGPROBS))))),
        _first(COUNTERS, lambda path: tokens_of(server, path, name, "one two three") > 0),
        bool(_first(["thinks"], lambda _: _thinks(server, name, NO_THINKING if grammar else {}))),
    )


def _first(ways: Mapping[str, object] | Sequence[str], works: Callable[[str], bool]) -> str:
    """The first way that works; a server that refuses one may know another. Empty for none."""
    for way in ways:
        try:
            if works(way):
                return way
        except RefusedError:
            continue
    return ""


def turn_of(model: str, messages: Sequence[Message], max_tokens: int) -> Json:
    return {"model": model, "messages": list(messages), "temperature": 0, "max_tokens": max_tokens}


def _hello(model: str, max_tokens: int = 8) -> Json:
    return turn_of(model, [Message(role="user", content="Say hello.")], max_tokens)


def _thinks(server: OpenAIServer, model: str, unasked: Json) -> bool:
    """Whether its template begins a thought, of which the model then sends only the end. What does not
    think says hello in a few tokens.
    """
    return closes_unopened(_said(server.chat(_hello(model, _THOUGHT_TOKENS) | unasked)))


def _obeys(server: OpenAIServer, way: str, model: str) -> bool:
    return bool(_OBEYED.fullmatch(_said(server.chat(_hello(model) | GRAMMARS[way](_TRIAL)))))


def tokens_of(server: OpenAIServer, path: str, model: str, text: str) -> int:
    """How many tokens `text` has: a count from llama-cpp-python and vLLM, the tokens themselves
    from llama-server.
    """
    reply = server.post(path, COUNTERS[path](model, text))
    count, tokens = reply.get("count"), reply.get("tokens")
    return count if isinstance(count, int) else len(tokens) if isinstance(tokens, list) else 0


def _context(server: OpenAIServer, model: Json) -> int:
    """Tokens of the context: vLLM tells with the model, llama-server among its properties, others nowhere."""
    told = model.get("max_model_len")
    if told is None:
        try:
            properties = server.get("/props").get("default_generation_settings")
            told = properties.get("n_ctx") if isinstance(properties, dict) else None
        except RefusedError:
            told = None
    return told if isinstance(told, int) and told > 0 else _LEAST_CONTEXT


# --- what a reply says --------------------------------------------------------------------------


def _said(reply: Json) -> str:
    message = _choice(reply).get("message")
    return text_of(message.get("content")) if isinstance(message, dict) else ""


def _choice(reply: Json) -> Json:
    choices = reply.get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def steps_of(reply: Json) -> list[Step]:
    """The tokens of a reply with their candidates; empty without log-probabilities."""
    try:
        return [
            (step["token"], {str(other["token"]): float(other["logprob"]) for other in step["top_logprobs"]})
            for step in _choice(reply)["logprobs"]["content"]
        ]
    except (KeyError, TypeError, ValueError):
        return []
