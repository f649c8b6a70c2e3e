"""Texts -> vectors, and fitting the embedding model to a collection.

Open `embedder` first. `adapt` is `rag-app adapt`; `pairs` makes its training data
and `contrastive` trains.
"""
