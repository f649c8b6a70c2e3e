"""Fitting a model to devices: never over the limit, never leaving a layer's worth unused."""

from __future__ import annotations

import itertools
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag_app.errors import EngineError
from rag_app.llm.gguf_header import Header, read_header
from rag_app.llm.offload import (
    CONTEXT,
    CONTEXT_FLOOR,
    CONTEXT_GRAIN,
    RESERVE,
    Device,
    ModelShape,
    Plan,
    budget,
    device_bytes,
    fit,
    offload_bytes,
    read_shape,
    reader_bytes,
    shape_of,
    step_down,
)
from rag_app.weights.catalog import catalogue

GB = 1_000_000_000


def model(
    name: str,
    size: int,
    *,
    layers: int,
    embedding: int,
    kv: int,
    output: float,
    vocabulary: int = 151_936,
    every: int = 1,
    main_memory: float = 0,
) -> ModelShape:
    """A model of `size` bytes; `output` and `main_memory`, which never goes to a GPU, are shares of
    it.

    `kv` elements of K and V are kept for a token in every `every`th layer.
    """
    out, kept = int(size * output), int(size * main_memory)
    return ModelShape(
        name=name,
        layer_bytes=((size - out - kept) // layers,) * layers,
        kv_elements=tuple(kv if (layer + 1) % every == 0 else 0 for layer in range(layers)),
        output_bytes=out,
        file_bytes=size,
        embedding=embedding,
        vocabulary=vocabulary,
        trained_context=32_768,
    )


# The catalogue's language models: sizes as listed; layers, widths and heads about as their families
# have them.
GEOMETRY: dict[str, dict[str, Any]] = {
    "qwen2.5-coder-1.5b": {"layers": 28, "embedding": 1536, "kv": 512, "output": 0.17},
    "qwen2.5-coder-0.5b": {"layers": 24, "embedding": 896, "kv": 256, "output": 0.29},
    "qwen3.5-2b": {
        "layers": 24,
        "embedding": 2048,
        "kv": 1024,
        "output": 0.3,
        "vocabulary": 248_320,
        "every": 4,
    },
    "qwen3-4b": {"layers": 36, "embedding": 2560, "kv": 2048, "output": 0.13},
    "gemma-4-e4b": {
        "layers": 42,
        "embedding": 2560,
        "kv": 1024,
        "output": 0.11,
        "vocabulary": 262_144,
        "main_memory": 0.4,
    },
    "gemma-4-12b": {"layers": 48, "embedding": 3840, "kv": 4096, "output": 0.11, "vocabulary": 262_144},
}
SHAPES = [model(m.id, m.bytes, **GEOMETRY[m.id]) for m in catalogue() if m.kind == "llm"]
TINY, SMALL, FOUR, TWELVE = (
    next(shape for shape in SHAPES if shape.name == name)
    for name in ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b", "qwen3-4b", "gemma-4-12b")
)
CARDS = [0, 2, 4, 6, 8, 12, 24]
MATRIX = list(itertools.product(SHAPES, CARDS, [0, 4096, 16_384, 32_768]))


def machine(*cards: float, memory: float = 64) -> list[Device]:
    main = Device("CPU", "cpu", int(memory * GB), int(memory * GB))
    gpus = [Device(f"GPU{i}", "gpu", int(size * GB), int(size * GB)) for i, size in enumerate(cards) if size]
    return [main, *gpus]


def used(shape: ModelShape, plan: Plan) -> int:
    return device_bytes(shape, plan.gpu_layers, plan.context, plan.kv_type, plan.step)


@pytest.mark.parametrize(("shape", "card", "context"), MATRIX, ids=lambda v: getattr(v, "name", str(v)))
def test_a_plan_is_never_over_the_limit_and_never_wastes_a_layer(
    shape: ModelShape, card: int, context: int
) -> None:
    devices = machine(card)
    plan = fit(shape, devices, context_wanted=context)
    wanted = context or CONTEXT
    assert used(shape, plan) <= max(card * GB - RESERVE, 0)
    assert min(CONTEXT_FLOOR, wanted) <= plan.context <= wanted
    limit = budget(shape, devices[1:])
    if plan.gpu_layers < shape.layers:
        more = device_bytes(shape, plan.gpu_layers + 1, CONTEXT_FLOOR, "q8_0", 512)
        assert more > limit, "another layer would have fit"
    elif plan.context < wanted:
        longer = device_bytes(shape, plan.gpu_layers, plan.context + CONTEXT_GRAIN, plan.kv_type, plan.step)
        assert longer > limit, "a longer context would have fit"


def test_a_large_card_takes_everything_at_the_context_wanted() -> None:
    plan = fit(SMALL, machine(24), context_wanted=32_768)
    assert (plan.gpu_layers, plan.context, plan.kv_type) == (29, 32_768, "f16")


def test_a_shorter_context_comes_before_a_smaller_cache_and_that_before_fewer_layers() -> None:
    shape = TWELVE
    plans = [fit(shape, machine(size / 10), context_wanted=32_768) for size in range(280, 20, -1)]
    stages = [(p.gpu_layers == shape.layers, p.kv_type == "f16", p.context == 32_768) for p in plans]
    assert [stage for stage, _ in itertools.groupby(stages)] == [
        (True, True, True),
        (True, True, False),
        (True, False, False),
        (False, False, False),
    ]


def test_without_a_card_nothing_is_offloaded() -> None:
    plan = fit(SMALL, machine())
    assert (plan.gpu_layers, plan.context, plan.device) == (0, CONTEXT_FLOOR, "CPU")
    assert fit(SMALL, machine(), context_wanted=16_384).context == 16_384


def test_layers_asked_for_are_an_upper_bound() -> None:
    assert fit(SMALL, machine(24), gpu_layers_wanted=10).gpu_layers == 10
    assert fit(SMALL, machine(24), gpu_layers_wanted=0).gpu_layers == 0
    assert fit(TWELVE, machine(4), gpu_layers_wanted=40).gpu_layers < 40


def test_a_context_beyond_training_is_not_given() -> None:
    assert fit(SMALL, machine(24), context_wanted=1_000_000).context == 32_768


def test_two_cards_count_together_less_one_layer() -> None:
    shape = TWELVE
    one, two = fit(shape, machine(6)), fit(shape, machine(6, 6))
    assert two.gpu_layers > one.gpu_layers
    assert used(shape, two) <= 2 * (6 * GB - RESERVE) - shape.layer_bytes[0]


def test_the_integrated_gpu_is_used_only_without_a_discrete_one() -> None:
    integrated = Device("iGPU", "igpu", 12 * GB, 12 * GB)
    assert fit(SMALL, [*machine(), integrated]).device == "iGPU"
    assert fit(SMALL, [*machine(8), integrated]).device == "GPU0"


def test_short_memory_shortens_the_context() -> None:
    shape = TWELVE
    plan = fit(shape, machine(memory=10), context_wanted=32_768)
    assert CONTEXT_FLOOR < plan.context < 32_768


def test_a_model_larger_than_the_free_memory_stays_in_its_file() -> None:
    plan = fit(SMALL, [Device("CPU", "cpu", SMALL.file_bytes // 2, 100 * GB)])
    assert plan.mapped and plan.context == CONTEXT_FLOOR and "larger than the free memory" in plan.reason
    assert not fit(SMALL, machine()).mapped


def test_prompts_are_read_with_the_file_s_weights_only_where_there_is_memory_for_both_layouts() -> None:
    ample = fit(SMALL, machine(memory=20))
    assert ample.reader
    one_layout = SMALL.file_bytes + reader_bytes(SMALL, ample.context, ample.batch_cells) // 2
    scarce = fit(SMALL, [Device("CPU", "cpu", one_layout, 100 * GB)])
    assert not scarce.reader
    assert not fit(SMALL, machine(8)).reader, "a GPU lays nothing out anew"
    stepped = step_down(replace(ample, context=2 * CONTEXT_FLOOR), SMALL)
    assert stepped and not stepped.reader


def test_a_model_is_chosen_for_the_memory_of_the_devices_that_are_used() -> None:
    devices = [Device("CPU", "cpu", 9, 9), Device("A", "gpu", 4, 4), Device("B", "igpu", 8, 8)]
    assert [offload_bytes(devices, layers) for layers in (-1, 10, 0)] == [4, 4, 0]


def test_a_model_larger_than_the_machine_is_refused_with_numbers() -> None:
    with pytest.raises(EngineError, match=r"gemma-4-12b needs 7\.\d GB of memory; this machine has 4\.0 GB"):
        fit(TWELVE, machine(memory=4))


def test_stepping_down_ends_at_the_cpu_with_the_floor_context() -> None:
    plan: Plan | None = Plan(29, 16_384, "q8_0", 512, "GPU0")
    seen = []
    while plan is not None:
        seen.append((plan.gpu_layers, plan.context))
        plan = step_down(plan, SMALL)
    assert seen == [
        (29, 16_384),
        (22, 16_384),
        (15, 16_384),
        (8, 16_384),
        (1, 16_384),
        (0, 16_384),
        (0, 8192),
        (0, 4096),
    ]


# --- the file ------------------------------------------------------------------------------------


def header(metadata: dict[str, int | tuple[int, ...]]) -> Header:
    base: dict[str, int | tuple[int, ...]] = {
        "block_count": 2,
        "embedding_length": 64,
        "attention.head_count": 4,
        "context_length": 2048,
    }
    return Header(
        {
            "general.architecture": "toy",
            **{f"toy.{name}": value for name, value in (base | metadata).items()},
        },
        {
            "token_embd.weight": 1000,
            "output_norm.weight": 10,
            "blk.0.attn_k.weight": 70,
            "blk.0.ffn_up.weight": 30,
            "blk.1.ssm_in.weight": 40,
        },
    )


def test_a_tied_embedding_counts_as_output_too_and_a_recurrent_layer_has_no_cache() -> None:
    shape = shape_of(header({"attention.head_count_kv": 2}), "toy")
    assert (shape.output_bytes, shape.layer_bytes, shape.kv_elements) == (1010, (100, 40), (2 * 32, 0))


def test_a_windowed_layer_has_heads_of_its_own_length_and_the_last_layers_share_a_cache() -> None:
    lengths = {
        f"attention.{name}_length{kind}": n
        for name in ("key", "value")
        for kind, n in (("", 64), ("_swa", 32))
    }
    found = header({"attention.head_count_kv": 1, "attention.sliding_window_pattern": (1, 0), **lengths})
    attends = Header(found.metadata, {**found.tensor_bytes, "blk.1.attn_k.weight": 1})
    assert shape_of(attends, "toy").kv_elements == (64, 128)
    shared = Header({**attends.metadata, "toy.attention.shared_kv_layers": 1}, attends.tensor_bytes)
    assert shape_of(shared, "toy").kv_elements == (64, 0)


def test_what_is_neither_layer_nor_output_stays_in_main_memory_and_a_tied_embedding_counts_once_there() -> (
    None
):
    plain = header({})
    extra = Header(plain.metadata, {**plain.tensor_bytes, "per_layer_token_embd.weight": 5000})
    assert (shape_of(plain, "toy").file_bytes, shape_of(extra, "toy").file_bytes) == (1150, 6150)
    assert shape_of(extra, "toy").output_bytes == shape_of(plain, "toy").output_bytes


def test_heads_may_differ_by_layer() -> None:
    shape = shape_of(header({"attention.head_count_kv": (1, 2), "attention.key_length": 10}), "toy")
    assert shape.kv_elements == (26, 0)


def gguf(path: Path, payload: int) -> Path:
    """A GGUF file with one string, one vocabulary of two, one number and one tensor of `payload` bytes."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    pairs = [
        text("general.architecture") + struct.pack("<I", 8) + text("toy"),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b"),
        text("toy.block_count") + struct.pack("<II", 4, 7),
    ]
    tensor = text("output.weight") + struct.pack("<IQIQ", 1, 8, 0, 0)
    data = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs) + tensor
    path.write_bytes(data + b"\0" * (-len(data) % 32) + b"\0" * payload)
    return path


def test_a_header_gives_metadata_and_tensor_sizes(tmp_path: Path) -> None:
    found = read_header(gguf(tmp_path / "toy.gguf", 32))
    assert found.metadata == {"general.architecture": "toy", "tokenizer.ggml.tokens": 2, "toy.block_count": 7}
    assert found.tensor_bytes == {"output.weight": 32}


def test_a_truncated_or_foreign_file_is_refused(tmp_path: Path) -> None:
    path = gguf(tmp_path / "toy.gguf", 32)
    whole = path.read_bytes()
    for length in (5, 30, 100):
        path.write_bytes(whole[:length])
        with pytest.raises(EngineError, match=r"toy\.gguf is not a whole GGUF file"):
            read_header(path)
    path.write_bytes(b"ELF!" + whole)
    with pytest.raises(EngineError, match="not a whole GGUF"):
        read_header(path)
    with pytest.raises(EngineError, match=r"absent\.gguf cannot be read"):
        read_header(tmp_path / "absent.gguf")


@pytest.mark.model
def test_the_default_model_is_read_as_its_package_reads_it() -> None:
    path = Path(__file__).parents[2] / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"
    if not path.exists():
        pytest.skip("weights are absent")
    from gguf import GGUFReader

    reader = GGUFReader(path)
    sizes = {tensor.name: int(tensor.n_bytes) for tensor in reader.tensors}
    found = read_header(path).tensor_bytes
    assert found.keys() == sizes.keys()
    assert all(0 <= found[name] - size < 32 for name, size in sizes.items())
    assert read_shape(path).layers == 25
