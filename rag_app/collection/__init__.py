"""Digests -> a verified index on disk, and that index opened for reading.

Open `digests` first for what is read, `publish` for how an index is built, verified and switched
to, `snapshot` for what one holds, and `library` for how all parts are opened together.
"""
