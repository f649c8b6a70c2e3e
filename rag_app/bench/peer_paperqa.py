"""paper-qa as a peer, over a local server that speaks OpenAI's protocol.

Knows: paper-qa as its documentation uses it with a local model and texts that are already chunked.
Does not know: what is measured with it.

It is run by the interpreter of the environment that `bench.peers_environment` makes.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag_app.bench.peer import Json, Reply, serve
from rag_app.bench.plain import DefaultEncoder

MODEL = "openai/local"
# Tokens of a summary or answer: a small model that repeats itself would go on to the context's end.
LONGEST = 400


def load(setup: Json) -> Callable[[Json], Reply]:
    """The documents of `setup["texts"]`, a JSON file: [[paper, citation, [[name of chunk, text], …]], …]."""
    os.environ["OPENAI_API_KEY"] = "none"  # litellm wants one to be set
    settings, embedding = _settings(setup), _embedding(DefaultEncoder(Path(setup["embedder"])))
    documents = asyncio.run(_documents(Path(setup["texts"]), settings, embedding))
    return lambda request: answered(request, documents, settings, embedding)


def answered(request: Json, documents: Any, settings: Any, embedding: Any) -> Reply:
    """The reply to one question; paper-qa gives an answer whole, so there is no first token to
    time.

    With `k`, it reads that many texts instead of its default, ten.
    """
    settings = settings.model_copy(deep=True)
    settings.answer.evidence_k = request.get("k", settings.answer.evidence_k)
    began = time.perf_counter()
    session = asyncio.run(documents.aquery(request["question"], settings=settings, embedding_model=embedding))
    names = tuple(context.text.name for context in session.contexts)
    return Reply(names, time.perf_counter() - began, None, session.answer)


def _settings(setup: Json) -> Any:
    """paper-qa's defaults, less what asks the internet, for one local model that answers one
    request at a time.
    """
    from paperqa import Settings

    served: Json = {"model": MODEL, "api_base": setup["server"], "api_key": "none", "timeout": 1_800}
    served |= {"temperature": 0, "max_tokens": LONGEST}
    llm = {"model_list": [{"model_name": MODEL, "litellm_params": served}]}
    settings = Settings(llm=MODEL, llm_config=llm, summary_llm=MODEL, summary_llm_config=llm, embedding="own")
    settings.parsing.use_doc_details = False
    settings.answer.max_concurrent_requests = 1
    return settings


def _embedding(encoder: DefaultEncoder) -> Any:
    from lmi import EmbeddingModel

    class Own(EmbeddingModel):  # type: ignore[misc]  # lmi is in the peers' environment only
        """The collection's own embedding model; paper-qa embeds questions as it does texts."""

        name: str = "own"

        async def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [encoder.embed_query(text) for text in texts]

    return Own()


async def _documents(file: Path, settings: Any, embedding: Any) -> Any:
    """The texts as paper-qa's documents; their vectors lie beside them, in the same order."""
    import numpy as np
    from paperqa import Docs
    from paperqa.types import Doc, Text

    vectors = iter(np.load(file.with_suffix(".npy"), allow_pickle=False).tolist())
    documents = Docs()
    for paper, citation, chunks in json.loads(file.read_text(encoding="utf-8")):
        document = Doc(docname=paper, dockey=paper, citation=citation)
        texts = [Text(text=text, name=name, doc=document, embedding=next(vectors)) for name, text in chunks]
        await documents.aadd_texts(texts, document, settings=settings, embedding_model=embedding)
    return documents


if __name__ == "__main__":
    serve(load)
