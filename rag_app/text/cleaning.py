"""Untrusted digest text -> plain text for embedding and prompt, and escaped text for display.

Knows: Markdown, HTML, the chat templates of language models, and invisible characters. The verbatim
text is never changed: these functions return copies.
Does not know: papers and sections.

Every function takes any text, raises nothing and runs in time linear in its length: patterns that
look for a closing mark never look past the next opening one, or are possessive.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

# Markup may hide markup ("&lt;b>", "<|im_<b>end|>"), so cleaning repeats until nothing changes.
# Honest text settles in two or three rounds; what has not settled after this many is an attack, and
# loses its marks altogether.
ROUNDS = 8

# A Python list of strings, or a mapping of one string to another, which some digests hold instead of
# sentences; group 2 is empty if it never closes.
_STRING = r"""(?:'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")"""
_ENTRY = rf"(?:{_STRING}\s*+:\s*+)?+{_STRING}"
LITERAL = re.compile(rf"[\[{{]\s*+({_ENTRY}(?:\s*+,\s*+{_ENTRY})*+)\s*+([\]}}]?)")
LITERAL_STRING = re.compile(_STRING)
_KEY = re.compile(r"\s*+:")

# A link's destination holds no blanks, and parentheses only in pairs
# (https://spec.commonmark.org/0.31.2/#links).
_TARGET = r"""\(\s*+(?:[^\s()]|\([^\s()]*+\))*+(?:\s++(?:"[^"\n]*+"|'[^'\n]*+'))?+\s*+\)"""
IMAGE = re.compile(rf"!\[[^\[\]\n]*+\]{_TARGET}")
LINK = re.compile(rf"\[([^\[\]]*+)\]{_TARGET}")

# Special tokens of the Llama, Qwen, Mistral, Gemma, DeepSeek and Phi chat templates.
_TEMPLATE = re.compile(
    r"<[|｜][^<>|｜\n]*+[|｜]>|</?(?:s|bos|eos|pad|unk|mask|(?:start|end)_of_turn|think|tool_call|tool_response)>"
    r"|<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<0x[0-9A-F]{2}>",
    re.IGNORECASE,
)

_ELEMENTS = (
    "abbr|address|article|aside|audio|base|bdi|bdo|big|blockquote|body|br|button|canvas|caption|center|cite|code|col|"
    "colgroup|data|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|"
    "frameset|h[1-6]|head|header|hr|html|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|math|meta|nav|"
    "noscript|object|ol|option|param|picture|pre|samp|script|section|select|small|source|span|strike|strong|style|"
    "sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|ul|var|video|wbr"
)
# One letter and a blank are a tag only with an attribute: "<a href=x>", but "a <b and c> d" is maths.
_TAG = re.compile(
    rf"</?(?:[abipqsu](?:\s*+/?>|\s[^<>=]*+=[^<>]*+>)|(?:{_ELEMENTS})(?:[\s/][^<>]*+)?>)", re.IGNORECASE
)
# "<proposer>", "<MASK>": names the text talks about
_UNKNOWN_TAG = re.compile(r"</?([A-Za-z][\w.:-]*+)\s*+/?>")
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]*+)>", re.IGNORECASE)
_COMMENT = (re.compile(r"<!--"), re.compile(r"-->"))
_SCRIPT = (re.compile(r"<script\b[^<>]*+>", re.IGNORECASE), re.compile(r"</script\s*+>", re.IGNORECASE))
_STYLE = (re.compile(r"<style\b[^<>]*+>", re.IGNORECASE), re.compile(r"</style\s*+>", re.IGNORECASE))

