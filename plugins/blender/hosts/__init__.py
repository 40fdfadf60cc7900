"""The story of a user in real Blenders, on the running local stack. Too long for CI: ``make plugins-blender-hosts``."""
