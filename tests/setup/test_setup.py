"""Set-up: which llama.cpp is built and why, what is refused before anything is installed, what is
never done twice.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag_app.errors import SetUpError
from rag_app.setup import __main__, stamp, toolchain, vulkan_source
from rag_app.setup.stamp import Stamp
from rag_app.setup.toolchain import Machine

ROOT = Path(__file__).resolve().parents[2]
COMPILERS = ("cc", "c++")
VULKAN_GPU = "deviceType = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU"
VULKAN_RENDERER = "deviceType = PHYSICAL_DEVICE_TYPE_CPU"


def machine(
    system: str = "Linux",
    *,
    commands: Sequence[str] = COMPILERS,
    prints: dict[str, str] | None = None,
    files: Sequence[str] = (),
    free: float = 100.0,
) -> Machine:
    """A machine with these commands on PATH, these outputs, these files, and so many gigabytes free."""
    return Machine(
        system=system,
        which=lambda name: f"/bin/{name}" if name in commands else None,
        output=lambda command: (prints or {}).get(command[0], ""),
        exists=lambda path: path.as_posix() in files,
        free_bytes=lambda _: int(free * __main__.GB),
    )


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CC", "CXX", "CMAKE_ARGS", "VULKAN_SDK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("llama_cpp_python==0.3.36\nnumpy==2.4.6\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


VULKAN_CPP = f"""int a;
{vulkan_source.SETTINGS}
        {{ "VK_LAYER_KHRONOS_validation", "validate_best_practices" }},
    }};
{vulkan_source.SETTINGS_END}    vk::InstanceCreateInfo info(flags, &app{vulkan_source.INSTANCE}
"""


def write_source(folder: Path, vulkan_cpp: str) -> Path:
    """An archive of source code as the package index has it, as far as set-up looks at it."""
    name = f"llama_cpp_python-0.3.36/{vulkan_source.SOURCE.as_posix()}"
    archive = folder / "llama_cpp_python-0.3.36.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(vulkan_cpp.encode())
        tar.addfile(entry, io.BytesIO(vulkan_cpp.encode()))
    return archive


class Runs:
    """Stands in for the commands of set-up: notes them, makes the environment's Python, fails where told."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.variables: list[dict[str, str]] = []
        self.fail_at = "nothing"

    def __call__(
        self,
        command: Sequence[str],
        failure: str,
        variables: dict[str, str] | None = None,
        said: int | None = None,
    ) -> None:
        line = " ".join(command)
        self.commands.append(line)
        self.variables.append(variables or {})
        if self.fail_at in line:
            raise SetUpError(failure)
        if " -m venv " in line:
            python = stamp.venv_python(Path(command[-1]))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        if " pip download " in line:
            write_source(Path(command[command.index("--dest") + 1]), VULKAN_CPP)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    runs = Runs()
    monkeypatch.setattr(__main__, "_run", runs)
    return runs


# --- which build -----------------------------------------------------------------------------


def vulkan_machine(device: str) -> Machine:
    files = ["/usr/include/vulkan/vulkan.h"]
    return machine(commands=(*COMPILERS, "glslc"), files=files, prints={"vulkaninfo": device})


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        (machine(), "cpu"),
        (machine("Windows"), "cpu"),
        (machine("Darwin"), "metal"),
        (machine(commands=(*COMPILERS, "nvcc"), prints={"nvidia-smi": "GPU 0: RTX"}), "cuda"),
        (machine(commands=(*COMPILERS, "nvcc")), "cpu"),  # a toolkit without a GPU
        (machine(prints={"nvidia-smi": "GPU 0: RTX"}), "cpu"),  # a GPU without a toolkit
        (vulkan_machine(VULKAN_GPU), "vulkan"),
        (vulkan_machine(VULKAN_RENDERER), "cpu"),
        (machine(commands=("glslc",), prints={"vulkaninfo": VULKAN_GPU}), "cpu"),  # no headers
    ],
)
def test_auto_wants_a_toolkit_and_a_gpu_that_answers(here: Machine, expected: str) -> None:
    assert toolchain.choose_gpu("auto", here)[0] == expected


def test_auto_says_why_there_is_no_gpu_build() -> None:
    _, why = toolchain.choose_gpu("auto", machine(commands=("nvcc",)))
    assert why == "cuda: toolkit found, but no GPU answers; vulkan: glslc not found"


@pytest.mark.parametrize("gpu", ["cuda", "vulkan", "metal"])
def test_an_asked_for_build_without_its_toolkit_is_refused_with_a_hint(gpu: str) -> None:
    with pytest.raises(SetUpError, match=f"GPU={gpu} needs") as error:
        toolchain.choose_gpu(gpu, machine())
    assert "GPU=auto" in error.value.hint


def test_an_asked_for_build_needs_no_gpu_on_the_building_machine() -> None:
    assert toolchain.choose_gpu("cuda", machine(commands=("nvcc",)))[0] == "cuda"


