"""cohort.compat.parameter_sweep: managers with another package's interface."""

import os
import sys
import textwrap

import numpy
import pytest

import cohort
from cohort.compat import _managers, parameter_sweep
from cohort.compat.parameter_sweep import (
    BlocksParallelManager,
    SerialParallelManager,
    WorkersParallelManager,
)

ALONE = [SerialParallelManager, WorkersParallelManager, BlocksParallelManager]


def do_build(base=10):
    return [base, -1]


def do_execute(local_parameters, base, multiplier):
    return [(base + p) * multiplier for p in local_parameters]


def run(manager, parameters, build=do_build, execute=do_execute, **words):
    manager.scatter(build, words, execute, parameters)
    found = manager.gather()
    assert manager.results_from_local_tree(found) == found
    assert [one.process_number for one in found] == list(range(len(found)))
    return found


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("make", [list, numpy.array])
def test_scatter_and_gather(workers, make):
    parameters = make([1, 2, 3, 4, 5])
    for manager, pieces in [
        (SerialParallelManager(number_of_subprocesses=workers), 1),
        (WorkersParallelManager(workers, parallel_back_end="any"), 5),
        (BlocksParallelManager(number_of_subprocesses=workers), min(workers, 5)),
    ]:
        found = run(manager, parameters, base=100)
        assert len(found) == pieces
        lengths = [len(one.parameters) for one in found]
        blocks = numpy.array_split([1, 2, 3, 4, 5], pieces)
        assert lengths == [len(block) for block in blocks]
        assert [len(one.results) for one in found] == lengths
        assert [p for one in found for p in one.parameters] == [1, 2, 3, 4, 5]
        values = [value for one in found for value in one.results]
        assert values == [-101, -102, -103, -104, -105]
        used = 1 if pieces == 1 else min(workers, 5)
        assert manager.number_of_worker_processes() == used


def test_rows_are_parameters_of_several_numbers():
    table = numpy.arange(12.0).reshape(6, 2)
    for manager in (make(3) for make in (WorkersParallelManager, BlocksParallelManager)):
        found = run(manager, table, list, lambda rows: rows.sum(axis=1))
        sums = numpy.concatenate([one.results for one in found])
        assert numpy.array_equal(sums, table.sum(axis=1))
        assert all(one.parameters.shape[1] == 2 for one in found)


def test_workers_build_once_each(tmp_path):
    def build():
        (tmp_path / str(os.getpid())).touch()
        return [os.getpid()]

    found = run(
        WorkersParallelManager(3), range(30), build,
        lambda block, pid: (pid, os.getpid()),
    )  # fmt: skip
    assert all(one.results[0] == one.results[1] for one in found)
    assert 1 <= len(list(tmp_path.iterdir())) <= 3


@pytest.mark.parametrize("make", ALONE)
def test_without_peers(make):
    manager = make(number_of_subprocesses=1)
    assert manager.is_root_process() and manager.get_rank() == 0
    assert manager.ROOT_PROCESS_RANK == 0
    assert manager.number_of_worker_processes() == 1
    assert manager.sync_with_peers() is None
    data = numpy.arange(3)
    manager.sync_array_with_peers(data)
    assert list(data) == [0, 1, 2]
    thing = object()
    assert manager.sync_pyobject_with_peers(thing) is thing
    assert manager.combine_data_with_peers("data") == ["data"]
    spec = [[0, 0, 0], [1, 2]]
    manager.gather_arrays_to_root([1, 2, 3], spec)
    assert spec[0] == [1, 2, 3]
    into = numpy.zeros(3)
    manager.gather_arrays_to_root(numpy.arange(3.0), (into, [3]))
    assert list(into) == [0, 1, 2]
    with pytest.raises(AssertionError, match="sizes"):
        manager.gather_arrays_to_root([1, 2], ([0, 0], [3]))
    nested = [[]]
    manager.sum_values_and_sync([[1, 2, 3]], nested)
    assert nested[0] == [1, 2, 3]
    count = numpy.zeros(1, dtype=int)
    manager.sum_values_and_sync(numpy.array(7, dtype=int), count)
    assert list(count) == [7]


class Unusual(Exception):
    def __init__(self, one, two):  # it cannot be unpickled
        super().__init__(one)


@pytest.mark.parametrize("make", ALONE)
def test_exceptions_are_raised(make):
    def execute(block):
        if 3 in block:
            raise KeyError("three")
        return block

    with pytest.raises(KeyError, match="three") as raised:
        run(make(number_of_subprocesses=2), [1, 2, 3, 4], list, execute)
    if make is not SerialParallelManager:
        assert "in execute" in str(raised.value.__cause__)

    def build():
        raise LookupError("no model")

    with pytest.raises(LookupError, match="no model"):
        run(make(number_of_subprocesses=2), [1, 2, 3, 4], build)


