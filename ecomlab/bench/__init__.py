"""Benchmarks: ratios measured in one run, `ecomlab bench`."""
