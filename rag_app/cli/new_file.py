"""The file that `--save` names.

Knows: that it must be new and can be written.
Does not know: what is written into it.
"""

from __future__ import annotations

import os
from pathlib import Path

from rag_app import files
from rag_app.errors import RagError


def reserve(file: Path) -> None:
    """See that `--save` can write a new file there. Raises RagError; a file that is there is never
    replaced, since nobody could get it back.
    """
    try:
        os.close(files.private_opener(str(file), os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        file.unlink()
    except FileExistsError:
        raise RagError(f"{file} is there already", "choose another file for --save, or remove it") from None
    except OSError as error:
        raise RagError(
            f"{file} cannot be written: {error.strerror}", "choose another file for --save"
        ) from error
