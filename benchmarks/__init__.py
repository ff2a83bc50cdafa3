"""Measured beside their peers, in one run: ``python -m benchmarks``."""
