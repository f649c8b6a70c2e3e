"""The language model engine: takes messages, streams text, reuses what it has read.

Knows: turns of many threads, which tokens the cache holds, when to reuse, save and stop.
Does not know: ctypes (`llm.llama`, `llm.binding`), templates (`llm.chat_template`), which tokens may be read
together (`llm.prefix_blocks`), memory sizes (`llm.offload`), prompts.

A cold and a warm run give the same text, since only whole blocks of a prompt are reused. A block is
a batch of its own, unless a trial shows that blocks may be joined without a change of bits
(`LlamaModel.joins_alike`): then a cold prompt is read in few batches, all but its question.

Speculation by prompt lookup is left out. Counted over this model's own answers, with the cost of
batches on two cores, it would save 1 % of the writing time in English and 19 % in Korean, which is
5 % of the wait for an answer.
"""

from __future__ import annotations

import codecs
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag_app.errors import EngineError, RagError
from rag_app.llm import binding, llama, prefix_blocks, trials
from rag_app.llm.batch import Batch, Task
from rag_app.llm.chat_template import ChatTemplate, Span
from rag_app.llm.fair_lock import FairLock
from rag_app.llm.grammar import Grammar
from rag_app.llm.offload import (
    BATCH_ROWS,
    BATCH_TEXTS,
    Plan,
)
from rag_app.llm.prefix_blocks import ROW, TILE
from rag_app.llm.prompt_cache import PromptCache
from rag_app.llm.protocol import Message, Processor, Request, one_by_one
from rag_app.llm.sequences import Sequences
from rag_app.llm.state_cache import StateCache
from rag_app.machine import cores, processor
from rag_app.records import Usage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Prompt:
    """What the model reads before it speaks."""

    labels: list[int]
    lasting: int  # how many come before the question, in whole blocks


