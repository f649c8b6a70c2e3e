"""Contrastive training of an embedding model on batches of pairs, stopped and resumed at will.

Knows: the loss, the optimizer, what is frozen, and the checkpoint.
Does not know: where pairs and models come from, or whether the result is any better.

No dropout: no pair is seen twice, and on a CPU drawing its random numbers takes a fifth of a step.
Attention is the plain product: the fused one takes twice as long backwards on a CPU.

Loss: InfoNCE with the other passages of the batch as negatives (van den Oord et al. 2018,
arXiv:1807.03748; Henderson et al. 2017, arXiv:1705.00652).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from rag_app import files
from rag_app.embedding.pairs import Batch

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Parameters = Mapping[str, "torch.nn.Parameter"]

# Highest learning rate. Of 5,487 papers 225 steps find .71 of those held out at 3e-5 (450 steps: .76), .77 at
# 1e-4, .78 at 2e-4 and .75 at 4e-4 (recall@10; .51 before); 112 steps at 3e-4 find .73.
RATE = 2e-4
WARM_UP = 0.1  # share of the steps
SCALE = 20.0  # of the cosine: 1 / temperature
QUERY_TOKENS, PASSAGE_TOKENS = 48, 128  # prefix included; longer texts lose their end
SAVE_EVERY = 25  # steps: what a killed run loses at most
MOMENTS = ("exp_avg", "exp_avg_sq")  # as torch names those of AdamW


def train(
    model: SentenceTransformer,
    batches: Sequence[Batch],
    *,
    checkpoint: Checkpoint,
    progress: Callable[[int, int], None],
    stop: Event,
) -> list[float]:
    """Train `model` in place, a step for each batch, from the checkpoint's step on; return the loss
    of each step done.

    `progress` takes steps done and steps in all, and may raise to end the run: once `stop` is set,
    the step before is already in the checkpoint. A resumed run ends with the weights of one that
    was never interrupted.
    """
    import torch

    trained = thaw(model)
    optimizer = torch.optim.AdamW(trained.values(), lr=RATE)
    start = checkpoint.restore(trained, optimizer)
    losses = []
    model.eval()  # no dropout, see the module
    for step in range(start, len(batches)):
        optimizer.param_groups[0]["lr"] = rate(step, len(batches))
        loss = _loss(model, batches[step])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        done = step + 1
        if done % SAVE_EVERY == 0 or done == len(batches) or stop.is_set():
            checkpoint.save(done, trained, optimizer)
        progress(done, len(batches))
    return losses


def rate(step: int, steps: int) -> float:
    """Learning rate of a step: linear warm-up, then linear decay."""
    warm_up = max(1, round(WARM_UP * steps))
    return RATE * min((step + 1) / warm_up, (steps - step) / max(1, steps - warm_up))


def thaw(model: SentenceTransformer) -> Parameters:
    """Freeze the embeddings and the lowest third of the layers; return the parameters that are
    trained, by name.

    What is frozen costs no backward pass and keeps the words that the collection does not use.
    """
    import torch

    encoder = model.transformers_model
    depth = encoder.config.num_hidden_layers
    layers = next(m for m in encoder.modules() if isinstance(m, torch.nn.ModuleList) and len(m) == depth)
    lowest = next(layers[depth // 3].parameters())
    trained = False
    for parameter in encoder.parameters():  # in the order of the forward pass
        trained = trained or parameter is lowest
        parameter.requires_grad = trained
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def _loss(model: SentenceTransformer, batch: Batch) -> torch.Tensor:
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    prompts = model.prompts
    with _autocast(model.device), sdpa_kernel(SDPBackend.MATH):
        queries = _vectors(model, [p.query for p in batch], prompts.get("query"), QUERY_TOKENS)
        passage_prompt = prompts.get("passage") or prompts.get("document")
        passages = _vectors(model, [p.passage for p in batch], passage_prompt, PASSAGE_TOKENS)
    return torch.nn.functional.cross_entropy(
        SCALE * queries @ passages.T, torch.arange(len(batch), device=queries.device)
    )


def _vectors(model: SentenceTransformer, texts: list[str], prompt: str | None, tokens: int) -> torch.Tensor:
    """(n, d) vectors of unit length, with their gradient."""
    import torch

    features = model.preprocess(texts, prompt=prompt, max_length=tokens)
    features = {
        name: x.to(model.device) if isinstance(x, torch.Tensor) else x for name, x in features.items()
    }
    return torch.nn.functional.normalize(model(features)["sentence_embedding"].float(), dim=-1)


def _autocast(device: torch.device) -> AbstractContextManager[None]:
    """bfloat16 where the device multiplies it itself; elsewhere it is slower than float32."""
    import torch

    if device.type == "cpu":
        able = torch.cpu.get_capabilities()
        fast = bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    else:
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported()
    context: AbstractContextManager[None] = torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast)
    return context


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run is kept: one safetensors file of weights and AdamW moments, with the run and the
    step as metadata.
    """

    file: Path
    # All that decides the run; a checkpoint of another run counts as none.
    run: Mapping[str, object]

    def save(self, step: int, trained: Parameters, optimizer: torch.optim.Optimizer) -> None:
        """Replace the file in one move. Raises OSError or SafetensorError."""
        from safetensors.torch import save_file

        tensors = {name: parameter.detach() for name, parameter in trained.items()}
        for name, parameter in trained.items():
            state = optimizer.state[parameter]
            tensors |= {f"{name}:{moment}": state[moment] for moment in MOMENTS if moment in state}
        files.private_folder(self.file.parent)
        draft = self.file.with_suffix(".part")
        save_file(tensors, draft, metadata={"run": self._key(), "step": str(step)})
        files.flush(draft)
        draft.replace(self.file)

    def restore(self, trained: Parameters, optimizer: torch.optim.Optimizer) -> int:
        """Put weights and moments back and return the number of steps done; 0 when there is nothing
        of this run.
        """
        import torch
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.file, framework="pt") as stored:
                notes = stored.metadata() or {}
                if notes.get("run") != self._key():
                    return 0
                tensors: dict[str, Any] = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        except (OSError, SafetensorError):
            return 0
        step = int(notes["step"])
        for name, parameter in trained.items():
            parameter.data.copy_(tensors[name])
            moments = {
                m: tensors[f"{name}:{m}"].to(parameter.device) for m in MOMENTS if f"{name}:{m}" in tensors
            }
            if moments:  # a parameter without a gradient has none
                optimizer.state[parameter] = {"step": torch.tensor(float(step)), **moments}
        return step

    def _key(self) -> str:
        return json.dumps(dict(self.run), sort_keys=True)
