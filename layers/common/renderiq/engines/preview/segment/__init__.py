"""Segmentation of a capture: flat-coloured regions, their labels, edge lines, background and coverage."""
