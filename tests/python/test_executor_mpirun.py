"""cohort.Executor in a job of MPI: ranks other than 0 are its workers."""


def test_calls(launcher, mpirun):
    done = mpirun(launcher, 2, """
        import time
        from concurrent.futures import as_completed

        def square(x):
            return x * x

        def where():
            return os.getpid()

        def fail(x):
            raise KeyError(x)

        def with_state(state, x):
            return state["made"], x

        made = []

        def build():
            made.append(1)
            return {"made": len(made)}

        with cohort.Executor(build=build) as executor:
            assert os.environ.get("seen") is None
            # Rank 0 alone comes here. It runs no calls, and build once elsewhere.
            assert [executor.submit(with_state, x).result() for x in range(3)] == [
                (1, 0), (1, 1), (1, 2)
            ]
            assert list(executor.map(with_state, range(7), chunksize=3)) == [
                (1, x) for x in range(7)
            ]
        assert made == []
        with cohort.Executor(99) as executor:
            assert executor.submit(where).result() != os.getpid()
            error = executor.submit(fail, 3).exception()
            assert error.args == (3,) and "in fail" in str(error.__cause__)
            error = executor.submit(lambda: 1).exception()
            assert isinstance(error, cohort.InvalidArgument)
            calls = [executor.submit(square, x) for x in range(50)]
            assert sum(one.result() for one in as_completed(calls)) == 40425
            # Maps and calls take turns; a callback submits the next call.
            again = []
            first = executor.submit(square, 2)
            first.add_done_callback(lambda _: again.append(executor.submit(square, 5)))
            assert cohort.map(square, range(4)) == [0, 1, 4, 9]
            first.result()
            while not again:
                time.sleep(0.001)
            assert again[0].result() == 25
            # What waits for the next round can be cancelled.
            slow = executor.submit(time.sleep, 0.2)
            while not slow.running():
                time.sleep(0.001)
            waits = executor.submit(square, 3)
            assert waits.cancel() and not slow.cancel()
        executor = cohort.Executor(timeout=0.2)
        error = executor.submit(time.sleep, 1000).exception()
        assert isinstance(error, cohort.TimeoutExpired), error
        error = executor.submit(os._exit, 4).exception()
        assert isinstance(error, cohort.TaskError), error
        try:
            cohort.Executor(teardown=print)
        except cohort.BackendError as error:
            assert "no teardown" in str(error)
        # Without shutdown: the calls end before the program.
        executor.submit(print, "last")
        print("first", flush=True)
    """)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(done.stdout.split()) == ["first", "last"]
    assert done.stderr == ""


def test_a_first_map_that_runs_nothing(launcher, mpirun):
    done = mpirun(launcher, 2, """
        def double(x):
            return 2 * x

        try:
            cohort.map(len, [1], chunk=0)
        except ValueError:
            pass

        assert cohort.map(lambda x: x, []) == []
        assert cohort.map(double, range(6), schedule="static") == [0, 2, 4, 6, 8, 10]
        print("done")
    """)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "done\n"


def test_options(launcher, mpirun):
    done = mpirun(launcher, 2, """
        import time

        def seed(_=None):
            task = cohort.task()
            return task.index, task.seed

        def die_until(attempt):
            if cohort.task().attempt < attempt:
                os.abort()
            return cohort.task().attempt

        def square(x):
            return x * x

        expected = cohort.map(seed, range(6), seed=7)
        with cohort.Executor(seed=7, retries=2) as executor:
            # In rounds of their own, and in one.
            assert executor.submit(seed).result() == expected[0]
            assert list(executor.map(seed, range(5), chunksize=2)) == expected[1:]
            assert executor.submit(die_until, 2).result() == 2
            error = executor.submit(die_until, 3).exception()
            assert isinstance(error, cohort.TaskError), error
        with cohort.Executor(isolate=True) as executor:
            calls = [executor.submit(os.abort), executor.submit(square, 3)]
            assert isinstance(calls[0].exception(), cohort.TaskError)
            assert calls[1].result() == 9
        with cohort.Executor(deadline=0.3) as executor:
            slow = executor.submit(time.sleep, 0.5)
            while not slow.running():
                time.sleep(0.001)
            waits = executor.submit(square, 3)
            assert isinstance(waits.exception(), cohort.Stopped)
            assert "deadline of its executor" in str(waits.exception())
            assert slow.result() is None
            late = executor.submit(square, 3)
            assert isinstance(late.exception(), cohort.Stopped)
        folder = os.path.join(os.environ["FOLDER"], "journal")
        for number in range(2):
            with cohort.Executor(journal=folder, isolate=True) as executor:
                calls = [executor.submit(square, x) for x in range(4)]
                calls.append(executor.submit(os.abort))
                assert all(one.done() for one in calls) == bool(number)
                assert [one.result() for one in calls[:4]] == [0, 1, 4, 9]
                assert isinstance(calls[4].exception(), cohort.TaskError)
        assert cohort.map(square, range(3)) == [0, 1, 4]
        print("done")
    """)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "done\n"
