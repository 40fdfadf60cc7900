"""The sample viewports of the gallery, rendered with Blender."""
