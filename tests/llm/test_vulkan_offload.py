"""Offload for real, if slowly: the smallest model on a software Vulkan device, with all, some and
none of its layers.

The first run builds llama.cpp with Vulkan (12 minutes on two cores); `offload_build.py` says where
it is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag_app.weights.catalog import find
from tests.helpers import offload_build
from tests.helpers.checkout import CHECKOUT

MODEL = "qwen2.5-coder-0.5b"
LAYERS = 25  # of the model: 24 blocks and the output
# llama.cpp passes over software devices unless one is named
VISIBLE = {"GGML_VK_VISIBLE_DEVICES": "0"}
RUN = str(CHECKOUT / "tests" / "helpers" / "offload_run.py")


@pytest.fixture(scope="module")
def vulkan() -> dict[str, str]:
    """The environment in which rag-app runs on the Vulkan build."""
    if not (CHECKOUT / "models" / find(MODEL).name).is_file():
        pytest.skip(f"no {MODEL} in models/")
    if lacking := offload_build.missing():
        pytest.skip(lacking)
    return {**VISIBLE, "PYTHONPATH": os.pathsep.join([str(offload_build.built()), str(CHECKOUT)])}


def output(command: list[str], home: Path, **variables: str) -> str:
    environment = {**os.environ, "RAG_HOME": str(home), "RAG_MODEL": MODEL, **variables}
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=CHECKOUT, capture_output=True, check=False
    )
    assert done.stdout, done.stderr.decode()  # a check of an empty home exits with 1
    return done.stdout.decode()


@pytest.fixture(scope="module")
def text_on_cpu(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The answer of the checkout's own build."""
    report = json.loads(output([RUN], tmp_path_factory.mktemp("cpu"), RAG_GPU_LAYERS="0"))
    return str(report["text"])


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "layers"), [("auto", LAYERS), ("12", 12), ("0", 0)], ids=["all", "some", "none"]
)
def test_layers_run_on_a_vulkan_device_and_the_text_is_the_same(
    wanted: str, layers: int, vulkan: dict[str, str], text_on_cpu: str, tmp_path: Path
) -> None:
    report: dict[str, Any] = json.loads(output([RUN], tmp_path, RAG_GPU_LAYERS=wanted, **vulkan))
    (device,) = [device for device in report["devices"] if device["kind"] == "gpu"]
    assert "llvmpipe" in device["name"]
    assert 0 < device["free_bytes"] <= device["total_bytes"]
    assert report["layers"] == report["planned_layers"] == layers
    assert report["offloaded"].endswith(f"offloaded {layers}/{LAYERS} layers to GPU")
    assert report["engine"].startswith(device["name"] if layers else "CPU")
    assert report["device_bytes"] <= report["planned_bytes"] <= device["free_bytes"]
    assert report["text"] == text_on_cpu


@pytest.mark.model
@pytest.mark.slow
def test_the_check_shows_the_device_its_memory_and_the_fit(vulkan: dict[str, str], tmp_path: Path) -> None:
    lines = output(["-m", "rag_app", "check"], tmp_path, **vulkan).splitlines()
    (device,) = [line for line in lines if "llvmpipe" in line and "device:" in line]
    assert device.endswith("MiB free")
    (fit,) = [line for line in lines if "fit:" in line]
    assert f"{LAYERS} of {LAYERS} layers on llvmpipe" in fit
