"""The files that come with the code, and whether the code was installed or runs in its checkout.

Knows: that a checkout has these files beside the package, and a wheel inside it. Does not know: what
they hold.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_IN_A_WHEEL = PACKAGE / "data"  # `setup.py` gives a wheel this folder; a checkout has none

INSTALLED = _IN_A_WHEEL.is_dir()
# CHANGELOG.md, .streamlit/, digests/ and models/catalog.toml lie below it, under the same names in both.
# Processes of our own start in it as well: Python looks for modules where it starts, so that in a checkout
# they find the package, and nowhere a stranger's `json.py`.
SHIPPED = _IN_A_WHEEL if INSTALLED else PACKAGE.parent
