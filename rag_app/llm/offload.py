"""How much of a model goes to the GPU, and the context and number type of its KV cache.

Knows: how many bytes a model's layers, cache and working memory take.
Does not know: how to load one; devices are given to it.

llama.cpp counts the output matrix as one more layer and offloads it first, then the last layers;
the input embedding stays in main memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag_app.errors import EngineError
from rag_app.llm.gguf_header import Header, read_header

MIB = 1 << 20
CONTEXT = 8192  # tokens on a GPU, when nothing is asked for
# Below this the evidence of one question does not fit; enough on a CPU, whose prompts are short.
CONTEXT_FLOOR = 4096
CONTEXT_GRAIN = 256  # llama.cpp pads the cache to multiples of this
RESERVE = 384 * MIB  # per device: driver, display, allocator
KV_BYTES = {"f16": 2.0, "q8_0": 34 / 32}  # per element; a q8_0 block is 32 bytes and a 16-bit scale
# Tokens decoded at once while reading the prompt; a stop takes effect within one (`LlamaModel.decode`).
STEP = 512
# Texts written side by side (`llm.batch`): how many, the rows of a step, the tokens of their cache.
BATCH_TEXTS = 16
BATCH_ROWS = 64
BATCH_CELLS = 4096


@dataclass(frozen=True, slots=True)
class Device:
    """A place for tensors, as ggml names it; `kind` is cpu, gpu, igpu (shares the main memory) or accel."""

    name: str
    kind: str
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What fitting must know of a model; the two per-layer tuples are in layer order."""

    name: str
    layer_bytes: tuple[int, ...]  # weights
    kv_elements: tuple[int, ...]  # elements of K and V for one token; 0 for a recurrent layer
    output_bytes: int  # output matrix; the embedding again, when they are tied
    file_bytes: int  # all weights, each once
    embedding: int
    vocabulary: int
    trained_context: int

    @property
    def layers(self) -> int:
        """Layers as llama.cpp counts them for offloading: the blocks and the output."""
        return len(self.layer_bytes) + 1


@dataclass(frozen=True, slots=True)
class Plan:
    """How to load a model, and why so."""

    gpu_layers: int
    context: int  # tokens
    kv_type: str = "f16"  # or q8_0, which needs flash attention
    step: int = STEP  # tokens of one prefill step
    device: str = "CPU"  # of the offloaded layers
    reason: str = ""
    batch_cells: int = 0  # tokens of texts written side by side; 0 where there is no room for any
    # On a CPU: the file is read again wherever memory is short, and may be held twice.
    mapped: bool = False
    # On a CPU: there is memory for the weights as the file has them too, which may read prompts faster.
    reader: bool = False


def read_shape(path: Path) -> ModelShape:
    """The shape of the model in a GGUF file; EngineError if it is not one."""
    return shape_of(read_header(path), path.stem)


def shape_of(header: Header, name: str) -> ModelShape:
    """The shape that a header describes; EngineError if it describes no language model."""
    blocks, embedding = _number(header, "block_count"), _number(header, "embedding_length")
    if not blocks or not embedding:
        raise EngineError(f"{name} is not a language model", "choose another: rag-app models list")
    sizes, kept = _block_sizes(header.tensor_bytes, blocks)
    tied = (
        header.tensor_bytes.get("token_embd.weight", 0) if "output.weight" not in header.tensor_bytes else 0
    )
    outputs = sum(size for tensor, size in header.tensor_bytes.items() if tensor.startswith("output"))
    return ModelShape(
        name=name,
        layer_bytes=sizes,
        kv_elements=_kv_elements(header, embedding, kept),
        output_bytes=outputs + tied,
        file_bytes=sum(header.tensor_bytes.values()),
        embedding=embedding,
        vocabulary=int(header.metadata.get("tokenizer.ggml.tokens", 0)),  # type: ignore[arg-type]  # the array's length
        trained_context=_number(header, "context_length", CONTEXT),
    )


def _number(header: Header, key: str, default: int = 0) -> int:
    """A number of the model; the largest, where each layer has its own."""
    value = header.of_model(key, default)
    return int(max(value) if isinstance(value, tuple) else value)


