"""Messages -> tokens, through the chat template that came with the model.

Knows: Jinja templates as models ship them.
Does not know: any engine, only a tokeniser.

The template is rendered with a placeholder for each content; template and contents are tokenised
apart, so that a content that spells `<|im_end|>` stays text and cannot open a turn of its own.

A prompt comes in spans, which the engine may read apart from each other: what is before the first
question, its evidence, the question, each answer. A prompt that shares the first spans with another
can go on from there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from rag_app.errors import EngineError
from rag_app.llm.protocol import Message

if TYPE_CHECKING:
    from jinja2 import Template

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")  # private-use characters, which no template holds

_TRIALS = tuple(
    tuple(Message(role=role, content="") for role in roles)
    for roles in (("system", "user"), ("system", "user", "assistant", "user"))
)


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens that may be read apart from others; `spoken` ones are the assistant's, which it wrote
    one at a time.
    """

    tokens: list[int]
    spoken: bool = False


class Tokenizer(Protocol):
    """What this module needs of a vocabulary."""

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Tokens of the text; special tokens only when `special`."""

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The token's text."""

    @property
    def bos(self) -> int: ...
    @property
    def eos(self) -> int: ...
    @property
    def wants_bos(self) -> bool: ...


class ChatTemplate:
    """A compiled template; `source` empty is ChatML.

    A template that forbids a system turn is given its text in front of the first question. One that
    cannot be compiled, that fails, or that loses a content is passed over for ChatML, which `fallback`
    then explains: half a prompt is worse than an unusual one.
    """

    def __init__(self, source: str, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.fallback = ""  # why the template is not the model's own; empty where it is
        self._folded = False  # whether the system text goes into the first turn
        failures: list[str] = []
        for folded in (False, True):
            self._folded = folded
            try:
                self._template = _compiled(source or CHATML)
                for conversation in _TRIALS:
                    self._render(conversation)
                return
            except EngineError as error:
                failures.append(error.message)
        self.fallback = f"{failures[0]}: ChatML is used instead"
        self._folded = False
        self._template = _compiled(CHATML)

    def spans(self, messages: Sequence[Message], prefix: str = "") -> list[Span]:
        """The prompt up to where the assistant's turn continues after `prefix`. Raises EngineError.

        A span begins with each message after the first, with the last paragraph of a user's message
        (the question, after its evidence), and where the assistant begins or ends.
        """
        tokenize = self._tokenizer.tokenize
        spans = [Span([])]
        # Split at a pattern with one group: template text and message numbers take turns.
        for position, part in enumerate(_PLACEHOLDER.split(self._render(messages))):
            if position % 2 == 0:
                if spans[-1].spoken:
                    spans.append(Span([]))
                spans[-1].tokens.extend(tokenize(part, special=True) if part else [])
                continue
            message = messages[int(part)]
            tokens = tokenize(message["content"], special=False)
            if message["role"] == "system":
                spans[-1].tokens.extend(tokens)
            elif message["role"] == "assistant":
                spans.append(Span(tokens, spoken=True))
            else:
                question = self._last_paragraph(message["content"], tokens)
                spans += [Span(tokens[:question]), Span(tokens[question:])]
        if self._tokenizer.wants_bos and spans[0].tokens[:1] != [self._tokenizer.bos]:
            spans[0].tokens.insert(0, self._tokenizer.bos)
        spans.append(Span(tokenize(prefix, special=False) if prefix else [], spoken=True))
        return [span for span in spans if span.tokens]

    def tokens(self, messages: Sequence[Message], prefix: str = "") -> list[int]:
        """The tokens of all spans."""
        return [token for span in self.spans(messages, prefix) for token in span.tokens]

    def _last_paragraph(self, text: str, tokens: Sequence[int]) -> int:
        """How many of the text's tokens come before its last paragraph."""
        before, _, last = text.rpartition("\n\n")
        left = len(last.encode(errors="replace"))
        place = len(tokens) if before else 0
        while place and left > 0:
            place -= 1
            left -= len(self._tokenizer.piece(tokens[place]))
        return place

    def _render(self, messages: Sequence[Message]) -> str:
        """The template's text, each content a placeholder. Raises EngineError."""
        marked = [{"role": m["role"], "content": f"\ue000{i}\ue001"} for i, m in enumerate(messages)]
        try:
            text = self._template.render(
                messages=_fold(marked) if self._folded else marked,
                add_generation_prompt=True,
                enable_thinking=False,
                bos_token=self._spelling(self._tokenizer.bos),
                eos_token=self._spelling(self._tokenizer.eos),
            )
        except Exception as error:  # a template may fail in any way that Python does
            raise _refused(error) from None
        if [int(number) for number in _PLACEHOLDER.findall(text)] != list(range(len(messages))):
            raise _refused("it loses or repeats a message")
        return str(text)

    def _spelling(self, token: int) -> str:
        return self._tokenizer.piece(token, special=True).decode(errors="replace") if token >= 0 else ""


def _fold(messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The messages without a system turn, and with the roles in turns."""
    folded: list[dict[str, str]] = []
    for message in messages:
        role = "user" if message["role"] == "system" else message["role"]
        if folded and folded[-1]["role"] == role:
            folded[-1] = {"role": role, "content": f"{folded[-1]['content']}\n\n{message['content']}"}
        else:
            folded.append({"role": role, "content": message["content"]})
    return folded


def _compiled(source: str) -> Template:
    """Raises EngineError."""
    from jinja2 import TemplateError
    from jinja2.ext import Extension
    from jinja2.nodes import Node
    from jinja2.parser import Parser
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """`{% generation %}` marks what the assistant says, for training; here it says nothing."""

        tags = {"generation"}  # noqa: RUF012 - as jinja2 declares it

        def parse(self, parser: Parser) -> list[Node]:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        extensions=["jinja2.ext.loopcontrols", Generation],
    )
    environment.globals.update(
        raise_exception=_refuse, strftime_now=lambda form: datetime.now().strftime(form)
    )
    try:
        return environment.from_string(source)
    except (TemplateError, RecursionError) as error:
        raise _refused(error) from None


def _refused(why: object) -> EngineError:
    said = " ".join(str(why).split())[:200]
    return EngineError(f"the model's chat template does not work ({said})", "choose another model")


def _refuse(message: str) -> None:
    """What templates call `raise_exception`."""
    from jinja2 import TemplateError

    raise TemplateError(message)
