"""What the reader did, kept on disk: conversations, bookmarks, marks, follows.

Open `store` first. `connection` and `file` open, migrate and rescue the SQLite file.
"""
