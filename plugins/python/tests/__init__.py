"""Tests of what the plugins in Python share."""
