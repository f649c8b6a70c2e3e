"""A language model on a server of the user's, seen as a `Generator`.

Knows: how a turn is asked for and streamed, and how a choice is read from log-probabilities. Does not
know: what a server can do (`llm.server_abilities`), HTTP (`llm.openai_client`), prompts, or what an
answer is for.

Without a grammar the model writes freely and the checks of the draft leave more out; without
log-probabilities retrieval alone chooses between papers; without a tokeniser tokens are estimated,
too many rather than too few.
"""

from __future__ import annotations

import functools
import logging
import math
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

from rag_app import address
from rag_app.errors import EngineError, SettingsError
from rag_app.llm.openai_client import OpenAIServer
from rag_app.llm.openai_turn import Json, ServerTurn, cost
from rag_app.llm.protocol import Message, Processor, Request, one_by_one
from rag_app.llm.server_abilities import (
    GRAMMARS,
    LOGPROBS,
    NO_THINKING,
    Step,
    examined,
    steps_of,
    tokens_of,
    turn_of,
)
from rag_app.records import Usage
from rag_app.settings import Settings

log = logging.getLogger(__name__)


class RemoteModel:
    """A model behind HTTP. A `Generator`; any number of threads may call it, and the server queues them."""

    def __init__(self, settings: Settings) -> None:
        """Find out what RAG_LLM_URL serves: RAG_MODEL where that is set, else its first model.

        Raises SettingsError for a URL that is none, EngineError when nothing usable answers there.
        """
        found = address.language_model(settings)
        if found is None:
            raise SettingsError("RAG_LLM_URL is not set", "set it like http://localhost:8080")
        self.address = found
        self._server = OpenAIServer(found)
        self.abilities = examined(self._server, settings)
        self._thinks = self.abilities.thinks  # also once a turn has shown it
        self._counted = functools.lru_cache(maxsize=10_000)(self._count)
        self._last = threading.local()  # usage of each thread's own last call

    @property
    def model(self) -> str:
        return self.abilities.model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf")

    @property
    def processor(self) -> Processor:
        """A GPU, as far as budgets go: nobody sets up a server for two slow cores."""
        return Processor.GPU

    @property
    def device(self) -> str:
        """The server, and whether questions leave this machine."""
        where = "on this machine" if self.address.loopback else "on another machine"
        return f"server {self.address} {where}"

    @property
    def context(self) -> int:
        return self.abilities.context

    @property
    def usage(self) -> Usage:
        usage: Usage = getattr(self._last, "usage", Usage())
        return usage

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`: the server's own count where it counts, asked for once."""
        return self._counted(text)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """As `Generator.stream`. `stop` is felt at once, and the server is told by a closed connection."""
        repeated = self.count_tokens(prefix) if prefix and self.abilities.grammar else 0
        body = self._request(messages, prefix, grammar, max_tokens + repeated)
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        ruled = bool(self.abilities.grammar and (grammar or prefix))  # a grammar leaves no room for thoughts
        with closing(self._server.events(body, stop)) as events:
            turn = ServerTurn(events, opened=self._thinks and not ruled)
            said = False
            try:
                for piece in _without(prefix, turn.pieces()):
                    said |= bool(piece.strip())
                    yield piece
            finally:
                self._last.usage = turn.usage(repeated, max_tokens)
        self._thinks |= turn.unopened
        if turn.given_out:
            raise EngineError(
                f"{self.address} sent a thought of which only the end is marked",
                "ask again: its thoughts are waited for from now on; or turn reasoning off there",
            )
        if stop and stop.is_set():
            return
        if not turn.reason:
            raise EngineError(
                f"{self.address} ended the answer in its midst", "ask again; the server's log says more"
            )
        if not said:
            log.warning("%s", _silence(self.address, turn))

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        """As `Generator.stream_batch`."""
        return one_by_one(self, requests, stop)

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        """As `Generator.choose`; all options are equal where the server gives no log-probabilities.
        A choice that the server has begun is waited for.
        """
        equal = (1 / len(options),) * len(options)
        if not self.abilities.logprobs or (stop and stop.is_set()):
            return equal
        rules = "root ::= " + " | ".join(map(_literal, options))
        most = max(self.count_tokens(prefix + option) for option in options) + 1
        reply = self._server.chat(self._request(messages, prefix, rules, most) | LOGPROBS)
        self._last.usage = cost(reply.get("usage"), 0, 0.0)
        spelled = [prefix + option for option in options] if self.abilities.grammar else options
        return shares(steps_of(reply), spelled) or equal

    def close(self) -> None:
        self._server.close()

    def _count(self, text: str) -> int:
        path = self.abilities.counter
        return tokens_of(self._server, path, self.abilities.model, text) if path else estimated_tokens(text)

    def _request(self, messages: Sequence[Message], prefix: str, grammar: str, max_tokens: int) -> Json:
        """A request for a turn that begins with `prefix`.

        Not every server goes on with an unfinished turn, so the prefix is put into the grammar, and
        repeated by the model; a server without grammars is given the unfinished turn.
        """
        body = turn_of(self.abilities.model, messages, max_tokens)
        if not self.abilities.grammar:
            return body | {
                "messages": [*messages, *([Message(role="assistant", content=prefix)] if prefix else [])]
            }
        rules = grammar or ("root ::= [^\\x00]*\n" if prefix else "")
        if prefix:
            rules = re.sub(r"^root ::=", lambda _: f"root ::= {_literal(prefix)} rest\nrest ::=", rules)
        return body | (GRAMMARS[self.abilities.grammar](rules) if rules else NO_THINKING)


def estimated_tokens(text: str) -> int:
    """An upper estimate for text in Latin letters or Hangul: a token for every 3 ASCII characters,
    and one for every other character.
    """
    narrow = sum(character.isascii() for character in text)
    return math.ceil(narrow / 3) + len(text) - narrow


# --- what it says -------------------------------------------------------------------------------


def _silence(address: address.Address, turn: ServerTurn) -> str:
    """What is told where a turn has ended without a word."""
    if turn.thought:
        return f"{address} wrote its thoughts and no answer: turn reasoning off there"
    return f"the model at {address} said nothing: see that the server uses the model's own chat template"


def _without(prefix: str, pieces: Iterator[str]) -> Iterator[str]:
    """The pieces, less a prefix that the model repeats."""
    head: str | None = ""
    for piece in pieces:
        if head is None:
            yield piece
            continue
        head += piece
        if len(head.lstrip()) >= len(prefix):
            if rest := _continuing(prefix, head):
                yield rest
            head = None
    if head:
        yield _continuing(prefix, head)


def _continuing(prefix: str, head: str) -> str:
    """What follows `prefix` where a reply begins with `head`.

    A reply that begins as the prefix does and goes on in another way is a new turn: it gets a line
    of its own, and the unfinished line before it fails its check.
    """
    begin = head.lstrip()
    if not prefix or not begin.startswith(prefix.split(maxsplit=1)[0]):
        return head
    return begin.removeprefix(prefix) if begin.startswith(prefix) else f"\n{begin}"


def shares(steps: Sequence[Step], options: Sequence[str]) -> tuple[float, ...]:
    """How probability divides between the options, read from the log-probabilities along one
    generated answer.

    A candidate that fits one option alone adds to that option; one that fits several is followed if
    it was generated. An option without candidates counts as the least likely candidate listed.
    Empty where none fits any option.
    """
    found: dict[str, float] = {}
    said, path, least = "", 0.0, 0.0
    for token, candidates in steps:
        left = [option for option in options if option not in found and option.startswith(said)]
        if len(left) < 2:
            break
        for text, logprob in candidates.items():
            fitting = [option for option in left if _fits(option, said + text)]
            if len(fitting) == 1:
                found[fitting[0]] = found.get(fitting[0], 0.0) + math.exp(path + logprob)
        least = min(least, *(path + logprob for logprob in candidates.values()))
        path += candidates.get(token, 0.0)
        said = (said + token).lstrip()
    weights = [found.get(option, math.exp(least)) for option in options]
    return tuple(weight / sum(weights) for weight in weights) if found else ()


def _fits(option: str, text: str) -> bool:
    text = text.lstrip()
    return bool(text) and (option.startswith(text) or text.startswith(option))


def _literal(text: str) -> str:
    """`text` as a terminal of GBNF."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
