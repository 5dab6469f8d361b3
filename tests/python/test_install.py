"""The package as it is installed, by pip and by CMake."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import cohort

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(cohort.__file__).parents[2]

SCRIPT = """
import cohort, sys
assert cohort.__file__.startswith(sys.argv[1]), cohort.__file__
def square(x):
    return x * x
print(list(cohort.map(square, range(5), workers=2)), cohort.__version__)
"""


def run(*command, **words):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PIP_REQUIRE_VIRTUALENV")
    }
    done = subprocess.run(
        command, capture_output=True, text=True, env={**environment, **words}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expected():
    return f"[0, 1, 4, 9, 16] {cohort.__version__}\n"


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


def test_pip_without_a_network(tmp_path, script):
    """What CMake has built already is not built again."""
    sources = tmp_path / "source"
    shutil.copytree(TOP / "python", sources / "python")
    shutil.copytree(TOP / "include", sources / "include")
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--system-site-packages", venv)
    python = str(venv / "bin" / "python")
    run(
        python, "-m", "pip", "install", "--no-index", "--no-build-isolation",
        "--no-deps", "--disable-pip-version-check", str(sources / "python"),
        COHORT_BUILD_FOLDER=str(BUILD),
    )  # fmt: skip
    assert run(python, str(script), str(venv)) == expected()
    (wheel,) = venv.glob("**/cohort-*.dist-info/WHEEL")
    assert "Tag: cp311-abi3-" in wheel.read_text()
    files = run(python, "-m", "pip", "show", "-f", "cohort")
    assert f"Version: {cohort.__version__}" in files
    for name in ("py.typed", "_native.pyi", "_native.abi3.so", "pool.py"):
        assert f"cohort/{name}" in files


def test_cmake_installs_the_package(tmp_path, script):
    prefix = tmp_path / "prefix"
    run("cmake", "--install", BUILD, "--component", "python", "--prefix", prefix)
    (package,) = prefix.glob("**/cohort/__init__.py")
    folder = str(package.parents[1])
    moved = tmp_path / "moved"
    os.rename(folder, moved)
    assert run(
        sys.executable, str(script), str(moved), PYTHONPATH=str(moved)
    ) == expected()
    assert not list(moved.glob("**/*.c"))
    for launcher in ("mpirun.openmpi", "mpirun.mpich"):
        family = launcher.rpartition(".")[2]
        if (BUILD / "lib").glob(f"**/cohort-mpi-{family}.so") and shutil.which(launcher):
            assert run(
                launcher, "-n", "2", sys.executable, str(script), str(moved),
                PYTHONPATH=str(moved),
            ) == expected()  # fmt: skip
