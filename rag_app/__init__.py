"""rag-app: offline, cited answers over daily digests of AI papers."""

import os

__version__ = "0.1.0"

# Threads of llama.cpp and torch that wait for each other soon sleep, instead of spinning for many
# milliseconds: two processes that use every core came to a standstill (two engines on two cores: no
# token in a minute; like this, 15 a second each). Alone both are as fast as before. GNU's libgomp
# reads it when it is loaded, so it is set before.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
