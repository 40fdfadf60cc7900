/** Charts as SVG: bars that are stacked, and lines. Colours are classes of the style sheet. */

const WIDTH = 560, HEIGHT = 200, LEFT = 44, RIGHT = 16, BOTTOM = 22, TOP = 10;
const CLASSES = ["one", "two", "three"];

function node(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The smallest of 1, 2, 2.5, 5, 10, 20, … that is not below a value. */
export function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((each) => each >= value * 0.999999);
}

function legend(series) {
  const list = document.createElement("ul");
  list.className = "legend";
  series.forEach((each, index) => {
    const key = node("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
    key.append(node("rect", { width: 10, height: 10, class: CLASSES[index] }));
    const item = document.createElement("li");
    item.append(key, each.name);
    list.append(item);
  });
  return list;
}

function axes(svg, labels, top) {
  for (const part of [0, 0.5, 1]) {
    const y = HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP);
    svg.append(node("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, class: "grid" }));
    const value = (part * top).toLocaleString("en", { maximumFractionDigits: 1 });
    svg.append(node("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, value));
  }
  const step = Math.max(1, Math.ceil(labels.length / 6)), width = (WIDTH - LEFT - RIGHT) / labels.length;
  for (let index = 0; index < labels.length; index += step) {
    svg.append(node("text", { x: LEFT + (index + 0.5) * width, y: HEIGHT - 6, "text-anchor": "middle" }, labels[index]));
  }
}

/** Draws `series`, each `{name, values}` with a value or null for each label. `lines` draws lines instead of bars. */
export function draw(place, labels, series, { lines = false, unit = "" } = {}) {
  const sums = labels.map((_, index) => series.map((each) => each.values[index] ?? 0));
  const highest = lines ? Math.max(0, ...sums.flat()) : Math.max(0, ...sums.map((each) => each.reduce((a, b) => a + b, 0)));
  const top = ceiling(highest), scale = (HEIGHT - BOTTOM - TOP) / top, width = (WIDTH - LEFT - RIGHT) / labels.length;
  const said = series.map((each) => `${each.name}: ${each.said}`).join(", ");
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": said });
  axes(svg, labels, top);
  if (lines) {
    series.forEach((each, number) => {
      let points = [];
      const finish = () => {
        if (points.length) svg.append(node("polyline", { points: points.join(" "), class: CLASSES[number] }));
        points = [];
      };
      each.values.forEach((value, index) => {
        if (value == null) return finish();
        const x = LEFT + (index + 0.5) * width, y = HEIGHT - BOTTOM - value * scale;
        points.push(`${x},${y}`);
        const dot = node("circle", { cx: x, cy: y, r: 2.5, class: CLASSES[number] });
        dot.append(node("title", {}, `${labels[index]}: ${each.name} ${value}${unit}`));
        svg.append(dot);
      });
      finish();
    });
  } else {
    labels.forEach((label, index) => {
      let y = HEIGHT - BOTTOM;
      series.forEach((each, number) => {
        const value = each.values[index] ?? 0, height = value * scale;
        if (!value) return;
        y -= height;
        const bar = node("rect", { x: LEFT + index * width + 1, y, width: Math.max(1, width - 2), height, class: CLASSES[number] });
        bar.append(node("title", {}, `${label}: ${each.name} ${value}${unit}`));
        svg.append(bar);
      });
    });
  }
  place.replaceChildren(svg, legend(series));
}
