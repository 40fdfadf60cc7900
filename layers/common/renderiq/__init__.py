"""Renderiq's plugin API: the package that every function shares."""

__version__ = "1.0.0"
