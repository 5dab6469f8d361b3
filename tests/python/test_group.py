"""Groups whose ranks run the same code: cohort.open, and what ranks exchange."""

import os

import numpy
import pytest

import cohort


def test_ranks_are_numbered_and_only_the_caller_goes_on():
    before = os.getpid()
    with cohort.open(3, backend="mp") as group:
        facts = (group.rank, group.local_rank, group.is_root, os.getpid())
        all_facts = group.allgather(facts)
        assert group.size == group.local_size == 3
        assert group.backend == "mp"
    assert os.getpid() == before
    assert [fact[0] for fact in all_facts] == [0, 1, 2]
    assert [fact[1] for fact in all_facts] == [0, 1, 2]
    assert [fact[2] for fact in all_facts] == [True, False, False]
    assert len({fact[3] for fact in all_facts}) == 3
    assert group.closed
    with pytest.raises(cohort.StateError, match="closed"):
        group.rank


def test_one_rank_needs_no_processes():
    with cohort.open(backend="serial") as group:
        assert (group.rank, group.size, group.backend) == (0, 1, "serial")
        assert group.bcast("x") == "x"
        assert group.allgather(5) == [5]
        assert group.gather(6) == [6]


@pytest.mark.parametrize("root", [0, 2])
def test_objects_reach_every_rank(root):
    objects = [None, "short", list(range(100_000)), {"a": {1, 2}}, b"x" * 300_000]
    with cohort.open(3) as group:
        for thing in objects:
            mine = thing if group.rank == root else "not read"
            assert group.bcast(mine, root=root) == thing
            assert group.allgather((group.rank, thing)) == [
                (rank, thing) for rank in range(3)
            ]
            there = group.gather((group.rank, thing), root=root)
            if group.rank == root:
                assert there == [(rank, thing) for rank in range(3)]
            else:
                assert there is None
            group.barrier()


def test_a_group_after_another():
    for size in (2, 4, 1, 3):
        with cohort.open(size) as group:
            sizes = group.allgather(group.size)
        assert sizes == [size] * size


def test_bad_arguments():
    with pytest.raises(ValueError, match="workers is 0"):
        cohort.open(0)
    with pytest.raises(cohort.ConfigError, match="carrots") as caught:
        cohort.open(backend="carrots")
    assert isinstance(caught.value, ValueError)
    assert caught.value.sentence == str(caught.value)
    with pytest.raises(TypeError, match="mpi4py"):
        cohort.open(comm=3)
    with cohort.open(2) as group:
        with pytest.raises(cohort.InvalidArgument):
            group.bcast(1, root=7)


def test_exception_on_another_rank(run_script):
    done = run_script(
        """
        import cohort
        try:
            with cohort.open(3) as group:
                if group.rank == 1:
                    raise ValueError("no such beam")
                group.barrier()
        except cohort.PeerError as error:
            print("told:", error)
        """
    )
    assert "told:" in done.stdout and "rank 1" in done.stdout
    assert done.stderr.count("ValueError: no such beam") == 1


def test_exception_on_the_root_ends_the_others(run_script):
    done = run_script(
        """
        import os, cohort
        pids = []
        try:
            with cohort.open(3) as group:
                pids = group.allgather(os.getpid())
                if group.is_root:
                    raise KeyError("lost")
                group.barrier()
        except KeyError as error:
            print("root:", error)
        for pid in pids[1:]:
            try:
                os.kill(pid, 0)
                print("alive", pid)
            except ProcessLookupError:
                pass
        with cohort.open(2) as group:
            print(group.allgather(1)) if group.is_root else group.allgather(1)
        """
    )
    assert done.stdout == "root: 'lost'\n[1, 1]\n"
    assert done.stderr == ""


