"""Work that outlives a rerun of the page: ingest, adapt, pull a model, load the engine.

Knows: how each runs in a thread of its own, how far it is, how it is stopped, and how it ended.
Does not know: streamlit, or how anything looks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from rag_app.errors import RagError
from rag_app.progress import Progress
from rag_app.settings import Settings
from rag_app.web.state.unexpected_error import as_rag_error

if TYPE_CHECKING:
    from rag_app.embedding.adapt import AdaptResult
    from rag_app.llm.protocol import Generator
    from rag_app.pipeline import IngestResult

Result = TypeVar("Result")


class StoppedError(RagError):
    """The user stopped the work; what was there before it still is."""


class Job(Generic[Result]):
    """A piece of work that reports its progress.

    It starts at once; asked to stop, it ends at its next report.
    """

    def __init__(self, name: str, work: Callable[[Progress], Result]) -> None:
        self.name = name
        self.stage: tuple[str, int, int] = ("", 0, 0)  # its name, steps done, steps in all
        self.result: Result | None = None
        self.error: RagError | None = None  # StoppedError after `stop`
        self.told = False  # whether a page has said how it ended
        self.stopping = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._run, args=(work,), name=name, daemon=True).start()

    @property
    def running(self) -> bool:
        return not self._ended.is_set()

    def stop(self) -> None:
        self.stopping.set()

    def _report(self, stage: str, done: int, total: int) -> None:
        if self.stopping.is_set():
            raise StoppedError("stopped")
        self.stage = (stage, done, total)

    def _run(self, work: Callable[[Progress], Result]) -> None:
        try:
            self.result = work(self._report)
        except Exception as error:
            self.error = StoppedError("stopped") if self.stopping.is_set() else as_rag_error(error)
        finally:
            self._ended.set()


def ingest(
    settings: Settings, folders: Sequence[Path], before_end: Callable[[IngestResult], Sequence[Path]]
) -> Job[IngestResult]:
    """Begin to read the collection's folders and these.

    `before_end` gets the result before the job ends; folders that it returns are read as well.
    """
    from rag_app import pipeline

    def work(report: Progress) -> IngestResult:
        result = pipeline.ingest(settings, folders, progress=report)
        while more := before_end(result):
            again = pipeline.ingest(settings, more, progress=report)
            result = result if again.unchanged else again
        return result

    return Job("ingest", work)


def adapt_embedder(settings: Settings) -> Job[AdaptResult]:
    """Begin to fit the embedding model to the collection, and to index it anew if that found more."""
    from rag_app import pipeline, runtime
    from rag_app.collection.snapshot import read_papers
    from rag_app.embedding.adapt import adapt

    def work(report: Progress) -> AdaptResult:
        runtime.work_in_idle_time()
        result = adapt(settings, read_papers(settings.home), progress=report)
        if result.kept:
            pipeline.ingest(settings, progress=report)
        return result

    return Job("adapt", work)


def pull(settings: Settings, model_id: str) -> Job[Path]:
    """Begin to fetch a model; a part that has arrived is kept for the next time."""
    from rag_app.weights import store

    return Job(f"pull {model_id}", lambda report: store.pull(model_id, settings, progress=report))


class EngineJob:
    """The language model while it loads and after; one for the whole app, in a process of its own."""

    def __init__(self, settings: Settings, instead_of: EngineJob | None = None) -> None:
        """Begin to load; the engine before is closed first, so that both never share the memory."""
        self.settings = settings
        self.generator: Generator | None = None
        self.error: RagError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, args=(instead_of,), name="engine", daemon=True)
        self._thread.start()

    @property
    def loading(self) -> bool:
        return self.generator is None and self.error is None

    def close(self) -> None:
        """End the engine and give its memory back, if need be as soon as it has loaded."""
        self._closed = True
        self._thread.join()
        if self.generator is not None:
            self.generator.close()

    def _run(self, instead_of: EngineJob | None) -> None:
        from rag_app.llm.process import EngineProcess
        from rag_app.llm.remote import RemoteModel

        try:
            if instead_of is not None:
                instead_of.close()
            if not self._closed:
                self.generator = (RemoteModel if self.settings.llm_url else EngineProcess)(self.settings)
        except Exception as error:
            self.error = as_rag_error(error)
