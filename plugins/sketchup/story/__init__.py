"""The story of a user of the plugin for SketchUp."""
