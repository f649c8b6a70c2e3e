"""What this installation has, holds and connects to.

Open `doctor` first: it makes the findings of `rag-app check`. `connections` observes the network,
`disk_usage` measures the parts of RAG_HOME.
"""