class Engine:
    """One model, one sequence, one answer at a time; threads take turns in the order they asked. A
    `Generator`.
    """

    def __init__(
        self, path: Path, plan: Plan, *, threads: int = 0, sha256: str = "", states: Path | None = None
    ) -> None:
        """Load. `threads` 0 is the cores that may be used; states are kept on disk in the folder `states`
        when `sha256` names the model. Raises EngineError.
        """
        self.path = path
        self.plan = plan
        self.model = path.stem
        self.context = plan.context
        self.threads = threads = threads or cores()
        self._model = llama.LlamaModel(path, plan, threads)
        self.kv_type = self._model.kv_type
        try:
            cache = f"{plan.context} {plan.kv_type} {plan.step} {self._model.flash}"
            place = f"{plan.gpu_layers} {plan.device} {threads} {processor()}"
            key = f"{sha256} {binding.version()} {cache} {place} {ROW} {TILE}"
            kept_in = states if sha256 else None
            if self._model.has_reader and not trials.remembered(
                self._model.reads_faster, f"{key} reads faster", kept_in
            ):
                self._model.close_reader()
            key += " reader" if self._model.has_reader else ""
            self._vocabulary = self._model.vocabulary
            self._template = ChatTemplate(self._vocabulary.template, self._vocabulary)
            if self._template.fallback:
                log.warning("%s: %s", path.name, self._template.fallback)
            self._joins = self._model.can_drop and trials.remembered(
                lambda: self._model.joins_alike(ROW, TILE), key, kept_in
            )
        except RagError:
            self._model.close()
            raise
        layers = f"{plan.gpu_layers}/{self._model.layers} layers"
        on_cpu = f"CPU, {threads} thread{'s' * (threads != 1)}"
        self.device = f"{plan.device}, {layers}" if plan.gpu_layers else on_cpu
        self.processor = Processor.GPU if plan.gpu_layers else Processor.CPU
        kept = StateCache(f"{key} {self._joins}", kept_in, whole=not self._model.can_drop)
        self._cache = PromptCache(self._model, kept, plan.step if self._joins else 0)
        self._turns = FairLock()
        self._batch: Batch | None = None  # opened when it is first needed
        self._last = threading.local()  # usage of each thread's own last call
        self._closed = False

    @property
    def usage(self) -> Usage:
        """What the last finished call of this thread cost."""
        usage: Usage = getattr(self._last, "usage", Usage())
        return usage

    @property
    def decode_seconds(self) -> float:
        """Seconds spent inside llama.cpp, reading and writing, since it was loaded."""
        return self._model.seconds

    @property
    def waiting(self) -> int:
        """How many callers wait for their turn."""
        return self._turns.waiting

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` as the content of a message; needs no turn."""
        self._check_open()
        return len(self._vocabulary.tokenize(text, special=False))

    def tokens(self, messages: Sequence[Message], prefix: str = "") -> list[int]:
        """The tokens of a prompt, as `stream` reads them."""
        self._check_open()
        return [token for span in self._spans(messages, prefix) for token in span.tokens]

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """As `Generator.stream`. The turn is held until the iterator ends or is closed."""
        stop = stop or threading.Event()
        with self._turns:
            prompt = self._prompt(messages, prefix, max_tokens)
            if not grammar:
                yield from self._answer(prompt, None, max_tokens, stop)
                return
            with closing(self._vocabulary.grammar(grammar)) as rules:
                yield from self._answer(prompt, rules, max_tokens, stop)

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        """As `Generator.stream_batch`. Others have their turn between any two steps."""
        stop = stop or threading.Event()
        tasks = [
            Task(index, tuple(self.tokens(one.messages, one.prefix)), one.grammar, one.max_tokens)
            for index, one in enumerate(requests)
        ]
        batch = self._opened_batch() if len(tasks) > 1 else None
        if batch is None or not all(map(batch.holds, tasks)):
            yield from one_by_one(self, requests, stop)
            return
        self._last.usage = yield from batch.write(tasks, stop)

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        """As `Generator.choose`: the model's probabilities, restricted to the options, multiplied
        along each.

        Options are read only as far as they differ, so that "yes" and "no" cost one prompt and no
        decoding.
        """
        with self._turns:
            spelled = [(*self._vocabulary.tokenize(o, special=False), self._vocabulary.eos) for o in options]
            prompt = self._prompt(messages, prefix, max(map(len, spelled)))
            if len(set(spelled)) < len(spelled):
                raise EngineError("two options are the same", "report this as a bug")
            stop = stop or threading.Event()
            reused = self._cache.read(prompt.labels, prompt.lasting, stop)
            shares = self._shares(prompt, spelled, 0, stop)
            self._last.usage = Usage(len(prompt.labels), reused)
            self._cache.flush()
            return tuple(shares[option] for option in spelled)

    def close(self) -> None:
        """Write unsaved states and give the memory back, after the answers under way."""
        with self._turns:
            if not self._closed:
                self._closed = True
                self._cache.flush()
                if self._batch:
                    self._batch.close()
                self._model.close()

    # --- one answer, in the caller's turn -------------------------------------------------------

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("the language model was closed", "load it again")

    def _opened_batch(self) -> Batch | None:
        """What writes several texts side by side; None where the memory or the kind of model forbids it."""
        with self._turns:
            self._check_open()
            if self._batch is None and self.plan.batch_cells and self._model.can_drop:
                sequences = self._model.sequences(BATCH_TEXTS + 1, self.plan.batch_cells, BATCH_ROWS)
                if sequences is None:
                    log.warning("%s: there is no memory to write texts side by side", self.model)
                    self.plan = replace(self.plan, batch_cells=0)
                else:
                    self._batch = Batch(sequences, self._vocabulary, self._turns, self._opened_reader())
            return self._batch

    def _opened_reader(self) -> Sequences | None:
        """What reads the prompts of a batch one by one; None where rows of prompts fill its steps."""
        if not self._model.has_reader:
            return None
        return self._model.sequences(1, self.plan.batch_cells, self.plan.step, reading=True)

    def _spans(self, messages: Sequence[Message], prefix: str) -> list[Span]:
        """The spans of a prompt. EngineError names the file whose template fails in this conversation."""
        try:
            return self._template.spans(messages, prefix)
        except EngineError as error:
            raise EngineError(f"{self.path.name}: {error.message}", error.hint) from None

    def _prompt(self, messages: Sequence[Message], prefix: str, room: int) -> _Prompt:
        """The prompt; EngineError unless `room` more tokens fit in the context."""
        self._check_open()
        spans = self._spans(messages, prefix)
        labels = (
            prefix_blocks.labels_of(spans, TILE, TILE, ROW)
            if self._joins
            else prefix_blocks.labels_of(spans, self.plan.step)
        )
        if len(labels) + room > self.context:
            raise EngineError(
                f"the prompt has {len(labels)} tokens and the answer may have {room}, "
                f"but the context holds {self.context}",
                "set RAG_CONTEXT higher, or ask about fewer papers",
            )
        asked = len(labels) - (len(spans[-1].tokens) if spans[-1].spoken else 0)
        return _Prompt(labels, prefix_blocks.whole(labels, asked - 1))

    def _answer(
        self, prompt: _Prompt, rules: Grammar | None, max_tokens: int, stop: threading.Event
    ) -> Iterator[str]:
        """Read the prompt, then yield text as soon as whole characters are there."""
        reused = self._cache.read(prompt.labels, prompt.lasting, stop)
        began, count, pending = self._model.seconds, 0, b""
        try:
            for token in self._generate(rules, max_tokens, stop):
                count += 1
                pending += self._vocabulary.piece(token)
                piece, used = codecs.utf_8_decode(pending, "replace", False)
                if piece:
                    yield piece
                pending = pending[used:]
                # After the first token, which need not wait for it.
                if count == 1 and self._model.can_drop:
                    self._cache.save()
        finally:
            seconds = self._model.seconds - began
            speed = (count - 1) / seconds if seconds else 0.0
            self._last.usage = Usage(len(prompt.labels), reused, count, speed)
            self._cache.flush()

    def _generate(self, rules: Grammar | None, max_tokens: int, stop: threading.Event) -> Iterator[int]:
        """The likeliest token, again and again, until the turn ends."""
        if stop.is_set():  # and the prompt was not read to its end
            return
        for left in reversed(range(max_tokens)):
            logits = self._model.logits()
            token = rules.best(logits) if rules else int(logits.argmax())
            if self._vocabulary.ends(token):
                return
            if rules:
                rules.accept(token)
            yield token
            if not left or stop.is_set():
                return
            self._cache.write(token)

    def _shares(
        self, prompt: _Prompt, options: list[tuple[int, ...]], depth: int, stop: threading.Event
    ) -> dict[tuple[int, ...], float]:
        """Probability of each option, given that the answer is one of them and they agree before
        `depth`.

        The logits are those after the agreed tokens, unless `stop` was set before they were read.
        """
        if len(options) == 1 or stop.is_set():
            return dict.fromkeys(options, 1 / len(options))
        tokens = sorted({option[depth] for option in options})
        logits = self._model.logits()[tokens].astype(np.float64)
        weights = np.exp(logits - logits.max())
        shares: dict[tuple[int, ...], float] = {}
        for token, weight in zip(tokens, weights / weights.sum(), strict=True):
            branch = [option for option in options if option[depth] == token]
            if len(branch) > 1:
                said = [~token for token in branch[0][: depth + 1]]
                self._cache.read(prompt.labels + said, prompt.lasting, stop)
            shares |= {o: float(weight) * p for o, p in self._shares(prompt, branch, depth + 1, stop).items()}
        return shares
