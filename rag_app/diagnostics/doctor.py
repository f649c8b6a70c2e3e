"""What is there and what is missing: models, index, device, network.

Knows: how to look at each part and word a finding.
Does not know: how to mend it; the hints name the commands.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag_app import machine
from rag_app.errors import CollectionError, RagError, UnreadableError
from rag_app.home import Home
from rag_app.search.calibration import NOT_MEASURED
from rag_app.settings import PAGE_PORT, Settings

if TYPE_CHECKING:
    from rag_app.collection.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check."""

    what: str
    says: str
    fine: bool = True
    hint: str = ""


def examine(settings: Settings, *, offline: bool = False) -> list[Finding]:
    """Look at everything; a part that fails is a finding, never an exception."""
    parts = [_folders, _device, _language_model, _embedder, _index, _servers, _page]
    if offline:
        parts += [_connections, _trial_question]
    if _closed(settings):
        parts = [part for part in parts if part not in (_embedder, _index, _trial_question)]
    return [
        finding
        for part in parts
        for finding in _safely(part.__name__.strip("_").replace("_", " "), part, settings)
    ]


def _safely(what: str, part: object, settings: Settings) -> Iterator[Finding]:
    try:
        yield from part(settings)  # type: ignore[operator]
    except RagError as error:
        yield Finding(what, error.message, False, error.hint)
    except PermissionError as error:
        closed = UnreadableError(error.filename)
        yield Finding(what, closed.message, False, closed.hint)


def _closed(settings: Settings) -> UnreadableError | None:
    """The error of a home that may not be read; what it holds is then not looked at."""
    try:
        Home(settings.home).check_readable()
    except UnreadableError as error:
        return error
    return None


def _folders(settings: Settings) -> Iterator[Finding]:
    """Where everything is, which differs between a checkout and an installed rag-app."""
    if closed := _closed(settings):
        yield Finding("RAG_HOME", closed.message, False, closed.hint)
    else:
        yield Finding("RAG_HOME", str(settings.home))
    for name in ("models", "digests"):
        yield Finding(f"RAG_{name.upper()}", str(getattr(settings, name)))


def _device(settings: Settings) -> Iterator[Finding]:
    from rag_app.llm import binding

    for device in binding.devices():
        yield Finding(
            "device", f"{device.name}: {device.free_bytes >> 20:,} of {device.total_bytes >> 20:,} MiB free"
        )
    yield Finding("threads", _threads(settings))
    if limit := machine.memory_limit():
        yield Finding("memory limit", f"{limit.total >> 20:,} MiB by {limit.file}")


def _threads(settings: Settings) -> str:
    """How many threads compute, and what bounds them."""
    if settings.threads:
        return f"{settings.threads}, as RAG_THREADS says"
    allowed, all_of_them = machine.allowed_cores(), os.cpu_count() or 1
    quota = machine.cpu_limit()
    bounds = [
        *([f"at most {quota.value:g} cores by {quota.file}"] if quota else []),
        *([f"{allowed} of {all_of_them} cores by affinity"] if allowed < all_of_them else []),
    ]
    told = ", ".join(bounds) or "no limit below this machine's"
    return f"{machine.cores()}; {told}"


def _language_model(settings: Settings) -> Iterator[Finding]:
    if settings.llm_url:
        from rag_app.llm.remote import RemoteModel

        remote = RemoteModel(settings)
        yield Finding("language model", f"{remote.model}, {remote.device}")
        yield Finding("fit", f"the server's: {remote.abilities}")
        return
    from rag_app.llm import binding
    from rag_app.llm.offload import fit, read_shape
    from rag_app.weights import choice, store

    devices = binding.devices()
    path = choice.choose_llm(settings, vram_bytes=vram_bytes(settings))
    sha256 = store.ensure_verified(path, settings)
    yield Finding("language model", f"{path.name}, SHA-256 {sha256[:12]}… verified")
    shape = read_shape(path)
    plan = fit(shape, devices, context_wanted=settings.context, gpu_layers_wanted=settings.gpu_layers)
    place = (
        f"{plan.gpu_layers} of {shape.layers} layers on {plan.device}"
        if plan.gpu_layers
        else "all on the CPU"
    )
    yield Finding("fit", f"{place}; context {plan.context:,}, {plan.kv_type} cache; {plan.reason}")


def _embedder(settings: Settings) -> Iterator[Finding]:
    from rag_app.embedding.embedder import embedder_fingerprint

    fingerprint = embedder_fingerprint(settings)
    adapted = Home(settings.home).adapted.is_file()
    kind = "adapted to the collection" if adapted else "as pulled"
    yield Finding("embedding model", f"{kind}, fingerprint {fingerprint[:12]}…")
    yield _thresholds(settings, fingerprint)


def _thresholds(settings: Settings, fingerprint: str) -> Finding:
    """What the refusals of this model rest on."""
    from rag_app.search.calibration import calibration

    table, own = calibration(settings.home, fingerprint)
    if not own:
        return Finding("thresholds", NOT_MEASURED, True, "run: rag-app calibrate")
    told = table.measured
    says = (
        f"measured over {told.get('papers', '?')} papers: {told.get('worded refused', 0):.0%} of the questions "
        f"with an answer and {told.get('foreign refused', 0):.0%} of foreign ones refused"
        + (f"; what {' and '.join(table.models)} makes of a digest counts" if table.models else "")
    )
    return Finding("thresholds", says)


