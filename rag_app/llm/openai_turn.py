"""A turn of a server that speaks OpenAI's protocol, taken apart: its text, its thoughts, its cost.

Knows: the shapes in which servers send these, also wrong ones: what has another type than the
protocol says is passed over, not an error, since the text beside it is good.
Does not know: HTTP.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rag_app.records import Usage

Json = dict[str, Any]
END: Json = {"done": True}  # the protocol's [DONE]

# How servers mark a thought: (what opens it, what closes it). Qwen's and DeepSeek's tag, Seed's, Magistral's,
# Kimi's, Sky-T1's, Gemma's, a folded block as Open WebUI writes it, and a channel of gpt-oss's Harmony
# (https://developers.openai.com/cookbook/articles/openai-harmony), of which only "final" is the answer.
_FINAL = r"<\|channel\|>\s?final[^<]{0,60}<\|message\|>"
_TAGS = ("think", "thinking", "thought", "reasoning", "seed:think")  # <tag> to </tag>
_FOLDED = "details"  # as well, but also of pages: what it closes is no thought unless it was opened
_PAIRS = (
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel>", "<channel|>"),
)
_CHANNEL = "<|channel|>"
# Tokens of a chat template that servers leave in the text; what follows one is a line of its own.
_TURN_MARKS = (
    "<|im_end|>",
    "<|im_start|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end|>",
    "<|return|>",
    "<|start|>",
    "<end_of_turn>",
    "<start_of_turn>",
    "<|begin_of_solution|>",
    "<|end_of_solution|>",
)
_ATTRIBUTES = r"(?:\s[^<>]{0,60})?"


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_CLOSED_BY = (
    *((f"<{tag}{_ATTRIBUTES}>", f"</{tag}>") for tag in (*_TAGS, _FOLDED)),
    *((re.escape(opening), re.escape(closing)) for opening, closing in _PAIRS),
    (re.escape(_CHANNEL), _FINAL),
)
_THOUGHT = _any_of(opening for opening, _ in _CLOSED_BY)
_END_OF_THOUGHT = _any_of([*(f"</{tag}>" for tag in _TAGS), *(re.escape(closing) for _, closing in _PAIRS)])
_END_OF_TURN = _any_of(f"{re.escape(mark)}(?:assistant)?" for mark in _TURN_MARKS)
_MARKS = (
    *(mark for tag in (*_TAGS, _FOLDED) for mark in (f"<{tag}>", f"</{tag}>")),
    *(mark for pair in _PAIRS for mark in pair),
    _CHANNEL,
    *_TURN_MARKS,
)
_TAG_BEGUN = _any_of(rf"<{tag}\s[^<>]{{0,60}}" for tag in (*_TAGS, _FOLDED))
_LONGEST_MARK = 100
# What a thought ends with: a line or a sentence. A tag behind a word is one that a text speaks of.
_SENTENCE_ENDS = ".!?…:。！？"


def closes_unopened(text: str) -> bool:
    """Whether a whole turn holds the end of a thought that it has not begun: its prompt has."""
    end = _END_OF_THOUGHT.search(text)
    return end is not None and not _THOUGHT.search(text, 0, end.start())


class ServerTurn:
    """The events of one turn: its text, whether it ended, and what it cost."""

    def __init__(self, events: Iterator[Json], *, opened: bool = False) -> None:
        """`opened`: the prompt may have begun a thought, so that nothing is said before its end."""
        self._events = events
        self._opened = opened
        self._told: Json = {}  # token counts, where the server gives them
        self._pieces = 0
        self._began = self._last = 0.0
        self.reason = ""  # why it ended: "stop", "length"; empty if it did not
        self.thought = False  # whether it also sent what the model thought
        self.unopened = False  # whether a thought has ended that it had not begun
        self.given_out = False  # whether some of that thought had been given out as text by then

    def pieces(self) -> Iterator[str]:
        """Its text without thoughts, as it comes. It ends where `given_out` becomes true."""
        written = self._written()
        held = self._after_thought(written) if self._opened else ""
        sorter = _Sorter(ended=self.unopened)
        for piece in itertools.chain([held], written):
            said = sorter.said(piece)
            if sorter.unopened:
                self.unopened = self.thought = True
                if sorter.given_out:
                    self.given_out = True
                    return
            if said:
                yield said
        if rest := sorter.rest():
            yield rest

    def _after_thought(self, written: Iterator[str]) -> str:
        """What stands after the thought that the prompt has opened, as far as it was read.

        A turn that says itself where its thought begins is returned with it, and one that comes to
        its end without a thought whole: a server that goes on with an unfinished turn opens none.
        """
        text = ""
        for piece in written:
            text += piece
            if _THOUGHT.search(text):
                return text
            if end := _END_OF_THOUGHT.search(text):
                self.unopened = self.thought = True
                return text[end.end() :]
        whole = self.reason not in {"", "length"}
        self.thought |= not whole
        return text if whole else ""

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


class _Sorter:
    """Tells what is said from thoughts while both come in pieces that are cut anywhere."""

    def __init__(self, *, ended: bool = False) -> None:
        """`ended`: the thought that the prompt has opened is over, and no second one can be."""
        self._ended = ended
        self._held = ""  # what may still become a mark
        self._closing: re.Pattern[str] | None = None  # what ends the open thought
        self._some, self._last = False, ""  # whether text was given out, and its end
        self.unopened = False  # whether a thought has ended that was not begun
        self.given_out = False  # whether some of it had been given out before

    def said(self, piece: str) -> str:
        """What is said in the pieces so far, and was not given out before."""
        text, said = self._held + piece, ""
        while True:
            if self._closing:
                end = self._closing.search(text)
                if not end:
                    self._held = text[-_LONGEST_MARK:]
                    return self._given(said)
                text, self._closing = text[end.end() :], None
                continue
            opening, lone = _THOUGHT.search(text), self._unopened_end(said, text)
            if lone and (not opening or lone.start() < opening.start()):
                self.unopened = self._ended = True
                self.given_out = self._some
                said, text = "", text[lone.end() :]
                continue
            if not opening:
                cut = _begun_mark(text)
                self._held = text[cut:]
                return self._given(said + _without_marks(text[:cut], self._ended))
            said += _without_marks(text[: opening.start()], self._ended)
            text, self._closing = text[opening.start() :], _end_of(opening[0])

    def rest(self) -> str:
        """What was held back when the turn ended."""
        return "" if self._closing else self._held

    def _unopened_end(self, said: str, text: str) -> re.Match[str] | None:
        """The end of a thought that the prompt has opened."""
        if self._ended:
            return None
        for end in _END_OF_THOUGHT.finditer(text):
            before = (self._last + said + text[: end.start()]).rstrip(" \t")
            if not before or before[-1] in f"\n{_SENTENCE_ENDS}":
                return end
        return None

    def _given(self, said: str) -> str:
        self._some |= bool(said.strip())
        self._last = (self._last + said)[-_LONGEST_MARK:]
        return said


def _without_marks(text: str, ended: bool) -> str:
    """The text with a line break for each mark of a turn, and for an end of a thought that has `ended`."""
    text = _END_OF_TURN.sub("\n", text)
    return _END_OF_THOUGHT.sub("\n", text) if ended else text


def _begun_mark(text: str) -> int:
    """Where a mark begins that the text does not yet hold whole; its end where none does."""
    at = max(text.rfind(mark, -_LONGEST_MARK) for mark in "<[◁")
    tail = text[at:].casefold()
    begun = at >= 0 and (any(map(_begins_with(tail), _MARKS)) or _TAG_BEGUN.fullmatch(tail))
    return at if begun else len(text)


def _begins_with(tail: str) -> Callable[[str], bool]:
    return lambda mark: mark.startswith(tail) and mark != tail


def _end_of(opening: str) -> re.Pattern[str]:
    """The pattern of what ends a thought that begins so."""
    found = next(closing for begin, closing in _CLOSED_BY if re.fullmatch(begin, opening, re.IGNORECASE))
    return re.compile(found, re.IGNORECASE)


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
