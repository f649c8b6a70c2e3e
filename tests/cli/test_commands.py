"""What the command promises: one line and a hint for every mistake, exact JSON, and an instant `--help`."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag_app import __version__
from rag_app.cli import arguments
from rag_app.cli import commands as command
from rag_app.collection.library import Library, open_library
from rag_app.history.store import History
from rag_app.home import Home
from rag_app.llm.protocol import Message
from rag_app.llm.state_cache import StateCache
from rag_app.settings import Settings
from rag_app.web.state.uploads import save_uploads
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import LAB, HashEmbedder, ScriptedGenerator, fake_embedding, lab

HEAVY = {
    "torch",
    "chromadb",
    "llama_cpp",
    "sentence_transformers",
    "streamlit",
    "kiwipiepy",
    "transformers",
    "numpy",
}
KEYS = (
    "answer refused intent language citations citation_numbers sentences comparison borderline_papers nearest scanned "
    "matched borderline seconds evidence_seconds first_token_seconds model device left_out"
).split()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home, models and digests of its own, and a fake embedding model."""
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        monkeypatch.delenv(name)
    for name in ("home", "models", "digests"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"RAG_{name.upper()}", str(tmp_path / name))
    with fake_embedding(HashEmbedder()):
        yield tmp_path / "home"


@pytest.fixture
def collection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab's collection instead of the empty home."""
    monkeypatch.setenv("RAG_HOME", str(lab().settings.home))


