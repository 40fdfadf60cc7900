"""Stories of a user, in the real FreeCAD."""
