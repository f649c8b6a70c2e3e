"""What pyproject.toml cannot say: files beside the package that it reads at run time are part of the wheel.

They become `rag_app/data/`, where `rag_app/shipped.py` looks for them; the checkout keeps the one copy.
"""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

DATA = "rag_app.data"


class BuildWithData(build_py):
    def find_package_modules(self, package, package_dir):
        """None for the data: its folder is the top of the checkout, where this file lies."""
        return [] if package == DATA else super().find_package_modules(package, package_dir)


setup(
    cmdclass={"build_py": BuildWithData},
    packages=[*find_packages(include=["rag_app*"]), DATA],
    package_dir={DATA: "."},
    package_data={
        DATA: ["CHANGELOG.md", ".streamlit/config.toml", "digests/*.md", "models/catalog.toml"],
        "rag_app.bench": ["peers.lock"],
        "rag_app.evaluation": ["sample_questions/*.jsonl"],
        "rag_app.search": [
            "slots.toml",
            "foreign.toml",
            "examples/*.toml",
            "fitted/*.npz",
            "calibrations/*.json",
        ],
    },
    # only what is listed: everything else at the top of the checkout would count as the package's
    include_package_data=False,
)
