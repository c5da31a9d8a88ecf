"""Measurements: data sets, what to compare with, and the runs (CONTRIBUTING.md)."""
