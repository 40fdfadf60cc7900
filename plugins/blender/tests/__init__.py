"""Tests that need no Blender."""
