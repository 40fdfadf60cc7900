"""Renderiq's plugin API: the package that every function shares."""

from renderiq import precompiled

__version__ = "1.0.0"

precompiled.install()  # before any other module is imported
