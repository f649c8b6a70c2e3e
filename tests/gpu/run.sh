#!/usr/bin/env bash
# Measures a GPU in one command, in under eight minutes, also where nothing can be fetched:
#   tests/gpu/run.sh --pack      here, with a network: what the build needs into tests/gpu/kit (under 60 MiB)
#   tests/gpu/run.sh             there: builds llama.cpp for CUDA and prints the table
#   tests/gpu/run.sh --dry-run   the same on the software Vulkan device; so it is without an NVIDIA GPU
set -euo pipefail
cd "$(dirname "$0")/../.."

kit=$PWD/tests/gpu/kit
python=.venv/bin/python
[[ -x $python ]] || python=python3
export PYTHONPATH=$PWD RAG_HOME RAG_OFFLINE=1
if [[ ${1:-} == --pack ]]; then
  exec "$python" -m tests.gpu.kit "$kit"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RAG_HOME=$work/home
if [[ -d $kit ]]; then
  export PIP_NO_INDEX=1 PIP_FIND_LINKS=$kit
  "$python" -m venv "$work/venv"
  python=$work/venv/bin/python
  "$python" -m pip install --quiet --requirement "$kit/requirements.txt"
fi

gpu=cuda quick=() size=()
if [[ ${1:-} == --dry-run ]] || ! nvidia-smi -L 2>/dev/null | grep -q "^GPU "; then
  gpu=vulkan quick=(--quick) size=(small)
  export GGML_VK_VISIBLE_DEVICES=0 # llama.cpp passes over software devices unless one is named
  echo "no figures of a GPU: the software Vulkan device" >&2
fi
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}

"$python" -m tests.helpers.offload_build "$gpu" >"$work/site"
PYTHONPATH=$(cat "$work/site"):$PYTHONPATH
export RAG_MODEL=${RAG_MODEL:-$work/random.gguf}
[[ -e $RAG_MODEL ]] || "$python" -m tests.gpu.random_model "$RAG_MODEL" "${size[@]}"
"$python" -m rag_app bench gpu "${quick[@]}"
