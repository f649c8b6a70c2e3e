"""llama.cpp as Python sees it: its low-level functions, the devices it finds, and what it complains of.

Knows: llama-cpp-python, which nothing else imports. Its high-level class is avoided: it detokenises
everything at each streamed token, applies a grammar to the whole vocabulary each time, and swallows unknown
arguments.
Does not know: models (`llm.weights`, `llm.llama`), or which device is used (`llm.offload`).
"""

from __future__ import annotations

import ctypes
import functools
from collections import deque
from typing import Any

from rag_app import machine
from rag_app.llm.offload import Device

_DEVICE_KINDS = ("cpu", "gpu", "igpu", "accel")  # enum ggml_backend_dev_type
_ERROR = 4  # enum ggml_log_level


@functools.cache
def library() -> Any:
    """The low-level module, quiet; its last error line is `complaint`."""
    import llama_cpp.llama_cpp as api

    api.llama_log_set(_log_callback(api), None)
    api.llama_backend_init()
    return api


_complaints: deque[str] = deque(maxlen=8)


@functools.cache
def _log_callback(api: Any) -> Any:
    """The callback, kept alive by the cache."""

    def keep_errors(level: int, text: bytes, _: object) -> None:
        if level == _ERROR:
            _complaints.append(text.decode(errors="replace").strip())

    return api.llama_log_callback(keep_errors)


def version() -> str:
    """Version of the binding, which pins the version of llama.cpp."""
    import llama_cpp

    return str(llama_cpp.__version__)


@functools.cache
def lays_out_safely() -> bool:
    """Whether weights may be laid out anew. Built for a CPU with AMX, llama.cpp lays them out for that, and
    crashes when it reads a prompt with them (https://github.com/ggml-org/llama.cpp/issues/20824).
    """
    return b"AMX_INT8 = 1" not in library().llama_print_system_info()


def devices() -> list[Device]:
    """The devices this build of ggml sees, with their memory now."""
    library()
    ggml = _ggml()
    found = []
    for index in range(ggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(ggml.ggml_backend_dev_get(ctypes.c_size_t(index)))
        kind = _DEVICE_KINDS[min(ggml.ggml_backend_dev_type(device), len(_DEVICE_KINDS) - 1)]
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        name = (
            (ggml.ggml_backend_dev_description(device) or b"unknown device").decode(errors="replace").strip()
        )
        memory = (free.value, total.value)
        if kind == "cpu":
            memory = (machine.free_memory(), machine.total_memory())
        found.append(Device(name, kind, *memory))
    return found


@functools.cache
def _ggml() -> Any:
    """ggml's own functions, which the binding ships but does not declare."""
    from llama_cpp import _ctypes_extensions, _ggml

    found = _ggml.libggml
    base = _ctypes_extensions.load_shared_library("ggml-base", _ggml.libggml_base_path)

    class Functions:
        ggml_backend_dev_count = found.ggml_backend_dev_count
        ggml_backend_dev_get = found.ggml_backend_dev_get
        ggml_backend_dev_type = base.ggml_backend_dev_type
        ggml_backend_dev_memory = base.ggml_backend_dev_memory
        ggml_backend_dev_description = base.ggml_backend_dev_description

    Functions.ggml_backend_dev_count.restype = ctypes.c_size_t
    Functions.ggml_backend_dev_get.restype = ctypes.c_void_p
    Functions.ggml_backend_dev_description.restype = ctypes.c_char_p
    return Functions


def complaint() -> str:
    """The last error line of llama.cpp since `forget_complaints`."""
    return _complaints[-1] if _complaints else "no reason given"


def forget_complaints() -> None:
    """What is complained of from here on belongs to what is done next."""
    _complaints.clear()
