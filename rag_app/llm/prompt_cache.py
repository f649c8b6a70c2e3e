"""What the engine's sequence holds of prompts: read, reused, saved and restored.

Knows: that only whole blocks are reused, and which saved state is worth restoring.
Does not know: texts, grammars, turns of many threads; which tokens make a block (`llm.prefix_blocks`),
where states are kept (`llm.state_cache`).
"""

from __future__ import annotations

import threading
from contextlib import suppress

from rag_app.llm import prefix_blocks
from rag_app.llm.llama import LlamaModel
from rag_app.llm.state_cache import SavedState, StateCache

_WORTH_TOKENS = 64  # that a saved state must spare to be restored, or to be saved


class PromptCache:
    """The labels of the tokens that a model's sequence holds. Not thread-safe."""

    def __init__(self, model: LlamaModel, states: StateCache, step: int) -> None:
        """Blocks are read together up to `step` tokens; 0 reads each alone."""
        self._model = model
        self._states = states
        self._step = step
        self.labels: list[int] = []

    def write(self, token: int) -> None:
        """Append a token that the model said. Raises EngineError; then nothing is held."""
        held, self.labels = self.labels, []
        self._model.write(token)
        self.labels = held
        self.labels.append(~token)

    def flush(self) -> None:
        """Write unsaved states to the disk."""
        self._states.flush()

    def read(self, labels: list[int], lasting: int, stop: threading.Event) -> int:
        """Bring the cache to exactly these labels and return how many it held already; `lasting` of them
        come before the question, in whole blocks.

        The logits after the last token are ready then, unless `stop` was set on the way.
        """
        reused = self._reuse(labels)
        # A state that cannot be cut serves only prompts that begin with all of it, so it must not
        # hold the question.
        if not self._model.can_drop and self._append(labels, lasting, stop):
            self.save()
        self._append(labels, len(labels), stop)
        return reused

    def _append(self, labels: list[int], end: int, stop: threading.Event) -> bool:
        """Read the labels before `end` that the cache does not hold yet; False if `stop` was set
        before all were.
        """
        for batch in prefix_blocks.batches(labels[len(self.labels) : end], self._step):
            if not self._decode(batch, stop, logits=len(self.labels) + len(batch) == len(labels)):
                return False
        return True

    def _decode(self, batch: list[int], stop: threading.Event, *, logits: bool) -> bool:
        """Append one batch of labels; False, and nothing of it, if `stop` is set before its end."""
        start = len(self.labels)
        if stop.is_set():
            return False
        held, self.labels = self.labels, []  # of a model that fails nothing is known
        decoded = self._model.decode(prefix_blocks.tokens_of(batch), start, logits=logits, stop=stop)
        self.labels = held
        if decoded:
            self.labels += batch
            return True
        del self.labels[start if self._model.keep(start) else 0 :]
        return False

    def _reuse(self, labels: list[int]) -> int:
        """Keep, or restore, the longest useful beginning of these labels; the last block is always
        read again.
        """
        wanted = labels[:-1]
        saved = self._states.find(wanted)
        if saved and prefix_blocks.whole(wanted, saved[1]) >= self._usable(wanted) + _WORTH_TOKENS:
            self._restore(saved[0])
        usable = self._usable(wanted)
        kept = usable if self._model.keep(usable) else 0
        del self.labels[kept:]
        return kept

    def _usable(self, wanted: list[int]) -> int:
        """How many of these labels the cache holds, in whole blocks."""
        count = prefix_blocks.whole(wanted, prefix_blocks.shared(self.labels, wanted))
        return count if self._model.can_drop or count == len(self.labels) else 0

    def _restore(self, state: SavedState) -> None:
        """Replace the cache by a saved state; a file that cannot be read changes nothing."""
        data = self._states.read(state)
        if data is None:
            return
        restored = self._model.restore(data)
        self.labels = state.tokens.tolist() if restored else []
        if not restored:
            self._states.forget(state)

    def save(self) -> None:
        """Save the cache if no saved state comes near; where there is no memory for it, go on without."""
        found = self._states.find(self.labels)
        if len(self.labels) - (found[1] if found else 0) >= _WORTH_TOKENS:
            with suppress(MemoryError):
                self._states.add(self.labels, self._model.save())