def failure(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The error line of a command that must fail as agreed: exit code 1, `error:` and `hint:`,
    nothing on stdout.
    """
    capsys.readouterr()
    assert command.main(arguments) == 1
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if line.startswith(("error:", "hint:"))]
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"], err
    assert "Traceback" not in err
    assert out == ""
    return lines[0]


# --- mistakes -----------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "absent" in failure(capsys, "ingest", str(tmp_path / "absent"))


def test_a_folder_without_digests(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    failure(capsys, "ingest", str(tmp_path / "digests"))
    (tmp_path / "digests" / "notes.md").write_text("# Shopping\n\n- milk\n")
    failure(capsys, "ingest", str(tmp_path / "digests"))


@pytest.mark.parametrize(
    "data", [bytes(range(256)), b"\xff\xfe\x00\x01", b"### \xc3\x28 [x](https://arxiv.org/abs/1)"]
)
def test_a_file_that_is_no_text(capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "digests" / "binary.md"
    file.write_bytes(data)
    assert "binary.md" in failure(capsys, "ingest", str(file))


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    "line", ["ask x --no-llm", "chat", "collections", "ingest", "brief", "serve", "mcp", "feed"]
)
def test_a_home_that_may_not_be_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(os, "access", lambda path, rights: False)  # root may read everything
    said = failure(capsys, *line.split())
    assert said == f"error: {lab().settings.home} cannot be read: permission denied"


def test_a_file_that_may_not_be_read_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def refused(self: Home) -> list[str]:
        raise PermissionError(13, "Permission denied", str(home / "collections"))

    monkeypatch.setattr(Home, "collections", refused)
    assert failure(capsys, "collections") == f"error: {home / 'collections'}: permission denied"


def test_no_index_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert "index" in failure(capsys, "ask", "What is it?", "--no-llm")


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("model", ["no-such-model", "/no/such/file.gguf"])
def test_a_model_that_is_not_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setenv("RAG_MODEL", model)
    assert model in failure(capsys, "ask", "What is it?")


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    "data", [b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 64, b"no model at all" * 100]
)
def test_a_damaged_model(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "broken.gguf").write_bytes(data)
    monkeypatch.setenv("RAG_MODEL", str(tmp_path / "broken.gguf"))
    assert "broken.gguf" in failure(capsys, "ask", "What is it?")


@pytest.mark.usefixtures("collection")
def test_without_any_model_the_answer_is_extractive_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["ask", "What does PickBot learn?"]) == 0
    out, err = capsys.readouterr()
    assert "without a language model" in err
    assert "https://arxiv.org/abs/2405.00001" in out


def test_a_second_ingest_at_the_same_time(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code = (
        "import sys, pathlib; from rag_app.collection.lock import ingest_lock\n"
        "with ingest_lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with held:
        assert held.stdout
        held.stdout.readline()
        message = failure(capsys, "ingest")
        held.terminate()
    assert str(held.pid) in message


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in failure(capsys, "serve", "--port", port)


@pytest.mark.parametrize("question", ["x" * 100_000, "", "   "])
def test_a_question_that_cannot_be_one(capsys: pytest.CaptureFixture[str], question: str) -> None:
    assert "question" in failure(capsys, "ask", question)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAG_MODLE", "x"),
        ("RAG_THREADS", "many"),
        ("RAG_CONTEXT", "-1"),
        ("RAG_OFFLINE", "perhaps"),
        ("RAG_LANGUAGE", "fr"),
        ("RAG_HOME", os.fsdecode(b"/tmp/\xff")),
    ],
)
def test_a_setting_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert name in failure(capsys, "ask", "What is it?", "--no-llm")


@pytest.mark.parametrize("day", ["2024-02-30", "yesterday", "2024"])
def test_an_option_that_is_no_day(capsys: pytest.CaptureFixture[str], day: str) -> None:
    assert day in failure(capsys, "ask", "What is it?", "--since", day)


def test_a_table_that_cannot_be_written_is_said_before_anything_is_measured(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "cannot be written" in failure(
        capsys, "bench", "engine", "--save", str(tmp_path / "absent" / "rows.json")
    )


def test_a_model_that_the_catalogue_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no-such" in failure(capsys, "models", "pull", "no-such")


def test_a_bad_line_of_questions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("nonsense\n")
    assert "q.jsonl:1" in failure(capsys, "batch", str(tmp_path / "q.jsonl"), str(tmp_path / "a.jsonl"))


@pytest.mark.parametrize(
    "arguments", [[], ["frobnicate"], ["ask"], ["serve", "--port", "x"], ["ask", "q", "--nope"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "-O3"],
        ["ask", "--no-llm"],
        ["ingest", "-x"],
        ["ask", "q", "--author", "-x"],
        ["rerun", "-1.json"],
    ],
)
def test_a_usage_error_says_how_to_mean_a_dash(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2
    assert "behind --" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["serve", "--", "x"],
        ["export"],
        ["ask", "q", "--min-votes=abc"],
        ["ask", "q", "--min-votes", "abc"],
        ["serve", "--port", "x"],
        ["export", "--format", "odd", "bookmarks"],
    ],
)
def test_other_usage_errors_say_nothing_of_dashes(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert "dash" not in capsys.readouterr().err


@pytest.mark.usefixtures("collection")
def test_a_question_behind_two_dashes_may_begin_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["ask", "--no-llm", "--", "-PickBot: what does it learn?"]) == 0
    assert "PickBot" in capsys.readouterr().out


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("kind", ["file", "folder", "link", "absent folder", "long name"])
def test_a_save_that_would_lose_a_file_is_refused_before_the_answer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "kept.json"
    match kind:
        case "file":
            file.write_text("keep me")
        case "folder":
            file.mkdir()
        case "link":
            file.symlink_to(tmp_path / "elsewhere")
        case "absent folder":
            file = tmp_path / "absent" / "kept.json"
        case "long name":
            file = tmp_path / ("x" * 256)
    for saving in (["ask", "What does PickBot learn?", "--no-llm"], ["bench", "engine", "--quick"]):
        assert file.name[:9] in failure(capsys, *saving, "--save", str(file))
    assert kind != "file" or file.read_text() == "keep me"


@pytest.mark.usefixtures("collection")
def test_a_saved_answer_is_its_owner_s_alone_and_asked_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a#b %41.json"
    assert command.main(["ask", "What does PickBot learn?", "--no-llm", "--save", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert command.main(["rerun", str(file)]) == 0
    assert "byte for byte" in capsys.readouterr().err


# --- output -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    "question",
    ["What does PickBot learn?", "Compare PickBot and FoldNet", "Which papers are about diffusion?", "x"],
)
def test_json_has_exactly_the_keys_agreed(capsys: pytest.CaptureFixture[str], question: str) -> None:
    assert command.main(["ask", question, "--json", "--no-llm"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == KEYS
    for citation in answer["citations"]:
        assert list(citation) == ["n", "arxiv_id", "title", "date", "url", "section", "quote", "start", "end"]
    for sentence in answer["sentences"]:
        assert list(sentence) == ["text", "supported", "support"]
        assert all(list(s) == ["n", "section", "quote", "start", "end"] for s in sentence["support"])


@pytest.mark.usefixtures("collection")
def test_options_filter_the_papers(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--since", "20240501", "--until", "2024-05-01", "--author", "ada kim", "--min-votes", "12"]
    assert command.main(["ask", "How many papers are there?", "--json", "--no-llm", *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [citation["arxiv_id"] for citation in answer["citations"]] == ["2405.00001"]
    assert answer["citation_numbers"] == [citation["n"] for citation in answer["citations"]]


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("author", ["Ada Kim", "ada kim", "Kim, Ada", "Park", "cleo"])
def test_an_author_is_found_by_a_part_of_the_name(capsys: pytest.CaptureFixture[str], author: str) -> None:
    assert command.main(["ask", "Which papers are there?", "--no-llm", "--json", "--author", author]) == 0
    assert json.loads(capsys.readouterr().out)["matched"] == 1


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    ("author", "says"),
    [("Ada Kimm", "Ada Kim"), ("Wang", "did you mean"), ("Nobody Atall", "as the digests")],
)
def test_an_author_who_is_nobody_or_several_is_asked_about(
    capsys: pytest.CaptureFixture[str], author: str, says: str
) -> None:
    assert command.main(["ask", "Which papers are there?", "--no-llm", "--author", author]) == 1
    err = capsys.readouterr().err
    assert f"named {author}" in err
    assert says in err


@pytest.mark.parametrize(
    "options",
    [["--author", ""], ["--author", "A", "--author", " "], ["--since", "20240502", "--until", "2024-05-01"]],
)
def test_a_filter_that_no_paper_can_meet_is_an_error(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert options[0] in failure(capsys, "ask", "Which papers are there?", "--no-llm", *options)


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    "text",
    [
        "2405.00001, 2405.00003",
        "https://arxiv.org/abs/2405.00001v2\n- [FoldNet](https://huggingface.co/papers/2405.00003)",
        '["2405.00001", "2405.00003"]',
        "arxiv_id,title\r\n2405.00001,PickBot\r\n2405.00003v1,FoldNet",
        "@misc{a, eprint = {2405.00001}}\n@misc{b, eprint = {2405.00003}}",
    ],
)
def test_only_these_papers_are_asked_however_they_are_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    file = tmp_path / "papers.txt"
    file.write_text(text, encoding="utf-8")
    asked = ["ask", "How many papers are there?", "--json", "--no-llm", "--only"]
    assert command.main([*asked, str(file)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["scanned"], answer["matched"]) == (2, 2)
    assert command.main([*asked, "2405.00001,2412.99999"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["scanned"] == 1
    assert "2412.99999" in err


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    ("typed", "says"), [("", "names no paper"), ("2412.99999", "has no paper 2412.99999")]
)
def test_papers_to_ask_among_that_are_none_are_an_error(
    capsys: pytest.CaptureFixture[str], typed: str, says: str
) -> None:
    assert says in failure(capsys, "ask", "Which papers are there?", "--no-llm", "--only", typed)


@pytest.mark.usefixtures("collection")
def test_a_chat_is_one_conversation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["What does PickBot learn?", "x" * 5_000, "Who wrote it?", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    assert command.main(["chat", "--no-llm"]) == 0
    out, err = capsys.readouterr()
    assert "Ada Kim" in out
    assert err.count("error:") == 1  # the long question; the conversation goes on


class Uploaded:
    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content = name, content

    def getvalue(self) -> bytes:
        return self._content


@pytest.mark.usefixtures("collection")
def test_ctrl_c_at_the_prompt_drops_the_line_and_the_conversation_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed: Iterator[Any] = iter([KeyboardInterrupt(), "Who wrote PickBot?", KeyboardInterrupt(), ""])
    monkeypatch.setattr("builtins.input", lambda prompt: typing(next(typed)))
    assert command.main(["chat", "--no-llm"]) == 0
    out, err = capsys.readouterr()
    assert "Ada Kim" in out
    assert err.count("an empty line or Ctrl-D ends the conversation") == 2


@pytest.mark.usefixtures("collection")
def test_ctrl_c_twice_at_the_prompt_ends_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    typed: Iterator[Any] = iter([KeyboardInterrupt(), KeyboardInterrupt(), "Who wrote PickBot?"])
    monkeypatch.setattr("builtins.input", lambda prompt: typing(next(typed)))
    assert command.main(["chat", "--no-llm"]) == 130
    assert next(typed) == "Who wrote PickBot?"


def typing(what: str | KeyboardInterrupt) -> str:
    """What `input` does when this is typed."""
    if isinstance(what, KeyboardInterrupt):
        raise what
    return what


class Interrupted(ScriptedGenerator):
    """Its user presses Ctrl-C `times` times after the first piece of its first answer."""

    times = 1

    def stream(self, messages: Sequence[Message], **options: Any) -> Iterator[str]:
        first = not self.calls
        for piece in super().stream(messages, **options):
            yield piece
            for _ in range(self.times if first else 0):
                os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_stops_an_answer_and_the_conversation_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    engine = Interrupted(["[1] PickBot grasps cups. " * 40, "[1] PickBot learns whole-body grasping."])
    engine.times = times
    monkeypatch.setattr("rag_app.llm.loading.load_if_any", lambda settings: engine)
    typed = iter(["Who wrote PickBot?", "What does PickBot learn?", "What does it learn?", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    before = signal.getsignal(signal.SIGINT)
    assert command.main(["chat"]) == 0
    out, err = capsys.readouterr()
    assert err.count("stopped") == 1
    assert "Ada Kim" in out
    assert "whole-body grasping" in out  # of the question after, which the conversation explains
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("collection")
def test_ctrl_c_at_the_prompt_ends_a_chat_on_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    assert command.main(["chat", "--no-llm"]) == 130
    assert capsys.readouterr().err.endswith("\n\n")


@pytest.mark.usefixtures("collection")
def test_the_terminal_shows_no_markdown_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["ask", "How many papers appeared on 2024-05-01?", "--no-llm"]) == 0
    out = capsys.readouterr().out
    assert "\\" not in out
    assert "](" not in out
    assert "1. PickBot: Whole-Body Grasping for Mobile Robots" in out


def test_ingest_reports_what_it_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "digests" / "lab.md").write_text(LAB + "\n### [No arXiv](https://example.com)\n\nText.\n")
    assert command.main(["ingest"]) == 0
    out = capsys.readouterr().out
    assert "3 papers" in out
    assert "lab.md:28: no arXiv address" in out, "a site's front page is no paper, and is reported"
    assert command.main(["ingest"]) == 0
    assert "nothing changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["a#b", "100%41", "a\nb", "a?b=c&d", "가" * 85, "x" * 255, os.fsdecode(b"\xff\xfe d")]
)
def test_any_name_of_a_folder_will_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As home, as folder of digests, and as name of a digest, of a saved answer and of a questions file."""
    home, digests = tmp_path / "homes" / name, tmp_path / "roots" / name
    digests.mkdir(parents=True)
    suffix = ".md" if len(os.fsencode(name)) < 250 else ""
    (digests / f"{name}{suffix}").write_text(LAB, encoding="utf-8")
    (digests / "2024-05-02.md").write_text(LAB, encoding="utf-8")
    if name.isprintable() or "\n" in name:  # no library opens a store whose path is not UTF-8
        monkeypatch.setenv("RAG_HOME", str(home))
    assert command.main(["ingest", str(digests)]) == 0
    assert command.main(["ask", "Who wrote PickBot?", "--no-llm", "--save", str(tmp_path / name)]) == 0
    assert "Ada Kim" in capsys.readouterr().out
    assert command.main(["rerun", str(tmp_path / name)]) == 0
    assert command.main(["ingest"]) == 0
    assert command.main(["export", "list"]) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_a_folder_is_found_in_the_other_form_of_unicode(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stored = tmp_path / unicodedata.normalize("NFD", "폴더")
    stored.mkdir()
    (stored / "lab.md").write_text(LAB, encoding="utf-8")
    (stored / "질문.jsonl").write_text('{"id": 1, "turns": ["Who wrote PickBot?"]}', encoding="utf-8")
    typed = tmp_path / unicodedata.normalize("NFC", "폴더")
    assert command.main(["ingest", str(typed)]) == 0
    assert command.main(["ingest", str(stored)]) == 0
    assert "nothing changed" in capsys.readouterr().out  # the root is one
    questions, answers = typed / "질문.jsonl", tmp_path / "a.jsonl"
    assert command.main(["batch", str(questions), str(answers), "--no-llm", "--digests", str(typed)]) == 0
    assert "Ada Kim" in answers.read_text(encoding="utf-8")


def test_what_was_asked_is_its_owner_s_alone(tmp_path: Path, home: Path) -> None:
    """Also where the home is open to others and the umask keeps nothing back."""
    (tmp_path / "digests" / "lab.md").write_text(LAB, encoding="utf-8")
    (tmp_path / "q.jsonl").write_text('{"id": 1, "turns": ["Who wrote PickBot?"]}', encoding="utf-8")
    home.chmod(0o755)
    before = os.umask(0)
    try:
        assert command.main(["ingest"]) == 0
        assert command.main(["ask", "Who wrote PickBot?", "--no-llm", "--save", str(home / "s.json")]) == 0
        own = ["--digests", str(tmp_path / "digests"), "--no-llm"]
        assert command.main(["batch", str(tmp_path / "q.jsonl"), str(home / "a.jsonl"), *own]) == 0
        history = History(Home(home).history)  # open, so that its log is there
        history.bookmark("2405.00001")
        save_uploads([Uploaded("lab.md", LAB.encode())], Home(home).uploads)
        states = StateCache("key", Home(home).states)
        states.add([1, 2], b"state")
        states.flush()
        named = {"history.sqlite3", "history.sqlite3-wal", "history.sqlite3-shm", "history.lock"}
        private = [*(home / name for name in named), home / "s.json", home / "a.jsonl"]
        private += [path for path in home.iterdir() if path.is_dir()]
        assert {Home(home).index, Home(home).uploads, Home(home).states, Home(home).batch} <= set(private)
        private += [*Home(home).states.iterdir(), *Home(home).uploads.iterdir(), *Home(home).batch.iterdir()]
        assert [path for path in private if path.stat().st_mode & 0o077] == []
        history.close()
    finally:
        os.umask(before)


# --- the whole command --------------------------------------------------------------------------


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from rag_app.cli.commands import main\n"
        "try: main(['--help'])\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "ingest" in done.stdout
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.usefixtures("collection")
def test_a_terminal_that_cannot_show_korean_still_gets_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii"))
    assert command.main(["ask", "PickBot은 무엇을 배우나요?", "--no-llm"]) == 0
    sys.stdout.flush()
    assert b"https://arxiv.org/abs/2405.00001" in shown.getvalue()


@pytest.mark.parametrize(("locale", "coerced"), [("C", "1"), ("C", "0"), ("en_US.ISO-8859-1", "0")])
def test_no_locale_costs_an_answer(locale: str, coerced: str) -> None:
    """Also where Python is kept from preferring UTF-8, and what is typed is no text there."""
    settings = {"LC_ALL": locale, "PYTHONUTF8": coerced, "PYTHONCOERCECLOCALE": coerced}
    home = {"RAG_HOME": str(lab().settings.home), "PYTHONPATH": str(CHECKOUT)}
    code = (
        "from tests.helpers.fakes import *\nfrom rag_app.cli.commands import main\n"
        "with fake_embedding(HashEmbedder()): raise SystemExit(main(['chat', '--no-llm']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={**os.environ, **settings, **home},
        input="PickBot은 무엇을 배우나요?\n".encode() + b"\xff\xb3\xee?\n",
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"https://arxiv.org/abs/2405.00001" in done.stdout


@pytest.mark.parametrize("output", ["a pipe that nobody reads", "/dev/full"])
def test_an_output_that_takes_nothing_is_no_traceback(output: str) -> None:
    if output == "/dev/full":
        if not Path(output).exists():
            pytest.skip("no /dev/full here")
        stdout = os.open(output, os.O_WRONLY)
    else:
        reader, stdout = os.pipe()
        os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "rag_app", "bench", "list"],
        cwd=CHECKOUT,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(stdout)
    said = [line for line in done.stderr.splitlines() if not line.startswith(("error:", "hint:"))]
    assert said == []
    assert done.returncode == (1 if output == "/dev/full" else 0)
    assert ("no space" in done.stderr) == (output == "/dev/full")


def commands() -> dict[str, argparse.ArgumentParser]:
    actions = arguments.parser()._actions
    return next(
        dict(action.choices or {}) for action in actions if isinstance(action, argparse._SubParsersAction)
    )


def test_every_command_and_option_is_in_the_readme() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    for name, parser in commands().items():
        assert f"rag-app {name}" in readme
        assert parser.format_help()
    for action in ("list", "pull", "verify"):
        assert f"rag-app models {action}" in readme


def test_every_command_of_the_readme_exists() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|Scripts\\)rag-app (\w+)", readme))
    assert named
    assert named <= set(commands())


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--version"])
    assert capsys.readouterr().out.strip() == f"rag-app {__version__}"


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("arguments", [["ask", "What does PickBot learn?"], ["chat"]])
def test_the_model_loads_while_the_collection_opens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    opening, opened = threading.Event(), open_library

    def load(settings: Settings) -> ScriptedGenerator:
        assert opening.wait(30), "the collection is opened after the model is loaded"
        return ScriptedGenerator(["[1] PickBot learns whole-body grasping."])

    def note_and_open(settings: Settings) -> Library:
        opening.set()
        return opened(settings)

    monkeypatch.setattr("rag_app.llm.loading.load_if_any", load)
    monkeypatch.setattr("rag_app.pipeline.open_library", note_and_open)
    typed = iter(["What does PickBot learn?", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    assert command.main(arguments) == 0
    assert "whole-body grasping" in capsys.readouterr().out


def test_no_model_is_loaded_where_there_is_nothing_to_ask_about(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Settings] = []
    monkeypatch.setattr("rag_app.llm.loading.load_if_any", begun.append)
    assert "no index" in failure(capsys, "ask", "What does PickBot learn?")
    assert not begun


@pytest.mark.usefixtures("collection")
def test_the_terminal_says_what_the_quotes_of_a_list_mean(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedGenerator(["PickBot learns whole-body grasping of mobile robots."])
    monkeypatch.setattr("rag_app.llm.loading.load_if_any", lambda settings: engine)
    assert command.main(["ask", "list all papers about whole-body grasping"]) == 0
    out = capsys.readouterr().out
    heading, *glosses = out.partition("translated by the model:")[1:]
    assert heading
    assert "PickBot learns whole-body grasping" in glosses[0]
