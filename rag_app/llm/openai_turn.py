"""A turn of a server that speaks OpenAI's protocol, taken apart: its text, its thoughts, its cost.

Knows: the shapes in which servers send these, also wrong ones: what has another type than the
protocol says is passed over, not an error, since the text beside it is good.
Does not know: HTTP.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from rag_app.records import Usage

Json = dict[str, Any]
END: Json = {"done": True}  # the protocol's [DONE]

# What begins a thought: Qwen and DeepSeek's tag, Magistral's, Kimi's, and a channel of gpt-oss's Harmony
# (https://developers.openai.com/cookbook/articles/openai-harmony), of which only "final" is the answer.
_THOUGHT = re.compile(
    r"<(think|thinking|thought|reasoning)(?:\s[^<>]{0,60})?>|\[(think)\]|◁(think)▷|<\|channel\|>",
    re.IGNORECASE,
)
_FINAL = r"<\|channel\|>\s?final[^<]{0,60}<\|message\|>"
_END_OF_ONE = re.compile(
    r"</(?:think|thinking|thought|reasoning)>|\[/think\]|◁/think▷|<\|(?:end|return|start)\|>(?:assistant)?",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"<(?:/?[a-z]*|(?:think|thinking|thought|reasoning)\s[^<>]{0,60}|\|[a-z]*\|?)|\[/?[a-z]*|◁/?[a-z]*",
    re.IGNORECASE,
)
_LONGEST_MARK = 100


class ServerTurn:
    """The events of one turn: its text, whether it ended, and what it cost."""

    def __init__(self, events: Iterator[Json]) -> None:
        self._events = events
        self._told: Json = {}  # token counts, where the server gives them
        self._pieces = 0
        self._began = self._last = 0.0
        self.reason = ""  # why it ended: "stop", "length"; empty if it did not
        self.thought = False  # whether it also sent what the model thought

    def pieces(self) -> Iterator[str]:
        """Its text without thoughts, as it comes."""
        return _without_thoughts(self._written())

    def _written(self) -> Iterator[str]:
        for event in self._events:
            if event == END:
                self.reason = self.reason or "stop"
            self._told = _object(event.get("usage")) or self._told
            for choice in map(_object, _list(event.get("choices"))):
                self.reason = str(choice.get("finish_reason") or self.reason)
                delta = _object(choice.get("delta"))
                text = text_of(delta.get("content"))
                self.thought |= bool(delta.get("reasoning_content") or delta.get("reasoning"))
                if text:
                    self._last = time.perf_counter()
                    self._began = self._began or self._last
                    self._pieces += 1
                    self.thought |= _THOUGHT.search(text) is not None
                    yield text

    def usage(self, prefix_tokens: int, max_tokens: int) -> Usage:
        """Its cost, without the tokens of a prefix that the server had to repeat; cut off means all
        `max_tokens`.
        """
        seconds = self._last - self._began
        speed = (self._pieces - 1) / seconds if seconds > 0 else 0.0
        generated = _number(self._told.get("completion_tokens")) or self._pieces
        generated = (
            max_tokens if self.reason == "length" else min(max(generated - prefix_tokens, 0), max_tokens - 1)
        )
        return cost(self._told, generated, speed)


def cost(told: object, generated: int, speed: float) -> Usage:
    """What the server tells about the prompt, with the tokens generated and the tokens a second."""
    counts = _object(told)
    reused = _object(counts.get("prompt_tokens_details")).get("cached_tokens")
    return Usage(_number(counts.get("prompt_tokens")), _number(reused), generated, speed)


def text_of(content: object) -> str:
    """The text of a content: a string, or a list of parts of which some are text."""
    if isinstance(content, list):
        parts = map(_object, content)
        return "".join(str(part["text"]) for part in parts if part.get("text") and part.get("type") == "text")
    return content if isinstance(content, str) else ""


def _without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces less what stands in <think> and the like, or after one that is never closed."""
    held, closing = "", ""  # what may still become a mark; the pattern of what ends the open thought
    for piece in pieces:
        said, held, closing = _sorted_out(held + piece, closing)
        if said:
            yield said
    if held and not closing:
        yield held


def _sorted_out(text: str, closing: str) -> tuple[str, str, str]:
    """(what is said, what may still become a mark, what ends the open thought)."""
    said = ""
    while True:
        if closing:
            end = re.search(closing, text, re.IGNORECASE)
            if not end:
                return said, text[-_LONGEST_MARK:], closing
            text, closing = text[end.end() :], ""
        elif opening := _THOUGHT.search(text):
            said += _END_OF_ONE.sub("\n", text[: opening.start()])
            text, closing = text[opening.start() :], _end_of(opening)
        else:
            at = max(text.rfind(mark, -_LONGEST_MARK) for mark in "<[◁")
            cut = at if at >= 0 and _BEGUN.fullmatch(text, at) else len(text)
            # A prompt may have opened a thought: then what follows its end is a line of its own.
            return said + _END_OF_ONE.sub("\n", text[:cut]), text[cut:], ""


def _end_of(opening: re.Match[str]) -> str:
    """The pattern of what ends a thought that begins so."""
    mark, name = opening[0], opening[1] or opening[2] or opening[3]
    return re.escape(f"{mark[0]}/{name}{mark[-1]}") if name else _FINAL


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _number(value: object) -> int:
    """A count of tokens, also one that is sent as text; 0 for anything else."""
    try:
        return max(int(value), 0) if isinstance(value, (int, float, str)) else 0
    except (ValueError, OverflowError):
        return 0
