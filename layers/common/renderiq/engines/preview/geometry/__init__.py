"""Geometry in the picture plane: contours, lines and the horizon."""
