"""What is there and what is missing: models, index, device, network.

Knows: how to look at each part and word a finding. Does not know: how to mend it; the hints name the commands.
`rag-app check`, `rag-app models list` and the collection page call it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag_app.errors import RagError
from rag_app.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check."""

    what: str
    says: str
    fine: bool = True
    hint: str = ""


def examine(settings: Settings, *, offline: bool = False) -> list[Finding]:
    """Look at everything; a part that fails is a finding, never an exception."""
    parts = [_device, _language_model, _embedder, _index, *([_network] if offline else [])]
    return [
        finding for part in parts for finding in _safely(part.__name__.strip("_").replace("_", " "), part, settings)
    ]


def _safely(what: str, part: object, settings: Settings) -> Iterator[Finding]:
    try:
        yield from part(settings)  # type: ignore[operator]
    except RagError as error:
        yield Finding(what, error.message, False, error.hint)


def _device(settings: Settings) -> Iterator[Finding]:
    from rag_app import llama

    for device in llama.devices():
        yield Finding("device", f"{device.name}: {device.free_bytes >> 20:,} of {device.total_bytes >> 20:,} MiB free")


def _language_model(settings: Settings) -> Iterator[Finding]:
    if settings.llm_url:
        from rag_app.remote import RemoteModel

        remote = RemoteModel(settings)
        yield Finding("language model", f"{remote.model}, {remote.device}")
        yield Finding("fit", f"the server's: {remote.abilities}")
        return
    from rag_app import llama, weights
    from rag_app.fitting import fit, read_shape

    devices = llama.devices()
    path = weights.choose_llm(settings, vram_bytes=vram_bytes())
    sha256 = weights.ensure_verified(path, settings)
    yield Finding("language model", f"{path.name}, SHA-256 {sha256[:12]}… verified")
    plan = fit(read_shape(path), devices, context_wanted=settings.context, gpu_layers_wanted=settings.gpu_layers)
    yield Finding("fit", f"{plan.gpu_layers} layers on the GPU, context {plan.context:,}, {plan.reason}")


def _embedder(settings: Settings) -> Iterator[Finding]:
    from rag_app.embedding import embedder_fingerprint

    fingerprint = embedder_fingerprint(settings)
    adapted = (settings.home / "embedder" / "adapted.json").is_file()
    kind = "adapted to the collection" if adapted else "as pulled"
    yield Finding("embedding model", f"{kind}, fingerprint {fingerprint[:12]}…")


def _index(settings: Settings) -> Iterator[Finding]:
    from rag_app import health
    from rag_app.index import open_current

    generation = open_current(settings.home)
    manifest = generation.manifest
    problems = health.damage(generation.folder)
    yield Finding("index", f"{manifest.papers:,} papers, {manifest.chunks:,} chunks, made {manifest.created}")
    for problem in problems:
        yield Finding("index", problem, False, "run: rag-app ingest")


def _network(settings: Settings) -> Iterator[Finding]:
    """Connections of this user's rag-app processes that are not loopback: there must be none."""
    import psutil

    outside = []
    for process in psutil.process_iter(["cmdline"]):
        if not any("rag_app" in part or "rag-app" in part for part in process.info["cmdline"] or []):
            continue
        try:
            connections = process.net_connections(kind="inet")
        except psutil.Error:
            continue
        outside += [c.raddr for c in connections if c.raddr and not _is_loopback(c.raddr.ip)]
    says = "no connection leaves this machine" if not outside else f"connected to {', '.join(map(str, outside))}"
    yield Finding("network", says, not outside)
    chosen = [url for url in (settings.chroma_url, settings.llm_url) if url]
    if chosen:
        yield Finding("servers you set", ", ".join(chosen))


def _is_loopback(address: str) -> bool:
    import ipaddress

    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def vram_bytes() -> int:
    """Free memory of the GPUs, in bytes; 0 without one."""
    from rag_app import llama

    return sum(device.free_bytes for device in llama.devices() if device.kind != "cpu")


def model_rows(settings: Settings) -> list[list[str]]:
    """The models of the catalogue as rows of text, heading first."""
    import psutil

    from rag_app import weights

    rows = [["model", "kind", "size", "here", "fits", ""]]
    for row in weights.listing(settings, vram_bytes=vram_bytes(), ram_bytes=psutil.virtual_memory().available):
        marks = [
            mark for mark, holds in (("recommended", row.recommended), ("untested", not row.model.tested)) if holds
        ]
        size = f"{row.model.bytes / 1e9:.2f} GB"
        rows.append([row.model.id, row.model.kind, size, row.here, row.fits, ", ".join(marks)])
    return rows
