"""Benchmarks and sample pictures of the preview engine."""
