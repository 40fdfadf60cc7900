"""Blades of grass on the ground before the camera. Farther away, the surface of the ground stands for them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, Final

import bpy

from renderiq.engines.cycles.blender.graph import Graph
from renderiq.engines.cycles.surfaces import library, linear

GROWN: Final = "grown"
"""The property of objects that are grass."""
_OF_SURFACE: Final = 2.2
"""How much brighter a blade is than a surface of many."""
_UNSHADED: Final = 0.78
"""How bright a blade without shadows of others is, of what it is with them."""
_SHADED, _UNSEEN = 8.0, 20.0
"""Metres from the camera within which every tuft throws a shadow, and beyond which none does. Rays to the sun that
cross the grass are the dearest of the picture, and shadows of blades are smaller than a pixel there.
"""
_TUFTS: Final = 24_000
_BLADES: Final = 26
"""Of a tuft."""
HEIGHTS: Final = {"grass": (0.035, 0.075), "meadow": (0.07, 0.2)}
"""Metres of the shortest and the longest blade, by the surfaces that have any."""
_NEAR, _FULL, _FAR = 1.2, 20.0, 34.0
"""Metres from the camera at which grass begins, at which it becomes shorter, and at which it ends."""


def grow(name: str, camera: Any, half_angle: float, height_at: Callable[[float, float], float | None]) -> int:
    """Adds blades in the half angle of the view. Returns the number of tufts.

    ``name`` is the surface of the ground. ``height_at`` returns the height of the ground at a place, or None where no
    grass grows.
    """
    place = camera.matrix_world.translation
    ahead = camera.matrix_world.to_3x3().col[2]
    yaw = math.atan2(-ahead.x, -ahead.y)
    # The same order grows the same grass.
    chance = random.Random(7)  # noqa: S311 (no secret)
    places: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    for _ in range(_TUFTS):
        distance = chance.uniform(_NEAR, _FAR)  # so that the picture is equally dense everywhere
        angle = yaw + chance.uniform(-half_angle, half_angle)
        turn, size = chance.uniform(0, math.tau), chance.uniform(0.7, 1.25) * (0.85 + distance / 40)
        x, y = place.x + distance * math.sin(angle), place.y + distance * math.cos(angle)
        size *= min(1.0, (_FAR - distance) / (_FAR - _FULL) + 0.15)
        height = height_at(x, y)
        # Some of those between, so that no edge is seen.
        throws = distance < chance.uniform(_SHADED, _UNSEEN)
        if height is not None:
            places[throws] += _quad(x, y, height, size, turn)
    blades = _tuft(chance, *HEIGHTS[name])
    for throws, corners in places.items():
        if corners:
            _plant(corners, blades.copy(), _blade_material(name, 1.0 if throws else _UNSHADED), throws=throws)
    return sum(map(len, places.values())) // 4


def _plant(corners: list[tuple[float, float, float]], blades: Any, material: Any, *, throws: bool) -> None:
    """Adds a tuft in each square of ``corners``. ``throws`` says whether they shade anything."""
    mesh = bpy.data.meshes.new("blades")
    faces = [list(range(index, index + 4)) for index in range(0, len(corners), 4)]
    mesh.from_pydata(corners, [], faces)
    field = bpy.data.objects.new("blades", mesh)
    field.instance_type = "FACES"
    field.use_instance_faces_scale = True
    field.show_instancer_for_render = False
    tuft = bpy.data.objects.new("tuft", blades)
    blades.materials.append(material)
    tuft.parent = field
    for each in (field, tuft):
        each[GROWN] = True
        # Scattered light meets the ground under the blades, which has their colour.
        each.visible_diffuse, each.visible_shadow = False, throws
        bpy.context.scene.collection.objects.link(each)


def _quad(x: float, y: float, z: float, size: float, turn: float) -> list[tuple[float, float, float]]:
    half = size / 2 * math.sqrt(2)
    return [
        (x + half * math.cos(turn + math.tau * step / 4), y + half * math.sin(turn + math.tau * step / 4), z)
        for step in range(4)
    ]


def _tuft(chance: random.Random, shortest: float, longest: float) -> Any:
    corners: list[tuple[float, float, float]] = []
    faces: list[list[int]] = []
    for _ in range(_BLADES):
        radius, angle = 0.13 * math.sqrt(chance.random()), chance.uniform(0, math.tau)
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        facing, lean = chance.uniform(0, math.tau), chance.uniform(0.15, 0.75)
        height, width = chance.uniform(shortest, longest), chance.uniform(0.0025, 0.0045)
        across = (width * math.cos(facing), width * math.sin(facing))
        over = (-math.sin(facing) * lean * height, math.cos(facing) * lean * height)
        first = len(corners)
        for share, wide in ((0.0, 1.0), (0.55, 0.75)):
            bent = share * share
            for side in (-wide, wide):
                corners.append(
                    (x + side * across[0] + bent * over[0], y + side * across[1] + bent * over[1], share * height)
                )
        corners.append((x + over[0], y + over[1], height))
        faces += [[first, first + 1, first + 3, first + 2], [first + 2, first + 3, first + 4]]
    mesh = bpy.data.meshes.new("tuft")
    mesh.from_pydata(corners, [], faces)
    return mesh


def _blade_material(name: str, brightness: float) -> Any:
    material = bpy.data.materials.new("blades of grass")
    if not material.node_tree:
        material.use_nodes = True
    material.node_tree.nodes.clear()
    graph = Graph(material.node_tree)
    # Blades shade one another, which the colours of the surface have in them.
    dark, green, yellow, dry = (
        tuple(min(1.0, brightness * _OF_SURFACE * part) for part in linear(each)) for each in library()[name].colours
    )
    chance = graph.node("ShaderNodeObjectInfo").outputs["Random"]
    fresh = graph.mix(graph.fit(chance, 0.0, 0.7), dark, green)
    colour = graph.mix(graph.fit(chance, 0.6, 0.95), fresh, yellow)
    colour = graph.mix(graph.fit(chance, 0.95, 1.0), colour, dry)
    solid = graph.node("ShaderNodeBsdfDiffuse", {"Color": colour}).outputs[0]
    through = graph.node("ShaderNodeBsdfTranslucent", {"Color": colour}).outputs[0]
    mixed = graph.node("ShaderNodeMixShader", {0: 0.35, 1: solid, 2: through})
    graph.put(graph.node("ShaderNodeOutputMaterial").inputs["Surface"], mixed.outputs[0])
    return material
