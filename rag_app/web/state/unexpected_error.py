"""Any exception as an error of ours, so that a thread always ends with something a page can show.

Knows: what the page says of it, and that its traceback goes to the log. Does not know: streamlit.
"""

from __future__ import annotations

import logging

from rag_app.errors import RagError

log = logging.getLogger(__name__)


def as_rag_error(error: Exception) -> RagError:
    """The error itself if it is ours; otherwise its name for the page and its traceback for the log."""
    if isinstance(error, RagError):
        return error
    log.error("unexpected error", exc_info=error)
    return RagError(
        f"unexpected error: {type(error).__name__}", "the terminal that runs the app shows the details"
    )
