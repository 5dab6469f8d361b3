"""Journals: a later run does the rest, if its function is the same."""

import functools
import linecache
import os
import pickle
import threading

import numpy
import pytest

import cohort


class Ran:
    """Which parameters were run."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def note(self, x):
        (self.folder / str(x)).touch()

    def take(self):
        names = sorted(int(file.name) for file in self.folder.iterdir())
        for file in self.folder.iterdir():
            file.unlink()
        return names


@pytest.fixture
def ran(tmp_path):
    return Ran(tmp_path / "ran")


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


def function_of(text, **names):
    """A function with a source of its own, as in a file that was edited."""
    name = f"<edited {len(linecache.cache)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), names)
    return names["f"]


@pytest.mark.parametrize("chunk", [1, 5])
def test_a_later_run_does_the_rest(ran, journal, chunk):
    def f(x):
        ran.note(x)
        return {"square": x * x}

    run = functools.partial(cohort.map, f, journal=journal, workers=2, chunk=chunk)
    assert run(range(20)) == [{"square": x * x} for x in range(20)]
    assert ran.take() == list(range(20))
    assert run(range(30)) == [{"square": x * x} for x in range(30)]
    assert ran.take() == list(range(20, 30))
    assert run(range(30)).results[3].attempts == 1
    assert ran.take() == []


def test_after_a_kill(run_script, ran, journal):
    script = f"""
        import os, signal, sys, cohort

        def f(x):
            open({str(ran.folder)!r} + "/" + str(x), "w").close()
            if x == 10 and "KILL" in os.environ:
                os.kill(root, signal.SIGKILL)
            return x

        root = os.getpid()
        print(list(cohort.map(f, range(20), workers=1, journal={str(journal)!r})))
        """
    run_script(script, status=-9, env={**os.environ, "KILL": "1"})
    assert ran.take() == list(range(11))
    done = run_script(script)
    assert done.stdout == f"{list(range(20))}\n"
    assert ran.take() == list(range(10, 20))


def test_tasks_are_known_by_their_parameters(ran, journal):
    def f(x):
        ran.note(x["n"])
        return x["n"]

    text = "a name"
    first = [{"n": n, "name": text, "again": text} for n in range(5)]
    cohort.map(f, first, journal=journal, workers=2)
    ran.take()
    # Equal, and no part is the same object.
    again = [
        {"n": n, "name": "".join(text), "again": "".join(list(text))}
        for n in reversed(range(7))
    ]
    assert cohort.map(f, again, journal=journal, workers=2) == list(range(7))[::-1]
    assert ran.take() == [5, 6]


def test_failed_tasks_are_kept_and_run_again_if_asked(ran, journal):
    (ran.folder.parent / "broken").touch()

    def f(x):
        ran.note(x)
        if x == 2 and (ran.folder.parent / "broken").exists():
            raise ValueError("broken")
        return x

    run = functools.partial(cohort.map, f, range(4), journal=journal, workers=2)
    with pytest.raises(ValueError, match="broken"):
        run()
    ran.take()
    with pytest.raises(ValueError, match="broken"):
        run()
    assert ran.take() == []
    (ran.folder.parent / "broken").unlink()
    assert run(rerun_failed=True) == [0, 1, 2, 3]
    assert ran.take() == [2]


def test_a_changed_function_is_refused(ran, journal):
    old = function_of("def f(x):\n    note(x)\n    return x\n", note=ran.note)
    same = function_of("def f(x):\n    note(x)\n    return x\n", note=ran.note)
    new = function_of("def f(x):\n    note(x)\n    return x + 0\n", note=ran.note)
    run = functools.partial(cohort.map, params=range(4), journal=journal, workers=2)
    run(old)
    assert run(same) == [0, 1, 2, 3]
    ran.take()
    for changed in (new, functools.partial(old)):
        with pytest.raises(cohort.InvalidArgument, match="rebuilt_ok=True"):
            run(changed)
    with pytest.raises(cohort.InvalidArgument, match="rebuilt_ok=True"):
        run(lambda state, x: old(x), build=lambda: None)
    assert ran.take() == []
    assert run(new, rebuilt_ok=True) == [0, 1, 2, 3]
    # From now on the journal is good for both.
    assert run(new) == run(old) == [0, 1, 2, 3]
    assert ran.take() == []
    with pytest.raises(cohort.InvalidArgument):
        list(cohort.imap(functools.partial(old), range(4), journal=journal, workers=2))


def test_functions_without_a_source(ran, journal):
    def made(text):
        names = {"note": ran.note}
        exec(text, names)
        return names["f"]

    run = functools.partial(cohort.map, params=range(4), journal=journal, workers=2)
    run(made("def f(x): note(x); return x"))
    assert ran.take() == [0, 1, 2, 3]
    run(made("def f(x): note(x); return x"))
    assert ran.take() == []
    with pytest.raises(cohort.InvalidArgument, match="rebuilt_ok"):
        run(made("def f(x): note(x); return x * 1"))


def test_imap_gives_what_the_journal_has_too(ran, journal):
    def f(x):
        ran.note(x)
        return x * 3

    assert list(cohort.imap(f, range(8), journal=journal, workers=2)) == [
        x * 3 for x in range(8)
    ]
    ran.take()
    assert list(cohort.imap(f, range(12), journal=journal, workers=2)) == [
        x * 3 for x in range(12)
    ]
    assert ran.take() == [8, 9, 10, 11]


def test_ranks_of_a_group(ran, journal):
    def f(x):
        ran.note(x)
        return x

    for more in (5, 9):
        with cohort.open(2) as group:
            assert group.map(f, range(more), journal=journal) == list(range(more))
    assert ran.take() == list(range(9))


def test_folders_that_are_no_journal(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(cohort.InvalidArgument, match="not a journal"):
        cohort.map(abs, [1, 2], journal=tmp_path, workers=2)
    with pytest.raises(cohort.InvalidArgument):
        cohort.map(abs, [1, 2], journal=tmp_path / "no" / "parent", workers=2)
    assert os.listdir(tmp_path) == ["file"]


class Model:
    def __init__(self, *values):
        self.values = values
        self.me = self  # it contains itself

    def solve(self, x):
        return x, self.values

    def __call__(self, x):
        return self.solve(x)


def closure(value, default=0):
    def f(x, default=default, *, other=default):
        return x, value, default, other

    return f


def decorated(body):
    def f(x):
        return x

    return functools.wraps(f)(body)


def inner(value):
    """A closure that has a function with a closure of its own."""
    helper = closure(value)

    def f(x):
        return helper(x)

    return f


PAIRS = {
    "method": (Model(2).solve, Model(2).solve, Model(3).solve),
    "object": (Model(2, {"a": [1]}), Model(2, {"a": [1]}), Model(2, {"a": [2]})),
    "array": (
        Model(numpy.zeros(3)).solve, Model(numpy.zeros(3)).solve,
        Model(numpy.ones(3)).solve,
    ),
    "closure": (closure(2), closure(2), closure(3)),
    "default": (closure(2, 1), closure(2, 1), closure(2, 4)),
    "partial": (
        functools.partial(closure(2), default=1),
        functools.partial(closure(2), default=1),
        functools.partial(closure(2), default=4),
    ),
    "decorator": (
        decorated(lambda x: (x, 1)), decorated(lambda x: (x, 1)),
        decorated(lambda x: (x, 2)),
    ),
    "inner": (inner(2), inner(2), inner(3)),
    "long": tuple(closure(10**5000 + more) for more in (0, 0, 1)),
    "lambda": ((lambda x: x), (lambda x: x), (lambda x: -x)),
    "cache": tuple(map(functools.lru_cache, map(closure, (2, 2, 3)))),
}  # fmt: skip


@pytest.mark.parametrize("kind", PAIRS)
def test_a_function_is_known_with_its_values(kind, journal):
    first, same, other = PAIRS[kind]
    run = functools.partial(
        cohort.map, params=[7, 8], journal=journal, backend="serial"
    )
    expected = pickle.dumps(list(run(first)))
    assert pickle.dumps(list(run(same))) == expected
    with pytest.raises(cohort.InvalidArgument, match="object, a default or a variable"):
        run(other)
    with pytest.raises(cohort.InvalidArgument, match="rebuilt_ok=True"):
        run(lambda state, x: x, build=other)


def test_starmap_is_no_map(journal):
    def f(*items):
        return items

    options = {"journal": journal, "backend": "serial"}
    assert cohort.starmap(f, [(1, 2)], **options) == [(1, 2)]
    with pytest.raises(cohort.InvalidArgument, match="rebuilt_ok=True"):
        cohort.map(f, [(1, 2)], **options)


def test_sets_are_known_whatever_their_order_is(run_script, journal):
    script = f"""
        import cohort
        names = set("a set of words that has no order".split())
        kinds = frozenset(names), {{"set": [names]}}

        def make():
            held = names, kinds

            def f(x):
                return len(held) * x if x in {{"a", "b"}} else 0

            return f

        print(list(cohort.map(make(), [1], backend="serial", journal={str(journal)!r})))
        exec("def g(x): return x in {{'a', 'b', 'c', 'd', 'e'}}")
        print(list(cohort.map(g, [1], backend="serial", journal={str(journal)!r} + "g")))
        """
    for seed in "123":
        done = run_script(script, env={**os.environ, "PYTHONHASHSEED": seed})
        assert done.stdout == "[0]\n[False]\n"


def test_what_cannot_be_known_is_refused(journal):
    lock = threading.Lock()

    def f(x):
        with lock:
            return x

    run = functools.partial(cohort.map, params=[1], journal=journal, workers=2)
    with pytest.raises(cohort.InvalidArgument, match="'lock': .*rebuilt_ok=True"):
        run(f)
    with pytest.raises(cohort.InvalidArgument, match="cannot be pickled"):
        run(lambda state, x: x, build=f)
    assert not journal.exists()
    assert run(f, rebuilt_ok=True) == [1]


def test_the_same_values_in_other_objects_are_the_same(journal):
    text, again = "a name", "".join(list("a name"))
    run = functools.partial(
        cohort.map, params=[1], journal=journal, backend="serial"
    )
    run(closure([text, text]))
    assert run(closure([text, again])) == run(closure([again, again]))


@pytest.mark.parametrize("kind", ["link", "second name", "fifo", "owner"])
def test_note_that_others_have_put_there(tmp_path, kind):
    """No file is read or written that a name of the journal's folder leads to."""
    journal = tmp_path / "journal"
    other = tmp_path / "other"
    assert cohort.map(str, range(3), journal=journal) == ["0", "1", "2"]
    note = journal / "note"
    note.rename(other)
    if kind == "link":
        note.symlink_to(other)
    elif kind == "second name":
        note.hardlink_to(other)
    elif kind == "fifo":
        os.mkfifo(note)
    elif os.geteuid() == 0:
        note.write_bytes(other.read_bytes())
        os.chown(note, 4711, -1)
    else:
        return
    before = other.read_bytes()
    assert cohort._journal._read(str(journal)) is None
    cohort._journal._write(str(journal), ["mine"])
    assert other.read_bytes() == before
    assert cohort._journal._read(str(journal)) == ["mine"]
