"""Places in a text: blanked, or widened by what belongs to them.

Knows: offsets, and the particles that languages write to a word. Does not know: what stands at a place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.lang import alternatives, other_scripts

ENDING = re.compile(rf"(?:{alternatives(lambda one: one.endings)})(?![A-Za-z{other_scripts()}])")


def masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spans blanked; offsets stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def after_ending(text: str, at: int) -> int:
    """Where the particle or the "'s" ends that follows a name at `at`; `at` if there is none."""
    ending = ENDING.match(text, at)
    return ending.end() if ending else at
