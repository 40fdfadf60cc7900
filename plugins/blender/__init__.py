"""The plugin for Blender."""
