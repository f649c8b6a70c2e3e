"""Keys of a page with rows of papers: j and k move, one letter presses a button of the row.

Knows: which key presses which button, and that keys rest in text fields, in dialogs and beside Ctrl, Alt
and the like. Does not know: what a button does. The script is part of the page: it loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from rag_app.web.i18n.text import Words

ROW = "st-key-today-paper-"  # beginning of the class of each row
HELP = "today-keys"  # key of the list of keys, which ? opens
# key -> beginning of the key of the button that it presses in the row
BUTTONS: Mapping[str, str] = {
    "r": "today-read-",
    "s": "today-save-",
    "x": "today-dismiss-",
    "o": "today-open-",
}
NAMES: Mapping[str, str] = {
    "j": "key_next",
    "k": "key_before",
    "r": "key_read",
    "s": "key_save",
    "x": "key_dismiss",
    "o": "key_open",
    "?": "key_help",
}

# One listener for the whole document. The marked row is drawn by a style sheet, which outlives redraws
# of the row; a row that has gone gives its mark to the one in its place.
_SCRIPT = """
export default function ({ data, parentElement }) {
  const rows = () => [...document.querySelectorAll(`[class*="${data.row}"]`)];
  const name = (row) => [...row.classList].find((one) => one.startsWith(data.row));
  const colour = getComputedStyle(parentElement.querySelector("span")).getPropertyValue("--st-primary-color") || "teal";
  let place = -1, marked = "";
  const style = document.head.appendChild(document.createElement("style"));

  const mark = (row) => {
    marked = name(row);
    const one = `.${CSS.escape(marked)}`;
    style.textContent = `${one} { position: relative } ${one}::before { content: ""; position: absolute;
      left: -0.7rem; top: 0.25rem; bottom: 0.25rem; width: 3px; border-radius: 2px; background: ${colour} }`;
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
  const press = (button) => {
    const row = rows().find((one) => name(one) === marked);
    place = rows().indexOf(row);
    row?.querySelector(`[class*="st-key-${button}"] button`)?.click();
  };
  const keep = new MutationObserver(() => {
    const all = rows();
    if (!marked || !all.length || all.some((row) => name(row) === marked)) return;
    place = Math.max(0, Math.min(place, all.length - 1));
    mark(all[place]);
  });
  const typing = (target) =>
    target.closest?.("input, textarea, select, [contenteditable=true], [role=combobox], [role=dialog]");
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("[role=dialog]") && event.key !== "?") return;
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "?") document.querySelector(`.st-key-${data.help} button`)?.click();
    else if (data.buttons[event.key]) press(data.buttons[event.key]);
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", listen);
  keep.observe(document.body, { childList: true, subtree: true });
  document.documentElement.dataset.keys = "on";
  return () => {
    document.removeEventListener("keydown", listen);
    keep.disconnect();
    delete document.documentElement.dataset.keys;
    style.remove();
  };
}
"""


def list_of_keys(words: Words) -> None:
    """The button that shows which keys work on this page."""
    with st.popover(words["shortcuts"], icon=":material/keyboard:", type="tertiary", key=HELP):
        st.markdown("  \n".join(f"`{key}` {words[name]}" for key, name in NAMES.items()))
        st.caption(words["shortcuts_help"])


def shortcuts() -> None:
    """Let the keys work on this page."""
    _listener()(data={"row": ROW, "help": HELP, "buttons": dict(BUTTONS)}, key="shortcuts")


@st.cache_resource(show_spinner=False)
def _listener() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("shortcuts", js=_SCRIPT, html="<span></span>")
