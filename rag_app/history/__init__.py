"""Conversations kept on disk.

Open `store` first. `file` opens, migrates and rescues the SQLite file.
"""
