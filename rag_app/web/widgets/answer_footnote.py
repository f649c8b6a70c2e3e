"""The line below an answer: what was assumed, what was scanned, how long it took.

Knows: which of these an answer has. Does not know: how they were counted.
"""

from __future__ import annotations

from rag_app.records import Answer, Intent
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state.answer_jobs import AnswerProgress


def answer_footnote(progress: AnswerProgress, answer: Answer, words: Words) -> str:
    """What was assumed, what was scanned, and what it took."""
    from rag_app.answer import glosses

    notes = progress.query.notes if progress.query else ()
    facts = [words["scanned"].format(scanned=f"{answer.scanned:,}")] if answer.scanned else []
    if answer.matched:
        facts.append(words["matched"].format(matched=f"{answer.matched:,}"))
    if answer.borderline:
        facts.append(words["borderline"].format(borderline=f"{answer.borderline:,}"))
    facts.append(words["took"].format(seconds=f"{answer.seconds:.1f}"))
    written = answer.usage.generated_tokens or glosses.translated(answer)
    if not answer.refused and not written:
        facts.append(
            words["counted" if answer.intent in {Intent.METADATA, Intent.TREND} else "no_model_used"]
        )
    assumed = [f"{words['assumed']}: {escape_markdown('; '.join(notes))}"] if notes else []
    return " · ".join(assumed + facts)
