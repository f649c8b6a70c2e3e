"""A page that waits for its first question has not imported what it can do without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rag_app import pipeline
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import LAB, HashEmbedder, fake_embedding, settings_in
from tests.helpers.ui_page import PATIENCE

# Together over half a gigabyte: of ingest, of tables and plots, and what only the engine's process needs.
NEEDLESS = ("torch", "chromadb", "pandas", "pyarrow", "polars", "llama_cpp")
DRAW = f"""
import sys
from streamlit.testing.v1 import AppTest
from tests.helpers.fakes import HashEmbedder, fake_embedding
with fake_embedding(HashEmbedder()):
    page = AppTest.from_file("rag_app/web/app.py", default_timeout={PATIENCE}).run()
assert not page.exception and page.chat_input, page.exception
print([name for name in {NEEDLESS} if name in sys.modules])
"""


def test_drawing_the_chat_imports_nothing_of_ingest_tables_or_the_engine(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.digests.mkdir(exist_ok=True)
    (settings.digests / "lab.md").write_text(LAB, encoding="utf-8")
    with fake_embedding(HashEmbedder()):
        pipeline.ingest(settings)
    variables = {
        f"RAG_{name.upper()}": str(getattr(settings, name)) for name in ("home", "digests", "models")
    }
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        cwd=CHECKOUT,
        env={**os.environ, **variables, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stdout + done.stderr
