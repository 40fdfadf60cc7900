"""The vocabulary of the prompt parser: keywords, and the classes of words that may stand beside them.

The classes are data, not rules; `prompt_parser.py` has the rules. All words are in lower case.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "time": {
        "dawn": ("dawn", "sunrise", "early morning"),
        "noon": ("noon", "midday"),
        "golden": ("sunset", "golden hour", "evening", "late afternoon"),
        "dusk": ("dusk", "twilight", "blue hour", "after sunset"),
        "night": ("night", "midnight", "moonlight", "nighttime"),
    },
    "weather": {
        "clear": ("clear sky", "cloudless", "sunny", "clear"),
        "cloudy": ("cloudy", "clouds", "partly cloudy"),
        "overcast": ("overcast", "grey sky", "gray sky", "dull", "rain", "rainy", "drizzle", "storm", "stormy"),
        "fog": ("fog", "foggy", "mist", "misty", "haze", "hazy"),
    },
    "season": {
        "spring": ("spring",),
        "summer": ("summer",),
        "autumn": ("autumn", "fall colours", "fall colors", "fall"),
        "winter": ("winter", "snow", "snowy", "snow-covered", "frost"),
    },
    "ground": {
        "grass": ("grass", "lawn", "meadow", "garden"),
        "snow": ("snow", "snowy", "snow-covered"),
        "sand": ("sand", "sandy", "desert", "beach", "dune", "dunes"),
        "gravel": ("gravel", "pebbles"),
        "concrete": ("concrete ground", "concrete floor", "concrete plaza", "plaza", "pavement"),
        "soil": ("soil", "dirt", "earth", "mud"),
    },
}
"""Kind of choice, choice, and the keywords for it. `docs/preview-engine.md` has the same table."""

ADJECTIVES: Final = frozenset(
    {"cloudless", "sunny", "cloudy", "partly cloudy", "overcast", "rainy", "stormy", "foggy", "misty", "hazy"}
    | {"snowy", "snow covered"}
)
"""Keywords that describe any noun but a material or a colour: "rainy street"."""
NARROW_ADJECTIVES: Final[dict[str, frozenset[str]]] = {
    "clear": _words(
        "sky skies day days night nights morning mornings afternoon evening weather daylight sunlight air noon "
        "midday dawn dusk twilight sunset sunrise winter summer autumn spring sunny sunshine"
    ),
    "dull": _words("sky skies day days morning mornings afternoon evening weather light lighting daylight winter"),
    "sandy": _words(
        "ground floor path paths road track trail beach beaches shore shoreline coast bay cove soil terrain plot "
        "site desert dunes dune island yard courtyard landscape field hill hills slope bank garden"
    ),
}
"""Keywords that have other senses as well ("clear glass"), and the nouns beside which they are meant as a scene."""
PLURALS: Final[dict[str, str]] = {
    "dawns": "dawn",
    "sunrises": "sunrise",
    "sunsets": "sunset",
    "evenings": "evening",
    "nights": "night",
    "rains": "rain",
    "storms": "storm",
    "fogs": "fog",
    "mists": "mist",
    "summers": "summer",
    "autumns": "autumn",
    "winters": "winter",
    "snows": "snow",
    "lawns": "lawn",
    "meadows": "meadow",
    "gardens": "garden",
    "sands": "sand",
    "deserts": "desert",
    "beaches": "beach",
    "plazas": "plaza",
    "pavements": "pavement",
}

COLOURS: Final = _words(
    "white black grey gray blue green red orange yellow pink purple violet brown beige cream ivory gold golden "
    "silver teal turquoise navy olive ochre ocher umber sienna terracotta rust copper bronze rose coral peach "
    "mint sage lavender lilac mauve burgundy maroon crimson scarlet amber mustard taupe greige anthracite "
    "charcoal indigo cyan magenta emerald aqua khaki tan sepia caramel cognac champagne plum aubergine salmon "
    "apricot whites greys grays blues greens reds oranges yellows browns beiges creams ochres bluish greenish "
    "reddish yellowish greyish grayish"
)
COLOUR_NOUNS: Final = _words(
    "colour colours color colors coloured colored tone tones toned hue hues hued shade shades tint tints tinted "
    "palette palettes scheme schemes pigment pigments paint paints ral pantone"
)
"""Words that make a colour of the noun before them: "sand colour", "earth tones"."""
MATERIALS: Final = _words(
    "glass glazing plaster render stucco stone stones limestone sandstone marble granite quartz onyx travertine "
    "slate brick bricks tile tiles wood timber oak walnut metal steel brass aluminium aluminum zinc resin acrylic "
    "plastic polycarbonate fabric linen cotton wool leather velvet curtain curtains paper wallpaper lacquer "
    "varnish coating finish finishes texture textures surface surfaces veneer laminate mirror mirrors pane panes "
    "foil film cladding stitching quartzite alabaster terrazzo countertop countertops worktop worktops eyes "
    "crystal"
)
FURNISHINGS: Final = _words(
    "wall walls door doors cabinet cabinets cupboard cupboards fronts sofa armchair chair chairs table tables "
    "lamp lamps lampshade vase cushion cushions pillow pillows rug rugs carpet carpets blinds shutters bedding "
    "tiles tiling frame frames backsplash splashback handles fittings upholstery tapestry"
)
"""Things that an adjective of weather gives a colour: "sunny cushions"."""
LABELS: Final = FURNISHINGS | _words("facade facades roof roofs kitchen material materials accent accents")
"""Words before a colon that colours or materials follow: "walls: sand"."""
SCENE_NOUNS: Final = _words(
    "day days daytime morning mornings afternoon afternoons evening evenings night nights nighttime time hour "
    "hours noon midday dawn dusk twilight sunset sunrise sundown season weather climate conditions sky skies "
    "cloud clouds sun sunlight sunshine daylight moon moonlight stars light lights lighting illumination glow "
    "rays reflections reflection shadows silhouette backlight backlighting atmosphere ambience ambiance mood "
    "moods vibe vibes feel feeling scene scenes scenery setting landscape landscapes scape view views exterior "
    "exteriors environment surroundings backdrop background wonderland effect effects haze fog mist rain snow "
    "snowfall rainfall storm thunderstorm drizzle drops puddles flakes flurries cover blanket drift drifts patches "
    "heat breeze air wind version variant one ones crowd crowds traffic rush january february march april may june "
    "july august september october november december solstice context"
)
"""Words that keep a keyword before them a scene: "winter evening", "night view"."""
NOT_WEATHER: Final = _words("light lights lighting cover")
"""Nouns that make a thing of a weather before them: "fog lights"."""
PARTICIPLE_LIKE: Final = _words(
    "housing clothing harvesting planting seating dining edging paving flooring cladding lighting building "
    "painting fencing parking bedding sampling clubbing proofing blasting casting roofing heating cooling living "
    "gardening landscaping swimming sleeping lounging reading ceiling railing awning ring wedding opening "
    "covering clearing coating drawing rendering setting meeting evening morning spring king wing string"
)
"""Nouns that look like participles: "garden seating"."""
PLACES: Final = _words(
    "forest forests woods woodland landscape mountain mountains hill hills hillside valley field fields park "
    "countryside street streets streetscape city cityscape town village skyline lake lakeside sea seaside coast "
    "river riverside nature garden gardens meadow meadows lawn lawns beach beaches yard backyard courtyard trees "
    "tree foliage leaves leaf vegetation greenery blossom blossoms flowers flowering blooms plants harbour harbor "
    "campus"
)
"""Places and plants that show a season or a time of day: "autumn forest"."""
GROUND_NOUNS: Final = _words(
    "ground grounds floor floors path paths pathway pathways road roads track tracks trail lane drive driveway "
    "driveways yard court courtyard forecourt area areas field fields lot parking surface surfacing terrain plot "
    "site patch patches slope slopes hill hills verge verges bank cover covering landscape landscapes scene "
    "setting environment view views shore shoreline coast bay dunes dune desert plain plains square walkway "
    "walkways beach climate heat sand soil garden lawn meadow plaza pavement esplanade mound background backdrop "
    "surroundings context strip"
)
"""Words that keep a ground before them a ground: "gravel path"."""
SNOW_COVERED: Final = _words("covered clad dusted laden loaded blanketed topped capped")
"""Participles after "snow" that make it lie on something."""
MOUNTAINS: Final = _words("mountain mountains peak peaks alps summit summits hills range ridges ridge")
"""Distant things whose snow says nothing about the place: "snow-capped mountains"."""
WEATHER_WORN: Final = _words(
    "soaked slick slicked drenched washed swept wet filled shrouded wrapped veiled cloaked draped lit bathed"
)
"""Participles after a weather or a time that leave it a scene: "rain-soaked street"."""
BUILDINGS: Final = _words("house home villa cabin cottage chalet lodge hotel building residence retreat pavilion")

PREPOSITIONS: Final = _words(
    "in on at by with of over under above below behind before beside near around across along through outside inside "
    "between beyond during after until till from to into onto for against within amid amidst beneath about off toward "
    "towards via per without upon past opposite "
    # Others write some of their prompt in their own language.
    "mit im am auf bei vor hinter unter von aus zum zur ohne avec sans dans sur au aux de des du con sin sur met op "
    "zonder nel nella en"
)
FUNCTION_WORDS: Final = PREPOSITIONS | _words(
    "nearby far close next ahead away together a an the this that these those its their his her our my your some "
    "any every each all both either rather no not never nor neither and or but yet so if as than then while when where "
    "which who because although though however only just also too very more most less least much many few several "
    "lots plenty here there everywhere outdoors indoors again still already now today tonight instead please it "
    "he she they we you i is are was were be been being has have had do does did can could will would shall "
    "should may might must don't doesn't isn't aren't won't shouldn't mustn't let make makes made show shows "
    "showing shown visible falling falls fallen fell lies lying lay covers covering rolling rolls drifting drifts "
    "melting melts blowing blows pouring pours hanging hangs settling settled rising rises clearing approaching "
    "glowing glows surrounding surrounds reflecting reflects reflected lingering gathering coming setting fading "
    "piling piled seen captured taken rendered lit illuminated begins starts arrives settles descends approaches "
    "breaks comes fills filling dusting wraps wrapping seeping creeping looking leading facing overlooking plus "
    "minus including excluding except versus vs like und oder et y e o een der die das den dem ein "
    "eine einen einem le la les un une el los las il"
)
"""Words before which a noun phrase ends."""
MODIFIERS: Final = _words(
    "heavy thick dense fresh fine bare crisp warm soft cold cool cozy cosy dramatic moody cinematic natural "
    "ambient romantic calm bright dark quiet gentle diffuse diffused strong harsh long deep light lightly heavily "
    "slightly softly gently beautiful stunning peaceful serene tranquil modern contemporary minimal minimalist "
    "minimalistic elegant luxury luxurious high ultra hyper highly super sharp detailed realistic photorealistic "
    "hyperrealistic photographic professional editorial architectural wide wet dry low volumetric global subtle "
    "vibrant lush clean new old small large big tall scandinavian japanese mediterranean industrial rustic "
    "brutalist traditional futuristic"
)
"""Adjectives. They do not follow a noun that modifies another ("a modern night table"), so that one after a keyword
shows that the keyword stands for itself ("villa, dusk warm light")."""
PICTURE_NOUNS: Final = _words(
    "photo photos photograph photography picture image images render renders rendering renderings shot shots "
    "visualisation visualization visualisations visualizations archviz viz perspective hdri hdr raw uhd hd "
    "masterpiece quality illustration impression elevation camera lens unreal octane vray corona enscape lumion "
    "midjourney"
)
DEPICTIONS: Final = _words(
    "mural murals poster posters wallpaper tapestry artwork artworks canvas print prints painting paintings "
    "drawing sketch tv television screen screens billboard rug carpet motif pattern patterned cushion cushions "
    "framed logo"
)
"""Things that show other things: a sunset on a poster is not the scene."""
SUBJECT_DEPICTIONS: Final = _words("painting drawing sketch print artwork canvas")
"""Depictions that may also be the whole picture: "painting of a villa at night"."""
INTERIOR_NOUNS: Final = _words(
    "wall walls sofa couch bed fireplace mantel mantelpiece hall hallway lobby room corridor sideboard desk"
)
"""Where pictures hang."""
DEPICTING: Final = _words("of with showing depicting featuring displaying shows that")
CONTAINERS: Final = _words(
    "bowl bowls jar jars vase vases pot pots planter planters bottle bottles box boxes bag bags tray trays bucket "
    "basket terrarium aquarium glass sandbox bed beds pile"
)
OFF_THE_GROUND: Final = CONTAINERS | _words(
    "roof roofs rooftop balcony balconies terrace terraces wall walls facade facades windowsill shelf shelves table"
)
"""Where grass or gravel is not the ground: "grass on the roof"."""

DETERMINERS: Final = _words("the a an its their every everything all our his her my your")
NOT_ADVERBS: Final = _words("family lily fly assembly supply butterfly dragonfly holy ugly belly jelly early")
"""Words with the ending of an adverb."""

COMPOUNDS: Final = frozenset(
    {"winter garden", "winter gardens", "night light", "night lights", "rain forest", "midnight sun", "plaza de"}
    | {"rain cover", "storm cover", "winter cover", "winter blanket", "summer blanket", "night blanket"}
)
"""Things whose names the rules would take for a scene."""
NOT_AFTER: Final[dict[str, frozenset[str]]] = {
    "garden": _words(
        "winter roof rooftop square sky rain vertical rock zen indoor hanging beer wall podium balcony rooftops "
        "kinder madison covent herb"
    ),
    "spring": _words("hot box natural mineral thermal coil metal pocket steel"),
    "earth": _words("rammed compressed stabilised stabilized fired baked raw planet on to of down diatomaceous mother"),
    "grass": _words("pampas ornamental dried lemon sea wheat feather fountain"),
    "night": _words("movie film opening game date wedding quiz good club poker"),
    "evening": _words("good"),
    "soil": _words("potting"),
    "sunset": _words("hotel"),
    "plaza": _words("hotel"),
    "beach": _words("palm long miami venice"),
    "lawn": _words("croquet"),
    "clouds": _words("point"),
    "mud": _words("dried"),
    "desert": _words("food"),
}
"""Words that make a thing, a material or a name of the keyword after them: "roof garden", "rammed earth"."""
COLOUR_NAMES: Final = _words("sand earth midnight mist fog storm snow gravel grass sunset dusk soil mud dune desert")
"""Keywords that are also names of paints."""
ONLY_ALONE: Final = {
    "fall": _words("in the this during early late mid a and"),
    "earth": _words("bare brown dry dark red packed cracked dusty compacted wet muddy ploughed trodden black and or"),
}
"""Keywords with other senses ("shadows fall on the wall"). They count if nothing stands before them, or one of these
words."""
IRRELEVANT_AFTER: Final = _words(
    "like as than against called named titled saying painted resembling withstand withstands resist resists "
    "collect collects reads harvest harvests imitating"
)
"""Words after which a keyword is a comparison, a name or a purpose."""

NEGATIONS: Final = _words(
    "nothing none hardly barely no without neither nor minus lacking avoid avoids avoiding exclude excluding "
    "excludes remove removing removes delete omit hide erase eliminate skip except replace zero non ohne kein "
    "keine keinen keiner sans sin senza zonder geen"
)
"""Words that negate the noun phrase after them."""
CLAUSE_NEGATIONS: Final = _words("not never cannot nicht pas niet")
"""Words that negate the rest of their clause, as every "…n't" does."""
TWO_WORD_NEGATIONS: Final = frozenset(
    {"instead of", "rather than", "free of", "free from", "clear of", "lack of", "absence of", "other than"}
    | {"devoid of", "empty of", "opposed to", "anything but", "everything but", "leave out", "rid of", "take away"}
)
NEGATION_LABELS: Final = _words("avoid exclude excluded remove without negative unwanted omit")
"""Words that a colon and a list of what is unwanted follow; also "negative prompt:"."""
AUXILIARIES: Final = _words("is are was were be been has have should must may can will does do all")
SEEN: Final = _words("visible be been appear wanted there shown needed desired required allowed present seen show in")
"""What is denied of a scene that is not there: "snow is not visible"."""
ABSENT: Final = _words(
    "removed replaced melted gone cleared deleted excluded absent missing omitted stopped passed ended lifted over"
)
"""What a verb may say of a scene that is not there: "the snow has melted"."""
RELATIVES: Final = _words("that which who where")
IMPERATIVES: Final = _words("show use make add put place draw give set")
"""Verbs that begin a wish, after which a negated noun phrase is over."""
WISHES: Final = _words("would i'd we'd")
RESEMBLANCES: Final = _words("look looks looking feel feels feeling")
"""Verbs before "like": "make it look like winter"."""
NEGATION_ENDS: Final = _words(
    "but yet however instead although though just only while whereas because so rather aber sondern mais pero maar"
)
EARLIER: Final = _words("early late mid deep first high pre non")
"""What a hyphen may join before a keyword: "mid-winter"."""
