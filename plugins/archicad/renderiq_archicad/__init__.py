"""Renderiq beside ArchiCAD: published views, rendered in a chosen style."""

VERSION = "0.1.0"
