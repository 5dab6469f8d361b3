"""Progress of sweeps: the bar, by tqdm or without it, comes to the total."""

import re
import sys

import pytest

import cohort


def f(x):
    if x % 10 == 3:
        raise ValueError(x)
    return x


def in_a_group(f, params, **options):
    with cohort.open(3) as group:
        return group.map(f, params, **options)


CALLS = [
    (cohort.map, {"workers": 2}),
    (cohort.map, {"workers": 1}),
    (cohort.map, {"workers": 2, "chunk": 7}),
    (cohort.map, {"workers": 2, "isolate": True}),
    (cohort.imap, {"workers": 2}),
    (cohort.imap_unordered, {"workers": 2, "chunk": 7}),
    (in_a_group, {}),
]


@pytest.mark.parametrize(
    "call, options, tqdm", [(*CALLS[0], False), *((*one, True) for one in CALLS)]
)
def test_a_bar_comes_to_the_total(call, options, tqdm, capfd, monkeypatch):
    if tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    found = list(call(f, range(90), on_error="keep", progress=True, **options))
    assert len(found) == 90
    shown = capfd.readouterr().err
    counts = [int(count) for count in re.findall(r"(\d+)/90", shown)]
    assert counts == sorted(counts) and counts[-1] == 90
    assert ("100%" in shown) == tqdm
    assert shown.endswith("\n")  # what is printed next has a line of its own


def test_what_a_journal_has_counts(tmp_path, capfd):
    for end in (5, 15):
        options = {"journal": tmp_path / "journal", "workers": 2, "progress": True}
        assert len(cohort.map(abs, range(end), **options)) == end
        counts = re.findall(rf"(\d+)/{end}", capfd.readouterr().err)
        assert counts[-1] == str(end)


def test_a_loop_that_is_left_ends_its_bar(capfd):
    for x in cohort.imap(lambda x: x, range(100_000), workers=2, progress=True):
        break
    assert "100000/100000" not in capfd.readouterr().err
    assert cohort.map(abs, [-1], workers=2, progress=True) == [1]
    assert "1/1" in capfd.readouterr().err
