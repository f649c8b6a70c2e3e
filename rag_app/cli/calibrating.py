"""`rag-app calibrate`: over which collections thresholds are measured, and where they are kept.

Knows: the options of the command. Does not know: what is measured.
"""

from __future__ import annotations

from dataclasses import replace

from rag_app import batch, pipeline
from rag_app.cli import terminal
from rag_app.errors import RagError
from rag_app.evaluation import calibrating
from rag_app.home import Home
from rag_app.llm import loading
from rag_app.search import calibration, kinds
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED


def calibrate(settings: Settings, *, with_model: bool = False, ship: bool = False) -> None:
    """Measure, keep, print; `with_model` the language model too, else what was measured of any stays; with
    `ship` into the package, for the embedding model that ships.

    Raises RagError where there is no index or no model, or the table cannot be kept.
    """
    library = pipeline.open_library(settings)
    with terminal.ProgressBar("ingest") as progress:
        own = batch.own_collection(settings, [SHIPPED / "digests"], progress)
    generator = loading.load(settings) if with_model else None
    with terminal.ProgressBar("calibrate") as progress:
        made = calibrating.calibrated(library, pipeline.open_library(own), generator, progress)
    fingerprint = library.embedder.fingerprint
    before, own_table = calibration.calibration(settings.home, fingerprint)
    if own_table and before.facts == made.facts:  # else what models were measured with is gone
        made = replace(made, models={**before.models, **made.models})
    folder = calibration.SHIPPED if ship else Home(settings.home).calibrations
    try:
        calibration.save(made, calibration.file_of(folder, fingerprint))
        if ship:
            learned = kinds.classifier(settings.home, fingerprint, library.embedder.query)
            kinds.save(learned, kinds.file_of(kinds.SHIPPED, fingerprint))
    except OSError as error:
        raise RagError(f"{folder} cannot be written: {error.strerror}", "make it writable") from error
    terminal.table([("measured", ""), *((name, str(value)) for name, value in made.measured.items())])
    for model, table in made.models.items():
        told = table.measured.items()
        terminal.table([(f"with {model}", ""), *((name, str(value)) for name, value in told)])
    print(f"kept in {calibration.file_of(folder, fingerprint)}")