def test_an_unknown_build_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(SetUpError, match="GPU=nonsense") as error:
        toolchain.choose_gpu("nonsense", machine())
    assert all(gpu in error.value.hint for gpu in ("auto", "cpu", "cuda", "vulkan", "metal"))


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["Linux", "Darwin", "Windows"])
def test_a_missing_compiler_is_refused_with_the_hint_of_its_system(system: str) -> None:
    with pytest.raises(SetUpError, match="compiler") as error:
        toolchain.check_compiler(machine(system, commands=()))
    assert error.value.hint == toolchain.COMPILER_HINTS[system]


def test_a_c_compiler_alone_is_not_enough() -> None:
    with pytest.raises(SetUpError):
        toolchain.check_compiler(machine(commands=("cc",)))


def test_a_compiler_is_found_under_any_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    toolchain.check_compiler(machine(commands=("clang", "clang++")))
    toolchain.check_compiler(machine("Darwin", commands=(), prints={"xcode-select": "/Library/Developer"}))
    toolchain.check_compiler(machine("Windows", commands=("cl",)))
    monkeypatch.setenv("CXX", "g++-14 -m64")
    toolchain.check_compiler(machine(commands=("cc", "g++-14")))


def test_a_named_compiler_that_is_missing_is_not_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "icx")
    with pytest.raises(SetUpError):
        toolchain.check_compiler(machine())


def test_too_little_disk_is_refused_with_both_numbers(checkout: Path) -> None:
    with pytest.raises(SetUpError, match=r"needs 8\.4 GB .* 3\.0 GB are free"):
        __main__.check_disk(checkout, ("environment", "engine", "packages"), machine(free=3))


def test_a_build_of_the_engine_alone_needs_little_disk(checkout: Path) -> None:
    __main__.check_disk(checkout, ("engine",), machine(free=3))


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_a_python_without_wheels_is_refused_and_a_fitting_one_is_named(version: tuple[int, int]) -> None:
    with pytest.raises(SetUpError, match=rf"Python 3\.{version[1]}") as error:
        toolchain.check_python(version, machine(prints={"python3.12": "Python 3.12.1"}))
    assert error.value.hint == "use python3.12: make PYTHON=python3.12"


