// The bar over the map: which map, how many points, which colours; hand, lasso, rectangle; nearer, farther.

import { count, el, fill } from "./dom.js";
import { on, set, state } from "./state.js";
import { shared } from "./shared.js";

const METHODS = { pca: "PCA", umap: "UMAP" };
const POINTS = [5000, 20000, 50000, 100000, 200000];
const TOOLS = [["pan", "Move"], ["lasso", "Lasso"], ["box", "Rectangle"]];

function choice(id, label, change) {
  const select = el("select", { id, onchange: () => change(select.value) });
  return { select, node: el("div", { class: "choice" }, el("label", { for: id }, label), select) };
}

function offer(select, options, value) {
  fill(select, options.map(([key, text]) => el("option", { value: key }, text)));
  select.value = String(value);
}

function tooling(pick) {
  return el("fieldset", { class: "segments" }, el("legend", { class: "hidden" }, "What dragging does"),
    TOOLS.map(([name, title], at) => el("label", {},
      el("input", { type: "radio", name: "tool", value: name, checked: at === 0, onchange: () => pick(name) }),
      el("span", {}, title))));
}

/** How many points can be asked for of a model of `items`. */
function amounts(items) {
  const some = POINTS.filter((points) => points < items).map((points) => [points, count(points)]);
  const all = items <= POINTS.at(-1) ? [[Math.max(2, items), `all ${count(items)}`]] : [];
  return [...some, ...all];
}

/** What the map of `model` shows without being told. */
export function settled(model) {
  const maps = model.maps.length ? model.maps : ["pca"];
  const first = model.columns.includes("count") ? "count" : model.columns[0] ?? "none";
  const known = state.colour === "none" || model.columns.includes(state.colour);
  const options = amounts(model.items).map(([points]) => points);
  const fits = options.filter((points) => points <= state.points);
  return {
    map: maps.includes(state.map) ? state.map : maps.at(-1),
    colour: known ? state.colour : first,
    points: fits.at(-1) ?? options[0] ?? model.items,
  };
}

/** The bar in `node`; `act`: tool(name), nearer(), farther(), fit(), inView(), clear(). */
export function tools(node, act) {
  const map = choice("map-method", "Map", (value) => set({ map: value, view: [], shapes: [] }));
  const points = choice("map-points", "Points", (value) => set({ points: Number(value) }));
  const colour = choice("map-colour", "Colour", (value) => set({ colour: value }));
  const button = (title, label, press) => el("button", { type: "button", "aria-label": label, title: label, onclick: press }, title);
  node.append(
    el("div", { class: "bar-part" }, map.node, points.node, colour.node),
    el("div", { class: "bar-part" }, tooling(act.tool),
      el("div", { class: "segments", role: "group", "aria-label": "Zoom" },
        button("−", "Zoom out", act.farther), button("+", "Zoom in", act.nearer), button("Fit", "Fit: show all points", act.fit)),
      button("Select view", "Select view: all points that are in it", act.inView)));

  function arrange() {
    const { model } = shared;
    if (!model) return;
    offer(map.select, model.maps.map((name) => [name, METHODS[name] ?? name]), state.map);
    offer(points.select, amounts(model.items), state.points);
    offer(colour.select, [...model.columns.map((name) => [name, name]), ["none", "none"]], state.colour);
    map.node.hidden = model.maps.length < 2;
  }
  on(["model", "map", "points", "colour"], arrange);
  arrange();
}
