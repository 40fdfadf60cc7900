"""FreeCAD reads this file at each start, with and without a window. Everything of Renderiq is in InitGui.py."""
