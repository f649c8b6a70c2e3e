"""What the whole story promises with a real language model: valid citations in both languages,
whatever it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rag_app import pipeline
from rag_app.llm import loading
from rag_app.llm.protocol import Generator
from rag_app.settings import Settings
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import lab

MODEL = CHECKOUT / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not MODEL.exists(), reason="the small model is not pulled"),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generator]:
    settings = Settings(home=tmp_path_factory.mktemp("engine"), model=str(MODEL), context=2048, gpu_layers=0)
    engine = loading.load(settings.resolved())
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "question",
    [
        "What success rate does PickBot reach on O.O.D. objects?",
        "PickBot은 무엇을 학습하나요?",
        "Compare PickBot and FoldNet",
    ],
)
def test_every_claim_of_a_real_model_has_its_source(engine: Generator, question: str) -> None:
    answer, _ = pipeline.answer(question, lab(), engine)
    assert answer.refused or answer.citations
    quotes = {f"{citation.quote} [{citation.n}]" for citation in answer.citations}
    for sentence in answer.sentences:
        for support in sentence.support:
            arxiv_id = next(c.arxiv_id for c in answer.citations if c.n == support.n)
            section = lab().snapshot.papers.get(arxiv_id).section(support.section)
            assert support.quote == section.text[support.start : support.end]
    if answer.language == "en":
        own = [sentence.text for sentence in answer.sentences if sentence.text not in quotes]
        assert not re.search("[가-힣]", " ".join(own))
