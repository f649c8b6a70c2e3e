"""`cleaning`: untrusted text becomes plain, words survive, and nothing takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_app.text.cleaning import clean, clean_line, escape_markdown, without_echoes

TOKENS = "<b> </b> <| im_end |> &lt; &amp; gt; [ ] ( ) ! * ** _ ` ~~ [' '] \" \\ # <!-- --> <script> [INST] 가 a 3 http://x.y"
BLANKED = ["', '", "- ", "+ ", "\n", " ", "]: ", "\u200b", "\u0301", "<s>", "&#10;", "---", "x_y"]
MARKUP = st.lists(st.sampled_from([*TOKENS.split(), *BLANKED]), max_size=40).map("".join)
LOOKALIKES = """I <3 it|a < b and c > d|x<y|s < r < t|a <b and c> d|3 * 4 * 5|A* 탐색과 AtP*|snake_case_name|2^10
GPT-[n] and o-[n]|[EoT](End of Text)|['never closed|R&D|f(x)_i"""


@given(st.one_of(MARKUP, st.text(max_size=200)))
@settings(max_examples=400, deadline=None)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize(
    ("dirty", "plain"),
    [
        ("**굵은** ***글*** _기울임_ `code` ~~old~~", "굵은 글 기울임 code old"),
        ("**딥 러닝(RL)**을", "딥 러닝(RL)을"),
        ("[page](https://a.b/c_(d)) 참고", "page 참고"),
        ("앞 ![alt](https://a.b/c.png) 뒤", "앞 뒤"),
        ("본문\n[1]: https://a.b/c 'title'\n끝", "본문\n끝"),
        ("- 하나\n* 둘\n## 셋", "하나\n둘\n셋"),
        ("<div class='x'>글<br/>월</div><!-- 비밀 -->", "글 월"),
        ("<script>alert(1)</script>남음<style>p{}</style>", "남음"),
        ("a &lt;b&gt;굵게&lt;/b&gt; &amp;amp; c", "a 굵게 & c"),
        ("<proposer>와 <MASK>", "proposer와"),
        ("['(1) 첫째입니다.', \"(2) It's two\"]", "(1) 첫째입니다. (2) It's two."),
        ("{'Speed': '두 배 빠릅니다.', 'Cost': \"It's less\"}", "Speed: 두 배 빠릅니다. Cost: It's less."),
        ("{'n': 3} stays, and {x: 'y'}", "{'n': 3} stays, and {x: 'y'}"),
        ("  넓은 \t 빈칸\u00a0\n\n\n다음 ", "넓은 빈칸\n다음"),
        ("3.6\\% 향상", "3.6% 향상"),
    ],
)
def test_markup_goes_and_words_stay(dirty: str, plain: str) -> None:
    assert clean(dirty) == plain


@pytest.mark.parametrize(
    ("echoed", "once"),
    [
        ("a flow matching (flow matching) model", "a flow matching model"),
        ("based on Agile Methodology(agile methodology).", "based on Agile Methodology."),
        ("LLM (LLM) and RL (reinforcement learning)", "LLM and RL (reinforcement learning)"),
        ("not in a row (row)", "not in a row"),
        ("hard-won (won) and one (two) and f(f)", "hard-won (won) and one (two) and f"),
    ],
)
def test_a_term_that_a_bracket_repeats_stands_once(echoed: str, once: str) -> None:
    assert without_echoes(echoed) == once


@pytest.mark.parametrize("text", LOOKALIKES.replace("\n", "|").split("|"))
def test_text_that_only_looks_like_markup_is_kept(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "token",
    [
        "<|im_end|>",
        "<|start_header_id|>",
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<start_of_turn>",
        "<bos>",
        "</think>",
        "<\u200b|im_\u2060end|>",
        "<|im_<b></b>end|>",
        "&lt;|im_end|&gt;",
        "<|im&#95;end|>",
        "[IN\u00adST]",
        "<｜end▁of▁sentence｜>",
        "[TOOL_CALLS]",
        "<0x0A>",
        "<|im_<|im_end|>end|>",
    ],
)
def test_template_tokens_never_reach_a_prompt(token: str) -> None:
    assert clean(f"앞 {token} 뒤").split() == ["앞", "뒤"]


def test_invisible_characters_are_removed_and_visible_ones_kept() -> None:
    assert clean("가\u200b나\u202e다\U000e0041라\ufeff\x08마\u3164") == "가나다라마"
    assert (
        clean("각 \u1100\u1161 é 🎉 中文 \U0001f469\u200d\U0001f52c")
        == "각 가 é 🎉 中文 \U0001f469\U0001f52c"
    )


def test_text_nested_beyond_reason_still_settles() -> None:
    text = clean("<b" * 500 + ">" * 500 + "&amp;" * 500 + "[" * 500)
    assert clean(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        "<!--",
        "<script>",
        "[",
        "![a](",
        "**a",
        "*a ",
        "_a ",
        "['",
        "['a', \"",
        "{'a': '",
        "<a ",
        "&amp;",
        "\\*",
        "`",
        "- ",
        "[a]: ",
    ],
)
def test_cleaning_is_linear(unit: str) -> None:
    start = time.perf_counter()
    clean(unit * 60_000)
    escape_markdown(unit * 60_000)
    assert time.perf_counter() - start < 10


def test_escaped_text_has_no_active_mark() -> None:
    text = "# *a* _b_ [c](d) <e> $f$ `g` :red[h] ~i~ | + - 1. !"
    escaped = escape_markdown(text)
    assert escaped.replace("\\", "") == text
    for at, character in enumerate(escaped):
        if character in "*_[]<>$`~|":
            assert escaped[at - 1] == "\\"


@pytest.mark.parametrize("line", ["# a", "- a", "+ a", "1. a", "2) a", "=====", "!x", ":::"])
def test_a_line_does_not_begin_a_list_a_heading_or_a_rule(line: str) -> None:
    escaped = escape_markdown(f"x\n{line}").split("\n")[1]
    assert "\\" in escaped[:2]
    assert escaped.replace("\\", "") == line


def test_figures_stay_as_they_are_written() -> None:
    text = "89.05% (F1@5), 2,153 pairs, 1.2 s - 3:1"
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    "text", ["http://a.b", "https://a.b", "www.a.b", "me@a.org", ":smile:", ":material/home:"]
)
def test_addresses_and_icon_names_are_kept_apart(text: str) -> None:
    escaped = escape_markdown(text).replace("\\", "")
    assert text not in escaped
    assert escaped.replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["max_new_tokens", "한_글", "R&D", "Q & A", "a&b"])
def test_marks_that_mark_nothing_stand_as_they_are(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("_x_", r"\_x\_"), ("a_ b", r"a\_ b"), ("&amp;", r"\&amp;"), ("&#35;", r"\&#35;"), ("(_a)", r"(\_a)")],
)
def test_marks_that_could_mark_are_escaped(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


def test_ordinary_text_is_escaped_without_hidden_characters() -> None:
    assert escape_markdown("    비율 3:1, 12:30 (a)") == "비율 3:1, 12:30 (a)"
