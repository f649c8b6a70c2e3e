"""How long a text is in words, in writing with blanks between them and in writing without.

Knows: which letters are written without blanks. Does not know: which words there are (`text.terms`).
"""

from __future__ import annotations

import re

from rag_app.lang.han import UNSPACED

WITHOUT_BLANKS = re.compile(f"[{UNSPACED}]")
LETTERS_OF_A_WORD = 2  # on average, of Japanese and Chinese


def word_count(text: str) -> int:
    """How many words a text has; of Japanese and Chinese, how many it may have."""
    return max(len(text.split()), len(WITHOUT_BLANKS.findall(text)) // LETTERS_OF_A_WORD)
