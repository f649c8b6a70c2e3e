"""Model files on disk: the catalogue, fetching, verifying, choosing.

Open `catalog` first (what may be pulled; the entries are in `models/catalog.toml`), then `store`,
which pulls, verifies and chooses. `download` fetches, `verified` remembers hashes, `e5_convert`
unpacks one embedding model.
"""
