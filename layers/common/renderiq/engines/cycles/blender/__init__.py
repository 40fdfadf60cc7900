"""What runs in the process of Blender. Started as ``python -m renderiq.engines.cycles.blender FOLDER`` by ``process``.

These modules import ``bpy``, which is under the GPL; nothing outside this package imports them (ADR 26).
"""
