"""Measurements of rag-app against plain ways of doing the same; `rag-app bench` runs them."""
