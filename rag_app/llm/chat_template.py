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
from typing import Protocol

from rag_app.errors import EngineError, WeightsError
from rag_app.llm.protocol import Message

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")  # private-use characters, which no template holds


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
    """A compiled template; `source` empty is ChatML."""

    def __init__(self, source: str, tokenizer: Tokenizer) -> None:
        """Compile; WeightsError if the template is not one."""
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, autoescape=False, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals.update(
            raise_exception=_refuse, strftime_now=lambda form: datetime.now().strftime(form)
        )
        self._tokenizer = tokenizer
        try:
            self._template = environment.from_string(source or CHATML)
        except TemplateError as error:
            raise WeightsError(
                f"the model's chat template is broken: {error}", "choose another model"
            ) from None

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
        from jinja2 import TemplateError

        marked = [{"role": m["role"], "content": f"\ue000{i}\ue001"} for i, m in enumerate(messages)]
        try:
            return self._template.render(
                messages=marked,
                add_generation_prompt=True,
                enable_thinking=False,
                bos_token=self._spelling(self._tokenizer.bos),
                eos_token=self._spelling(self._tokenizer.eos),
            )
        except TemplateError as error:
            raise EngineError(f"the model's chat template refuses: {error}", "choose another model") from None

    def _spelling(self, token: int) -> str:
        return self._tokenizer.piece(token, special=True).decode(errors="replace") if token >= 0 else ""


def _refuse(message: str) -> None:
    """What templates call `raise_exception`."""
    from jinja2 import TemplateError

    raise TemplateError(message)
