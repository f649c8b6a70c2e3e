"""The line below an answer: what was assumed, what was scanned, how long it took.

Knows: which of these an answer has. Does not know: how they were counted.
"""

from __future__ import annotations

from dataclasses import replace

from rag_app.records import Answer, Intent
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state.answer_jobs import AnswerProgress


def answer_footnote(progress: AnswerProgress, answer: Answer, words: Words) -> str:
    """What was assumed, what was scanned, and what it took; nothing of an answer that rests on no papers."""
    from rag_app.answer import glosses

    notes = progress.query.notes if progress.query else ()
    if answer.intent in {Intent.CHAT, Intent.OFF}:
        return ""
    facts = [words["scanned"].format(scanned=f"{answer.scanned:,}")] if answer.scanned else []
    if answer.matched:
        facts.append(words["matched"].format(matched=f"{answer.matched:,}"))
    if answer.borderline:
        facts.append(words["borderline"].format(borderline=f"{answer.borderline:,}"))
    facts.append(words["took"].format(seconds=f"{answer.seconds:.1f}"))
    written = answer.usage.generated_tokens or glosses.translated(_prose(answer))
    if not answer.refused and not written:
        facts.append(
            words["counted" if answer.intent in {Intent.METADATA, Intent.TREND} else "no_model_used"]
        )
    assumed = [f"{words['assumed']}: {escape_markdown('; '.join(notes))}"] if notes else []
    return " · ".join(assumed + facts)


def _prose(answer: Answer) -> Answer:
    """The answer as it reads without the titles of a list, which stand behind what leads it."""
    if answer.intent is not Intent.LIST:
        return answer
    leading = answer.sentences[: max(len(answer.sentences) - len(answer.citations), 0)]
    return replace(answer, intent=Intent.LOOKUP, sentences=leading)
