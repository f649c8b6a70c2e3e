"""The devices of this machine as the engine sees them, asked in a process of its own.

Knows: that looking at a GPU takes memory on it for as long as the looking process lives, so that a
page which stays open must not look itself. Run as a module, it prints the devices as JSON.
Does not know: what devices are for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from rag_app.errors import EngineError
from rag_app.llm.offload import Device
from rag_app.shipped import SHIPPED


def devices() -> tuple[Device, ...]:
    """The devices of `binding.devices`. Raises EngineError where llama.cpp cannot be loaded."""
    command = [sys.executable, "-m", "rag_app.llm.devices"]
    done = subprocess.run(command, cwd=SHIPPED, check=False, capture_output=True, text=True)
    try:
        return tuple(Device(**device) for device in json.loads(done.stdout))
    except (ValueError, TypeError):
        raise EngineError("the devices of this machine cannot be listed", "run: rag-app check") from None


def main() -> None:
    from rag_app.llm import binding

    print(json.dumps([asdict(device) for device in binding.devices()]))


if __name__ == "__main__":
    main()
