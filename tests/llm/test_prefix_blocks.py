"""Units of a prompt: where they end, how they are joined, and what of them is reused."""

from __future__ import annotations

from rag_app.llm.chat_template import Span
from rag_app.llm.prefix_blocks import batches, labels_of, shared, whole


def test_a_unit_ends_after_a_step_at_the_end_of_a_span_and_after_each_spoken_token() -> None:
    assert labels_of([Span([5, 6, 7, 8, 9])], 2) == [5, ~6, 7, ~8, ~9]
    assert labels_of([Span([5, 6, 7])], 8) == [5, 6, ~7]
    assert labels_of([Span([5, 6]), Span([7, 8], spoken=True), Span([]), Span([9])], 8) == [5, ~6, ~7, ~8, ~9]


def test_a_unit_is_never_less_than_asked_and_leaves_what_makes_no_row_to_the_next_span() -> None:
    def ends(*lengths: int) -> list[int]:
        labels = labels_of([Span([0] * length) for length in lengths], 6, 6, 4)
        return [at for at, label in enumerate(labels, start=1) if label < 0]

    assert ends(24, 3) == [6, 12, 18, 24, 27]
    assert ends(23, 3) == [6, 12, 20, 26]
    assert ends(3, 2, 1, 9) == [4, 15], "spans shorter than a row"
    spoken = labels_of([Span([5] * 5), Span([6], spoken=True)], 6, 6, 4)
    assert spoken == [5, 5, 5, 5, ~5, ~6], "spoken tokens are read alone"


def test_units_of_a_tile_or_more_are_joined_up_to_a_step() -> None:
    def read(most: int, *units: int) -> list[int]:
        labels = [label for unit in units for label in [0] * (unit - 1) + [~0]]
        found = list(batches(labels, most))
        assert [label for batch in found for label in batch] == labels
        return [len(batch) for batch in found]

    assert read(512, 64, 64, 100, 20) == [228, 20], "the question is read alone"
    assert read(150, 64, 64, 72) == [128, 72], "a step is never exceeded"
    assert read(512, 64, 64, 1, 1, 64, 83) == [128, 1, 1, 147], "spoken tokens are read alone"
    assert read(0, 64, 400, 90) == [64, 400, 90], "apart"


def test_only_whole_units_that_both_sequences_read_alike_are_reused() -> None:
    held = [1, ~2, 3, 4, ~5]
    assert whole(held, shared(held, [1, ~2, 3, 4, ~5, ~6])) == 5
    assert whole(held, shared(held, [1, ~2, 3, 4, 5, ~6])) == 2, "the fifth token was read at a unit's end"
    assert whole(held, shared(held, [1, 2, 3, ~4])) == 0