def test_nothing_of_the_parent_happens_twice(run_script, tmp_path):
    done = run_script(
        f"""
        import atexit, os, sys, tempfile, weakref, cohort
        folder = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})
        atexit.register(print, "handler")
        class Thing: pass
        thing = Thing()
        weakref.finalize(thing, print, "finalizer")
        sys.stdout.write("before\\n")
        group = cohort.open(3)
        if group.rank == 1:
            print("from rank 1")
        group.close()
        print("rank", os.path.isdir(folder.name))
        """
    )
    first, *others = done.stdout.splitlines()
    assert first == "before"
    assert sorted(others) == ["finalizer", "from rank 1", "handler", "rank True"]


def test_ranks_that_live_until_the_end(run_script, tmp_path):
    done = run_script(
        f"""
        import atexit, weakref, cohort
        class Thing: pass
        thing = Thing()
        weakref.finalize(thing, print, "finalizer")
        log = open({str(tmp_path / "log")!r}, "w")
        log.write("once\\n")
        atexit.register(print, "handler")
        group = cohort.open(3, scoped=False)
        if group.rank == 1:
            atexit.register(print, "handler of rank 1")
        group.close()
        print("rank goes on")
        """
    )
    assert sorted(done.stdout.splitlines()) == [
        "finalizer", "handler", "handler of rank 1", *["rank goes on"] * 3,
    ]  # fmt: skip
    assert (tmp_path / "log").read_text() == "once\n"


def test_whole_numbers_are_exact():
    far, near = 2**63 - 1, -(2**63)
    values = [(far, far, far), (near, near, near), (far, near, 5), (-1, 2**32, -3)]
    with cohort.open(3) as group:
        sums = [group.allreduce(one[group.rank]) for one in values]
        product = group.allreduce(2**62, "prod")
        least = [group.allreduce(one[group.rank], "min") for one in values]
        kinds = group.allreduce(numpy.int32(2**31 - 1)), group.allreduce(True)
        told = []
        for value in (2**63, -(2**63) - 1, 2**80):
            with pytest.raises(cohort.InvalidArgument, match="value is .* 2..63"):
                group.allreduce(value)
            told.append(value)
    assert sums == [sum(one) for one in values]
    assert product == 2**186 and least == [min(one) for one in values]
    assert kinds == (3 * (2**31 - 1), 3) and len(told) == 3


def test_what_is_no_number_and_no_object_of_pickle():
    with cohort.open(backend="serial") as group:
        for value in ("a", None, [1, 2], 1j):
            with pytest.raises(TypeError, match="value is .*: it must be a number"):
                group.allreduce(value)
        with pytest.raises(TypeError, match="data is 'a': it must be an array"):
            group.bcast_array("a")
        for call in (group.bcast, group.gather, group.allgather):
            with pytest.raises(cohort.InvalidArgument, match="obj is 'function', and"):
                call(lambda: 1)


def test_sentences_have_the_words_of_this_package(run_script):
    done = run_script("""
        import cohort

        def tell(*call, **options):
            try:
                call[0](*call[1:], **options)
            except cohort.Error as error:
                print(error, flush=True)

        try:
            with cohort.open(2) as group:
                group.barrier() if group.rank else group.allgather(1)
        except cohort.Error as error:
            print(error)
        with cohort.open(2) as group:
            tell(cohort.open, 2)
            tell(cohort.map, abs, [1])
        cohort.map(abs, range(3), workers=2,
            progress=lambda counts: tell(cohort.map, abs, [1]))
        with cohort.open(2, scoped=False) as group:
            rank = group.rank
        if rank == 0:
            tell(cohort.map, abs, [1])
        """)
    lines = done.stdout.splitlines()
    assert "Group.allgather" in lines[0] and "Group.barrier" in lines[0]
    assert len(lines) >= 5
    for line in lines[1:-1]:
        assert "close the group first, use its own map, or open one" in line
    assert "open all with scoped=False, and use their map" in lines[-1]
    assert not any("cohort_" in line or "leave" in line for line in lines)
