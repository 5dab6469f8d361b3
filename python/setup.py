"""Builds the package with CMake, which builds the library and the extension.

`pip install --no-build-isolation ./python` needs CMake 3.25, a C compiler, the
header of xxHash, and no network. The modules for MPI are built for the MPIs that
are there; none has to be.
"""

import pathlib
import re
import subprocess
import sys

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent


def version():
    """The library's version, from its header."""
    header = (TOP / "include" / "cohort.h").read_text()
    parts = (
        re.search(rf"^#define COHORT_VERSION_{part} (\d+)$", header, re.M)
        for part in ("MAJOR", "MINOR", "PATCH")
    )
    return ".".join(part.group(1) for part in parts)


class BuildWithCMake(build_py):
    """Adds to the Python files what CMake builds."""

    def run(self):
        super().run()
        build = HERE / "build" / "cmake"
        library = pathlib.Path(self.build_lib).resolve()
        subprocess.run(
            [
                "cmake", "-S", TOP, "-B", build,
                "-DCMAKE_BUILD_TYPE=Release",
                "-DCOHORT_PYTHON=ON", "-DCOHORT_SHARED=OFF",
                "-DCOHORT_EXAMPLES=OFF", "-DCOHORT_TESTS=OFF",
                "-DCOHORT_TOOLS=OFF", "-DCOHORT_BENCH=OFF",
                "-DCOHORT_PYTHON_DIR=.",
                f"-DPython3_EXECUTABLE={sys.executable}",
            ],
            check=True,
        )  # fmt: skip
        subprocess.run(
            ["cmake", "--build", build, "--parallel", "--target", "cohort_python"],
            check=True,
        )
        subprocess.run(
            ["cmake", "--install", build, "--component", "python",
             "--prefix", library],
            check=True,
        )  # fmt: skip


class BinaryDistribution(Distribution):
    """Says that the package is for one kind of machine."""

    def has_ext_modules(self):
        return True


setup(
    version=version(),
    cmdclass={"build_py": BuildWithCMake},
    distclass=BinaryDistribution,
)
