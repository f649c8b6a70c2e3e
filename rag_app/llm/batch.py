"""Several texts written side by side: which rows are decoded next, and whose text their tokens belong to.

Knows: that the tokens which all prompts begin with are read once, that a text which has ended makes
room for the next one, and that other callers have their turn between two steps.
Does not know: messages, ctypes (`llm.sequences`), which token a grammar allows (`llm.grammar`).

A step holds the next token of each text that is being written, and as many tokens of prompts as its
rows leave, since on a CPU further rows cost less than the first. Where other weights read faster, a prompt is
read by itself with those, one before each step. Which texts share a step follows
from the requests alone, so the same requests give the same texts. They are not always those that
each would get alone: a token's last bits depend on the rows it is decoded with.
"""

from __future__ import annotations

import codecs
import threading
from collections import deque
from collections.abc import Generator as Yields
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rag_app.errors import EngineError
from rag_app.llm.fair_lock import FairLock
from rag_app.llm.grammar import Grammar
from rag_app.llm.prefix_blocks import shared
from rag_app.llm.sequences import BatchRow, Logits, Sequences
from rag_app.records import Usage

_WORTH_SHARING = 16  # tokens that all prompts begin with


class TokenVocabulary(Protocol):
    """What `vocabulary.ModelVocabulary` knows of tokens."""

    def piece(self, token: int) -> bytes: ...
    def ends(self, token: int) -> bool: ...
    def grammar(self, text: str) -> Grammar: ...


@dataclass(frozen=True, slots=True)
class Task:
    """A text to write."""

    index: int  # of its request
    tokens: tuple[int, ...]  # of the prompt
    grammar: str  # or empty
    max_tokens: int

    @property
    def cells(self) -> int:
        """Tokens that the cache must hold for it: the last one that is written is not read."""
        return len(self.tokens) + self.max_tokens - 1


@dataclass(slots=True)
class _Text:
    """A text under way."""

    task: Task
    sequence: int
    rules: Grammar | None
    unread: deque[int]  # what the cache does not hold yet: of the prompt, or the last token written
    position: int  # of the first of these
    written: int = 0
    ended: bool = False
    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )


