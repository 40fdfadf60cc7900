"""Measures the path tracer and draws what people look at: surfaces, and models in all styles."""
