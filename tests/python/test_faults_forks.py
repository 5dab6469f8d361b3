"""Forks: what other threads hold, what the parent has in store, and what other
packages fork beside a sweep and in it."""

import concurrent.futures
import logging
import multiprocessing
import os
import subprocess
import sys

import pytest

import cohort


def square(x):
    return x * x


def in_a_pool(x):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return sum(pool.map(square, range(x)))


def in_an_executor(x):
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        return sum(executor.map(square, range(x)))


def in_threads(x):
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        return sum(executor.map(square, range(x)))


def in_a_process(x):
    queue = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=queue.put, args=(x,))
    process.start()
    value = queue.get()
    process.join()
    return value, process.exitcode


def in_a_program(x):
    return int(subprocess.check_output(["sh", "-c", f"echo {x}"]))


def in_a_fork(x):
    pid = os.fork()
    if pid == 0:
        os._exit(x)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


INSIDE = {
    in_a_pool: [0, 0, 1, 5],
    in_an_executor: [0, 0, 1, 5],
    in_threads: [0, 0, 1, 5],
    in_a_process: [(0, 0), (1, 0), (2, 0), (3, 0)],
    in_a_program: [0, 1, 2, 3],
    in_a_fork: [0, 1, 2, 3],
}


@pytest.mark.parametrize("isolate", [False, True])
@pytest.mark.parametrize("f", INSIDE, ids=lambda f: f.__name__)
def test_processes_in_a_task(f, isolate):
    assert cohort.map(f, range(4), workers=2, isolate=isolate) == INSIDE[f]


def maps(x):
    return [list(cohort.map(square, range(x), workers=2, isolate=i)) for i in (0, 1)]


def test_processes_beside_a_sweep():
    squares = [0, 1, 4, 9]
    context = multiprocessing.get_context("fork")
    sleeper = subprocess.Popen(["sleep", "0.1"])
    with context.Pool(2) as pool, concurrent.futures.ProcessPoolExecutor(
        2, mp_context=context
    ) as executor:
        for turn in range(2):
            assert pool.map(square, range(4)) == squares
            assert list(executor.map(square, range(4))) == squares
            assert cohort.map(square, range(4), workers=2) == squares
            assert cohort.map(square, range(4), workers=2, isolate=True) == squares
        # and in their processes
        assert pool.map(maps, [2]) == [[[0, 1], [0, 1]]]
        assert list(executor.map(maps, [2])) == [[[0, 1], [0, 1]]]
    assert sleeper.wait() == 0


# A thread that holds a lock nearly always, and what a task does that needs it.
HOLDERS = {
    "logging": ("logging.info('x' * 99)", "logging.info('task %d', x)"),
    "import": (
        "sys.modules.pop('slow', None); import slow",
        "sys.modules.pop('slow', None); import slow",
    ),
    "stdout": ("print('x' * 99, flush=True)", "print('task', x, flush=True)"),
    "threading": (
        "threading.Thread(target=int).start()",
        "thread = threading.Thread(target=int); thread.start(); thread.join()",
    ),
}


@pytest.mark.parametrize("isolate", [False, True])
@pytest.mark.parametrize("name", HOLDERS)
def test_locks_that_other_threads_hold(name, isolate, run_script, tmp_path):
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(0.002)\n")
    holds, needs = HOLDERS[name]
    done = run_script(
        f"""
        import logging, os, sys, threading, cohort

        logging.basicConfig(filename={str(tmp_path / "log")!r}, level=logging.INFO)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        end = False

        def hold():
            while not end:
                {holds}

        def f(x):
            {needs}
            return x

        thread = threading.Thread(target=hold)
        thread.start()
        for turn in range(5):
            assert cohort.map(f, range(4), workers=2, isolate={isolate}) == [0, 1, 2, 3]
        end = True
        thread.join()
        sys.stderr.write("well")
        """
    )
    assert done.stderr.endswith("well")
    if name == "logging":
        lines = (tmp_path / "log").read_text().splitlines()
        assert sum("task" in line for line in lines) == 5 * 4
        assert all(line.startswith("INFO:root:") for line in lines)


