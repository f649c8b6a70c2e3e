"""Measurements of this application against plain ways of doing the same.

Open `suites` first: it lists what `rag-app bench` can measure; each suite is a module of the same
name. `bare`, `plain` and `peer_*` are what it is measured against.
"""
