"""Glosses that the page waits for, and those made ahead, in a thread of their own while no answer needs the
model.

Knows: which sentences were asked for last, that a question comes first, then what a page waits for as
long as it is looked at, and that what is made ahead leaves the processor to a page that is being drawn.
Does not know: how a gloss is made (`answer.glosses`), or how anything looks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag_app.records import Passage
from rag_app.web.state.model_call import CallQueue
from rag_app.web.state.unexpected_error import as_rag_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.llm.protocol import Generator

log = logging.getLogger(__name__)

FIRST, NEXT = 5, 16  # glosses made together: few at first, so that they are soon there
PAUSE = 0.1  # seconds between two looks whether an answer still needs the model
LEFT = 20.0  # seconds without a look after which a page was closed, or shows something else
DRAWING = 2.0  # seconds that a page may take to be drawn; on two cores it took twice as long beside glosses

Place = tuple[str, str]  # language, sentence


@dataclass(slots=True)
class _Wanted:
    """A sentence that a page waits for, and the moment at which it was last seen to."""

    passage: Passage
    looked: float

    @property
    def left(self) -> bool:
        return time.monotonic() > self.looked + LEFT


class GlossDesk:
    """The glosses of all tabs. What a page shows is asked for again each time it is drawn."""

    def __init__(self, queue: CallQueue, *, idle: bool = True) -> None:
        """Glosses wait while an answer of the `queue` has the model, or wants it; `idle` says whether any
        are made ahead.
        """
        self._queue = queue
        self._idle = idle
        self._ahead: dict[Place, Passage] = {}
        self._sources: tuple[Library, Generator] | None = None  # of those made ahead
        self._lock = threading.Lock()
        self._made: dict[Place, str] = {}  # an empty text where there is none
        self._wanted: dict[Place, _Wanted] = {}  # in the order in which they are made
        self._thread: threading.Thread | None = None
        self._drawn = 0.0  # moment by which a page that is being drawn should be there
        self._stop_ahead = threading.Event()  # of those that are made ahead just now

    def texts(
        self, passages: Sequence[Passage], language: str, library: Library, generator: Generator
    ) -> list[str | None]:
        """The gloss of each passage: empty where it stands as it is, None where one is on its way."""
        from rag_app.answer import glosses

        wanted = [p for p in passages if glosses.wanted(p.text, language)]
        new = [p for p in wanted if (language, p.text) not in self._made]
        for place, text in glosses.known(new, language, library, generator.model).items():
            self._made[language, new[place].text] = text
        missing = {(language, p.text): p for p in new if (language, p.text) not in self._made}
        if missing:
            self._ask_for(missing, library, generator)
        return [
            self._made.get((language, p.text)) if glosses.wanted(p.text, language) else "" for p in passages
        ]

    def prepare(
        self, passages: Sequence[Passage], language: str, library: Library, generator: Generator
    ) -> None:
        """These are made while nobody waits for any other, in their order."""
        from rag_app.answer import glosses

        wanted = [p for p in passages if glosses.wanted(p.text, language)]
        for place, text in glosses.known(wanted, language, library, generator.model).items():
            self._made[language, wanted[place].text] = text
        self._ahead = {(language, p.text): p for p in wanted}
        self._sources = library, generator
        self._start_ahead()

    @property
    def idle(self) -> bool:
        """Whether glosses are made ahead."""
        return self._idle

    def make_ahead(self, idle: bool) -> None:
        """Switch making them ahead on, or off at once."""
        self._idle = idle
        self._start_ahead()

    def leave_time_to_draw(self) -> None:
        """A page is being drawn: what is made ahead waits for that."""
        self._drawn = time.monotonic() + DRAWING
        self._stop_ahead.set()

    def progress(self) -> tuple[int, int]:
        """(made, all) of those made ahead."""
        return sum(place in self._made for place in self._ahead), len(self._ahead)

    def any_news(self, places: Sequence[Place]) -> bool:
        """Whether the page that waits for these should be drawn again: one has come to its end, or has to
        be asked for again, as nobody looked for so long that it was left.
        """
        with self._lock:
            for place in self._wanted.keys() & set(places):
                self._wanted[place].looked = time.monotonic()
            return any(place in self._made or place not in self._wanted for place in places)

    @property
    def _drawing(self) -> bool:
        return time.monotonic() < self._drawn

    def _awaited(self, places: Iterable[Place]) -> bool:
        """Whether a page waits for one of these."""
        wanted = [self._wanted.get(place) for place in places if place not in self._made]
        return any(one and not one.left for one in wanted)

    def _ask_for(self, missing: dict[Place, Passage], library: Library, generator: Generator) -> None:
        """Put these before all others, and see that somebody works."""
        now = time.monotonic()
        with self._lock:
            others = {place: one for place, one in self._wanted.items() if place not in missing}
            self._wanted = {place: _Wanted(p, now) for place, p in missing.items()} | others
        self._start(library, generator)

    def _start_ahead(self) -> None:
        if self._idle and self._sources:
            self._start(*self._sources)

    def _start(self, library: Library, generator: Generator) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._work, args=(library, generator), name="glosses", daemon=True
                )
                self._thread.start()

    def _work(self, library: Library, generator: Generator) -> None:
        count = FIRST
        while some := self._next(count):
            try:
                self._make(some, library, generator)
            except Exception as error:  # the sentences stand as they are, as long as the server runs
                log.warning("no glosses: %s", as_rag_error(error).message)
                with self._lock:
                    self._made |= dict.fromkeys(self._wanted, "")
                    self._ahead = {}  # asked for again when Today is opened with another engine
            count = NEXT

    def _next(self, count: int) -> dict[Place, Passage]:
        """The next ones to make, of one language, once the model is free."""
        while self._queue.busy or (self._drawing and not self._awaited(list(self._wanted))):
            time.sleep(PAUSE)
        with self._lock:
            wanted = self._wanted.items()
            self._wanted = {p: one for p, one in wanted if p not in self._made and not one.left}
            ahead = {p: one for p, one in self._ahead.items() if self._idle and p not in self._made}
            waiting = {place: one.passage for place, one in self._wanted.items()} or ahead
            if not waiting:
                self._thread = None  # said while nobody can ask for more, who would wait for this one
            language = next(iter(waiting), ("", ""))[0]
            return dict([one for one in waiting.items() if one[0][0] == language][:count])

    def _make(self, some: dict[Place, Passage], library: Library, generator: Generator) -> None:
        """Make these glosses; those that a question interrupts are made after it, and those of a page that
        was left not to their end.
        """
        from rag_app.answer import glosses

        places, stop = list(some), threading.Event()
        nobody_waits = not self._wanted
        if nobody_waits:
            self._stop_ahead = stop
            if self._drawing:  # since it was looked at last
                stop.set()
        work = glosses.glosses(list(some.values()), places[0][0], library, generator, stop=stop)
        with closing(work):
            for gloss in work:
                if gloss.finished:
                    self._made[places[gloss.index]] = gloss.text
                in_the_way = nobody_waits and (self._wanted or self._drawing or not self._idle)
                left = not nobody_waits and not self._awaited(places)
                if self._queue.busy or in_the_way or left:
                    stop.set()
