"""A page whose runs go on for a while after all is drawn, for `test_overtaken_run`.

`streamlit run` starts it. Asked, it draws what looks at itself again and again, as an answer on its way does.
"""

from __future__ import annotations

import time

import streamlit as st

END_SECONDS = 1.5


def look() -> None:
    st.session_state["looks"] = st.session_state.get("looks", 0) + 1
    st.markdown(f"looked {st.session_state['looks']} times")


if st.button("Ask") or "looks" in st.session_state:
    st.fragment(look, run_every=0.2)()
time.sleep(END_SECONDS)  # nothing is drawn meanwhile, so that nothing interrupts it
