"""llama.cpp's source, made to compile with the Vulkan headers that distributions ship.

Knows: the one statement that headers before 1.3.272 (Debian 12 has 1.3.239) cannot compile. It
fills in settings of the validation layer, which release builds leave out.
Does not know: how the source is fetched or built.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from rag_app.errors import SetUpError

SOURCE = Path("vendor/llama.cpp/ggml/src/ggml-vulkan/ggml-vulkan.cpp")
SETTINGS = "    std::vector<vk::LayerSettingEXT> settings = {"
SETTINGS_END = "    vk::LayerSettingsCreateInfoEXT layer_setting_info(settings);\n"
INSTANCE = ", layers, extensions, &layer_setting_info);"


def unpacked(archive: Path) -> Path:
    """The patched source of llama-cpp-python, unpacked beside its archive. Raises SetUpError."""
    folder = archive.parent / "source"
    shutil.unpack_archive(archive, folder)
    (source,) = folder.iterdir()
    vulkan = source / SOURCE
    vulkan.write_text(without_layer_settings(vulkan.read_text(encoding="utf-8")), encoding="utf-8")
    return source


def without_layer_settings(source: str) -> str:
    """ggml-vulkan.cpp without that statement. Raises SetUpError where it is not found."""
    head, found, rest = source.partition(SETTINGS)
    _, also_found, tail = rest.partition(SETTINGS_END)
    if not (found and also_found and INSTANCE in tail):
        raise SetUpError(
            f"{SOURCE.name} is not the one that this version knows", "use the pinned llama-cpp-python"
        )
    return head + tail.replace(INSTANCE, ", layers, extensions);", 1)
