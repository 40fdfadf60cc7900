"""Renderiq in Rhino 8."""

VERSION = "0.1.0"
