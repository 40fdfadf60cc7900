"""The plugin for SketchUp."""
