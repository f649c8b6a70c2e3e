"""A text -> the tokens of a unigram tokenizer, which is read but never built whole.

Knows: that the pieces of a text are among its substrings, so that the tokenizers library, given only
those, cuts the text as it would with all of them.
Does not know: models, prompts.

The whole tokenizer of 250,000 pieces takes most of a second and 290 MB to build; the pieces that one
question can hold are some hundreds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag_app import json_files

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Pieces:
    """The tokenizer of one folder."""

    def __init__(self, file: Path) -> None:
        """Read a `tokenizer.json`. Raises OSError, ValueError, KeyError or TypeError where it is none
        that this module knows.
        """
        content: dict[str, Any] = json_files.read(file)
        _refuse_others(content)
        vocabulary = content["model"].pop("vocab")
        self._content = content | {"truncation": None, "padding": None}
        self._ids: dict[str, int] = {piece: number for number, (piece, _) in enumerate(vocabulary)}
        self._names = list(self._ids)
        self._scores: list[float] = [score for _, score in vocabulary]
        self._longest = max(map(len, self._names))
        self._unknown: int = content["model"]["unk_id"]
        added = {each["content"]: each["id"] for each in content["added_tokens"]}
        known = all(self._ids.get(name, number) == number for name, number in added.items())
        if len(self._names) != len(vocabulary) or not known:
            raise ValueError("its pieces are not numbered by their places")
        # An unknown character costs some more than the least likely piece.
        least = min(range(len(self._scores)), key=self._scores.__getitem__)
        self._always = {self._unknown, least, *added.values()}
        self._plain = self._tokenizer(sorted(self._always))

    def of(self, text: str, most: int) -> list[int]:
        """The tokens of a text with those that open and close it; at most `most`, the end is lost."""
        found = {self._ids[each] for each in self._substrings(text) if each in self._ids}
        numbers = sorted(found | self._always)
        tokenizer = self._tokenizer(numbers)
        tokenizer.enable_truncation(most)
        return [numbers[number] for number in tokenizer.encode(text).ids]

    def _substrings(self, text: str) -> Iterator[str]:
        """What may be a piece of the text: parts of its words, also behind the mark of a word's start,
        which a special token in the text may put anywhere.
        """
        normal = self._plain.normalizer.normalize_str(text)
        for word, _ in self._plain.pre_tokenizer.pre_tokenize_str(normal):
            mark = word[:1]
            for start in range(len(word)):
                for end in range(start + 1, min(len(word), start + self._longest) + 1):
                    yield word[start:end]
                    yield mark + word[start:end]

    def _tokenizer(self, numbers: list[int]) -> Tokenizer:
        """The tokenizer with these pieces alone, numbered by their places."""
        from tokenizers import Tokenizer

        place = {number: at for at, number in enumerate(numbers)}
        model = self._content["model"] | {
            # A token added behind the vocabulary has a number there, and is no piece.
            "vocab": [[self._names[n], self._scores[n]] for n in numbers if n < len(self._names)],
            "unk_id": place[self._unknown],
        }
        added = [each | {"id": place[each["id"]]} for each in self._content["added_tokens"]]
        changed = {"model": model, "added_tokens": added, "post_processor": self._frame(place)}
        return Tokenizer.from_str(json.dumps(self._content | changed))

    def _frame(self, place: Mapping[int, int]) -> dict[str, Any]:
        """What opens and closes a text, by the new numbers."""
        frame: dict[str, Any] = self._content["post_processor"]
        tokens = {
            name: each | {"ids": [place[number] for number in each["ids"]]}
            for name, each in frame["special_tokens"].items()
        }
        return frame | {"special_tokens": tokens}


def _refuse_others(content: Mapping[str, Any]) -> None:
    """Raises ValueError for a tokenizer whose pieces are not found as substrings are."""
    model, frame = content["model"], content["post_processor"]
    if model["type"] != "Unigram" or model.get("byte_fallback"):
        raise ValueError(f"a tokenizer of type {model['type']}")
    if frame["type"] != "TemplateProcessing" or not content["normalizer"] or not content["pre_tokenizer"]:
        raise ValueError("a tokenizer with other steps")
