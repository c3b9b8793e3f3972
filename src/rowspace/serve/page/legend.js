// What the colours of the map mean.

import { ramp } from "./colours.js";
import { count, el, fill, named } from "./dom.js";

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" });

function strip() {
  const canvas = el("canvas", { width: "128", height: "1", class: "ramp", "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  for (let at = 0; at < 128; at += 1) {
    context.fillStyle = `rgb(${ramp(at / 127).join(" ")})`;
    context.fillRect(at, 0, 1, 1);
  }
  return canvas;
}

function numbers({ name, low, high, log, missing }) {
  if (low > high) return [el("p", {}, `${name}: no values`)];
  return [
    el("p", {}, el("bdi", {}, name), log ? el("span", { class: "quiet" }, " (log scale)") : null),
    el("p", { class: "scale number" }, el("span", {}, short.format(low)), strip(), el("span", {}, short.format(high))),
    missing ? el("p", { class: "quiet" }, "grey: no value") : null,
  ];
}

function entry(name, colour, n) {
  const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.background = colour;
  return el("li", {}, swatch, name, el("span", { class: "quiet number" }, count(n)));
}

function kinds({ name, entries, rest, grey }) {
  return [
    el("p", {}, el("bdi", {}, name)),
    el("ul", {}, entries.map(({ name: kind, colour, n }) => entry(named(kind), colour, n)),
      rest ? entry(el("span", {}, "others, no value"), grey, rest) : null),
  ];
}

/** Show `legend` (of `colouring`) in `node`. */
export function explain(node, legend) {
  node.hidden = !legend;
  if (legend) fill(node, legend.kind === "number" ? numbers(legend) : kinds(legend));
}
