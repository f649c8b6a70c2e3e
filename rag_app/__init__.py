"""rag-app: offline, cited answers over daily digests of AI papers."""

from rag_app import runtime

__version__ = "0.1.0"

runtime.share_the_processor()
