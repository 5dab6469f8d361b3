"""help(cohort): every public name says what it is, and names its parameters."""

import importlib
import inspect
import re

import pytest

import cohort

MODULES = ["cohort", "cohort.compat.parameter_sweep"]

# cohort.open, map and imap make them.
NOT_MADE = (cohort.Group, cohort.Results, cohort.Stream)

# What need not be explained once more.
USUAL = {"self", "cls", "args", "kwargs", "options", "obj"}


def public():
    for name in MODULES:
        module = importlib.import_module(name)
        for one in module.__all__:
            thing = getattr(module, one)
            if callable(thing):
                yield f"{name}.{one}", thing
            if inspect.isclass(thing):
                yield from methods(f"{name}.{one}", thing)


def methods(path, kind):
    for name, thing in inspect.getmembers(kind):
        raw = inspect.getattr_static(kind, name)
        ours = getattr(thing, "__module__", "") or ""
        if name.startswith("_") or not (
            ours.startswith("cohort") or isinstance(raw, property)
        ):
            continue
        yield f"{path}.{name}", raw.fget if isinstance(raw, property) else thing


THINGS = dict(public())


def documentation(path, thing):
    text = inspect.getdoc(thing) or ""
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        # A sentence of their own, not that of Exception.
        text = thing.__doc__ or ""
    model = re.search(r"\bAs ``cohort\.(\w+)``", text)
    if model:
        text += documentation(path, getattr(cohort, model[1]))
    return text


@pytest.mark.parametrize("path", THINGS)
def test_it_says_what_it_is(path):
    text = documentation(path, THINGS[path])
    assert len(text) > 10 and "." in text, path


@pytest.mark.parametrize("path", THINGS)
def test_it_names_its_parameters(path):
    thing = THINGS[path]
    if inspect.isclass(thing) and issubclass(
        thing, (tuple, BaseException, *NOT_MADE)
    ):
        return  # fields, a sentence, or not called
    try:
        names = set(inspect.signature(thing).parameters) - USUAL
    except ValueError:
        return  # written in C, where help shows the text alone
    text = documentation(path, thing)
    if len(names) < 2:
        return  # the sentence is about it
    # Of `params`, f(param) says enough.
    missing = [
        name for name in names
        if not re.search(rf"\b({name}|{name.removesuffix('s')})\b", text)
    ]  # fmt: skip
    assert not missing, f"{path} does not say what {missing} are"


@pytest.mark.parametrize("name", ["starmap", "imap", "imap_unordered"])
def test_it_shows_the_options_of_map(name):
    def shown(call):
        return dict(inspect.signature(call).parameters)

    found = shown(getattr(cohort, name))
    found.pop("as_results", None)
    assert found == shown(cohort.map)


def test_the_module_has_a_table_of_contents():
    for name in cohort.__all__:
        thing = getattr(cohort, name)
        # Tracebacks name exceptions as programs do.
        assert not inspect.isclass(thing) or thing.__module__ == "cohort"
    assert "import cohort" in cohort.__doc__
