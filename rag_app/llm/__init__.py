"""One language model: an engine in this process, in a child process, or on the user's server.

Open `protocol` first (what the rest of the app asks of a model), then `engine` (prompt in, text
out). `llama` is the border to llama.cpp, `prefix_blocks` and `state_cache` are why a prompt is not
read twice, `offload` chooses what goes to the GPU, `process` and `worker` are the child process,
`remote` is the user's server.
"""
