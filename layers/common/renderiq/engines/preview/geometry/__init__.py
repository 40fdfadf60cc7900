"""Geometry in the picture plane: contours, their rasterisation, fitted lines and the horizon."""
