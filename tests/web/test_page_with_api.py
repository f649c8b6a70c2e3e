"""What `serve --api` promises: the page as without it, and `/v1` beside it with the key of the home."""

from __future__ import annotations

import os
from pathlib import Path

import httpx

from tests.helpers.browsing import served


def test_page_and_api_are_one_server_with_one_guard(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with served({**os.environ, "RAG_HOME": str(home), "RAG_OFFLINE": "1"}, 0, "--api") as address:
        key = (home / "api.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        assert (home / "api.key").stat().st_mode & 0o777 == 0o600
        assert httpx.get(address).status_code == 200
        assert httpx.get(f"{address}/v1/models").status_code == 401
        assert len(httpx.get(f"{address}/v1/models", headers=headers).json()["data"]) == 2
        for foreign in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            refused = httpx.get(f"{address}/v1/models", headers={**headers, **foreign})
            assert refused.status_code == 403 and refused.json()["error"]["code"] == "forbidden"
            assert "json" not in httpx.get(address, headers=foreign).headers["content-type"]
        body = {"model": "rag-app", "messages": [{"role": "user", "content": "What is new?"}]}
        reply = httpx.post(f"{address}/v1/chat/completions", headers=headers, json=body, timeout=30)
        assert reply.status_code == 503 and "rag-app ingest" in reply.json()["error"]["message"]


def test_without_the_option_there_is_no_api_and_no_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with served({**os.environ, "RAG_HOME": str(home), "RAG_OFFLINE": "1"}) as address:
        reply = httpx.get(f"{address}/v1/models")
        assert "application/json" not in reply.headers.get("content-type", "")
    assert not (home / "api.key").exists()
