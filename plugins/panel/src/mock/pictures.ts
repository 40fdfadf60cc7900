/** Pictures for the mock host: covers of the server's styles, and a capture of the gallery. */

import capture from "../../../../benchmarks/gallery/inputs/villa-gradient.png";
import autumn from "../../../../layers/common/renderiq/styles/files/autumn@1.webp";
import blueHour from "../../../../layers/common/renderiq/styles/files/blue-hour@1.webp";
import blueprint from "../../../../layers/common/renderiq/styles/files/blueprint@1.webp";
import clay from "../../../../layers/common/renderiq/styles/files/clay@1.webp";
import clearNoon from "../../../../layers/common/renderiq/styles/files/clear-noon@1.webp";
import goldenHour from "../../../../layers/common/renderiq/styles/files/golden-hour@1.webp";
import ink from "../../../../layers/common/renderiq/styles/files/ink@1.webp";
import mistyMorning from "../../../../layers/common/renderiq/styles/files/misty-morning@1.webp";
import night from "../../../../layers/common/renderiq/styles/files/night@1.webp";
import overcast from "../../../../layers/common/renderiq/styles/files/overcast@1.webp";
import photorealistic from "../../../../layers/common/renderiq/styles/files/photorealistic@1.webp";
import snow from "../../../../layers/common/renderiq/styles/files/snow@1.webp";
import studio from "../../../../layers/common/renderiq/styles/files/studio@1.webp";
import watercolour from "../../../../layers/common/renderiq/styles/files/watercolour@1.webp";
import type { Pictures } from "./scenarios.js";

export const PICTURES: Pictures = {
  capture,
  result: goldenHour,
  covers: {
    "golden-hour": goldenHour,
    photorealistic,
    "clear-noon": clearNoon,
    overcast,
    "blue-hour": blueHour,
    night,
    autumn,
    snow,
    "misty-morning": mistyMorning,
    studio,
    clay,
    watercolour,
    ink,
    blueprint,
  },
};
