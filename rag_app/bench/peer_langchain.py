"""A LangChain chain as a peer: Chroma, dense search, and llama.cpp through LangChain's classes.

Knows: LangChain as its documentation uses it.
Does not know: what is measured with it.

It is run by the interpreter of the environment that `bench.peers_environment` makes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag_app.bench.peer import Json, Reply, serve
from rag_app.bench.plain import COLLECTION, DefaultEncoder

SYSTEM = (
    "Answer the question from the numbered excerpts alone, in one to three short sentences, and cite them like [1]. "
    "If they do not contain the answer, say that you do not know."
)


def load(setup: Json) -> Callable[[Json], Reply]:
    """The chain over the filled store in `setup["store"]`, with the arguments of the model in
    `setup["llama"]`.
    """
    from langchain_chroma import Chroma
    from langchain_community.chat_models import ChatLlamaCpp
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate

    encoder = DefaultEncoder(Path(setup["embedder"]))
    store = Chroma(collection_name=COLLECTION, persist_directory=setup["store"], embedding_function=encoder)
    prompt = ChatPromptTemplate.from_messages(
        [("system", SYSTEM), ("human", "{context}\n\nQuestion: {question}")]
    )
    chain = prompt | ChatLlamaCpp(**setup["llama"]) | StrOutputParser()
    return lambda request: answered(request, store, chain)


def answered(request: Json, store: Any, chain: Any) -> Reply:
    """The reply to one question: with `search`, only the ids of the `k` nearest chunks."""
    began = time.perf_counter()
    documents = store.similarity_search(request["question"], k=request["k"])
    ids = tuple(str(document.id) for document in documents)
    if request.get("search"):
        return Reply(ids, time.perf_counter() - began)
    context = "\n\n".join(f"[{n}] {document.page_content}" for n, document in enumerate(documents, start=1))
    text, first = "", None
    for piece in chain.stream({"context": context, "question": request["question"]}):
        if piece and first is None:
            first = time.perf_counter() - began
        text += piece
    return Reply(ids, time.perf_counter() - began, first, text)


if __name__ == "__main__":
    serve(load)