_DEFINITION = re.compile(
    r"^ {0,3}\[[^\[\]\n]++\]: *+<?(?:https?://|mailto:|www\.|[./#])\S*+"
    r"""(?: ++(?:"[^"\n]*+"|'[^'\n]*+'|\([^)\n]*+\)))? *+$""",
    re.MULTILINE,
)
_LINE_MARKS = re.compile(
    r"^ *+(?:(?:[-*+•▪·>]|#{1,6}) ++)++|^ *+(?:[-*_] ?+){3,}+$|^ *+(?:`{3,}|~{3,})\w*+$", re.M
)
# A mark opens before text and closes after it; a lone "*", or "_" inside a word, is itself.
_EMPHASIS = (
    re.compile(r"(\*{2,3})(?=[^\s*])([^*]++)(?<=\S)\1"),
    re.compile(r"(?<![\w*])(\*)(?=[^\s*])([^*\n]++)(?<=\S)\1(?![\w*])"),
    re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])((?:[^_\n]|(?<=[^\W_])_(?=[^\W_]))++)(?<=\S)\1(?!\w)"),
    re.compile(r"(~~)(?=[^\s~])([^~]++)(?<=\S)\1"),
)
_ESCAPED = re.compile(r"\\(?=[%$&#_*\[\]<>~])")

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[\n ]*")
# Printable to Python, invisible to people: fillers, grapheme joiner, variation selectors,
# blank Braille cell.
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MARKS_IN_A_ROW = re.compile(r"([^\w\s!-~]{64})")  # no honest letter carries 64 combining marks
# Addresses, e-mails, names of emoji and icons, and what Streamlit turns into arrows and signs.
_FOUND_AFTER_PARSING = re.compile(
    r":(?=//|[\w+-]++:|material/)|www(?=\.)|(?<=[\w.+-])(?=@[\w-]++\.\w)"
    r"|(?<!\S)(?:<(?=->?(?!\S))|-(?=[->](?!\S))|[<>~](?==(?!\S)))",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[<>&\[\]*_`~|\\#]")
_ECHO = re.compile(r"(?<![\w-])([\w-]{1,40}(?: [\w-]{1,40}){0,5}) ?\(\1\)", re.IGNORECASE)


def clean(text: str) -> str:
    """Plain NFC text: no markup, template tokens or invisible characters; line breaks stay as
    single ones.

    Words are kept, whatever the marks around them; only images, comments, scripts, the targets of
    links and template tokens go. `clean(clean(x)) == clean(x)`.
    """
    return _settle(text, _round)


def clean_line(text: str) -> str:
    """`clean` for what must stay on one line: a title, a name."""
    return _settle(" ".join(text.split()), lambda line: " ".join(_round(line).split()))


def without_echoes(text: str) -> str:
    """A term and, in brackets, the same term again are the term: what a translation makes of a term that its
    source gives in two languages.
    """
    return _ECHO.sub(r"\1", text)


def escape_markdown(text: str) -> str:
    """The visible text as Markdown that Streamlit shows as it is: nothing is a mark, a link, a
    formula or an icon.

    CommonMark takes a backslash before any ASCII punctuation for that character itself. Addresses,
    e-mails, emoji and icon names are searched for after parsing, where escapes are gone
    (remark-gfm, remark-emoji): there an invisible word joiner keeps the pattern apart.
    """
    # Four blanks would be a code block.
    text = re.sub(r"^[ \t]+", "", visible(text), flags=re.MULTILINE)
    text = _FOUND_AFTER_PARSING.sub("\\g<0>\u2060", text)
    # An underscore inside a word marks nothing, nor does an ampersand that begins no character's name.
    text = re.sub(r"([\\`*\[\]<>$|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;))", r"\\\1", text)
    text = re.sub(r"^(?=[-+=#:!])", r"\\", text, flags=re.MULTILINE)  # lists, headings, rules
    return re.sub(r"^(\d+)(?=[.)](?:\s|$))", r"\1\\", text, flags=re.MULTILINE)


def _settle(text: str, step: Callable[[str], str]) -> str:
    """The text at which `step` changes nothing; marks are dropped when it is long in coming."""
    for count in range(3 * ROUNDS):
        cleaned = step(text)
        if cleaned == text:
            break
        text = _MARKS.sub(" ", cleaned) if count >= ROUNDS else cleaned
    return text


def _round(text: str) -> str:
    """One round: each rule once, from characters to blocks to words."""
    text = visible(text)
    text = LITERAL.sub(_sentences, text)
    if "<" in text:
        text = _without_tags(text)
    text = _TEMPLATE.sub("", text)
    if "&" in text:
        text = html.unescape(re.sub(r"&(?:amp;|#38;|#x26;)++", "&", text))
    text = _DEFINITION.sub("", text)
    text = LINK.sub(r"\1", IMAGE.sub("", text))
    text = _LINE_MARKS.sub("", text)
    for mark in _EMPHASIS:
        text = mark.sub(r"\2", text)
    return _tidy(_ESCAPED.sub("", text.replace("`", "")))


def visible(text: str) -> str:
    """The text without control, format, bidirectional, private and unassigned characters, in NFC."""
    text = _BLANKS.sub(" ", _BREAKS.sub("\n", text))
    if not text.replace("\n", "").isprintable():
        text = "".join(character for character in text if character.isprintable() or character == "\n")
    return nfc(_FILLERS.sub("", text))


def nfc(text: str) -> str:
    """The text in NFC. Sorting combining marks is quadratic in their number, so endless runs are
    cut in pieces.
    """
    return "".join(unicodedata.normalize("NFC", piece) for piece in _MARKS_IN_A_ROW.split(text))


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def _without_tags(text: str) -> str:
    for opening, closing in (_COMMENT, _SCRIPT, _STYLE):
        text = _without_blocks(text, opening, closing)
    text = _TEMPLATE.sub("", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _DECLARATION.sub(" ", _TAG.sub(" ", text))
    return _UNKNOWN_TAG.sub(r"\1", text)


def _without_blocks(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Drops from each opening mark to its closing one; of a block that never closes only the mark."""
    first, *others = opening.split(text)
    return first + "".join(" " + closing.split(other, maxsplit=1)[-1] for other in others)


def _sentences(match: re.Match[str]) -> str:
    if not match[2]:
        return match[0]
    said = []
    for item in LITERAL_STRING.finditer(match[1]):
        text = re.sub(r"\\(['\"\\])", r"\1", item[0][1:-1]).strip()
        end = ":" if _KEY.match(match[1], item.end()) else "."
        if text:
            said.append(text if text.endswith((".", "!", "?", ":", ";")) else text + end)
    return " ".join(said)
