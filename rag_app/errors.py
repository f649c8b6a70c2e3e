"""The one family of errors that a user can see.

Knows: how an error is worded (one line that names the thing, one hint that names the fix).
Does not know: where errors come from. The module that borders on a library turns its
errors into these.
"""


class RagError(Exception):
    """Something the user can act on: `message` names the thing, `hint` names the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message


class SettingsError(RagError):
    """A `RAG_*` setting is unknown or has a value that cannot be used."""


class DigestError(RagError):
    """A folder or file of digests cannot be read at all (single bad entries are only reported)."""


class CollectionError(RagError):
    """The index is missing, damaged, locked, or was made by another embedding model."""


class DamageError(CollectionError):
    """Files of the index are not as they were written; an ingest builds it again."""


class UnreadableError(CollectionError):
    """A file or folder of the user's data is there, and this user may not read it."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} cannot be read: permission denied",
            "run as its owner, let them give you the right to read it, or set RAG_HOME to another folder",
        )


class WeightsError(RagError):
    """A model file is missing, damaged, unknown, or cannot be fetched."""


class EngineError(RagError):
    """The language model cannot be loaded, or failed while answering."""


class QuestionError(RagError):
    """The question itself cannot be taken (empty, or far too long)."""


class SetUpError(RagError):
    """The environment cannot be made on this machine (Python, compiler, GPU toolkit, disk, or pip)."""


class HistoryError(RagError):
    """The history cannot be read or written, or does not hold what was asked for."""


class UnknownIdError(HistoryError):
    """The history can be read, and holds nothing of that id: it was deleted, or never was."""
