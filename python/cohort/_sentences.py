"""The library's sentences in Python's words. The library speaks to programs in C: of
its functions, of the fields of its structs, and of what a C program would do."""

from __future__ import annotations

import functools
import re

# Whole phrases first, as regular expressions.
_PHRASES = [
    (
        r"open the group before MPI_Init, start the program without MPI \(mpi4py "
        r"initialises it when it is imported\), or use mpi",
        "use backend='serial' or 'mpi', or leave MPI out (mpi4py.rc.initialize = False "
        "before mpi4py.MPI is imported)",
    ),
    (
        r"options\.scoped asks for ranks that end with the group, but this program's "
        r"ranks are running already, and there are (\d+) of them: close the .*",
        r"this program's ranks are running already, \1 of them, in a group that is "
        r"open or a map that runs: close the group first, use its own map, or open "
        r"one that shares its ranks, with scoped=False; a function of progress cannot "
        r"run a map",
    ),
    (
        r"options\.scoped asks for ranks that end with the group, but this program's "
        r"ranks are running already, and there are (\d+) of them: they live .*",
        r"this program's ranks live until it ends, \1 of them, since its first group "
        r"was opened with scoped=False: open all with scoped=False, and use their map",
    ),
    (
        r"its program has called cohort_interrupt; close the group",
        "Ctrl-C or interrupt() has ended its call, and the group cannot be used again",
    ),
    (
        r"[;,] (?:and )?cohort_gather has (all results|the results of the others)",
        r"; the attribute results of this exception has \1",
    ),
    (
        r"job\.isolate, or COHORT_ISOLATE=1, makes such a task fail alone",
        "with isolate=True such a task fails alone",
    ),
    (r"job\.(rebuilt_ok|unique) is set", r"\1 is True"),
    (r"set job\.rebuilt_ok", "set rebuilt_ok=True"),
    (r"run the same command again to do them", "make the same call again to do them"),
    (
        r"see why the job's build returns other than 0",
        "see the cause of this exception",
    ),
    (r"or set job\.timeout", "or set timeout"),
    (r"this group is closed: call it before cohort_close", "the group is closed"),
    (
        r"fork hook \(options\.before_fork, after_fork_parent, after_fork_child\)",
        "function of os.register_at_fork",
    ),
    (
        r"free memory of cohort_alloc, or results of earlier sweeps",
        "use fewer ranks, or smaller results",
    ),
    (
        r"call cohort_close on every rank before",
        "close the group on every rank before",
    ),
    (r"^cohort_(?:scatter|gather)(?:_objects|_to_root)?: ", ""),
]

_FIELDS = {"size": "workers", "mpi_comm": "comm", "execute": "f"}
_OPTIONS = (
    "backend size timeout mpi_comm scoped execute build teardown on_result isolate "
    "not_isolated retries schedule deadline discard rerun_failed rebuilt_ok unique "
    "identity param_bytes"
).split()

_CALLS = {
    "open": "cohort.open",
    "scatter": "the sweep",
    "scatter_objects": "the sweep",
    "gather": "the gathering of results",
    "gather_to_root": "the gathering of results",
    "gatherv": "Group.gather",
    "bcast_pieces": "Group.bcast",
    "bcast_object": "Group.bcast",
    "bcast_objects": "Group.bcast",
    "allgather_pieces": "Group.allgather",
    "allgather_objects": "Group.allgather",
    "allgatherv": "Group.allgather",
    "bcast": "Group.bcast_array",
}
_METHODS = "allreduce barrier close interrupt progress stop sum".split()

_FIELD = re.compile(rf"(?<![\w/.-])(?:job|options)\.({'|'.join(_OPTIONS)})\b(?![./])")
_CALL = re.compile(rf"(?<![\w/.-])cohort_({'|'.join([*_CALLS, *_METHODS])})\b(?![./])")
_CONSTANT = re.compile(
    r"\bCOHORT_(U?INT\d+|FLOAT|DOUBLE|SUM|PROD|MIN|MAX|[LB]AND|[LB]OR|BXOR)\b"
)
_COMPILED = [(re.compile(pattern), words) for pattern, words in _PHRASES]


def _field(match: re.Match) -> str:
    return _FIELDS.get(match[1], match[1])


def _call(match: re.Match) -> str:
    return _CALLS.get(match[1], f"Group.{match[1]}")


def _constant(match: re.Match) -> str:
    """A type or an operator, as numpy and Group.allreduce name it."""
    name = match[1].lower()
    return {"float": "float32", "double": "float64"}.get(name, name)


@functools.lru_cache(64)  # thousands of tasks may have the same one
def in_python(sentence: str) -> str:
    """A sentence of the library, for a reader who knows this package only."""
    for pattern, words in _COMPILED:
        sentence = pattern.sub(words, sentence)
    sentence = _CALL.sub(_call, _FIELD.sub(_field, sentence))
    sentence = _CONSTANT.sub(_constant, sentence)
    return sentence.replace("COHORT_NO_TIMEOUT", "cohort.NO_TIMEOUT")
