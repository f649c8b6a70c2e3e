"""`rag-app calibrate`: over which collections thresholds are measured, and where they are kept.

Knows: the options of the command. Does not know: what is measured.
"""

from __future__ import annotations

from rag_app import batch, pipeline
from rag_app.cli import terminal
from rag_app.errors import RagError
from rag_app.evaluation import calibrating
from rag_app.home import Home
from rag_app.search import calibration, kinds
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED


def calibrate(settings: Settings, *, ship: bool = False) -> None:
    """Measure, keep, print; with `ship` into the package, for the embedding model that ships.

    Raises RagError where there is no index, or the table cannot be kept.
    """
    library = pipeline.open_library(settings)
    with terminal.ProgressBar("ingest") as progress:
        own = batch.own_collection(settings, [SHIPPED / "digests"], progress)
    with terminal.ProgressBar("calibrate") as progress:
        made = calibrating.calibrated(library, pipeline.open_library(own), progress)
    fingerprint = library.embedder.fingerprint
    folder = calibration.SHIPPED if ship else Home(settings.home).calibrations
    try:
        calibration.save(made, calibration.file_of(folder, fingerprint))
        if ship:
            learned = kinds.classifier(settings.home, fingerprint, library.embedder.query)
            kinds.save(learned, kinds.file_of(kinds.SHIPPED, fingerprint))
    except OSError as error:
        raise RagError(f"{folder} cannot be written: {error.strerror}", "make it writable") from error
    terminal.table([("measured", ""), *((name, str(value)) for name, value in made.measured.items())])
    print(f"kept in {calibration.file_of(folder, fingerprint)}")
