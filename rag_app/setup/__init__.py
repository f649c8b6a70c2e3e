"""Makes the environment before anything is installed: standard library and `rag_app.errors` only.

Open `__main__` first: `python -m rag_app.setup` is what `make setup` runs. `toolchain` knows what the
machine can build, `stamp` what is done, and `vulkan_source` changes llama.cpp's source where old Vulkan
headers need it.
"""
