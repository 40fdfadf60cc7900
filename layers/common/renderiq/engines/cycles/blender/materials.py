"""Makes surfaces of materials: what the file says stays, what has only a colour or a name becomes a real surface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import bpy

from renderiq.engines.cycles.blender.graph import Graph
from renderiq.engines.cycles.surfaces import Rgb, Surface, library, linear, surface_of, tinted

_CLAY_KEPT: Final = ("glass",)
_UNDERSIDE: Final = (0.62, 0.58, 0.52)
"""The colour of ceilings and edges of roofs with tiles, in linear light."""
_FLATTEST_UNDERSIDE: Final = 0.12
"""Up to this upward part of its normal, a face of a roof is its edge or its ceiling."""


def to_srgb(colour: Iterable[float]) -> Rgb:
    """Returns a linear colour in sRGB."""
    red, green, blue = (
        12.92 * each if each <= 0.0031308 else 1.055 * max(each, 0) ** (1 / 2.4) - 0.055 for each in list(colour)[:3]
    )
    return red, green, blue


def build_all(clay: str, parts: dict[str, str]) -> dict[str, str]:
    """Makes a surface of every material. Returns the name of the surface by that of the material.

    ``parts`` says on what part of a building a material is. Materials with pictures or light of their own stay.
    """
    made: dict[str, str] = {}
    for material in list(bpy.data.materials):
        principled = _principled(material)
        glass = _says_glass(principled)
        if not clay and _speaks_for_itself(material, principled) and not glass:
            made[material.name] = "file"
            continue
        colour, alpha = _file_colour(material, principled)
        part = parts.get(material.name, "")
        surface = surface_of(material.name.split(".")[0], to_srgb(colour), alpha=0.3 if glass else alpha, part=part)
        if clay and surface.name not in _CLAY_KEPT:
            surface, colour = library()["backdrop"], linear(clay)
            build(material, surface, colour, forced=True)
        else:
            build(material, surface, colour)
        made[material.name] = surface.name
    return made


def _principled(material: Any) -> Any:
    if not material.node_tree:
        return None
    return next((node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None)


def _says_glass(principled: Any) -> bool:
    return principled is not None and (
        _number(principled, "Transmission Weight") > 0.3 and not principled.inputs["Base Color"].is_linked
    )


def _number(principled: Any, name: str) -> float:
    socket = principled.inputs.get(name)
    return float(socket.default_value) if socket is not None and not socket.is_linked else 0.0


def _speaks_for_itself(material: Any, principled: Any) -> bool:
    """Returns whether the material has pictures, or light of its own."""
    if principled is None:
        return False
    if any(node.type == "TEX_IMAGE" and node.image and node.image.size[0] for node in material.node_tree.nodes):
        return True
    emission = principled.inputs.get("Emission Color")
    return _number(principled, "Emission Strength") > 0 and emission is not None and max(emission.default_value[:3]) > 0


def _file_colour(material: Any, principled: Any) -> tuple[Rgb, float]:
    if principled is not None:
        red, green, blue, _ = principled.inputs["Base Color"].default_value
        alpha = principled.inputs["Alpha"]
        return (red, green, blue), 1.0 if alpha.is_linked else float(alpha.default_value)
    red, green, blue, opacity = material.diffuse_color
    return (red, green, blue), float(opacity)


def make(name: str, surface: Surface, colour: Rgb | None = None) -> Any:
    """Returns a new material with a surface of the library."""
    material = bpy.data.materials.new(name)
    build(material, surface, colour)
    return material


def build(material: Any, surface: Surface, colour: Rgb | None, *, forced: bool = False) -> None:
    """Replaces the nodes of a material. ``colour`` is the file's, in linear light; ``forced`` takes it as it is."""
    if not material.node_tree:
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    graph = Graph(tree)
    palette = [
        colour if forced and colour else tinted(linear(each), colour, mode=surface.colour) for each in surface.colours
    ]
    output = graph.node("ShaderNodeOutputMaterial")
    if surface.pattern == "glass":
        graph.put(output.inputs["Surface"], _glass(graph, palette[0]))
        return
    shaded = _PATTERNS.get(surface.pattern, _plain)(graph, surface, palette)
    if not surface.metallic:
        shaded = _plainer_for_bounces(graph, shaded, surface, palette)
    graph.put(output.inputs["Surface"], shaded)