def _index(settings: Settings) -> Iterator[Finding]:
    """The files of the index, and its vector store: looked at without writing, and without waiting for
    whoever uses it.
    """
    from rag_app.collection.snapshot import open_current

    mending = _mending(settings)
    try:
        snapshot = open_current(settings.home)
    except UnreadableError:
        raise
    except CollectionError as error:
        raise CollectionError(error.message, mending) from None
    manifest = snapshot.manifest
    yield Finding("index", f"{manifest.papers:,} papers, {manifest.chunks:,} chunks, made {manifest.created}")
    for problem in _store_problems(snapshot):
        yield Finding("index", problem, False, mending)


def _store_problems(snapshot: Snapshot) -> list[str]:
    from rag_app.collection import verify

    if snapshot.manifest.chroma_url or snapshot.store_damage():
        return verify.damage(snapshot.folder)
    with verify.copied_store(snapshot.folder) as store:
        return verify.damage(snapshot.folder, store)


def _mending(settings: Settings) -> str:
    """The hint that makes an index: one that can succeed."""
    if not settings.home.exists() or os.access(settings.home, os.W_OK):
        return "run: rag-app ingest"
    return f"{settings.home} is read-only here: its owner can run rag-app ingest, or set RAG_HOME to another folder"


def _servers(settings: Settings) -> Iterator[Finding]:
    """The visible exception: servers that the user named."""
    from rag_app import address

    for server in address.chosen(settings):
        place = "this machine" if server.loopback else "another machine: questions and digests go there"
        yield Finding("server you set", f"{server} ({place})")


def _page(_: Settings) -> Iterator[Finding]:
    """A foreign program where a browser may look for the page: it listens at 127.0.0.1 alone."""
    from rag_app.address import OTHER_FAMILY, listens

    for port in _page_ports():
        if listens(OTHER_FAMILY, port):
            says = f"another program listens at [::1]:{port}, where localhost may lead"
            yield Finding("page", says, hint=f"open http://127.0.0.1:{port}, or serve with another --port")


def _page_ports() -> list[int]:
    """Where a page would be served unless told otherwise, and where one is."""
    from rag_app.diagnostics import connections

    ours = {place for process in connections.processes() for place in process.listens}
    served = {int(place.rpartition(":")[2]) for place in ours if place.startswith("127.0.0.1:")}
    return sorted({PAGE_PORT, *served})


def _connections(settings: Settings) -> Iterator[Finding]:
    """What the processes that run now hold open: loopback only, but for the servers that the user named."""
    from rag_app.diagnostics import connections

    running = connections.processes()
    away = sorted({found for process in running for found in process.outside} - _allowed(settings))
    says = f"{len(running)} processes of rag-app; to other machines: {', '.join(away) or 'none'}"
    yield Finding("connections", says, not away, "stop them, and report what they reached" if away else "")
    listens = sorted({found for process in running for found in process.listens})
    reachable = [found for found in listens if not found.startswith(("127.", "::1"))]
    hint = "start the page with: rag-app serve" if reachable else ""
    yield Finding("listening", ", ".join(listens) or "nothing", not reachable, hint)
    hidden = ", ".join(str(process.pid) for process in running if process.hidden)
    if hidden:
        yield Finding(
            "not looked at", f"processes of another user: {hidden}", hint="that user can run the check too"
        )


def _trial_question(settings: Settings) -> Iterator[Finding]:
    """A question, answered while every address and name that Python code asks for is noted."""
    from rag_app import pipeline
    from rag_app.diagnostics import connections

    with connections.watched() as asked:
        pipeline.answer("video generation", pipeline.open_library(settings), None)
    away = sorted(set(asked) - _allowed(settings))
    says = f"asked of other machines: {', '.join(away) or 'no connection, no name'}"
    yield Finding("trial question", says, not away, "report it, with this line" if away else "")


def _allowed(settings: Settings) -> set[str]:
    """Addresses and names of the servers that the user named."""
    from rag_app import address

    servers = address.chosen(settings)
    names = {server.host for server in servers if not server.loopback}
    return names | {f"{host}:{server.port}" for server in servers for host in (server.host, *server.ips())}


def vram_bytes(settings: Settings) -> int:
    """Free memory of the GPUs that are used, in bytes; 0 without one."""
    from rag_app.llm import binding, offload

    return offload.offload_bytes(binding.devices(), settings.gpu_layers)


def model_rows(settings: Settings) -> list[list[str]]:
    """The models of the catalogue as rows of text, heading first."""
    from rag_app.weights import choice

    rows = [["model", "kind", "size", "here", "fits", ""]]
    for row in choice.listing(settings, vram_bytes=vram_bytes(settings), ram_bytes=machine.free_memory()):
        marks = [
            mark
            for mark, holds in (("recommended", row.recommended), ("untested", not row.model.tested))
            if holds
        ]
        size = f"{row.model.bytes / 1e9:.2f} GB"
        rows.append([row.model.id, row.model.kind, size, row.here, row.fits, ", ".join(marks)])
    return rows
