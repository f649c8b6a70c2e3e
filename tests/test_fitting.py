"""Fitting a model to devices: never over the limit, never leaving a layer's worth unused."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path

import pytest

from rag_app.errors import EngineError
from rag_app.fitting import (
    CONTEXT,
    CONTEXT_FLOOR,
    CONTEXT_GRAIN,
    MIB,
    RESERVE,
    Device,
    ModelShape,
    Plan,
    budget,
    device_bytes,
    fit,
    read_shape,
    shape_of,
    step_down,
)
from rag_app.gguf_header import Header, read_header

GB = 1_000_000_000


def model(name: str, *, layers: int, layer_mb: int, kv_heads: int, output_mb: int, embedding: int) -> ModelShape:
    return ModelShape(
        name=name,
        layer_bytes=(layer_mb * MIB,) * layers,
        kv_elements=(2 * 128 * kv_heads,) * layers,
        output_bytes=output_mb * MIB,
        input_bytes=output_mb * MIB,
        embedding=embedding,
        vocabulary=152_000,
        trained_context=32_768,
    )


SHAPES = [
    model("0.5B", layers=24, layer_mb=14, kv_heads=1, output_mb=140, embedding=896),
    model("1.5B", layers=28, layer_mb=28, kv_heads=2, output_mb=180, embedding=1536),
    model("4B", layers=36, layer_mb=57, kv_heads=8, output_mb=300, embedding=2560),
    model("8B", layers=36, layer_mb=120, kv_heads=8, output_mb=480, embedding=4096),
    model("14B", layers=48, layer_mb=165, kv_heads=8, output_mb=600, embedding=5120),
]
CARDS = [0, 2, 4, 6, 8, 12, 24]
MATRIX = list(itertools.product(SHAPES, CARDS, [0, 4096, 16_384, 32_768]))


def machine(*cards: float, memory: float = 64) -> list[Device]:
    main = Device("CPU", "cpu", int(memory * GB), int(memory * GB))
    gpus = [Device(f"GPU{i}", "gpu", int(size * GB), int(size * GB)) for i, size in enumerate(cards) if size]
    return [main, *gpus]


def used(shape: ModelShape, plan: Plan) -> int:
    return device_bytes(shape, plan.gpu_layers, plan.context, plan.kv_type, plan.step)


@pytest.mark.parametrize(("shape", "card", "context"), MATRIX, ids=lambda v: getattr(v, "name", str(v)))
def test_a_plan_is_never_over_the_limit_and_never_wastes_a_layer(shape: ModelShape, card: int, context: int) -> None:
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
    plan = fit(SHAPES[1], machine(24), context_wanted=32_768)
    assert (plan.gpu_layers, plan.context, plan.kv_type) == (29, 32_768, "f16")


def test_a_shorter_context_comes_before_a_smaller_cache_and_that_before_fewer_layers() -> None:
    shape = SHAPES[3]
    plans = [fit(shape, machine(size / 10), context_wanted=32_768) for size in range(120, 20, -1)]
    stages = [(p.gpu_layers == shape.layers, p.kv_type == "f16", p.context == 32_768) for p in plans]
    assert [stage for stage, _ in itertools.groupby(stages)] == [
        (True, True, True),
        (True, True, False),
        (True, False, False),
        (False, False, False),
    ]


def test_without_a_card_nothing_is_offloaded() -> None:
    plan = fit(SHAPES[1], machine())
    assert (plan.gpu_layers, plan.context, plan.device) == (0, CONTEXT, "CPU")


def test_layers_asked_for_are_an_upper_bound() -> None:
    assert fit(SHAPES[1], machine(24), gpu_layers_wanted=10).gpu_layers == 10
    assert fit(SHAPES[1], machine(24), gpu_layers_wanted=0).gpu_layers == 0
    assert fit(SHAPES[4], machine(4), gpu_layers_wanted=40).gpu_layers < 40


def test_a_context_beyond_training_is_not_given() -> None:
    assert fit(SHAPES[1], machine(24), context_wanted=1_000_000).context == 32_768


def test_a_larger_model_reads_in_smaller_steps_on_the_cpu() -> None:
    assert fit(SHAPES[1], machine()).step == 128
    assert fit(SHAPES[3], machine()).step == 64


def test_two_cards_count_together_less_one_layer() -> None:
    shape = SHAPES[4]
    one, two = fit(shape, machine(6)), fit(shape, machine(6, 6))
    assert two.gpu_layers > one.gpu_layers
    assert used(shape, two) <= 2 * (6 * GB - RESERVE) - shape.layer_bytes[0]


def test_the_integrated_gpu_is_used_only_without_a_discrete_one() -> None:
    integrated = Device("iGPU", "igpu", 12 * GB, 12 * GB)
    assert fit(SHAPES[1], [*machine(), integrated]).device == "iGPU"
    assert fit(SHAPES[1], [*machine(8), integrated]).device == "GPU0"


def test_short_memory_shortens_the_context() -> None:
    shape = SHAPES[3]
    plan = fit(shape, machine(memory=7.5), context_wanted=32_768)
    assert CONTEXT_FLOOR < plan.context < 32_768


def test_a_model_larger_than_the_machine_is_refused_with_numbers() -> None:
    with pytest.raises(EngineError, match=r"14B needs 9\.\d GB of memory; this machine has 4\.0 GB"):
        fit(SHAPES[4], machine(memory=4))


def test_stepping_down_ends_at_the_cpu_with_the_floor_context() -> None:
    plan: Plan | None = Plan(29, 16_384, "q8_0", 512, "GPU0")
    seen = []
    while plan is not None:
        seen.append((plan.gpu_layers, plan.context))
        plan = step_down(plan, SHAPES[1])
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
        {"general.architecture": "toy", **{f"toy.{name}": value for name, value in (base | metadata).items()}},
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
    path = Path(__file__).parent.parent / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"
    if not path.exists():
        pytest.skip("weights are absent")
    from gguf import GGUFReader

    reader = GGUFReader(path)
    sizes = {tensor.name: int(tensor.n_bytes) for tensor in reader.tensors}
    found = read_header(path).tensor_bytes
    assert found.keys() == sizes.keys()
    assert all(0 <= found[name] - size < 32 for name, size in sizes.items())
    assert read_shape(path).layers == 25
