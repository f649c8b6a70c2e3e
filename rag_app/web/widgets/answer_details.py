"""How an answer came about: what was understood and retrieved and why, how long it took, its prompts.

Knows: which numbers interest whom. Does not know: how they were measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.collection.bm25 import LexicalIndex, document
from rag_app.records import Answer, Hit, Paper, Query
from rag_app.text.cleaning import escape_markdown
from rag_app.text.terms import terms_of
from rag_app.web.i18n.text import Words, device, reason
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.widgets.evidence_cards import CARDS
from rag_app.web.widgets.token_speed import token_speed

if TYPE_CHECKING:
    from rag_app.collection.library import Library

PROMPT_HEIGHT = 260  # pixels; longer ones scroll


def answer_details(progress: AnswerProgress, answer: Answer, words: Words, library: Library) -> None:
    if progress.query:
        st.markdown("  \n".join(_understood(progress.query, words)))
    st.markdown("  \n".join(cost(answer, words)))
    if progress.evidence and progress.query:
        _retrieved(progress.evidence.hits[:CARDS], progress.query, words, library)
    st.markdown(f"**{words['prompt']}**")
    for prompt in progress.prompts:
        st.code(prompt, language=None, wrap_lines=True, height=PROMPT_HEIGHT)
    if not progress.prompts:
        st.caption(words["prompt_none"])


def _retrieved(hits: Sequence[Hit], query: Query, words: Words, library: Library) -> None:
    st.markdown(f"**{words['retrieved']}**")
    rows = [
        {
            words["column_title"]: hit.paper.title,
            words["column_why"]: ", ".join(reason(words, why) for why in hit.why),
            words["column_score"]: round(hit.score, 2),
            words["column_terms"]: ", ".join(shared_terms(query, hit.paper, library.lexical)),
        }
        for hit in hits
    ]
    narrow = st.column_config.TextColumn(words["column_title"], width="medium")
    st.dataframe(rows, hide_index=True, column_config={words["column_title"]: narrow})
    st.caption(words["score_help"])


def shared_terms(query: Query, paper: Paper, lexical: LexicalIndex) -> list[str]:
    """Terms of the question, or their translations, that the paper holds; the rarest first."""
    text = document(paper).casefold()
    held = set(terms_of([text])[0])
    shared = [term for term in lexical.query_terms(query.standalone) if term in held]
    return sorted(shared, key=lexical.rarity, reverse=True)


def _understood(query: Query, words: Words) -> list[str]:
    lines = [f"**{words['intent']}** {words[f'intent_{query.intent}']}"]
    if query.names:
        lines.append(f"**{words['named']}** {escape_markdown(', '.join(query.names))}")
    if query.topic:
        lines.append(f"**{words['topic']}** {escape_markdown(query.topic)}")
    return lines


def cost(answer: Answer, words: Words) -> list[str]:
    seconds = [(words["time_evidence"], answer.evidence_seconds), (words["time_all"], answer.seconds)]
    if answer.first_token_seconds is not None:
        seconds.insert(1, (words["time_first"], answer.first_token_seconds))
    lines = [f"**{name}** {words['took'].format(seconds=f'{value:.2f}')}" for name, value in seconds]
    usage = answer.usage
    if usage.generated_tokens:
        counts = words["tokens"].format(
            prompt=usage.prompt_tokens, reused=usage.reused_tokens, generated=usage.generated_tokens
        )
        lines.append(
            f"**{words['model']}** {escape_markdown(answer.model)}, {escape_markdown(device(words, answer.device))}"
        )
        lines.append(f"**{words['tokens_title']}** {counts}, {token_speed(usage, words, decimals=1)}")
    if answer.left_out:
        lines.append(f"**{words['left_out_title']}** {words['left_out'].format(n=answer.left_out)}")
    return lines
