"""What tests share: scripts in processes of their own."""

import os
import subprocess
import sys
import textwrap

import pytest


@pytest.fixture
def run_script(tmp_path):
    """Runs the text of a script in a process of its own, and returns what came of
    it. It fails if the process leaves with another status than `status`."""

    def run(text, status=0, before=(), **options):
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(text))
        # Output is buffered, as it is for most users.
        options.setdefault("env", {**os.environ})
        options["env"].pop("PYTHONUNBUFFERED", None)
        done = subprocess.run(
            [*before, sys.executable, str(script)],
            capture_output=True, text=True, timeout=1500, **options,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


LAUNCHERS = os.environ.get("LAUNCHERS", "").split()


@pytest.fixture(params=LAUNCHERS, ids=lambda path: path.rpartition(".")[2])
def launcher(request):
    """The launcher of each MPI that is there."""
    return request.param


@pytest.fixture
def mpirun(tmp_path):
    """Runs the text of a script on some ranks of a job, and returns what came of
    it. The variable FOLDER tells the script of a folder of its own."""

    def run(launcher, ranks, text):
        script = tmp_path / "script.py"
        script.write_text("import os\nimport cohort\n" + textwrap.dedent(text))
        environment = {**os.environ, "TMPDIR": "/tmp", "FOLDER": str(tmp_path)}
        environment.pop("PYTHONUNBUFFERED", None)
        return subprocess.run(
            [launcher, "-n", str(ranks), sys.executable, str(script)],
            capture_output=True, text=True, timeout=1500, env=environment,
            cwd=tmp_path,
        )  # fmt: skip

    return run
