"""A zip of a sentence-transformers folder -> that folder.

Knows: which of its files decide the vectors; others (notes, notebooks) are left in the zip.
Does not know: where the zip came from.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from rag_app.errors import WeightsError

MODULES = "modules.json"  # stands at the root of such a folder
WANTED = {".json", ".safetensors"}


def unzip(archive: Path, folder: Path) -> Path:
    """Write the files below the one `modules.json` of `archive` into `folder`, made anew. Raises
    WeightsError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as zipped:
            names = [PurePosixPath(name) for name in zipped.namelist()]
            root = next(name.parent for name in names if name.name == MODULES)
            for name in names:
                if name.suffix in WANTED and name.is_relative_to(root) and ".." not in name.parts:
                    _write(zipped, name, folder / name.relative_to(root))
    except (StopIteration, zipfile.BadZipFile):
        raise WeightsError(
            f"{archive.name} holds no sentence-transformers folder", "remove it and pull the model again"
        ) from None
    return folder


def _write(zipped: zipfile.ZipFile, name: PurePosixPath, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(str(name)) as content, path.open("wb") as stream:
        shutil.copyfileobj(content, stream, 1 << 20)
