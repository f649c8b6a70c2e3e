"""Keys: a table says which key does what on a page, one listener does it, and ? lists them.

Knows: which keys there are, and that they rest in text fields, in dialogs and menus, and beside Ctrl, Alt
and the like; Escape alone also works in a question box that is empty. Does not know: what a button does.
The script is part of the page: it loads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from rag_app.web.i18n.text import Words
from rag_app.web.state.opened import OpenedKeys, close, open_keys, opened

HELP = "keys"  # of the button that lists them
ROW = "today-paper-"  # beginning of the key of each row of papers
QUESTION = "question"  # the box of the chat


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One key. `target` is the beginning of the key of what it presses or focuses."""

    key: str  # as browsers name it: https://developer.mozilla.org/docs/Web/API/KeyboardEvent/key
    name: str  # of the words that say what it does
    # press a button of the page, focus a field, press a button of the marked row, mark another row
    does: Literal["press", "focus", "row", "next", "before"] = "press"
    target: str = ""


EVERYWHERE = (
    Shortcut("/", "key_question", "focus", QUESTION),
    Shortcut("Escape", "key_stop", "press", "stop-answer-"),
    Shortcut("n", "key_new", "press", "new-conversation"),
    Shortcut("?", "key_help", "press", HELP),
)
ON_ROWS = (
    Shortcut("j", "key_next", "next"),
    Shortcut("k", "key_before", "before"),
    Shortcut("r", "key_read", "row", "today-read-"),
    Shortcut("s", "key_save", "row", "today-save-"),
    Shortcut("x", "key_dismiss", "row", "today-dismiss-"),
    Shortcut("o", "key_open", "row", "today-open-"),
)

# One listener for the whole document: the next takes the place of the last, since Streamlit (1.67) draws a
# component whose data has changed once more without taking back what was drawn, and takes back a drawing
# that was overtaken only after the next has begun. The marked row is drawn by a style sheet, which
# outlives redraws of the row; a row that has gone gives its mark to the one in its place. Which row that is
# outlives the listener, up to a page without rows: a key pressed after a new one was drawn would find none.
SCRIPT = """
let stop = () => {};
let place = -1, marked = "";
export default function ({ data, parentElement }) {
  stop();
  const keyed = (name, within = document) => within.querySelector(`[class*="st-key-${name}"]`);
  const rows = () => [...document.querySelectorAll(`[class*="st-key-${data.row}"]`)];
  const name = (row) => [...row.classList].find((one) => one.startsWith(`st-key-${data.row}`));
  const span = parentElement.querySelector("span");
  const colour = getComputedStyle(span).getPropertyValue("--st-primary-color") || "teal";
  const style = document.head.appendChild(document.createElement("style"));

  const paint = () => {
    const one = `.${CSS.escape(marked)}`;
    style.textContent = `${one} { position: relative } ${one}::before { content: ""; position: absolute;
      left: -0.7rem; top: 0.25rem; bottom: 0.25rem; width: 3px; border-radius: 2px; background: ${colour} }`;
  };
  const mark = (row) => {
    marked = name(row);
    paint();
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a")?.focus({ preventScroll: true });
  };
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => name(row) === marked);
    place = Math.max(0, Math.min(all.length - 1, at < 0 ? Math.max(place, 0) : at + step));
    mark(all[place]);
  };
  const pressInRow = (button) => {
    const row = rows().find((one) => name(one) === marked);
    place = rows().indexOf(row);
    if (row) keyed(button, row)?.querySelector("button")?.click();
  };
  const act = {
    press: (target) => keyed(target)?.querySelector("button")?.click(),
    focus: (target) => keyed(target)?.querySelector("textarea, input")?.focus(),
    row: pressInRow,
    next: () => move(1),
    before: () => move(-1),
  };
  const keep = new MutationObserver(() => {
    const all = rows();
    if (!marked || !all.length || all.some((row) => name(row) === marked)) return;
    place = Math.max(0, Math.min(place, all.length - 1));
    mark(all[place]);
  });
  const fields = "input, textarea, select, [contenteditable=true], [role=combobox], [role=dialog], [role=menu]";
  const rests = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
    if (document.querySelector("[role=dialog], [role=menu], [role=listbox]")) return true;
    const field = event.target.closest?.(fields);
    const emptyQuestion = field && field.closest(`.st-key-${data.question}`) && !field.value;
    return Boolean(field) && !(event.key === "Escape" && emptyQuestion);
  };
  const listen = (event) => {
    const found = data.table.find((one) => one.key === event.key);
    if (!found || event.defaultPrevented || rests(event)) return;
    act[found.does](found.target);
    event.preventDefault();
  };
  if (!data.table.some((one) => one.does === "row")) [place, marked] = [-1, ""];
  if (marked) paint();
  document.addEventListener("keydown", listen);
  keep.observe(document.body, { childList: true, subtree: true });
  document.documentElement.dataset.keys = data.table.map((one) => one.key).join(" ");
  const mine = () => {
    document.removeEventListener("keydown", listen);
    keep.disconnect();
    delete document.documentElement.dataset.keys;
    style.remove();
  };
  stop = mine;
  return () => {
    if (stop === mine) mine();
  };
}
"""


def shortcuts(table: Sequence[Shortcut], words: Words) -> None:
    """Let the keys of the table work, beside the button that lists them."""
    st.button(
        words["shortcuts"],
        icon=":material/keyboard:",
        type="tertiary",
        key=HELP,
        help=words["key_help"],
        on_click=open_keys,
    )
    # A tuple: at a list, Streamlit imports pandas (.3 s, 75 MiB) to see whether it is a table of its kind.
    data = {"table": tuple(asdict(one) for one in table), "row": ROW, "question": QUESTION}
    _listener()(data=data, key="shortcuts")
    if isinstance(opened(), OpenedKeys):
        st.dialog(words["shortcuts"], width="small", on_dismiss=close)(_list_of_keys)(table, words)


def _list_of_keys(table: Sequence[Shortcut], words: Words) -> None:
    names = {"Escape": "Esc"}
    st.markdown("  \n".join(f"`{names.get(one.key, one.key)}` {words[one.name]}" for one in table))
    st.caption(words["shortcuts_help"])


@st.cache_resource(show_spinner=False)
def _listener() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("shortcuts", js=SCRIPT, html="<span></span>")
