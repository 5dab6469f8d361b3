"""Warnings, at the line of the program that has called the package."""

from __future__ import annotations

import os
import sys
import warnings

FOLDER = os.path.dirname(__file__) + os.sep


def warn(sentence: str, category: type[Warning]) -> None:
    """As warnings.warn, but of the first caller outside of this package."""
    frame, depth = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(FOLDER):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(sentence, category, stacklevel=depth)
