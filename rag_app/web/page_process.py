"""The process of the page: Streamlit's own command, with an end that is quiet and soon.

Knows: what an interrupt does to it. Does not know: what is served, or with which flags (`server`).

Streamlit's server ends with the signal that ended it, of which its command line makes "Aborted!" and a
failure; a second press of Ctrl-C then fell into the end of the interpreter.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType


def main(arguments: Sequence[str]) -> None:
    """Run Streamlit's command until it is interrupted; raises SystemExit."""
    signal.signal(signal.SIGINT, _end)
    from streamlit.web import cli

    cli.main(list(arguments), prog_name="streamlit")


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave at once: the server has shut down by itself before it passes the signal on, or has not begun.

    Answers under way are not waited for, and the engine ends with its input. Files are written so that a
    kill leaves the old one or the new. To raise something would only be told of as a failure, since it would
    pass through the server's event loop.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or never there
            stream.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
