"""The pages of the documentation: their code runs, and prints what they say."""

import os
import re
import sys

import pages
import pytest


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.stem)
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    text, count = pages.run_page(page, tmp_path)
    assert count > 0
    assert text == page.read_text()


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.stem)
def test_links(page):
    text = page.read_text()
    for name, anchor in re.findall(r"\]\((?!http)([^)#]*)(#[^)]*)?\)", text):
        target = page.parent / name if name else page
        assert target.exists(), name
        if anchor and target.suffix == ".md":
            titles = re.findall(r"^#+ (.*)$", target.read_text(), re.M)
            slugs = [
                re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
                for title in titles
            ]
            assert anchor[1:] in slugs, (anchor, slugs)
