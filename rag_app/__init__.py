"""rag-app: offline, cited answers over daily digests of AI papers."""

__version__ = "0.1.0"