class Batch:
    """Writes several texts in the sequences of one context; one call at a time, in the order of asking."""

    def __init__(
        self,
        sequences: Sequences,
        vocabulary: TokenVocabulary,
        turns: FairLock,
        reader: Sequences | None = None,
    ) -> None:
        """Each step takes one of the `turns`. The one sequence of the `reader` reads prompts."""
        self._sequences = sequences
        self._reader = reader
        self._vocabulary = vocabulary
        self._turns = turns
        self._calls = FairLock()
        self._begin: tuple[int, ...] = ()  # tokens that the last sequence holds for all others
        self._closed = False

    @property
    def _seconds(self) -> float:
        """Spent inside llama.cpp, in all."""
        return self._sequences.seconds + (self._reader.seconds if self._reader else 0.0)

    def holds(self, task: Task) -> bool:
        """Whether there is room for the text."""
        return task.cells <= self._sequences.cells

    def write(self, tasks: Sequence[Task], stop: threading.Event) -> Yields[tuple[int, str], None, Usage]:
        """Yield the pieces of all texts as `Generator.stream_batch` does; return the cost."""
        with self._calls, ExitStack() as grammars:
            seconds = self._seconds
            reused = self._read_begin(tasks, stop)
            waiting, begun = deque(tasks), list[_Text]()
            texts: list[_Text] = []  # under way
            while (texts or waiting) and not stop.is_set():
                with self._turn():
                    begun += self._admitted(waiting, texts, grammars, stop)
                    texts = [text for text in begun if not text.ended]
                    pieces = self._step(texts, stop) if texts else []
                for text, piece in pieces:
                    yield text.task.index, piece
                texts = [text for text in texts if not text.ended]
            seconds = self._seconds - seconds
            prompts, written = sum(len(task.tokens) for task in tasks), sum(text.written for text in begun)
            return Usage(prompts, reused, written, written / seconds if seconds else 0.0)

    def close(self) -> None:
        """Give the memory back, in the caller's turn; a call under way gets an EngineError."""
        self._closed = True
        self._sequences.close()
        if self._reader:
            self._reader.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._turns:
            if self._closed:
                raise EngineError("the language model was closed", "load it again")
            yield

    # --- what all prompts begin with ------------------------------------------------------------

    def _read_begin(self, tasks: Sequence[Task], stop: threading.Event) -> int:
        """Leave in the cache what all prompts begin with, and nothing else; return how many tokens of
        prompts need not be read for it.

        It is read alone, and again unless it is exactly what the last call's prompts began with.
        """
        begin = _common([task.tokens for task in tasks])
        holds = self._reader or self._sequences
        last = holds.count - 1
        with self._turn():
            for sequence in range(self._sequences.count - 1):  # of a call that was left in its midst
                self._sequences.forget(sequence)
            if begin == self._begin:
                return len(begin) * len(tasks)
            holds.forget(last)
            self._begin = ()
        for start in range(0, len(begin), holds.rows):
            part = begin[start : start + holds.rows]
            with self._turn():
                if not self._decoded(holds, [BatchRow(last, start + i, t) for i, t in enumerate(part)], stop):
                    return 0
        self._begin = begin
        return len(begin) * (len(tasks) - 1)

    # --- one step -------------------------------------------------------------------------------

    def _admitted(
        self, waiting: deque[Task], texts: Sequence[_Text], grammars: ExitStack, stop: threading.Event
    ) -> Iterator[_Text]:
        """Begin waiting texts, in their order, while there are sequences and room for them; with a reader
        one of them, whose prompt it reads.
        """
        # Sequences that begin alike share cells; what a reader has read stands in cells of its own.
        begin = 0 if self._reader else len(self._begin)
        free = deque(sorted(set(range(self._sequences.count - 1)) - {text.sequence for text in texts}))
        room = self._sequences.cells - begin - sum(text.task.cells - begin for text in texts)
        while waiting and free and waiting[0].cells - begin <= room:
            task = waiting.popleft()
            room -= task.cells - begin
            text = self._begun(task, free.popleft(), stop)
            if text is None:
                return
            if text.rules:
                grammars.enter_context(closing(text.rules))
            yield text
            if self._reader:
                return

    def _begun(self, task: Task, sequence: int, stop: threading.Event) -> _Text | None:
        """A text whose sequence holds what all prompts begin with, or, with a reader, all of its prompt but
        the last token; None if `stop` was set meanwhile.
        """
        held = len(self._begin)
        if self._reader is None:
            self._sequences.begin_as(sequence, self._sequences.count - 1)
        else:
            if not self._read(task.tokens[:-1], self._reader, stop):
                return None
            held = len(task.tokens) - 1
            self._sequences.resume(sequence, self._reader.state(0))
        rules = self._vocabulary.grammar(task.grammar) if task.grammar else None
        return _Text(task, sequence, rules, deque(task.tokens[held:]), held)

    def _read(self, tokens: Sequence[int], reader: Sequences, stop: threading.Event) -> bool:
        """Have the reader hold these tokens, of which it holds the first; False if `stop` was set before."""
        reader.keep(0, len(self._begin))
        for start in range(len(self._begin), len(tokens), reader.rows):
            part = tokens[start : start + reader.rows]
            if not self._decoded(reader, [BatchRow(0, start + i, t) for i, t in enumerate(part)], stop):
                return False
        return True

    def _decoded(self, sequences: Sequences, rows: Sequence[BatchRow], stop: threading.Event) -> bool:
        """Whether the rows were decoded; what all prompts begin with is forgotten with all else if not."""
        begin, self._begin = self._begin, ()
        if not sequences.decode(rows, stop):
            return False
        self._begin = begin
        return True

    def _step(self, texts: Sequence[_Text], stop: threading.Event) -> list[tuple[_Text, str]]:
        """Decode one batch; the pieces that it makes known, an empty one where a turn ended."""
        rows, read = self._rows(texts)
        if not self._decoded(self._sequences, rows, stop):
            return []
        pieces: list[tuple[_Text, str]] = []
        for place, text in read:
            piece = self._next(text, self._sequences.logits(place))
            if piece is not None:
                pieces.append((text, piece))
            if text.ended:
                self._sequences.forget(text.sequence)
        return pieces

    def _rows(self, texts: Sequence[_Text]) -> tuple[list[BatchRow], list[tuple[int, _Text]]]:
        """The rows of the next batch, those of texts that are being written first; and the row after
        which a text's next token is known, for each text that is read to its end by then.
        """
        rows: list[BatchRow] = []
        read: list[tuple[int, _Text]] = []
        for text in sorted(texts, key=lambda text: not text.written):
            for _ in range(min(len(text.unread), self._sequences.rows - len(rows))):
                token = text.unread.popleft()
                rows.append(BatchRow(text.sequence, text.position, token, wanted=not text.unread))
                text.position += 1
            if not text.unread:
                read.append((len(rows) - 1, text))
        return rows, read

    def _next(self, text: _Text, logits: Logits) -> str | None:
        """Choose the next token of a text; the piece it makes, if any."""
        token = text.rules.best(logits) if text.rules else int(logits.argmax())
        if self._vocabulary.ends(token):
            text.ended = True
            return ""
        if text.rules:
            text.rules.accept(token)
        text.written += 1
        text.unread.append(token)
        text.ended = text.written == text.task.max_tokens
        return text.decoder.decode(self._vocabulary.piece(token)) or None


def _common(prompts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The tokens that all prompts begin with, less the last of the shortest; empty where they are few."""
    first = prompts[0]
    count = min(shared(first, other) for other in prompts)
    count = min(count, min(map(len, prompts)) - 1)
    return first[:count] if count >= _WORTH_SHARING else ()
