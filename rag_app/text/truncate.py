"""The longest beginning of a text that fits somewhere.

Knows: bisection.
Does not know: what a text must fit into.
"""

from __future__ import annotations

from collections.abc import Callable


def longest(text: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of the text that fits, found by bisection."""
    if fits(text):
        return text
    low, high = 0, len(text)  # text[:low] fits, text[:high] does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(text[:middle]) else (low, middle)
    return text[:low].rstrip()
