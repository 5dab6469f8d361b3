"""cohort.map in a job of MPI: ranks other than 0 are its workers."""

import pytest
from conftest import LAUNCHERS

# Debian's mpi4py is for Open MPI.
OPEN_MPI = [one for one in LAUNCHERS if "openmpi" in one]


def test_maps_in_a_row(launcher, mpirun, tmp_path):
    """Whatever happens in a map, the next one runs, on all ranks."""
    done = mpirun(launcher, 2, """
        import atexit, functools, sys, tempfile

        folder = os.environ["FOLDER"]
        kept = tempfile.TemporaryDirectory(dir=folder, prefix="kept")
        atexit.register(lambda: open(f"{folder}/exit{os.getpid()}", "w").close())

        def where(x):
            return cohort.task().position, os.getpid(), x

        def crash(x):
            if x == 1:
                os.kill(os.getpid(), 9)
            return x

        def inner(x):
            return list(cohort.map(abs, range(-x, 0)))

        def halts(x):
            if x == 3:
                raise KeyboardInterrupt
            return x

        def halts_build():
            raise KeyboardInterrupt

        def build():
            raise LookupError("no model")

        factor = len(folder)
        closure = lambda x: x * factor

        def params():
            assert os.path.exists(f"{folder}/first") is False
            open(f"{folder}/first", "w").close()  # on rank 0 alone
            yield from range(10)

        def check(f, params, expected, **options):
            results = cohort.map(f, params, schedule="static", **options)
            assert results == expected, results
            assert len({one.rank for one in results.results}) == 2
            return results

        expected = [x * factor for x in range(10)]
        check(closure, params(), expected, workers=7)
        check(closure, range(10), expected)  # each rank has it
        check(abs, range(-5, 0), [5, 4, 3, 2, 1])
        check(functools.partial(pow, 2), range(20), [2**x for x in range(20)], chunk=3)
        pids = cohort.map(where, "abc" * 3, schedule="static")
        assert len({pid for _, pid, _ in pids}) == 2

        def fails(error, words, f, params, **options):
            try:
                cohort.map(f, params, **options)
            except error as raised:
                assert words in str(raised), raised
                return raised
            raise AssertionError("it has not failed")

        raised = fails(TypeError, "bad operand", abs, [1, 2, "x"])
        assert "TypeError" in str(raised.__cause__)
        check(abs, [-1, -2], [1, 2])
        kept_errors = cohort.map(abs, [1, "x"], on_error="keep")
        assert [one.ok for one in kept_errors.results] == [True, False]
        fails(ValueError, "chunk", abs, [1], chunk=0)
        fails(cohort.InvalidArgument, "parameter 1 cannot be pickled", abs,
              [1, lambda: 1])
        fails(TypeError, "", abs, [1], timeout="soon")
        fails(cohort.InvalidArgument, "equal", abs, [1, 1], unique=True)
        fails(SystemError, "", exec, ["raise SystemError"])
        check(abs, [-1, -2], [1, 2])
        assert cohort.map(abs, []) == []
        for _ in range(2):  # in all orders
            assert cohort.map(lambda x: -x, [1, 2], backend="serial") == [-1, -2]
            fails(cohort.BackendError, "MPI", abs, [1, 2], backend="mp")
            check(abs, [-1, -2], [1, 2], backend="mpi")
            fails(cohort.BackendError, "MPI", abs, [1, 2], backend="mp")
            with cohort.open(backend="serial") as group:
                assert group.map(abs, [-1]) == [1]
            for call in (cohort.open, lambda **o: list(cohort.imap(abs, [1], **o))):
                try:
                    call(backend="mp")
                    raise AssertionError("it has not failed")
                except cohort.BackendError:
                    pass

        assert cohort.starmap(pow, [(2, 3), (3, 2)]) == [8, 9]
        assert list(cohort.imap(abs, range(-5, 0))) == [5, 4, 3, 2, 1]
        assert sorted(cohort.imap_unordered(abs, range(-5, 0))) == [1, 2, 3, 4, 5]
        for call in (cohort.map, cohort.imap):
            assert list(call(abs, range(-7, 0), progress=True)) == [7, 6, 5, 4, 3, 2, 1]
        kept = cohort.imap(abs, range(-10_000, 0))
        for value in kept:
            break
        check(inner, range(3), [[], [1], [2, 1]])
        crashed = cohort.map(crash, range(4), isolate=True, on_error="keep")
        assert [one.ok for one in crashed.results] == [True, False, True, True]
        fails(cohort.BuildError, "", inner, [1, 2], build=build)
        for schedule in ("static", "dynamic"):  # on a worker, and on rank 0
            for params in (range(10), range(9, -1, -1)):
                fails(KeyboardInterrupt, "", halts, params, schedule=schedule)
                fails(KeyboardInterrupt, "", halts, params, isolate=True)
        fails(KeyboardInterrupt, "", halts, range(10), build=halts_build)
        check(halts, range(3), [0, 1, 2])
        for _ in range(2):
            check(abs, [-1, -2, -3], [1, 2, 3], journal=f"{folder}/journal")

        import importlib.util
        if importlib.util.find_spec("cloudpickle") is None:
            def late(x):
                return x + 1

            def where(x):  # as the workers do not know it
                return x
            fails(cohort.InvalidArgument, "install cloudpickle", late, [1])
            fails(cohort.InvalidArgument, "was another function", where, [1])
            fails(cohort.InvalidArgument, "cannot be sent", lambda x: x, [1])
        try:
            cohort.open()
        except cohort.StateError as error:
            assert "workers of cohort.map" in str(error)
        check(abs, [-1, -2], [1, 2])
        print("all is well")
        sys.exit(3)
    """)  # fmt: skip
    assert done.stdout.count("all is well") == 1, done.stdout + done.stderr
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("7/7") >= 2  # two bars come to the total
    names = [path.name for path in tmp_path.iterdir()]
    assert not [name for name in names if name.startswith("kept")]
    assert len([name for name in names if name.startswith("exit")]) == 2