def _kv_elements(header: Header, embedding: int, kept: list[bool]) -> tuple[int, ...]:
    """Elements of K and V that one token takes in each layer; `kept` says which layers are not
    recurrent.

    Layers with a sliding window may have heads of another length, and the last layers may share the
    cache of earlier ones (Gemma). The window itself saves nothing: the cache is kept whole, so that
    a prompt's start can be reused.
    """
    blocks, heads = len(kept), _number(header, "attention.head_count")
    key = _number(header, "attention.key_length", embedding // max(heads, 1))
    value = _number(header, "attention.value_length", embedding // max(heads, 1))
    windowed = _number(header, "attention.key_length_swa", key) + _number(
        header, "attention.value_length_swa", value
    )
    pattern = header.of_model("attention.sliding_window_pattern")
    windows = pattern if isinstance(pattern, tuple) else (False,) * blocks
    count = header.of_model("attention.head_count_kv", heads)
    counts = count if isinstance(count, tuple) else (int(count),) * blocks
    own = blocks - _number(header, "attention.shared_kv_layers")
    return tuple(
        int(number) * (windowed if window else key + value) * (keeps and layer < own)
        for layer, (number, window, keeps) in enumerate(zip(counts, windows, kept, strict=False))
    )


def _block_sizes(tensor_bytes: dict[str, int], blocks: int) -> tuple[tuple[int, ...], list[bool]]:
    """Bytes of each block, and whether it keeps keys and values (recurrent blocks have a fixed
    state instead).
    """
    sizes, attends, recurs = [0] * blocks, [False] * blocks, [False] * blocks
    for tensor, size in tensor_bytes.items():
        match = re.match(r"blk\.(\d+)\.(\w+)", tensor)
        if match and int(match[1]) < blocks:
            layer = int(match[1])
            sizes[layer] += size
            attends[layer] |= match[2] == "attn_k"
            recurs[layer] |= match[2].startswith("ssm_")
    return tuple(sizes), [attends[layer] or not recurs[layer] for layer in range(blocks)]


def device_bytes(shape: ModelShape, gpu_layers: int, context: int, kv_type: str, step: int) -> int:
    """Bytes that `gpu_layers` take on the GPU: weights, cache, and working memory of one step."""
    if gpu_layers == 0:
        return 0
    blocks = min(gpu_layers - 1, len(shape.layer_bytes))
    first = len(shape.layer_bytes) - blocks
    cache = sum(shape.kv_elements[first:]) * context * KV_BYTES[kv_type]
    return shape.output_bytes + sum(shape.layer_bytes[first:]) + int(cache) + work_bytes(shape, context, step)


def work_bytes(shape: ModelShape, context: int, step: int) -> int:
    """An upper estimate of llama.cpp's compute buffer: 32-bit logits of one token; for each token
    of a step, 24 activations as wide as the embedding and one mask as long as the context.
    """
    return 4 * (shape.vocabulary + step * (24 * shape.embedding + context))


def batch_bytes(shape: ModelShape, layers: int, cells: int, kv_type: str) -> int:
    """Bytes that texts written side by side take: the cache of the last `layers` blocks, logits, and
    working memory.
    """
    cache = sum(shape.kv_elements[len(shape.kv_elements) - layers :]) * cells * KV_BYTES[kv_type]
    logits = 4 * shape.vocabulary * BATCH_TEXTS
    return int(cache) + logits + work_bytes(shape, cells, BATCH_ROWS)


def reader_bytes(shape: ModelShape, context: int, cells: int) -> int:
    """Bytes that reading with the weights as the file has them takes beside those laid out anew: the file,
    which is mapped, and two caches with their working memory.
    """
    cache = sum(shape.kv_elements) * (context + cells) * KV_BYTES["f16"]
    return shape.file_bytes + int(cache) + work_bytes(shape, context, STEP) + work_bytes(shape, cells, STEP)


def _batch_cells(shape: ModelShape, layers: int, kv_type: str, left: int) -> int:
    """The most cells for texts written side by side that `left` bytes hold; 0 for fewer than a quarter
    of what is wished for.
    """
    wishes = range(BATCH_CELLS, BATCH_CELLS // 4 - 1, -CONTEXT_GRAIN)
    return next((cells for cells in wishes if batch_bytes(shape, layers, cells, kv_type) <= left), 0)


def budget(shape: ModelShape, gpus: Sequence[Device], reserve: int = RESERVE) -> int:
    """Bytes that may be used on these GPUs together; each boundary between two may waste one layer."""
    usable = sum(max(gpu.free_bytes - reserve, 0) for gpu in gpus)
    return max(usable - (len(gpus) - 1) * max(shape.layer_bytes), 0) if gpus else 0


def offload_targets(devices: Sequence[Device]) -> list[Device]:
    """The devices llama.cpp offloads to: discrete GPUs, or else the integrated one."""
    discrete = [device for device in devices if device.kind == "gpu"]
    return discrete or [device for device in devices if device.kind == "igpu"][:1]


def offload_bytes(devices: Sequence[Device], gpu_layers_wanted: int) -> int:
    """Free memory that a model may be chosen for, in bytes; 0 where nothing is to be offloaded."""
    return sum(device.free_bytes for device in offload_targets(devices)) if gpu_layers_wanted else 0


def fit(
    shape: ModelShape,
    devices: Sequence[Device],
    *,
    context_wanted: int = 0,
    gpu_layers_wanted: int = -1,
    reserve: int = RESERVE,
) -> Plan:
    """The best plan within the devices' free memory.

    In this order: everything on the GPU; a shorter context (not under CONTEXT_FLOOR); the cache in
    q8_0; fewer layers. Texts are written side by side in the memory that is left. `context_wanted` 0
    is CONTEXT, on a CPU CONTEXT_FLOOR, since an unused cache takes memory too; `gpu_layers_wanted` -1
    is as many as fit, other values are an upper bound.
    Raises EngineError when the model is larger than the machine.
    """
    context = min(context_wanted or CONTEXT, shape.trained_context)
    gpus = offload_targets(devices)
    most = shape.layers if gpu_layers_wanted < 0 else min(gpu_layers_wanted, shape.layers)
    limit = budget(shape, gpus, reserve)
    if not gpus or most == 0 or device_bytes(shape, 1, min(context, CONTEXT_FLOOR), "q8_0", STEP) > limit:
        return _fit_cpu(shape, devices, min(context, context_wanted or CONTEXT_FLOOR), reserve)
    plan = _fit_gpu(shape, gpus, most, context, limit)
    left = limit - device_bytes(shape, plan.gpu_layers, plan.context, plan.kv_type, plan.step)
    blocks = min(plan.gpu_layers - 1, len(shape.layer_bytes))
    return replace(plan, batch_cells=_batch_cells(shape, blocks, plan.kv_type, left))


def _fit_gpu(shape: ModelShape, gpus: Sequence[Device], most: int, context: int, limit: int) -> Plan:
    """The best plan with at most `most` layers, at least one, within `limit` bytes."""
    name = " + ".join(gpu.name for gpu in gpus)
    for kv_type in KV_BYTES:
        fitting = _longest_context(shape, most, context, kv_type, limit)
        if fitting:
            reason = (
                "fits"
                if (fitting, kv_type) == (context, "f16")
                else f"context {fitting}, {kv_type} cache to fit"
            )
            return Plan(most, fitting, kv_type, device=name, reason=reason)
    floor = min(context, CONTEXT_FLOOR)
    layers = max(n for n in range(1, most) if device_bytes(shape, n, floor, "q8_0", STEP) <= limit)
    reason = f"{layers} of {shape.layers} layers fit in {limit / 1e9:.1f} GB"
    return Plan(layers, floor, "q8_0", device=name, reason=reason)


def _longest_context(shape: ModelShape, layers: int, wanted: int, kv_type: str, limit: int) -> int:
    """The longest context up to the one wanted at which these layers fit; 0 if none does."""
    floor = min(wanted, CONTEXT_FLOOR)
    contexts = [wanted, *range(wanted // CONTEXT_GRAIN * CONTEXT_GRAIN, floor - 1, -CONTEXT_GRAIN)]
    return next((c for c in contexts if device_bytes(shape, layers, c, kv_type, STEP) <= limit), 0)


def _fit_cpu(shape: ModelShape, devices: Sequence[Device], context: int, reserve: int) -> Plan:
    memory = [device for device in devices if device.kind == "cpu"]
    plan = Plan(0, context, reason="no GPU memory to use")
    if not memory:
        return plan
    if shape.file_bytes > memory[0].total_bytes:
        needed, there = shape.file_bytes / 1e9, memory[0].total_bytes / 1e9
        raise EngineError(
            f"{shape.name} needs {needed:.1f} GB of memory; this machine has {there:.1f} GB",
            "choose a smaller model: rag-app models list",
        )
    room = memory[0].free_bytes - shape.file_bytes - work_bytes(shape, context, STEP) - reserve
    if room < 0:
        reason = "larger than the free memory: its file is read again and again"
        return replace(plan, context=min(context, CONTEXT_FLOOR), mapped=True, reason=reason)
    token = sum(shape.kv_elements) * KV_BYTES["f16"]
    longest = int(room / max(token, 1)) // CONTEXT_GRAIN * CONTEXT_GRAIN
    if longest >= context:
        left = room - int(token * context)
        cells = _batch_cells(shape, len(shape.kv_elements), "f16", left)
        if cells:
            left -= batch_bytes(shape, len(shape.kv_elements), cells, "f16")
        reader = left >= reader_bytes(shape, context, cells)
        return replace(plan, batch_cells=cells, reader=reader)
    context = max(longest, min(context, CONTEXT_FLOOR))
    return replace(plan, context=context, reason=f"context {context} to fit in memory")


def step_down(plan: Plan, shape: ModelShape) -> Plan | None:
    """The next plan to try when loading failed: fewer layers, then the CPU, then a shorter context;
    None at the end. It leaves no room for texts side by side, nor for a second layout of the weights.
    """
    plan = replace(plan, batch_cells=0, reader=False)
    if plan.gpu_layers:
        layers = max(plan.gpu_layers - max(shape.layers // 4, 1), 0)
        return replace(
            plan,
            gpu_layers=layers,
            device=plan.device if layers else "CPU",
            reason=f"{plan.gpu_layers} layers failed to load",
        )
    if plan.context > CONTEXT_FLOOR:
        context = max(plan.context // 2, CONTEXT_FLOOR)
        return replace(plan, context=context, reason=f"a context of {plan.context} failed to load")
    return None