@pytest.mark.parametrize("make", ALONE[1:])
def test_nothing_waits_for_what_cannot_come(make):
    def execute(block):
        raise Unusual("odd", 2)

    with pytest.raises(cohort.TaskError, match="odd"):
        run(make(2), [1, 2, 3, 4], list, execute)
    with pytest.raises(cohort.Error):
        run(make(2), [1, 2, 3, 4], list, lambda block: os._exit(3))
    with pytest.raises(cohort.TaskError, match="signal 9"):
        run(
            make(2, options={"isolate": True}), [1, 2, 3, 4], list,
            lambda block: os.kill(os.getpid(), 9),
        )  # fmt: skip
    for empty in (make(2), []), (make(0), [1]):
        with pytest.raises(ValueError, match="nothing to scatter"):
            run(*empty)


# Every rank runs it. The closed forms are those of the ranks' numbers.
PEERS = """
    import numpy
    from cohort.compat.parameter_sweep import PeersParallelManager

    manager = PeersParallelManager(None, number_of_subprocesses=3)
    rank, size = manager.get_rank(), manager.number_of_worker_processes()
    assert size == 3 and manager.group.backend == BACKEND
    assert manager.is_root_process() == (rank == 0)
    assert PeersParallelManager().group is manager.group
    manager.sync_with_peers()

    for dtype in (float, int, bool, complex, "f2", "S3", [("x", int), ("y", "f4")]):
        truth = numpy.arange(24).astype("S3" if dtype == "S3" else int)
        truth = truth.astype(dtype).reshape(4, 6)
        for view in (lambda a: a, lambda a: a[:, ::2], lambda a: a.T, lambda a: a[:0]):
            data = view(truth.copy() if rank == 0 else numpy.zeros_like(truth))
            manager.sync_array_with_peers(data)
            assert numpy.array_equal(data, view(truth)), (dtype, data)
    scalar = numpy.array(5.0 if rank == 0 else 0.0)
    manager.sync_array_with_peers(scalar)
    assert scalar == 5.0
    objects = numpy.array([1, "x"] if rank == 0 else [0, 0], dtype=object)
    manager.sync_array_with_peers(objects)
    assert list(objects) == [1, "x"]
    names = ["a", "b"] if rank == 0 else [None] * 2
    manager.sync_array_with_peers(names)
    assert names == ["a", "b"]

    assert manager.sync_pyobject_with_peers({"rank": rank}) == {"rank": 0}
    assert manager.combine_data_with_peers("r%d" % rank) == ["r0", "r1", "r2"]

    sizes = [2, 0, 3]
    for dtype in (float, bool, int):
        mine = numpy.full(sizes[rank], rank, dtype=dtype)
        into = numpy.full(5, 9, dtype=dtype) if rank == 0 else None
        manager.gather_arrays_to_root(mine, (into, sizes))
        if rank == 0:
            assert list(into) == list(numpy.array([0, 0, 2, 2, 2], dtype=dtype))
    into = [None] * 5
    manager.gather_arrays_to_root([rank] * sizes[rank], (into, sizes))
    assert into == ([0, 0, 2, 2, 2] if rank == 0 else [None] * 5)
    for wrong in ([2, 0, 4], [0, 2, 3]):
        try:
            manager.gather_arrays_to_root([rank] * sizes[rank], ([0] * 5, wrong))
            assert rank > 0
        except AssertionError as error:
            assert rank == 0 and "sizes" in str(error), error

    # Exact: the sum of these doubles is 2.0, whatever the order.
    values = [numpy.array([1e100, 1.0]), numpy.array([1.0]), numpy.array([-1e100])]
    total = numpy.zeros(1)
    manager.sum_values_and_sync(values[rank], total)
    assert total[0] == 2.0
    total = numpy.zeros(2)
    manager.sum_values_and_sync(numpy.array([[1e100, 0.1], [1, 0.1], [-1e100, 0.1]])
                                [rank], total)
    assert list(total) == [1.0, 0.30000000000000004]
    count = numpy.zeros(1, dtype=int)
    manager.sum_values_and_sync(numpy.array(2**53 + rank, dtype=int), count)
    assert count[0] == 3 * 2**53 + 3
    try:
        manager.sum_values_and_sync([1, 2], [0, 0, 0])
        raise AssertionError("it has not failed")
    except ValueError:
        pass

    def do_build(base):
        return [base]

    def do_execute(block, base):
        if base == rank:
            raise KeyError("rank %d" % rank)
        return [base + x for x in block]

    for params in ([1, 2, 3, 4, 5, 6, 7], numpy.arange(1, 8), numpy.array([1, 2])):
        manager.scatter(do_build, {"base": 100}, do_execute, params)
        found = manager.gather()
        assert [one.process_number for one in found] == [0, 1, 2]
        blocks = numpy.array_split(params, 3)
        for one, block in zip(found, blocks):
            assert numpy.array_equal(one.parameters, block)
            assert one.results == [100 + x for x in block]
        mine = manager.results_from_local_tree(found)
        assert [one.process_number for one in mine] == [rank]

    # One rank fails: all of them hear of it, and go on.
    for guilty in range(3):
        try:
            manager.scatter(do_build, {"base": guilty}, do_execute, [1, 2, 3])
            raise AssertionError("it has not failed")
        except KeyError as error:
            assert error.args == ("rank %d" % guilty,)
            assert rank == guilty or "in do_execute" in str(error.__cause__)
    manager.sync_with_peers()
    if manager.combine_data_with_peers(rank) == [0, 1, 2] and rank == 0:
        print("all is well")
"""


