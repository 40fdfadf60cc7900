"""Renderiq for FreeCAD: capture the view, order a render, get it back as a picture."""

VERSION = "0.1.0"
