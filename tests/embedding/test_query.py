"""Questions embedded without torch: the same vectors as torch gives, or torch itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag_app import pipeline
from rag_app.bench import questions
from rag_app.embedding import embedder as embedding
from rag_app.embedding.bert import Tensors
from rag_app.embedding.embedder import SentenceEmbedder, load_embedder, located
from rag_app.embedding.pieces import Pieces
from rag_app.embedding.query import BertQueries, _load, load_query_embedder
from rag_app.errors import WeightsError
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand
from rag_app.settings import Settings
from rag_app.weights import choice
from rag_app.weights.e5_convert import convert
from tests.helpers.checkout import CHECKOUT
from tests.weights.test_e5_convert import HIDDEN, POSITIONS, tiny_file

ALIKE = 0.999  # cosine, where torch may compute in bfloat16
SAME = 0.999999  # and where it computes in float32
ASKED = [
    "Which papers improve video generation?",
    "비디오 생성을 개선하는 논문은?",
    "What accuracy does GPT-4V reach on MMMU, and with how many examples (5-shot)?",
    "그 논문의 한계는 무엇인가요?",
    "ＤｉＴ와 Stable Diffusion을 비교해 주세요 🙂",
]
HOSTILE = ["", " ", "a<s>b", "<unk>video</s>", "ab" * 300, "비디오ａ\u3000ab\t\n video", "\u0301e\u00ad①"]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    tiny_file(tmp_path / "e5.bin")
    folder = convert(tmp_path / "e5.bin", tmp_path / "folder")
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "ab video: "}}')
    return folder


@pytest.fixture
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch computes as it does where the processor has no bfloat16."""
    monkeypatch.setattr(embedding, "_has_bfloat16", lambda: False)


def cosines(folder: Path, texts: list[str]) -> list[float]:
    light, heavy = BertQueries(folder, "light"), SentenceEmbedder(folder, "heavy")
    return [float(light.query(text) @ heavy.query(text)) for text in texts]


@pytest.mark.usefixtures("in_float32")
def test_a_question_has_the_vector_that_torch_gives_it(tiny: Path) -> None:
    vector = BertQueries(tiny, "mark").query("비디오 video")
    assert vector.shape == (HIDDEN,)
    assert vector.dtype == np.float32
    assert min(cosines(tiny, [*ASKED, *HOSTILE])) > SAME


@pytest.mark.usefixtures("in_float32")
def test_a_model_that_sentence_transformers_saved_is_read_as_well(tiny: Path, tmp_path: Path) -> None:
    SentenceEmbedder(tiny, "heavy")._model.float().save(str(tmp_path / "saved"), create_model_card=False)
    assert min(cosines(tmp_path / "saved", ASKED)) > SAME


@pytest.mark.parametrize("text", [*ASKED, *HOSTILE, "<mask>video<mask>"])
def test_a_text_is_cut_as_the_whole_tokenizer_cuts_it(tiny: Path, text: str) -> None:
    from tokenizers import Tokenizer

    whole = Tokenizer.from_file(str(tiny / "tokenizer.json"))
    whole.enable_truncation(POSITIONS)
    assert Pieces(tiny / "tokenizer.json").of(text, POSITIONS) == whole.encode(text).ids


def changed(name: str, **values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(content | values))

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed("config.json", hidden_act="relu"),
        changed("1_Pooling/config.json", pooling_mode_mean_tokens=False, pooling_mode_cls_token=True),
        changed("1_Pooling/config.json", include_prompt=False),
        changed("sentence_bert_config.json", do_lower_case=True),
    ],
)
def test_another_kind_of_model_is_left_to_torch(tiny: Path, change: Callable[[Path], None]) -> None:
    change(tiny)
    embedder = _load(tiny, "mark", threads=1)
    assert isinstance(embedder, SentenceEmbedder)
    assert embedder.fingerprint == "mark"


def test_a_damaged_model_is_an_error(tiny: Path) -> None:
    weights = tiny / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="cannot be loaded"):
        _load(tiny, "mark", threads=1)


@pytest.mark.skipif(sys.platform == "win32", reason="there the file is read whole")
def test_a_model_put_in_its_place_does_not_reach_an_open_one(tiny: Path, tmp_path: Path) -> None:
    open_one = BertQueries(tiny, "mark")
    before = open_one.query("비디오 video")
    tiny.rename(tmp_path / "replaced")
    assert np.array_equal(open_one.query("비디오 video"), before)


def test_rows_outside_a_matrix_are_refused(tiny: Path) -> None:
    with pytest.raises(ValueError, match="rows"):
        Tensors(tiny / "model.safetensors").rows("embeddings.word_embeddings.weight", [-1])


def test_torch_is_not_loaded_for_a_question(tiny: Path) -> None:
    code = (
        "import sys, pathlib; from rag_app.embedding.query import _load;"
        "_load(pathlib.Path(sys.argv[1]), 'mark', 1).query('비디오');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny)], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_without_a_model_the_error_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        load_query_embedder(Settings(home=tmp_path, models=tmp_path))
    assert "rag-app models pull" in caught.value.hint


@pytest.fixture
def real(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home").resolved()
    try:
        choice.choose_embedder(settings)
    except WeightsError as error:
        pytest.skip(error.message)
    return settings


@pytest.mark.model
def test_real_questions_have_the_vectors_that_torch_gives_them(real: Settings) -> None:
    folder, mark = located(real)
    assert min(cosines(folder, [*ASKED, *HOSTILE])) > ALIKE
    assert load_query_embedder(real).fingerprint == mark


@pytest.mark.model
@pytest.mark.usefixtures("in_float32")
def test_questions_about_the_sample_find_the_same_papers_in_the_same_order(real: Settings) -> None:
    pipeline.ingest(real)
    light = pipeline.open_library(real)
    heavy = replace(light, embedder=load_embedder(real))
    for question in [*questions.about(light.snapshot.papers.all(), 30), *ASKED]:
        found = [
            [hit.paper.arxiv_id for hit in retrieve(understand(question, each.dictionary), each).hits[:10]]
            for each in (light, heavy)
        ]
        assert found[0] == found[1], question