def test_an_exception_of_rank_0_ends_the_job(launcher, mpirun):
    done = mpirun(launcher, 2, """
        with cohort.open() as group:
            assert group.allgather(group.rank) == [0, 1]
            try:
                cohort.map(abs, [1])
            except cohort.StateError as error:
                assert "map of the group" in str(error)
        # The other rank has become a worker.
        print(list(cohort.map(abs, [-1, -2], build=None)), flush=True)
        raise ValueError("the end")
    """)
    assert done.returncode == 1
    assert done.stdout == "[1, 2]\n"
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.count("ValueError: the end") == 1
    assert "cohort[" not in done.stderr  # the job ends in order


def test_a_rank_that_fails_before_its_first_map_ends_the_job(launcher, mpirun):
    """The other one waits for it in MPI_Init."""
    done = mpirun(launcher, 2, """
        import sys

        rank = os.environ.get("OMPI_COMM_WORLD_RANK", os.environ.get("PMI_RANK"))
        if rank == "1":
            sys.exit(7)
        cohort.map(abs, [1, 2])
        print("survived")
    """)
    assert done.returncode == 7, done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("who", ["rank 0", "worker"])
def test_a_rank_that_is_killed_ends_the_job(launcher, mpirun, who):
    done = mpirun(launcher, 2, f"""
        import signal

        def die_if(pid):
            if os.getpid() == pid:
                os.kill(pid, signal.SIGKILL)

        pids = cohort.map(lambda x: os.getpid(), range(2), schedule="static")
        assert pids[0] == os.getpid() != pids[1]
        print("killed", flush=True)
        if {who!r} == "rank 0":
            os.kill(pids[0], signal.SIGKILL)
        cohort.map(die_if, [pids[1]] * 2, schedule="static")
        print("survived")
    """)  # fmt: skip
    # MPICH's launcher adds a few lines.
    assert done.stdout.startswith("killed\n") and "survived" not in done.stdout
    assert done.returncode not in (0, 1)


def test_ctrl_c_is_rank_0s(launcher, mpirun):
    """Rank 0 can say what it has, and its status is the job's."""
    done = mpirun(launcher, 2, """
        import signal, sys

        def f(x):
            if cohort.task().position == 0:
                os.kill(os.getpid(), signal.SIGINT)

        try:
            cohort.map(f, range(9), schedule="static")
        except KeyboardInterrupt:
            print("interrupted")
        try:
            cohort.map(abs, [1])
        except cohort.Interrupted:
            print("broken")
        sys.exit(4)
    """)
    assert done.stdout == "interrupted\nbroken\n"
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_mpi4py_without_a_launcher(run_script):
    """The map has one worker, and says so, unless one is asked for."""
    pytest.importorskip("mpi4py")
    text = """
        import cohort
        from mpi4py import MPI
        assert cohort.map(abs, [-1, -2]{options}) == [1, 2]
        assert cohort.map(abs, [-1, -2], workers=3) == [1, 2]
    """
    done = run_script(text.format(options=""))
    assert done.stderr.count("RuntimeWarning") == 1
    assert "script.py:4: RuntimeWarning: MPI is initialised" in done.stderr
    assert "start the script by mpirun" in done.stderr
    assert run_script(text.format(options=", workers=1")).stderr == ""
    assert run_script(text.format(options=", backend='mpi'")).stderr == ""
    alone = run_script(text.format(options=""), before=[OPEN_MPI[0], "-n", "1"])
    assert alone.stderr == ""
    without = run_script(
        """
        import mpi4py, os
        mpi4py.rc.initialize = False
        from mpi4py import MPI
        import cohort
        pids = cohort.map(lambda x: os.getpid(), range(9), workers=2)
        assert os.getpid() not in pids
        """
    )
    assert without.stderr == ""


@pytest.mark.parametrize("before", [True, False])
def test_beside_mpi4py(mpirun, before):
    pytest.importorskip("mpi4py")
    assert OPEN_MPI
    imports = "from mpi4py import MPI" if before else ""
    done = mpirun(OPEN_MPI[0], 3, f"""
        {imports}
        if {before}:
            world = MPI.COMM_WORLD
            part = world.Split(world.rank // 2)
            with cohort.open(comm=part) as group:
                ranks = group.allgather(world.rank)
                assert ranks == ([0, 1], [2])[world.rank // 2]
                assert (group.rank, group.size) == (part.rank, part.size)
        results = cohort.map(lambda x: x, range(9), schedule="static")
        assert {{one.rank for one in results.results}} == {{0, 1, 2}}
        from mpi4py import MPI
        assert (MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size) == (0, 3)
        try:
            cohort.open(comm="world")
        except TypeError as error:
            print(error)
        assert cohort.map(abs, [-1, -2]) == [1, 2]
    """)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "comm is a communicator of mpi4py, not 'str'\n"
