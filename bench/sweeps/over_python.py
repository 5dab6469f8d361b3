"""The sweep of over_cohort.c over Python's pools of processes.

usage: over_python.py pool|pool-1|imap|futures|mpi4py TABLE WORKERS
       over_python.py latency-imap|latency-completed TABLE WORKERS

The pool is there and warm before the clock starts. BENCH_SWEEPS_KERNEL is the
library with the task: workers of mpi4py do not see the arguments. Prints what
over_cohort.c prints; for the latencies what deliveries.c prints: the time from
the end of each task until imap_unordered or as_completed has given its result.
"""

import ctypes
import os
import sys
import time


class Result(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_double), ("value", ctypes.c_double)]


kernel_run = ctypes.CDLL(os.environ["BENCH_SWEEPS_KERNEL"]).kernel_run
kernel_run.argtypes = [ctypes.c_long, ctypes.POINTER(Result)]
kernel_run.restype = None


def execute(steps):
    result = Result()
    kernel_run(steps, ctypes.byref(result))
    return result.seconds, result.value


def execute_and_look(steps):
    """The clock is that of all processes."""
    _, value = execute(steps)
    return time.monotonic(), value


def arrive(results):
    """Microseconds since each task's end, and the sum of all values."""
    latencies = []
    values = 0
    for end, value in results:
        latencies.append((time.monotonic() - end) * 1e6)
        values += value
    return latencies, values


def print_latencies(sweep, table, workers):
    arrive(sweep([1000] * (8 * workers)))
    latencies, values = arrive(sweep(table))
    print(len(latencies), f"{values:.0f}")
    for latency in latencies:
        print(f"{latency:.3f}")


def time_latencies(contender, table, workers):
    if contender == "latency-imap":
        import multiprocessing

        with multiprocessing.Pool(workers) as pool:
            print_latencies(
                lambda steps: pool.imap_unordered(execute_and_look, steps),
                table,
                workers,
            )
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed

    with ProcessPoolExecutor(workers) as pool:

        def sweep(steps):
            futures = [pool.submit(execute_and_look, one) for one in steps]
            return (future.result() for future in as_completed(futures))

        print_latencies(sweep, table, workers)


def timed(sweep, table, workers):
    sweep([1000] * (8 * workers))
    start = time.monotonic()
    results = sweep(table)
    seconds = time.monotonic() - start
    print(
        len(results),
        f"{seconds:.9f}",
        f"{sum(own for own, _ in results):.9f}",
        f"{max(own for own, _ in results):.9f}",
        f"{sum(value for _, value in results):.0f}",
    )


def main():
    contender, path, workers = sys.argv[1:]
    workers = int(workers)
    with open(path) as file:
        table = [int(line) for line in file]
    if contender.startswith("latency-"):
        time_latencies(contender, table, workers)
    elif contender in ("pool", "pool-1", "imap"):
        import multiprocessing

        with multiprocessing.Pool(workers) as pool:
            sweep = {
                "pool": lambda steps: pool.map(execute, steps),
                "pool-1": lambda steps: pool.map(execute, steps, 1),
                "imap": lambda steps: list(pool.imap_unordered(execute, steps)),
            }[contender]
            timed(sweep, table, workers)
    else:
        if contender == "futures":
            from concurrent.futures import ProcessPoolExecutor as Executor
        else:
            from mpi4py.futures import MPIPoolExecutor as Executor
        with Executor(workers) as pool:
            timed(lambda steps: list(pool.map(execute, steps)), table, workers)


if __name__ == "__main__":
    main()
