"""Words of a text, with blanks between them and without."""

from __future__ import annotations

import pytest

from rag_app.text.length import word_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0), ("a model of four words", 5), ("비디오 생성 모델", 3), ("この論文は新しい方法を提案する。", 7),
        ("该方法将内存减少一半。", 5), ("LoRA は重みを固定する", 4),
    ],
)  # fmt: skip
def test_words_are_counted_where_no_blanks_part_them(text: str, count: int) -> None:
    assert word_count(text) == count
