"""Pure functions on text, without papers, models or files.

Open `cleaning` first: every text of a digest passes through it. `sentences`, `numbers` and `terms`
take text apart; `glossary` learns translations from it; `truncate` shortens it.
"""