def test_peers_that_are_forked(run_script):
    text = "import cohort\nBACKEND = 'mp'\n" + textwrap.dedent(PEERS)
    assert run_script(text).stdout == "all is well\n"


def test_peers_of_a_job(launcher, mpirun):
    # Once beside mpi4py, which is for Open MPI, and once without.
    first = "import mpi4py.MPI" if "openmpi" in launcher else ""
    first += "\nfrom cohort.compat.parameter_sweep import _has_peers"
    first += "\nassert _has_peers()\nBACKEND = 'mpi'\n"
    done = mpirun(launcher, 3, first + textwrap.dedent(PEERS))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "all is well\n"


def test_a_peer_that_dies_is_an_error(run_script):
    done = run_script("""
        import os
        from cohort.compat.parameter_sweep import PeersParallelManager
        import cohort

        manager = PeersParallelManager(number_of_subprocesses=3)
        try:
            manager.scatter(
                list, {}, lambda block: 2 in block and os.kill(os.getpid(), 9), [1, 2, 3]
            )
        except cohort.PeerError as error:
            print(error)
    """, status=137)
    assert done.stdout.count("rank 1") == 2  # of ranks 0 and 2


# A package with the reference's modules and names, and nothing else of it.
MODULES = {
    "__init__": "",
    "parallel_manager": """
        import abc
        class ParallelManager(abc.ABC):
            ROOT_PROCESS_RANK = 0
    """,
    "results": """
        class LocalResults:
            def __init__(self, process_number, parameters, results):
                vars(self).update(process_number=process_number,
                                  parameters=parameters, results=results)
    """,
    "parallel_manager_factory": """
        from sweeper.parallel.concurrent_futures_parallel_manager import (
            ConcurrentFuturesParallelManager)
        from sweeper.parallel.mpi_parallel_manager import MPIParallelManager
        from sweeper.parallel.multiprocessing_parallel_manager import (
            MultiprocessingParallelManager)
        from sweeper.parallel.single_process_parallel_manager import (
            SingleProcessParallelManager)

        def has_mpi_peer_processes():
            return False

        def create_parallel_manager(parallel_manager_class=None, **words):
            if parallel_manager_class is not None:
                return parallel_manager_class(**words)
            if has_mpi_peer_processes():
                return MPIParallelManager(object())
            workers = words.get("number_of_subprocesses", 1)
            if workers == 1:
                return SingleProcessParallelManager()
            if words["parallel_back_end"] == "ConcurrentFutures":
                return ConcurrentFuturesParallelManager(workers)
            return MultiprocessingParallelManager(workers)
    """,
}
for kind, name in [
    ("mpi", "MPI"), ("multiprocessing", "Multiprocessing"),
    ("concurrent_futures", "ConcurrentFutures"), ("single_process", "SingleProcess"),
]:  # fmt: skip
    MODULES[f"{kind}_parallel_manager"] = f"""
        from sweeper.parallel.parallel_manager import ParallelManager
        class {name}ParallelManager(ParallelManager):
            pass
    """


def test_register(tmp_path, monkeypatch):
    folder = tmp_path / "sweeper" / "parallel"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text(
        "from sweeper.parallel.single_process_parallel_manager import *"
    )
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(_managers, "local_results", _managers.local_results)
    for _ in range(2):
        parameter_sweep.register("sweeper.parallel")
    import sweeper
    from sweeper.parallel import mpi_parallel_manager, parallel_manager_factory
    from sweeper.parallel.parallel_manager import ParallelManager
    from sweeper.parallel.results import LocalResults

    create = parallel_manager_factory.create_parallel_manager
    assert type(create()) is sweeper.SingleProcessParallelManager
    assert type(create()) is SerialParallelManager
    workers = create(number_of_subprocesses=2, parallel_back_end="multiprocessing")
    assert type(workers) is WorkersParallelManager
    blocks = create(number_of_subprocesses=2, parallel_back_end="ConcurrentFutures")
    assert type(blocks) is BlocksParallelManager
    assert all(isinstance(one, ParallelManager) for one in (create(), workers, blocks))
    assert isinstance(run(blocks, [1, 2])[1], LocalResults)
    peers = mpi_parallel_manager.MPIParallelManager
    assert peers is parameter_sweep.PeersParallelManager
    assert issubclass(peers, ParallelManager)
    # Ranks of a group are peers, as those of a job of MPI.
    with cohort.open(2) as group:
        manager = create(number_of_subprocesses=4)
        assert type(manager) is peers and manager.group is group
        assert group.allgather(type(manager) is peers) == [True, True]
    assert type(create()) is SerialParallelManager
    for name in [name for name in sys.modules if name.partition(".")[0] == "sweeper"]:
        del sys.modules[name]
    with pytest.raises(ImportError):
        parameter_sweep.register("no_such_package.parallel")
