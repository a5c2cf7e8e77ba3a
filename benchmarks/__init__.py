"""Benchmarks of the whole product, side by side with its peers where there are any."""
