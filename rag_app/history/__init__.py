"""Conversations kept on disk, and handed out as documents.

Open `store` first. `file` opens, migrates and rescues the SQLite file; `export` writes Markdown,
JSON and BibTeX.
"""
