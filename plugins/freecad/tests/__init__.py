"""Tests of the workbench without FreeCAD."""
