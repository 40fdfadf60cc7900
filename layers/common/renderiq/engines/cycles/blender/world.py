"""The sky, the sun, the ground that goes on to the horizon, and the lamps."""

from __future__ import annotations

import math
from typing import Any, Final

import bpy
from mathutils import Vector

from renderiq.engines.cycles.blender.graph import Graph
from renderiq.engines.cycles.blender.materials import build
from renderiq.engines.cycles.scene import Sky, StyleLight
from renderiq.engines.cycles.surfaces import library
from renderiq.engines.cycles.views import Bounds, Point

_GROUND_RADIUS: Final = 6000.0
_HAZE: Final = (90.0, 1500.0)
"""Metres at which the ground begins to fade into the horizon, and at which nothing is left of it."""
_WARM: Final = (1.0, 0.68, 0.38)
_SQUARE_METRES: Final = 15.0
"""What one lamp lights, with what is lost on the way."""
_BACKDROP: Final = (0.85, 0.86, 0.88)
_BACKDROP_SEEN: Final = 3.5
"""How bright the backdrop is to the camera, of the light that it gives: a studio lights it by lamps of its own."""
_BACKDROP_FADE: Final = (0.6, 2.0)
"""Where the floor of a studio begins to become the backdrop, and where it is, in sizes of the model."""
_STREET_LAMP: Final = {True: 0.03, False: 0.09}
"""What a lamp before the model gives at night, in W/m², with rooms that are lit and without."""


def build_sky(light: StyleLight, azimuth: float, *, seen: float = 1.0) -> None:
    """Lights the scene from above. ``azimuth`` is where the sun is, radians clockwise from +Y.

    ``seen`` is how bright the sky is to the camera, of what it is to everything else.
    """
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    if not world.node_tree:
        world.use_nodes = True
    world.node_tree.nodes.clear()
    graph = Graph(world.node_tree)
    output = graph.node("ShaderNodeOutputWorld")
    direction = _above_horizon(graph)
    strength = 1.0
    match light.sky:
        case Sky.CLEAR:
            colour = _physical(graph, light, azimuth)
        case Sky.OVERCAST:
            colour = _overcast(graph, direction)
        case Sky.STUDIO:
            colour, strength = _BACKDROP, 0.5
            seen *= _BACKDROP_SEEN
            _add_sun(light, azimuth, 3.6, (1.0, 0.98, 0.95))
        case Sky.NIGHT:
            colour = _night(graph, direction)
            _add_sun(light, azimuth, 0.03, (0.62, 0.76, 1.0))
    shown: Any = strength
    if seen != 1.0:
        is_seen = graph.node("ShaderNodeLightPath").outputs["Is Camera Ray"]
        shown = graph.fit(is_seen, 0.0, 1.0, strength, strength * seen)
    background = graph.node("ShaderNodeBackground", {"Color": colour, "Strength": shown})
    graph.put(output.inputs["Surface"], background.outputs[0])
    world.cycles.sampling_method = "AUTOMATIC"


def _above_horizon(graph: Graph) -> Any:
    """The direction; what is below the horizon counts as at it."""
    x, y, z = graph.separate(graph.node("ShaderNodeTexCoord").outputs["Generated"])
    return graph.vector("NORMALIZE", graph.combine(x, y, graph.math("MAXIMUM", z, 0.006)))


def _physical(graph: Graph, light: StyleLight, azimuth: float) -> Any:
    sky = graph.node("ShaderNodeTexSky")
    kinds = [each.identifier for each in sky.bl_rna.properties["sky_type"].enum_items]
    sky.sky_type = next(each for each in ("MULTIPLE_SCATTERING", "NISHITA") if each in kinds)
    sky.sun_disc = True
    sky.sun_size = math.radians(light.softness)
    sky.sun_intensity = light.sun_strength
    sky.sun_elevation = math.radians(light.sun_elevation)
    sky.sun_rotation = azimuth
    sky.altitude = 200.0
    sky.air_density = light.air
    if hasattr(sky, "aerosol_density"):
        sky.aerosol_density = light.dust
    else:
        sky.dust_density = light.dust
    return sky.outputs[0]


def _overcast(graph: Graph, direction: Any) -> Any:
    _, _, height = graph.separate(direction)
    gradient = graph.fit(height, 0.0, 1.0, 0.55, 1.0)
    clouds = graph.node("ShaderNodeTexNoise", {"Vector": direction, "Scale": 3.0, "Detail": 6.0}).outputs[0]
    value = graph.math("MULTIPLY", gradient, graph.fit(clouds, 0.3, 0.7, 0.88, 1.1))
    return graph.mix(height, graph.combine(*(graph.math("MULTIPLY", value, each) for each in (0.97, 0.99, 1.0))),
                     graph.combine(*(graph.math("MULTIPLY", value, each) for each in (0.90, 0.95, 1.04))))  # fmt: skip


def _night(graph: Graph, direction: Any) -> Any:
    _, _, height = graph.separate(direction)
    return graph.mix(graph.fit(height, 0.0, 0.55), (0.0028, 0.0042, 0.0078), (0.0007, 0.0012, 0.0030))


def _add_sun(light: StyleLight, azimuth: float, strength: float, colour: Point) -> None:
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.color, lamp.angle = strength * light.sun_strength, colour, math.radians(max(light.softness, 0.5))
    sun = bpy.data.objects.new("sun", lamp)
    sun.rotation_euler = (math.pi / 2 - math.radians(light.sun_elevation), 0.0, math.pi - azimuth)
    bpy.context.scene.collection.objects.link(sun)


