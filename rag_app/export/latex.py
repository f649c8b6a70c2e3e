"""Text and answers as LaTeX: `[n]` of an answer becomes `\\cite` of the key that BibTeX has.

Knows: what LaTeX takes for markup, and the Markdown that answers are made of.
Does not know: bibliographies. What comes out is a fragment for a document of the reader's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rag_app.export.reference import Reference, line
from rag_app.records import Answer

if TYPE_CHECKING:
    from markdown_it.token import Token

HEAD = "% Cites the keys of the BibTeX export of the same answer. Needs \\usepackage{hyperref}."
_MARKS = re.compile(r"((?:\[\d+\][ ,]*)+)")

# Braces are spelled out: BibTeX counts them even after a backslash.
_LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
    }
    | {"^": r"{\textasciicircum}", "<": r"{\textless}", ">": r"{\textgreater}", "|": r"{\textbar}"}
)

_BLOCKS = {
    "heading_open": "\\paragraph{",
    "heading_close": "}\n\n",
    "paragraph_close": "\n\n",
    "bullet_list_open": "\\begin{itemize}\n",
    "bullet_list_close": "\\end{itemize}\n\n",
    "ordered_list_open": "\\begin{enumerate}\n",
    "ordered_list_close": "\\end{enumerate}\n\n",
    "list_item_open": "\\item ",
    "blockquote_open": "\\begin{quote}\n",
    "blockquote_close": "\\end{quote}\n\n",
    "table_close": "\\end{tabular}\n\n",
    "strong_open": "\\textbf{",
    "strong_close": "}",
    "em_open": "\\emph{",
    "em_close": "}",
    "link_close": "}",
    "softbreak": "\n",
    "hardbreak": "\\\\\n",
}


def escaped(text: str) -> str:
    """Any text as LaTeX that shows it, on one line; hyphens in a row do not become a dash."""
    return line(text).translate(_LATEX).replace("--", "-{}-").replace("--", "-{}-")


def answer(answer: Answer, papers: Sequence[Reference]) -> str:
    """The answer as a LaTeX fragment; `papers` are those it cites, whatever their order."""
    from markdown_it import MarkdownIt

    keys = {paper.paper.arxiv_id: paper.key for paper in papers}
    cited = {citation.n: keys[citation.arxiv_id] for citation in answer.citations}
    tokens = MarkdownIt("commonmark").enable("table").parse(answer.text)
    return f"{HEAD}\n\n{_blocks(tokens, cited).strip()}\n"


def _blocks(tokens: Sequence[Token], cited: Mapping[int, str]) -> str:
    """The tokens of a document, or those inside one of its lines, one after another."""
    return "".join(_token(place, tokens, cited) for place in range(len(tokens)))


def _token(place: int, tokens: Sequence[Token], cited: Mapping[int, str]) -> str:
    token = tokens[place]
    match token.type:
        case "inline":
            return _blocks(token.children or [], cited)
        case "text" | "text_special" | "code_inline" | "code_block" | "fence":
            return _cited(token.content, cited)
        case "link_open":
            return f"\\href{{{_address(str(token.attrs.get('href', '')))}}}{{"
        case "table_open":
            return f"\\begin{{tabular}}{{{'l' * _columns(tokens[place:])}}}\n"
        case "tr_close":
            return " \\\\\n"
        case "th_close" | "td_close":
            return "" if tokens[place + 1].type == "tr_close" else " & "
    return _BLOCKS.get(token.type, "")


def _cited(text: str, cited: Mapping[int, str]) -> str:
    """Escaped text, in which marks of papers that the answer cites become one `\\cite` a run of them."""
    parts = []
    for part in _MARKS.split(text):
        keys = [cited[n] for n in map(int, re.findall(r"\[(\d+)\]", part)) if n in cited]
        if keys and _MARKS.fullmatch(part):
            parts.append(f"\\cite{{{','.join(dict.fromkeys(keys))}}}" + (" " if part.endswith(" ") else ""))
        else:
            begin, end = " " * part.startswith(" "), " " * (part.endswith(" ") and bool(part.strip()))
            parts.append(f"{begin}{escaped(part)}{end}")
    return "".join(parts)


def _address(url: str) -> str:
    """An address inside `\\href`, where LaTeX still reads these as its own."""
    return re.sub(r"([%#&_~\\{}])", lambda found: f"\\{found[0]}" if found[0] in "%#&_" else "", url)


def _columns(tokens: Sequence[Token]) -> int:
    first_row = next((n for n, token in enumerate(tokens) if token.type == "tr_close"), 0)
    return max(1, sum(token.type in {"th_open", "td_open"} for token in tokens[:first_row]))
