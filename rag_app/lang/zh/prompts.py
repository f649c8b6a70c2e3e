"""What the model is told for an answer in Chinese, and which characters it may write."""

from __future__ import annotations

from rag_app.lang.language import Prompts

PROMPTS = Prompts(
    ask="用中文{length}回答。名称和数字照原文写。",
    lengths={
        "answer": "以一两个短句",
        "compare": "每篇论文一行、一两句",
        "search": "选出最合适的一篇论文,不写标题,用一两句话说它做什么,来",
    },
    opening="该论文",
    characters=r"[^\n\[\]<>\u3040-\u30ff\u3130-\u318f\uac00-\ud7a3]",  # no kana, no Hangul
    translator="你把关于AI论文的句子完整、准确地翻译成中文。名称、术语和数字保持原样。",
    translate="翻译成中文:",
    question_translator="You translate questions about AI papers into Chinese. "
    "Keep names and English technical terms in parentheses after the Chinese term.",
    translate_question="Translate into one Chinese sentence:",
)
