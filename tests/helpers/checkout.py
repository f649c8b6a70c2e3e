"""Where the code under test lies, with everything that belongs to it."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
