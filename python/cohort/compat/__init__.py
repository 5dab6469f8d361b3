"""Interfaces of other packages, on cohort."""