def add_ground(name: str, height: float, bounds: Bounds, *, seen: float = 1.0, is_studio: bool = False) -> None:
    """Adds a ground that goes on to the horizon, and fades into it. ``name`` is a surface of the library.

    ``seen`` is how bright it is to the camera, as of ``build_sky``. That of a studio ends around the model.
    """
    centre, size = bounds.centre, max(bounds.size)
    radius = max(_GROUND_RADIUS, 40 * size)
    corners = [
        (
            centre[0] + radius * math.cos(math.tau * step / 64),
            centre[1] + radius * math.sin(math.tau * step / 64),
            height,
        )
        for step in range(64)
    ]
    mesh = bpy.data.meshes.new("ground")
    mesh.from_pydata(corners, [], [list(range(64))])
    material = bpy.data.materials.new("ground")
    build(material, library().get(name, library()["grass"]), None)
    if is_studio:
        _end_around(material, centre, size)
    else:
        _fade(material, max(1.0, size / 25), seen)
    mesh.materials.append(material)
    ground = bpy.data.objects.new("the ground", mesh)
    bpy.context.scene.collection.objects.link(ground)


def _end_around(material: Any, centre: Point, size: float) -> None:
    graph = Graph(material.node_tree)
    output = next(node for node in material.node_tree.nodes if node.type == "OUTPUT_MATERIAL")
    shaded = output.inputs["Surface"].links[0].from_socket
    place = graph.node("ShaderNodeNewGeometry").outputs["Position"]
    x, y, _ = graph.separate(graph.vector("SUBTRACT", place, centre))
    squared = graph.math("ADD", graph.math("MULTIPLY", x, x), graph.math("MULTIPLY", y, y))
    share = graph.fit(graph.math("SQRT", squared), *(each * size for each in _BACKDROP_FADE))
    is_seen = graph.node("ShaderNodeLightPath").outputs["Is Camera Ray"]
    # Behind it is the backdrop, whatever exposure it gets.
    open_to_it = graph.node("ShaderNodeBsdfTransparent", {"Color": (1.0, 1.0, 1.0)}).outputs[0]
    ended = graph.node("ShaderNodeMixShader", {0: graph.math("MULTIPLY", share, is_seen), 1: shaded, 2: open_to_it})
    graph.put(output.inputs["Surface"], ended.outputs[0])


def _fade(material: Any, scale: float, seen: float) -> None:
    graph = Graph(material.node_tree)
    output = next(node for node in material.node_tree.nodes if node.type == "OUTPUT_MATERIAL")
    shaded = output.inputs["Surface"].links[0].from_socket
    distance = graph.node("ShaderNodeCameraData").outputs["View Distance"]
    is_seen = graph.node("ShaderNodeLightPath").outputs["Is Camera Ray"]
    haze = graph.math("POWER", graph.fit(distance, _HAZE[0] * scale, _HAZE[1] * scale), 0.6)
    # Seen at so flat an angle, a mirror shows the sky right above the horizon, whatever sky it is.
    mirror = graph.node("ShaderNodeBsdfGlossy", {"Color": (1.0, 1.0, 1.0), "Roughness": 0.0}).outputs[0]
    faded = graph.node("ShaderNodeMixShader", {0: graph.math("MULTIPLY", haze, is_seen), 1: shaded, 2: mirror})
    result = faded.outputs[0]
    if seen != 1.0:
        black = graph.node("ShaderNodeEmission", {"Color": (0.0, 0.0, 0.0), "Strength": 0.0}).outputs[0]
        share = graph.math("MULTIPLY", is_seen, 1 - seen)
        result = graph.node("ShaderNodeMixShader", {0: share, 1: result, 2: black}).outputs[0]
    graph.put(output.inputs["Surface"], result)


def add_lamps(places: list[tuple[Point, float]], irradiance: float) -> None:
    """Hangs a warm lamp into each place. ``irradiance`` is about what its room gets, in W/m²."""
    for place, _ in places:
        lamp = bpy.data.lights.new("lamp", "AREA")
        lamp.shape, lamp.size = "DISK", 0.5
        lamp.energy, lamp.color = irradiance * _SQUARE_METRES, _WARM
        lamp.spread = math.radians(170)
        hung = bpy.data.objects.new("lamp", lamp)
        hung.location = place
        hung.visible_camera = False
        hung.visible_glossy = False
        bpy.context.scene.collection.objects.link(hung)


def add_street_lamp(bounds: Bounds, ground: float, azimuth: float, *, has_rooms: bool) -> None:
    """Hangs a warm lamp before a model at night. ``azimuth`` is where it is from the model, clockwise from +Y."""
    x, y, _ = bounds.centre
    size = max(bounds.size)
    aim = Vector((x, y, bounds.low[2] + 0.4 * bounds.size[2]))
    place = Vector((x + 1.1 * size * math.sin(azimuth), y + 1.1 * size * math.cos(azimuth), ground + 0.7 * size))
    lamp = bpy.data.lights.new("lamp", "AREA")
    lamp.shape, lamp.size = "DISK", 0.08 * size
    lamp.energy, lamp.color = _STREET_LAMP[has_rooms] * math.pi * (aim - place).length_squared, _WARM
    hung = bpy.data.objects.new("lamp", lamp)
    hung.location = place
    hung.rotation_euler = (aim - place).to_track_quat("-Z", "Y").to_euler()
    hung.visible_camera = hung.visible_glossy = False
    bpy.context.scene.collection.objects.link(hung)


def indoor_irradiance(light: StyleLight) -> float:
    """Returns what rooms get of their lamps, so that they are seen behind windows: by day they are lit like a stage."""
    match light.sky:
        case Sky.CLEAR:
            return light.lamps * (1.5 + 7.0 * min(light.sun_elevation / 40.0, 1.0))
        case Sky.NIGHT:
            return light.lamps * 0.22
        case _:
            return light.lamps * 1.0