def test_what_the_parent_has_in_store_happens_once(run_script, tmp_path):
    done = run_script(
        f"""
        import atexit, os, sys, tempfile, weakref, cohort

        folder = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})
        temporary = tempfile.NamedTemporaryFile(dir={str(tmp_path)!r})
        atexit.register(print, "handler")
        log = open({str(tmp_path / "log")!r}, "w")
        log.write("once\\n")
        sys.stdout.write("begun")

        def f(x):
            sys.stdout.write(f" {{x}}")
            return os.path.isdir(folder.name) and os.path.exists(temporary.name)

        for isolate in (False, True):
            assert all(cohort.map(f, range(2), workers=2, isolate=isolate))
        with cohort.open(2) as group:
            group.barrier()
        assert f(9)
        print()
        """
    )
    first, last = done.stdout.splitlines()
    assert first[:5] == "begun" and first[-2:] == " 9" and last == "handler"
    assert sorted(first[5:-2].split()) == ["0", "0", "1", "1"]
    assert (tmp_path / "log").read_text() == "once\n"
    assert sorted(os.listdir(tmp_path)) == ["log", "script.py"]


def test_exit_handlers_of_tasks(run_script):
    """A worker's own handlers run, since it leaves as programs do."""
    done = run_script(
        """
        import atexit, cohort
        with cohort.open(2) as group:
            if group.rank == 1:
                print("rank 1")
        print("end")
        """
    )
    assert done.stdout == "rank 1\nend\n"


def test_children_are_no_ranks():
    def child(group, answers):
        for call in (group.barrier, group.size.__class__, group.close):
            try:
                call()
            except cohort.StateError as error:
                answers.put(error.sentence)
        answers.put(list(cohort.map(abs, [-1, 2], workers=2)))

    with cohort.open(2) as group:
        if group.is_root:
            context = multiprocessing.get_context("fork")
            answers = context.SimpleQueue()
            process = context.Process(target=child, args=(group, answers))
            process.start()
            process.join()
            assert process.exitcode == 0
            assert "forked off by rank 0" in answers.get()
            assert answers.get() == [1, 2]
        assert group.allgather(group.rank) == [0, 1]


def test_standard_streams_of_all_kinds(run_script):
    done = run_script(
        """
        import contextlib, io, os, sys, cohort

        class Broken:
            def write(self, text): raise OSError("broken")
            def flush(self): raise RuntimeError("broken")

        def sweeps():
            for isolate in (False, True):
                assert cohort.map(abs, [-1, 2], workers=2, isolate=isolate) == [1, 2]

        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            print("before")
            cohort.map(print, range(3), workers=2)
            sweeps()
        assert text.getvalue() == "before\\n"
        whole = sys.stdout, sys.stderr
        for stream in (None, Broken(), open(os.devnull)):
            sys.stdout = sys.stderr = stream
            try:
                sweeps()
            finally:
                sys.stdout, sys.stderr = whole
        closed = io.StringIO()
        closed.close()
        sys.stdout = closed
        sweeps()
        """
    )
    assert done.stderr == ""


def test_interpreters_beside_the_main_one(run_script):
    """Python itself hangs in such forks: they are refused, and nothing has run."""
    pytest.importorskip("_xxsubinterpreters")
    done = run_script(
        """
        import sys, cohort, _xxsubinterpreters as interpreters

        def refused(call):
            try:
                call()
            except cohort.StateError as error:
                assert "1 Python interpreter beside" in str(error), error
            else:
                raise AssertionError("not refused")

        def f(x):
            assert allowed
            return -x

        def submit():
            with cohort.Executor(2) as executor:
                executor.submit(f, 1).result()

        other = interpreters.create()
        allowed = False
        refused(lambda: cohort.map(f, [1, 2], workers=2))
        refused(lambda: cohort.map(f, [1, 2], workers=1, isolate=True))
        refused(lambda: list(cohort.imap(f, [1, 2], workers=2)))
        refused(lambda: cohort.open(2))
        refused(submit)
        with cohort.open(1) as group:
            refused(lambda: group.map(f, [1], timeout=9.0))
        allowed = True
        assert cohort.map(f, [1, 2], workers=1) == [-1, -2]
        interpreters.destroy(other)
        for isolate in (False, True):
            assert cohort.map(f, [1, 2], workers=2, isolate=isolate) == [-1, -2]
        """
    )
    assert done.stderr == ""


def test_pytest_captures_what_tasks_print(capfd):
    cohort.map(print, ["one", "two"], workers=2)
    # In pieces, which may be mixed.
    assert sorted(capfd.readouterr().out) == sorted("one\ntwo\n")


def test_logging_of_pytest(caplog):
    with caplog.at_level(logging.INFO):
        cohort.map(lambda x: logging.info("task"), range(3), workers=2)
        logging.info("caller")
    assert [record.message for record in caplog.records] == ["caller"]
    assert sys.stdout is not None
