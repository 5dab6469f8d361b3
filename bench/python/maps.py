"""cohort.map beside other ways to call a function for each item of a list on the
cores of a machine. All take turns, and the table has medians.

usage: maps.py [--quick] [--rounds N] [--workers N]

Pools are there and warm before the clock starts; cohort.map starts its workers
each time, with the clock running. A contender that is not installed is left out.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

def empty(x):
    return x


def millisecond(x):
    """A millisecond of the processor."""
    end = time.perf_counter() + 1e-3
    while time.perf_counter() < end:
        pass
    return x


def megabyte(x):
    """Another object each time: a pickle has the same one once."""
    return bytes([x & 255]) * (1 << 20)


# name: function, number of tasks, tasks of those that are slow, a task's ideal time
SHAPES = {
    "empty": (empty, 100_000, 10_000, 0.0),
    "1 ms": (millisecond, 1000, 1000, 1e-3),
    "1 MB results": (megabyte, 200, 200, 0.0),
}


def timed(call, function, params):
    start = time.perf_counter()
    values = call(function, params)
    seconds = time.perf_counter() - start
    values = list(values)
    if function is not megabyte:
        assert values == params
    assert len(values) == len(params)
    return seconds


class Cohort:
    def __init__(self, workers, **options):
        import cohort

        self.call = lambda f, params: cohort.map(
            f, params, workers=workers, **options
        )

    def close(self):
        pass


class Pool:
    def __init__(self, workers, chunksize=None):
        import multiprocessing

        self.pool = multiprocessing.get_context("fork").Pool(workers)
        self.call = lambda f, params: self.pool.map(f, params, chunksize)

    def close(self):
        self.pool.terminate()


class Futures:
    def __init__(self, workers):
        from concurrent.futures import ProcessPoolExecutor

        self.pool = ProcessPoolExecutor(workers)
        self.call = lambda f, params: list(self.pool.map(f, params))

    def close(self):
        self.pool.shutdown()


class Joblib:
    def __init__(self, workers, backend):
        from joblib import Parallel, delayed

        self.pool = Parallel(n_jobs=workers, backend=backend).__enter__()
        self.call = lambda f, params: self.pool(delayed(f)(x) for x in params)

    def close(self):
        self.pool.__exit__(None, None, None)


class Mpi:
    def __init__(self, workers):
        from mpi4py.futures import MPIPoolExecutor

        self.pool = MPIPoolExecutor(workers)
        self.call = lambda f, params: list(self.pool.map(f, params))

    def close(self):
        self.pool.shutdown()


# name: how to make it, and whether it has 10,000 of the empty tasks only
CONTENDERS = {
    "cohort.map": (Cohort, False),
    "cohort.map, chunk=100": (lambda n: Cohort(n, chunk=100), False),
    "Pool.map": (Pool, False),
    "Pool.map, chunksize=1": (lambda n: Pool(n, 1), True),
    "ProcessPoolExecutor.map": (Futures, True),
    "joblib, loky": (lambda n: Joblib(n, "loky"), True),
    "joblib, multiprocessing": (lambda n: Joblib(n, "multiprocessing"), True),
    "MPIPoolExecutor.map": (Mpi, True),
}


def measure(name, shape, workers, quick):
    """Seconds for each task."""
    make, is_slow = CONTENDERS[name]
    function, count, slow_count, _ = SHAPES[shape]
    count = 20 if quick else slow_count if is_slow else count
    contender = make(workers)
    try:
        contender.call(empty, list(range(8 * workers)))
        return timed(contender.call, function, list(range(count))) / count
    finally:
        contender.close()


def measure_apart(name, shape, workers, quick):
    """In a process of its own; None if the contender is not here."""
    command = [sys.executable, __file__, "--one", name, shape]
    env = dict(os.environ)
    if name.startswith("MPI"):
        launcher = shutil.which("mpirun.openmpi") or shutil.which("mpirun")
        if launcher is None:
            return None
        if os.getuid() == 0:
            env["OMPI_ALLOW_RUN_AS_ROOT"] = env["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
        command = [
            launcher, "--oversubscribe", "--bind-to", "none", "-n", str(workers + 1),
            sys.executable, "-m", "mpi4py.futures", *command[1:],
        ]  # fmt: skip
    command += ["--workers", str(workers)] + ["--quick"] * quick
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        sys.exit(f"{name}, {shape}: {done.stderr}")
    return float(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--one", nargs=2)
    options = parser.parse_args()
    if options.one:
        print(measure(*options.one, options.workers, options.quick))
        return
    figures = {}
    names = list(CONTENDERS)
    for turn in range(1 if options.quick else options.rounds):
        for shape in SHAPES:
            for name in names if turn % 2 == 0 else names[::-1]:
                seconds = measure_apart(name, shape, options.workers, options.quick)
                if seconds is not None:
                    figures.setdefault((name, shape), []).append(seconds)
    print("| | " + " | ".join(SHAPES) + " |")
    print("|---|" + "---:|" * len(SHAPES))
    for name in names:
        found = [figures.get((name, shape)) for shape in SHAPES]
        if None in found:
            print(f"{name}: not here", file=sys.stderr)
            continue
        cells = [f"{statistics.median(each) * 1e6:.1f}" for each in found]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
