"""What tests share: scripts in processes of their own."""

import os
import re
import subprocess
import sys
import textwrap

import cohort
import pytest


# Names of C, which no sentence of the package should have.
OF_C = re.compile(
    r"\b(?:job|options)\.[a-z_]+\b(?!\.)|\bcohort_[a-z]+|COHORT_(?:E|NO_|IN_)"
)
_found: list = []


def _record(self, sentence="", status=None, init=cohort.Error.__init__):
    if OF_C.search(sentence):
        _found.append(sentence)
    init(self, sentence, status)


cohort.Error.__init__ = _record


def check_output(done):
    """Of what a script has printed, but for its source in tracebacks, and for what
    the library itself prints."""
    for line in (done.stdout + done.stderr).splitlines():
        if not line.startswith(("  ", "cohort[")):
            assert not OF_C.search(line), line


@pytest.fixture(autouse=True)
def sentences_are_in_the_words_of_python():
    """Of every exception that a test provokes in its own process."""
    yield
    found = _found[:]
    _found.clear()
    assert not found


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
        check_output(done)
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
        done = subprocess.run(
            [launcher, "-n", str(ranks), sys.executable, str(script)],
            capture_output=True, text=True, timeout=1500, env=environment,
            cwd=tmp_path,
        )  # fmt: skip
        check_output(done)
        return done

    return run
