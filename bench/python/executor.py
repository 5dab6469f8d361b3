"""Times cohort.Executor beside the executors of concurrent.futures.

    PYTHONPATH=build/release/python python3 bench/python/executor.py [--quick]

Prints a table of Markdown: medians over the rounds, in which the executors take
turns. `trip` is from a submit to its result, one call after another.
"""

import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

import cohort

WORKERS = 2
KINDS = {"cohort.Executor": cohort.Executor, "ProcessPoolExecutor": ProcessPoolExecutor}


def empty(x):
    return x


def millisecond(x):
    time.sleep(0.001)
    return x


def echo(data):
    return data


def seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def trips(executor, count):
    """Microseconds of each."""
    return [
        1e6 * seconds(lambda: executor.submit(empty, x).result()) for x in range(count)
    ]


def completed(executor, count):
    calls = [executor.submit(empty, x) for x in range(count)]
    assert sum(1 for _ in as_completed(calls)) == count


def measure(kind, scale):
    """What one executor takes: a dict of numbers."""
    calls = max(20, 5000 // scale)
    data = bytes(1_000_000)
    row = {}
    begin = time.perf_counter()
    with kind(WORKERS) as executor:
        executor.submit(empty, 0).result()
        row["first result, ms"] = 1e3 * (time.perf_counter() - begin)
        some = sorted(trips(executor, max(20, 1000 // scale)))
        row["trip, us"] = statistics.median(some)
        row["trip, 99 % below, us"] = some[len(some) * 99 // 100]
        took = seconds(lambda: completed(executor, calls))
        row["submit and as_completed, us a call"] = 1e6 * took / calls
        took = seconds(lambda: list(executor.map(empty, range(calls))))
        row["map, us a call"] = 1e6 * took / calls
        chunks = seconds(
            lambda: list(executor.map(empty, range(5 * calls), chunksize=100))
        )
        row["map in chunks of 100, us an item"] = 1e6 * chunks / (5 * calls)
        sleeps = max(20, 1000 // scale)
        took = seconds(lambda: list(executor.map(millisecond, range(sleeps))))
        row["map of 1 ms, beside the ideal"] = took / (sleeps * 0.001 / WORKERS)
        large = max(4, 50 // scale)
        took = seconds(lambda: list(executor.map(echo, [data] * large)))
        row["1 MB there and back, us"] = 1e6 * took / large
    return row


def main():
    quick = "--quick" in sys.argv
    scale, rounds = (1000, 1) if quick else (1, 3)
    rows = {name: [] for name in KINDS}
    for _ in range(rounds):
        for name, kind in KINDS.items():
            rows[name].append(measure(kind, scale))
    print(f"| {WORKERS} workers | " + " | ".join(KINDS) + " |")
    print("|---" * (len(KINDS) + 1) + "|")
    for what in rows["cohort.Executor"][0]:
        medians = (statistics.median(one[what] for one in rows[name]) for name in KINDS)
        print(f"| {what} | " + " | ".join(f"{one:.3g}" for one in medians) + " |")


if __name__ == "__main__":
    main()
