#!/usr/bin/env python3
"""A table of desalination: each sea with each recovery.

    python3 ro_sweep.py table.csv                    on all cores
    python3 ro_sweep.py table.csv --journal run1     run it again, and it goes on
    mpirun -n 64 python3 ro_sweep.py table.csv       on a cluster
"""

import argparse
import csv

import ro

import cohort


def solve(plant, case):
    return plant.solve(case)


def main():
    parser = argparse.ArgumentParser(description="A table of desalination.")
    parser.add_argument("table", help="the CSV file that is written")
    parser.add_argument("--workers", type=int, help="default: one for each core")
    parser.add_argument("--journal", help="a folder that keeps what is done")
    parser.add_argument("--cells", type=int, default=60, help="steps along a vessel")
    options = parser.parse_args()
    cases = [
        ro.Case(salinity, recovery / 100)
        for salinity in range(20, 50, 3)
        for recovery in range(30, 65, 5)
    ]
    results = cohort.map(
        solve, cases, build=lambda: ro.Plant(cells=options.cells),
        workers=options.workers, journal=options.journal, on_error="keep",
    )  # fmt: skip
    # In a job of MPI, only rank 0 comes here.
    with open(options.table, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(ro.Case._fields + ro.Point._fields + ("why_not",))
        for result in results.results:
            point = result.value or [""] * len(ro.Point._fields)
            table.writerow([*result.param, *point, result.error])
    solved = sum(result.ok for result in results.results)
    print(f"{solved} of {len(cases)} cases have a solution: {options.table}")


if __name__ == "__main__":
    main()
