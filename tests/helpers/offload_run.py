"""One short answer with RAG_GPU_LAYERS layers offloaded, and what llama.cpp says it put where, as
one line of JSON.

Run by `test_offload.py` in a process of its own, because a process can load only one build of
llama.cpp.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict

from rag_app.llm import binding, loading
from rag_app.llm.offload import device_bytes, fit, offload_bytes, read_shape
from rag_app.settings import Settings
from rag_app.weights.choice import choose_llm

QUESTION = "Write the numbers from one to eight as English words, separated by commas."
BUFFER = re.compile(r"Vulkan0 .*buffer size = +([\d.]+) MiB")  # of weights, cache or computation


def main() -> None:
    settings = Settings.from_environment()
    api, lines = binding.library(), list[str]()
    listener = api.llama_log_callback(lambda level, text, _: lines.append(text.decode(errors="replace")))
    api.llama_log_set(listener, None)
    devices = binding.devices()
    shape = read_shape(choose_llm(settings, vram_bytes=offload_bytes(devices, settings.gpu_layers)))
    plan = fit(shape, devices, context_wanted=settings.context, gpu_layers_wanted=settings.gpu_layers)
    engine = loading.load(settings)
    report = {
        "text": "".join(engine.stream([{"role": "user", "content": QUESTION}], max_tokens=16)),
        "devices": [asdict(device) for device in devices],
        "engine": engine.device,
        "layers": engine.plan.gpu_layers,
        "planned_layers": plan.gpu_layers,
        "planned_bytes": device_bytes(shape, plan.gpu_layers, plan.context, plan.kv_type, plan.step),
        "device_bytes": sum(float(match[1]) * 2**20 for match in map(BUFFER.search, lines) if match),
        "offloaded": next((line.strip() for line in lines if "offloaded" in line), ""),
    }
    engine.close()
    print(json.dumps(report))


if __name__ == "__main__":
    main()