def test_errors_are_one_line_and_a_hint_and_exit_1() -> None:
    command = [sys.executable, "-m", "rag_app.setup", "--gpu", "nonsense"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    # -I -S: no site-packages at all, as before anything is installed
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import rag_app.setup.__main__"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


# --- what is done, and only once -------------------------------------------------------------


def test_a_first_run_makes_everything_and_a_second_nothing(checkout: Path, runs: Runs) -> None:
    __main__.set_up(checkout, "auto", machine())
    assert len(runs.commands) == 4  # the environment, the engine, the packages, rag-app itself
    __main__.set_up(checkout, "auto", machine(commands=(), free=0))
    assert len(runs.commands) == 4


def test_a_failed_step_is_taken_again_and_the_ones_before_it_are_not(checkout: Path, runs: Runs) -> None:
    runs.fail_at = "--requirement"
    with pytest.raises(SetUpError, match="packages"):
        __main__.set_up(checkout, "cpu", machine())
    runs.fail_at, runs.commands = "nothing", []
    __main__.set_up(checkout, "cpu", machine())
    assert ["--requirement" in command or "--editable" in command for command in runs.commands] == [
        True,
        True,
    ]


def test_another_gpu_rebuilds_the_engine_alone(checkout: Path, runs: Runs) -> None:
    __main__.set_up(checkout, "cpu", machine())
    runs.commands, runs.variables = [], []
    __main__.set_up(checkout, "cuda", machine(commands=(*COMPILERS, "nvcc")))
    (command,) = runs.commands
    assert command.endswith(
        "--no-deps --force-reinstall --no-binary llama-cpp-python llama_cpp_python==0.3.36"
    )
    assert runs.variables[0]["CMAKE_ARGS"] == "-DGGML_CUDA=on"


def test_only_the_plain_build_may_come_from_the_cache(
    checkout: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    __main__.build_engine(checkout, "llama_cpp_python==0.3.36 cpu")
    __main__.build_engine(checkout, "llama_cpp_python==0.3.36 cuda")
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=off")
    __main__.build_engine(checkout, "llama_cpp_python==0.3.36 cpu")
    assert ["--no-cache-dir" in command for command in runs.commands] == [False, True, True]
    assert runs.variables[2]["CMAKE_ARGS"] == "-DGGML_METAL=off -DGGML_NATIVE=off"


def test_the_vulkan_build_is_made_of_patched_source(checkout: Path, runs: Runs) -> None:
    __main__.build_engine(checkout, "llama_cpp_python==0.3.36 vulkan")
    fetch, build = runs.commands
    assert fetch.endswith(" llama_cpp_python==0.3.36")
    assert build.endswith("source/llama_cpp_python-0.3.36")
    assert runs.variables[1]["CMAKE_ARGS"] == "-DGGML_VULKAN=on"


def test_the_patch_takes_out_one_statement_and_refuses_a_source_it_does_not_know(tmp_path: Path) -> None:
    source = vulkan_source.unpacked(write_source(tmp_path, VULKAN_CPP)) / vulkan_source.SOURCE
    patched = "int a;\n    vk::InstanceCreateInfo info(flags, &app, layers, extensions);\n"
    assert source.read_text() == patched
    with pytest.raises(SetUpError, match="not the one"):
        vulkan_source.without_layer_settings(patched)


def test_auto_keeps_a_build_that_was_asked_for(checkout: Path, runs: Runs) -> None:
    __main__.set_up(checkout, "vulkan", vulkan_machine(VULKAN_GPU))
    runs.commands = []
    __main__.set_up(
        checkout, "auto", machine(commands=(*COMPILERS, "nvcc"), prints={"nvidia-smi": "GPU 0: RTX"})
    )
    assert runs.commands == []


def test_a_changed_lock_installs_packages_but_builds_nothing(checkout: Path, runs: Runs) -> None:
    __main__.set_up(checkout, "cpu", machine())
    runs.commands = []
    (checkout / "requirements.lock").write_text("llama_cpp_python==0.3.36\nnumpy==2.4.7\n")
    __main__.set_up(checkout, "auto", machine())
    assert not any("--force-reinstall" in command or "-m venv" in command for command in runs.commands)
    assert any("--requirement" in command for command in runs.commands)


TORCH_LOCK = "llama_cpp_python==0.3.36\ntorch==2.13.0\n"


@pytest.mark.parametrize(
    ("system", "prints", "wanted"),
    [
        ("Linux", {}, "torch==2.13.0+cpu"),
        ("Linux", {"nvidia-smi": "GPU 0: RTX"}, ""),
        ("Darwin", {}, ""),
        ("Windows", {}, ""),
    ],
)
def test_torch_comes_without_cuda_where_that_would_lie_unused(
    checkout: Path, system: str, prints: dict[str, str], wanted: str
) -> None:
    (checkout / "requirements.lock").write_text(TORCH_LOCK)
    asked = machine(commands=COMPILERS, prints=prints)
    assert __main__.cpu_torch(checkout, replace(asked, system=system)) == wanted


def test_an_index_without_a_cpu_build_of_torch_costs_a_line_only(
    checkout: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "requirements.lock").write_text(TORCH_LOCK)

    def refuse(command: Sequence[str], failure: str, *others: Any) -> None:
        if command[-1].endswith("+cpu"):
            assert subprocess.DEVNULL in others  # pip's errors would frighten
            raise SetUpError(failure)
        runs(command, failure, *others)

    monkeypatch.setattr(__main__, "_run", refuse)
    __main__.set_up(checkout, "cpu", machine())
    assert "PIP_EXTRA_INDEX_URL" in capsys.readouterr().out
    assert any("--requirement" in command for command in runs.commands)


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Path, runs: Runs) -> None:
    __main__.set_up(checkout, "cpu", machine())
    stamp.venv_python(checkout / ".venv").unlink()
    runs.commands = []
    __main__.set_up(checkout, "cpu", machine())
    assert "-m venv --clear" in runs.commands[0]


def test_a_damaged_stamp_counts_as_none(checkout: Path, runs: Runs) -> None:
    __main__.set_up(checkout, "cpu", machine())
    for damage in ("", "{", "[]", '{"other": 1}'):
        (checkout / ".venv" / "set-up.json").write_text(damage)
        assert stamp.read_stamp(checkout / ".venv") == Stamp()


# --- the files beside it ---------------------------------------------------------------------


def test_the_lock_pins_every_package_exactly_and_names_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    pattern = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*( ; sys_platform [!=]= \"\w+\")?")
    assert [pin for pin in pins if not pattern.fullmatch(pin)] == []
    assert not re.search(r"://|--(extra-)?index|--find-links|\.(org|com|io)\b", "\n".join(lines))


def test_the_lock_holds_what_the_project_asks_for() -> None:
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["dev"]])
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    for requirement in asked:
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_makefile_has_the_promised_targets() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert {"help", "setup", "run", "test", "lint", "ask", "ingest", "clean"} <= set(targets)


def test_clean_touches_neither_models_nor_data() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not re.search(r"models|\.rag_app|digests|\.venv", done.stdout)


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text(encoding="utf-8").rstrip().splitlines()[-1] == "make test"
    subprocess.run(["bash", "-n", str(script)], check=True)


def commands(target: str) -> list[str]:
    """What `make` would run for a target."""
    told = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.splitlines()


def test_what_is_checked_before_a_commit_is_what_make_lint_and_make_test_check() -> None:
    import yaml

    (own,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    (hook,) = own["hooks"]
    assert own["repo"] == "local", "nothing is fetched"
    assert (hook["entry"], hook["pass_filenames"]) == ("make lint", False)
    checks = commands("style")
    assert [check.partition("/bin/")[2].split()[0] for check in checks] == [
        "ruff",
        "ruff",
        "mypy",
        "lint-imports",
    ]
    assert set(checks) <= set(commands("lint"))
    assert set(checks) <= set(commands("test"))


def test_the_page_is_served_to_this_machine_only() -> None:
    import tomllib

    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == config["browser"]["serverAddress"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