def _plainer_for_bounces(graph: Graph, shaded: Any, surface: Surface, palette: list[Rgb]) -> Any:
    """What light that was scattered once finds: the mean colour, for patterns cost time and are not seen there."""
    shares = _SHARES.get(surface.pattern, (1.0,) if surface.pattern not in _PATTERNS else (0.5, 0.5))
    shares = shares[: len(palette)]
    mean = [sum(share * colour[part] for share, colour in zip(shares, palette, strict=False)) / sum(shares)
            for part in range(3)]  # fmt: skip
    plain = graph.node("ShaderNodeBsdfDiffuse", {"Color": tuple(mean)}).outputs[0]
    is_scattered = graph.node("ShaderNodeLightPath").outputs["Is Diffuse Ray"]
    return graph.node("ShaderNodeMixShader", {0: is_scattered, 1: shaded, 2: plain}).outputs[0]


def metres(graph: Graph) -> tuple[Any, Any]:
    """Returns the place in the scene, and the place on the surface as (along, up, 0), both in metres.

    "Along" is level on every wall and roof, so that courses of bricks are too.
    """
    geometry = graph.node("ShaderNodeNewGeometry")
    place, normal = geometry.outputs["Position"], geometry.outputs["True Normal"]
    steepness = graph.math("ABSOLUTE", graph.separate(normal)[2])
    level = graph.vector("NORMALIZE", graph.vector("CROSS_PRODUCT", (0.0, 0.0, 1.0), normal))
    is_floor = graph.math("GREATER_THAN", steepness, 0.985)
    along = graph.choose(is_floor, level, (1.0, 0.0, 0.0))
    up = graph.choose(is_floor, graph.vector("CROSS_PRODUCT", normal, level), (0.0, 1.0, 0.0))
    return place, graph.combine(graph.vector("DOT_PRODUCT", place, along), graph.vector("DOT_PRODUCT", place, up))


def _finish(
    graph: Graph,
    surface: Surface,
    colour: Any,
    height: Any,
    roughness: Any | None = None,
    extra: dict[str | int, Any] | None = None,
) -> Any:
    """A principled shader with relief: ``height`` is 0 to 1 of ``surface.relief``."""
    inputs: dict[str | int, Any] = {
        "Base Color": colour,
        "Roughness": surface.roughness if roughness is None else roughness,
        "Metallic": surface.metallic,
        **(extra or {}),
    }
    if surface.relief and height is not None:
        inputs["Normal"] = graph.node(
            "ShaderNodeBump", {"Height": height, "Distance": surface.relief, "Strength": 1.0}
        ).outputs[0]
    return graph.node("ShaderNodeBsdfPrincipled", inputs).outputs[0]


def _weathered(graph: Graph, place: Any, surface: Surface, colour: Any) -> Any:
    """The colour, lighter and darker from place to place, in patches of metres and of centimetres."""
    large = graph.noise(place, 1.7, detail=4)
    small = graph.noise(place, max(surface.grain * 4, 0.04), detail=2)
    amount = graph.math("ADD", graph.math("MULTIPLY", large, 0.6), graph.math("MULTIPLY", small, 0.4))
    factor = graph.fit(amount, 0.3, 0.7, 1 - surface.variation, 1 + surface.variation)
    return _scaled(graph, colour, factor)


def _scaled(graph: Graph, colour: Any, factor: Any) -> Any:
    made = graph.node("ShaderNodeVectorMath", operation="SCALE")
    if isinstance(colour, tuple):
        made.inputs[0].default_value = colour
    else:
        graph.put(made.inputs[0], colour)
    graph.put(made.inputs["Scale"], factor)
    return made.outputs[0]


