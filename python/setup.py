"""Builds the package with CMake, which builds the library and the extension.

`pip install --no-build-isolation ./python` needs CMake 3.25, a C compiler, the
header of xxHash, and no network. The modules for MPI are built for the MPIs that
are there; none has to be. The variable COHORT_CMAKE_OPTIONS may have more options for
CMake.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

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


def build_folder():
    """The folder of CMake's build. Who has built the package already, with
    -DCOHORT_PYTHON=ON, names that folder in the variable COHORT_BUILD_FOLDER."""
    folder = os.environ.get("COHORT_BUILD_FOLDER")
    if folder:
        return pathlib.Path(folder).resolve()
    folder = HERE / "build" / "cmake"
    more = shlex.split(os.environ.get("COHORT_CMAKE_OPTIONS", ""))
    options = [
        "CMAKE_BUILD_TYPE=Release", "COHORT_PYTHON=ON", "COHORT_SHARED=OFF",
        "COHORT_EXAMPLES=OFF", "COHORT_TESTS=OFF", "COHORT_TOOLS=OFF",
        "COHORT_BENCH=OFF", f"Python3_EXECUTABLE={sys.executable}",
    ]  # fmt: skip
    subprocess.run(
        ["cmake", "-S", TOP, "-B", folder, *(f"-D{one}" for one in options), *more],
        check=True,
    )
    return folder


# Without a number, make starts all compilers at once.
CORES = str(len(os.sched_getaffinity(0)))


class BuildWithCMake(build_py):
    """Adds to the Python files what CMake builds."""

    def run(self):
        super().run()
        folder = build_folder()
        subprocess.run(
            ["cmake", "--build", folder, "--parallel", CORES,
             "--target", "cohort_python"],
            check=True,
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as prefix:
            subprocess.run(
                ["cmake", "--install", folder, "--component", "python",
                 "--prefix", prefix],
                check=True,
            )  # fmt: skip
            (package,) = pathlib.Path(prefix).glob("**/cohort/__init__.py")
            shutil.copytree(
                package.parent, pathlib.Path(self.build_lib, "cohort"),
                dirs_exist_ok=True,
            )  # fmt: skip


class BinaryDistribution(Distribution):
    """Says that the package is for one kind of machine."""

    def has_ext_modules(self):
        return True


# The extension keeps to the stable interface of 3.11, if Python has it.
STABLE = {"py_limited_api": "cp311"} if sys.version_info >= (3, 11) else {}

setup(
    version=version(),
    options={"bdist_wheel": STABLE},
    cmdclass={"build_py": BuildWithCMake},
    distclass=BinaryDistribution,
)
