"""Formulas of titles and questions as people type them: "$k$-means" -> "k-means", "$\\tau$" -> "tau".

Knows: the marks, groups and commands of TeX, and the names of Greek letters. A price keeps its dollar.
Does not know: what a title is. What is shown and cited stays as it was written: these functions return
copies, raise nothing and run in time linear in the length of the text.
"""

from __future__ import annotations

import re

# As Pandoc reads dollars: no blank inside the marks and no digit behind the last, so "$5 to $10" is none.
# Source: https://pandoc.org/MANUAL.html#extension-tex_math_dollars
_FORMULA = re.compile(
    r"\$\$?(?=[^\s$])([^$\n]{1,200})(?<=\S)\$\$?(?!\d)|\\\(([^\n]{1,200}?)\\\)|\\\[([^\n]{1,200}?)\\\]"
)
_STYLE = r"\\(?:(?:text|math|operatorname|boldsymbol|ensuremath)[a-z]*|emph|bm|mbox|bf|it|rm|sc|sf|tt|cal)"
_STYLED = re.compile(rf"{_STYLE}\s?\{{([^{{}}]{{0,200}})\}}")
_NESTED = 3  # styles within each other: "\textbf{\textsc{X}}"
_SWITCH = re.compile(rf"{_STYLE}(?![A-Za-z])\s?|\\[,;:! ]")
_COMMAND = re.compile(r"\\(?:var(?=[a-z]))?([A-Za-z]+)")
_UNTYPED = str.maketrans("", "", "{}_")

_LETTERS = "αβγδεζηθικλμνξοπρσςτυφχψω×"
_NAMES = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon
phi chi psi omega x
"""
SPELLED = str.maketrans(dict(zip(_LETTERS, _NAMES.split(), strict=True)))  # small letters by their names


def typed(text: str) -> str:
    """The text with its formulas in the letters of a keyboard; an exponent keeps its "^"."""
    if "\\" in text:
        for _ in range(_NESTED):
            text = _STYLED.sub(r"\1", text)
    if "$" in text or "\\" in text:
        text = _FORMULA.sub(lambda formula: _letters(next(filter(None, formula.groups()), "")), text)
    return text


def _letters(formula: str) -> str:
    return _COMMAND.sub(r"\1", _SWITCH.sub("", formula)).translate(_UNTYPED)
