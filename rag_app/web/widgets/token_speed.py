"""The token speed of answers: how it is written, and that of the latest answer.

Knows: where the latest speed is found. Does not know: where on the page it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag_app.records import Usage
from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations

if TYPE_CHECKING:
    from rag_app.collection.library import Library


def token_speed(usage: Usage, words: Words, decimals: int = 0) -> str:
    """Tokens a second, with their unit."""
    return words["speed"].format(speed=f"{usage.tokens_per_second:.{decimals}f}")


def last_token_speed(library: Library, words: Words) -> str:
    """That of this tab's latest answer that the model wrote; empty without one."""
    for job in reversed(conversations.current(library)):
        if (answer := job.progress.answer) and answer.usage.generated_tokens:
            return token_speed(answer.usage, words) if answer.usage.tokens_per_second >= 1 else ""
    return ""