def _plain(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, flat = metres(graph)
    colour = _weathered(graph, place, surface, palette[0])
    height = graph.noise(place, surface.grain, detail=4, roughness=0.6)
    roughness = graph.fit(graph.noise(place, 0.6), 0.3, 0.7, surface.roughness * 0.9, min(1.0, surface.roughness * 1.1))
    if surface.panels:
        seams = _bricks(graph, flat, surface.panels, 0.012, offset=0.0).outputs["Factor"]
        colour = graph.mix(graph.math("MULTIPLY", seams, 0.45), colour, (0.08, 0.08, 0.08))
        height = graph.math("SUBTRACT", height, graph.math("MULTIPLY", seams, 3.0))
    return _finish(graph, surface, colour, height, roughness)


def _bricks(
    graph: Graph, at: Any, size: tuple[float, float], joint: float, *, offset: float = 0.5, colours: Any = None
) -> Any:
    first, second, between = colours or ((0.0,) * 3, (1.0,) * 3, (0.5,) * 3)
    return graph.node(
        "ShaderNodeTexBrick",
        {
            "Vector": at, "Color1": first, "Color2": second, "Mortar": between, "Scale": 1.0, "Mortar Size": joint,
            "Mortar Smooth": 0.15, "Bias": 0.0, "Brick Width": size[0], "Row Height": size[1],
        },
        offset=offset,
        squash=1.0,
    )  # fmt: skip


def _coursed(graph: Graph, surface: Surface, palette: list[Rgb], *, offset: float) -> Any:
    place, flat = metres(graph)
    first, second = palette[0], palette[1 % len(palette)]
    pattern = _bricks(
        graph, flat, surface.size, surface.joint_width, offset=offset, colours=(first, second, linear(surface.joint))
    )
    joints = pattern.outputs["Factor"]
    colour = pattern.outputs["Color"]
    if len(palette) > 2:
        patches = graph.fit(graph.noise(place, 0.9, detail=5), 0.52, 0.62, 0.0, 0.6)
        stones = graph.math("MULTIPLY", patches, graph.math("SUBTRACT", 1.0, joints))
        colour = graph.mix(stones, colour, palette[2])
    colour = _weathered(graph, place, surface, colour)
    rough = graph.math("MULTIPLY", graph.noise(place, surface.grain, detail=3), 0.35)
    height = graph.math("ADD", graph.math("SUBTRACT", 1.0, joints), rough)
    roughness = graph.math("ADD", surface.roughness, graph.math("MULTIPLY", joints, 0.1))
    return _finish(graph, surface, colour, height, roughness)


def _brickwork(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    return _coursed(graph, surface, palette, offset=0.5)


def _tiled(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    return _coursed(graph, surface, palette, offset=0.0)


def _planks(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, flat = metres(graph)
    first, second = palette[0], palette[1 % len(palette)]
    pattern = _bricks(
        graph, flat, surface.size, surface.joint_width, offset=0.37, colours=(first, second, linear(surface.joint))
    )
    joints = pattern.outputs["Factor"]
    shade = _bricks(graph, flat, surface.size, 0.0, offset=0.37).outputs["Color"]
    along, up, _ = graph.separate(flat)
    # Each plank is cut from another place of the tree.
    moved = graph.combine(
        graph.math("MULTIPLY", along, 0.12), up, graph.math("MULTIPLY", graph.separate(shade)[0], 7.0)
    )
    fibres = graph.noise(moved, 0.018, detail=6, roughness=0.65)
    rings = graph.noise(moved, 0.09, detail=2)
    amount = graph.math("ADD", graph.math("MULTIPLY", fibres, 0.6), graph.math("MULTIPLY", rings, 0.4))
    factor = graph.fit(amount, 0.3, 0.7, 1 - surface.variation * 1.4, 1 + surface.variation)
    wood = graph.math("SUBTRACT", 1.0, joints)
    colour = _scaled(graph, pattern.outputs["Color"], graph.math("MAXIMUM", factor, joints))
    height = graph.math("ADD", wood, graph.math("MULTIPLY", fibres, 0.15))
    return _finish(graph, surface, _weathered(graph, place, surface, colour), height)


def _roof_tiles(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, flat = metres(graph)
    along, up, _ = graph.separate(flat)
    width, course = surface.size
    rows = graph.math("FRACT", graph.math("DIVIDE", up, course))
    wave = graph.math("COSINE", graph.math("MULTIPLY", along, 6.2832 / width))
    roll = graph.fit(wave, -1, 1, 0.0, 0.55)
    step = graph.math("SUBTRACT", 1.0, rows)
    height = graph.math("ADD", step, graph.math("ADD", roll, graph.math("MULTIPLY", graph.noise(place, 0.02), 0.05)))
    dark = (0.0, 0.0, 0.0)
    pattern = _bricks(graph, flat, surface.size, 0.004, offset=0.0, colours=(palette[0], palette[1], dark))
    patches = graph.fit(graph.noise(place, 0.7, detail=6), 0.5, 0.65, 0.0, 0.6)
    colour = graph.mix(patches, pattern.outputs["Color"], palette[2 % len(palette)])
    edge = graph.fit(rows, 0.0, 0.07, 0.35, 1.0)
    colour = _scaled(graph, _weathered(graph, place, surface, colour), edge)
    tiles = _finish(graph, surface, colour, height)
    # A roof is often one thing with its ceiling and its edges, which have no tiles.
    normal = graph.node("ShaderNodeNewGeometry").outputs["True Normal"]
    is_covered = graph.math("GREATER_THAN", graph.separate(normal)[2], _FLATTEST_UNDERSIDE)
    below = graph.node("ShaderNodeBsdfDiffuse", {"Color": _UNDERSIDE}).outputs[0]
    return graph.node("ShaderNodeMixShader", {0: is_covered, 1: below, 2: tiles}).outputs[0]


def _seams(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, flat = metres(graph)
    along, _, _ = graph.separate(flat)
    across = graph.math("FRACT", graph.math("DIVIDE", along, surface.size[0]))
    seam = graph.math("LESS_THAN", across, 0.03 / surface.size[0])
    wavy = graph.noise(place, surface.grain * 3, detail=1)
    height = graph.math("ADD", seam, graph.math("MULTIPLY", wavy, 0.12))
    colour = _scaled(graph, _weathered(graph, place, surface, palette[0]), graph.fit(seam, 0, 1, 1.0, 0.8))
    return _finish(graph, surface, colour, height)


def _marble(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, _ = metres(graph)
    bent = graph.vector("ADD", place, graph.node("ShaderNodeTexNoise", {"Vector": place, "Scale": 2.0}).outputs[1])
    veins = graph.math("ABSOLUTE", graph.math("SUBTRACT", graph.noise(bent, surface.grain, detail=7), 0.5))
    vein = graph.fit(veins, 0.0, 0.05, 0.7, 0.0)
    return _finish(graph, surface, graph.mix(vein, palette[0], palette[1 % len(palette)]), None)


def _grass(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, _ = metres(graph)
    x, y, z = graph.separate(place)
    # Blades stand: they are longer up the picture than across it.
    blades = graph.noise(graph.combine(x, y, z), surface.grain, detail=5, roughness=0.75)
    tufts = graph.noise(place, 0.22, detail=4)
    patches = graph.noise(place, 2.6, detail=4)
    fields = graph.noise(place, 23.0, detail=3)
    colour = graph.mix(graph.fit(blades, 0.35, 0.65), palette[0], palette[1])
    colour = graph.mix(graph.fit(tufts, 0.45, 0.75, 0.0, 0.7), colour, palette[2])
    colour = graph.mix(graph.fit(patches, 0.5, 0.72, 0.0, 0.5), colour, palette[1])
    colour = graph.mix(graph.fit(fields, 0.45, 0.7, 0.0, 0.55), colour, palette[3])
    height = graph.math("ADD", graph.math("MULTIPLY", blades, 0.6), graph.math("MULTIPLY", tufts, 0.8))
    bump = graph.node("ShaderNodeBump", {"Height": height, "Distance": surface.relief, "Strength": 0.9}).outputs[0]
    return graph.node(
        "ShaderNodeBsdfPrincipled",
        {
            "Base Color": colour, "Roughness": surface.roughness, "Normal": bump, "Sheen Weight": 0.25,
            "Sheen Tint": palette[2], "Specular IOR Level": 0.2,
        },
    ).outputs[0]  # fmt: skip


def _foliage(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, _ = metres(graph)
    leaves = graph.noise(place, surface.grain, detail=5, roughness=0.7)
    colour = graph.mix(graph.fit(leaves, 0.35, 0.65), palette[0], palette[1 % len(palette)])
    colour = _weathered(graph, place, surface, colour)
    lit = _finish(graph, surface, colour, leaves)
    through = graph.node("ShaderNodeBsdfTranslucent", {"Color": colour}).outputs[0]
    return graph.node("ShaderNodeMixShader", {0: 0.25, 1: lit, 2: through}).outputs[0]


def _gravel(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, _ = metres(graph)
    cells = graph.node("ShaderNodeTexVoronoi", {"Vector": place, "Scale": 1 / surface.size[0]})
    shade = graph.separate(cells.outputs["Color"])[0]
    colour = graph.mix(graph.fit(shade, 0.0, 0.6), palette[0], palette[1])
    colour = graph.mix(graph.fit(shade, 0.7, 0.9), colour, palette[2])
    height = graph.math("SUBTRACT", 1.0, cells.outputs["Distance"])
    colour = _scaled(graph, colour, graph.fit(height, 0.3, 0.7, 0.35, 1.1))
    colour = graph.mix(graph.fit(graph.noise(place, 3.0), 0.4, 0.7, 0.0, 0.3), colour, palette[2])
    return _finish(graph, surface, colour, height)


def _water(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, _ = metres(graph)
    height = graph.noise(place, surface.grain, detail=3)
    return _finish(graph, surface, palette[0], height, extra={"IOR": 1.333, "Specular IOR Level": 0.5})


def _fabric(graph: Graph, surface: Surface, palette: list[Rgb]) -> Any:
    place, flat = metres(graph)
    along, up, _ = graph.separate(flat)
    turns = 6.2832 / (surface.grain * 2)
    weave = graph.math(
        "MULTIPLY",
        graph.math("SINE", graph.math("MULTIPLY", along, turns)),
        graph.math("SINE", graph.math("MULTIPLY", up, turns)),
    )
    colour = _weathered(graph, place, surface, palette[0])
    return _finish(graph, surface, colour, weave, extra={"Sheen Weight": 0.35, "Specular IOR Level": 0.1})


def _glass(graph: Graph, tint: Rgb) -> Any:
    """Glass that reflects by Fresnel and lets light straight through: panes have two faces, which bend it back.

    Real refraction would make every room behind it dark without caustics, which take too many samples.
    """
    # Schlick's formula, because Blender's own takes the back of a pane for the way out of a solid block.
    geometry = graph.node("ShaderNodeNewGeometry")
    facing = graph.math(
        "ABSOLUTE", graph.vector("DOT_PRODUCT", geometry.outputs["Normal"], geometry.outputs["Incoming"])
    )
    slanted = graph.math("POWER", graph.math("SUBTRACT", 1.0, facing), 5.0)
    fresnel = graph.math("ADD", 0.04, graph.math("MULTIPLY", slanted, 0.96))
    through = graph.node("ShaderNodeBsdfTransparent", {"Color": tint}).outputs[0]
    mirror = graph.node("ShaderNodeBsdfGlossy", {"Color": (0.95, 0.97, 0.96), "Roughness": 0.0}).outputs[0]
    path = graph.node("ShaderNodeLightPath")
    straight = graph.math(
        "SUBTRACT", 1.0, graph.math("MAXIMUM", path.outputs["Is Shadow Ray"], path.outputs["Is Diffuse Ray"])
    )
    amount = graph.math("MULTIPLY", graph.math("MINIMUM", graph.math("MULTIPLY", fresnel, 1.5), 1.0), straight)
    return graph.node("ShaderNodeMixShader", {0: amount, 1: through, 2: mirror}).outputs[0]


_SHARES: Final = {
    "fabric": (1.0,),
    "grass": (0.4, 0.3, 0.15, 0.15),
    "gravel": (0.4, 0.4, 0.2),
    "marble": (0.9, 0.1),
    "roof_tiles": (0.4, 0.4, 0.2),
    "seams": (1.0,),
    "water": (1.0,),
}
"""How much of a pattern has each of its colours; both of its first two in equal parts, unless it is here."""

_PATTERNS: Final = {
    "bricks": _brickwork,
    "fabric": _fabric,
    "foliage": _foliage,
    "grass": _grass,
    "gravel": _gravel,
    "marble": _marble,
    "planks": _planks,
    "roof_tiles": _roof_tiles,
    "seams": _seams,
    "tiles": _tiled,
    "water": _water,
}
