"""How the process shares the machine, as the libraries themselves report it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.helpers.checkout import CHECKOUT

# scikit-learn brings a second OpenBLAS, and calls it from threads of OpenMP.
THREADS_OF_MATRIX_PRODUCTS = """
import rag_app.collection.paper_map, sklearn.cluster, threadpoolctl
found = threadpoolctl.threadpool_info()
print(sorted({one["num_threads"] for one in found if one["internal_api"] == "openblas"}))
"""


@pytest.mark.parametrize(("users", "used"), [({}, "[1]"), ({"OPENBLAS_NUM_THREADS": "2"}, "[2]")])
def test_matrix_products_take_one_thread_from_the_start(users: dict[str, str], used: str) -> None:
    if users and os.cpu_count() == 1:
        pytest.skip("OpenBLAS takes no more threads than there are cores")
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", THREADS_OF_MATRIX_PRODUCTS]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment | users, capture_output=True, text=True, check=True
    )
    if done.stdout.strip() == "[]":
        pytest.skip("this build of numpy does not use OpenBLAS")
    assert done.stdout.strip() == used
