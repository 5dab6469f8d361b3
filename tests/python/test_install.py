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


def export(folder):
    """The files of the repository, as in a fresh clone."""
    names = run("git", "-C", TOP, "ls-files", "-z", "-c", "-o", "--exclude-standard")
    for name in filter(None, names.split("\0")):
        if not name.startswith(("docs/", "tests/", ".")) and (TOP / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, folder / name)


def pip(python, *words, **variables):
    return run(
        python, "-m", "pip", "--disable-pip-version-check", *words, **variables
    )  # fmt: skip


def test_pip_without_a_network(tmp_path, script):
    """From a clean copy of the repository: a wheel, which has no use for numpy, for
    MPI or for any package of the system."""
    export(tmp_path / "source")
    # Without optimisation, so that it takes seconds.
    options = "-DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0"
    pip(
        sys.executable, "wheel", "--no-index", "--no-build-isolation", "--no-deps",
        "--wheel-dir", tmp_path / "wheels", str(tmp_path / "source" / "python"),
        COHORT_CMAKE_OPTIONS=options,
    )  # fmt: skip
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert "-cp311-abi3-linux" in wheel.name
    shutil.rmtree(tmp_path / "source")
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", venv)
    python = str(venv / "bin" / "python")
    pip(python, "install", "--no-index", str(wheel))
    assert run(python, str(script), str(venv)) == expected()
    bare = "import cohort, sys; print(sorted({'numpy', 'mpi4py'} & set(sys.modules)))"
    assert run(python, "-c", bare) == "[]\n"
    (tag,) = venv.glob("**/cohort-*.dist-info/WHEEL")
    assert "Tag: cp311-abi3-" in tag.read_text()
    files = pip(python, "show", "-f", "cohort")
    assert f"Version: {cohort.__version__}" in files
    for name in ("py.typed", "_native.pyi", "_native.abi3.so", "pool.py"):
        assert f"cohort/{name}" in files
    assert ".c\n" not in files
    pip(python, "uninstall", "--yes", "cohort")
    assert not list(venv.glob("**/site-packages/cohort"))


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
