"""What the model is told for an answer in English, and which characters it may write."""

from __future__ import annotations

from rag_app.lang.language import Prompts

PROMPTS = Prompts(
    ask="Answer in English in {length}. Keep names and figures exactly as written.",
    lengths={
        "answer": "one to three short sentences",
        "compare": "one or two short sentences for each paper, on a line of its own",
        "search": "one or two sentences: choose the paper that fits and say what it does, without its title",
    },
    opening="This paper",
    # no Hangul, kana or ideographs
    characters=r"[^\n\[\]<>\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3]",
    translator="You translate sentences about AI papers into English, completely and exactly. "
    "Keep names, terms and figures.",
    translate="Translate into English:",
    question_translator="You translate questions about AI papers into English. Translate what they ask, do not answer.",
    translate_question="Translate into one English sentence:",
    shortener="Shorten the sentence about a paper to what the paper offers, as a noun phrase of at most twelve words, "
    "in the words of the sentence.",
    shortened=(
        (
            "TideNet introduces a method that predicts river floods from radar images with a small graph network, "
            "which greatly reduces cost.",
            "a small graph network that predicts river floods from radar images",
        ),
        (
            "In this study we examine how well nurses understand the advice of medical chatbots.",
            "a study of how well nurses understand the advice of medical chatbots",
        ),
    ),
)
