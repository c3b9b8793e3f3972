// The map: fetches points, shows them, and tells the rest of the page what was pointed at or selected.

import { visit, failed } from "./answers.js";
import { camera } from "./camera.js";
import { card } from "./card.js";
import { colouring, painted } from "./colours.js";
import { count, el, fill, many, say } from "./dom.js";
import { closer, gestures } from "./gestures.js";
import { explain } from "./legend.js";
import { fetchSample, select } from "./sample.js";
import { shared } from "./shared.js";
import { stage } from "./stage.js";
import { on, set, state } from "./state.js";
import { onTheme } from "./theme.js";
import { tools } from "./tools.js";

const REACH = 14;   // pixels from a point that still mean it
const HELP = "Arrow keys move the map, plus and minus zoom, 0 shows all. The item nearest to the middle is read out; "
  + "Enter opens its neighbours, s selects all points in view, Escape clears the selection.";

const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function described({ method, of, n, shares }) {
  const all = n >= of;
  const kept = shares?.length ? ` The two directions keep ${percent(shares[0])} and ${percent(shares[1])} of the variance.` : "";
  return `${all ? `All ${many(of, "item")} shown` : `${count(n)} of ${count(of)} shown, a stratified sample`} (${method.toUpperCase()}).${kept}`
    + (all ? "" : " Neighbours are always sought among all.");
}

/** The map in `root`. */
export function atlas(root) {
  const help = el("p", { id: "map-help", class: "hidden" }, HELP);
  const bar = el("div", { class: "map-bar" });
  const board = el("div", { class: "board", tabindex: "0", role: "application", "aria-label": "Map", "aria-describedby": "map-help" });
  const legend = el("div", { class: "legend", hidden: true });
  const notice = el("div", { class: "notice", hidden: true });
  const caption = el("p", { class: "caption quiet small", id: "map-caption" });
  root.append(bar, help, el("div", { class: "frame" }, board, legend, notice), caption);

  const scene = stage(board, state.draw);
  const tip = card(board);
  let sample = null, eye = null, tool = "pan", colours = null;

  function repaint() {
    if (!sample) return;
    const { marks, places } = select(sample, state.shapes, state.picked);
    shared.chosen = places;
    scene.paint(painted(sample.n, colours.of, marks, places.length > 0));
    shared.changed("chosen");
  }

  function recolour() {
    if (!sample) return;
    colours = colouring(sample.colour);
    explain(legend, colours.legend);
    repaint();
  }

  function point() {
    if (!sample) return;
    const word = sample.places.get(state.word) ?? -1;
    const near = shared.near.map(({ item }) => sample.places.get(item) ?? -1).filter((i) => i >= 0);
    if (word >= 0 && !eye.sees(sample.x[word], sample.y[word])) {
      eye.look([sample.x[word], sample.y[word], Math.max(eye.zoom, 1)]);
    }
    scene.mark({ word, near });
    const missing = state.word && word < 0 ? ` “${[...state.word].slice(0, 40).join("")}” is not among the points.` : "";
    fill(caption, described(sample) + missing);
  }

  const centre = () => sample.grid.nearest(eye.cx, eye.cy, Math.max(eye.width, eye.height) / 2 / eye.scale);

  function readOut() {
    const i = centre();
    scene.mark({ hover: i });
    if (i < 0) return tip.hide();
    tip.show(sample, i, eye.screen(sample.x[i], sample.y[i]));
    say(sample.items[i]);
  }

  function tell(...children) {
    fill(notice, ...children);
    notice.hidden = !children.length;
  }

  function lost() {
    const some = sample.x.some((x0, i) => eye.sees(x0, sample.y[i]));
    if (some) return tell();
    return tell(el("div", {}, el("p", {}, "No points are in view."),
      el("p", {}, el("button", { type: "button", onclick: () => { eye.look([]); moved(); rested(); } }, "Show all"))));
  }

  let settle = 0;
  function rested() {
    clearTimeout(settle);
    set({ view: eye.view() });
    lost();
  }

  function moved(byKey = false) {
    scene.draw();
    clearTimeout(settle);
    settle = setTimeout(rested, 200);
    if (byKey) readOut();
    else tip.hide();
  }

  function hover(px, py) {
    const i = px === null || !sample ? -1 : sample.grid.nearest(...eye.data(px, py), REACH / eye.scale);
    scene.mark({ hover: i, cross: false });
    board.dataset.pointing = String(i >= 0);
    if (i >= 0) tip.show(sample, i, eye.screen(sample.x[i], sample.y[i]));
    else tip.hide();
  }

  function click(px, py) {
    const i = sample.grid.nearest(...eye.data(px, py), REACH / eye.scale);
    if (i < 0) return;
    hover(px, py);
    visit(sample.items[i]);
  }

  function chosen(shape, more) {
    const short = shape.map((number) => Number(number.toPrecision(5)));
    set({ shapes: more ? [...state.shapes, short] : [short], picked: more ? state.picked : [], tab: "chosen" });
    say(`${many(shared.chosen.length, "item")} selected`);
  }

  function inView() {
    const [x0, y0] = eye.data(0, eye.height), [x1, y1] = eye.data(eye.width, 0);
    chosen([x0, y0, x1, y0, x1, y1, x0, y1], false);
  }

  const keys = {
    Enter: () => { const i = centre(); if (i >= 0) visit(sample.items[i]); },
    s: inView,
    Escape: () => set({ shapes: [], picked: [] }),
  };
  gestures(board, {
    eye: () => eye, tool: () => tool, moved, rested, hover, click, chosen,
    path: (path) => scene.mark({ path }),
    key: (name) => { keys[name]?.(); return name in keys; },
  });
  board.addEventListener("focus", () => {
    if (!eye || !board.matches(":focus-visible")) return;
    scene.mark({ cross: true });
    readOut();
  });
  board.addEventListener("blur", () => {
    scene.mark({ cross: false, hover: -1 });
    tip.hide();
  });

  const zoom = (factor) => () => { if (eye) { eye.near(factor); moved(); } };
  const fit = () => { if (eye) { eye.look([]); moved(); } };
  tools(bar, {
    tool: (name) => { tool = name; board.dataset.tool = name; },
    nearer: zoom(closer), farther: zoom(1 / closer), fit, inView: () => eye && inView(),
  });

  let asked = "";
  async function load() {
    const { model, map, points, colour } = state;
    if (!model || !map) return;
    asked = model;
    board.setAttribute("aria-busy", "true");
    tell(el("p", { role: "status" }, "Drawing the map …"));
    try {
      const got = await fetchSample({ model, map, points, colour });
      if (!got) return;
      sample = got;
      shared.sample = sample;
      eye = camera(sample.x, sample.y, state.view);
      scene.show(sample, eye);
      board.setAttribute("aria-label", `Map of ${many(sample.n, "item")}`);
      lost();
      recolour();
      point();
      shared.changed("sample");
    } catch (error) {
      tell(failed(error, load));
    }
    board.removeAttribute("aria-busy");
  }

  on(["model", "map", "points", "colour"], () => { if (state.model !== asked) tip.hide(); load(); });
  on(["shapes", "picked"], repaint);
  on(["view"], () => { if (eye && String(eye.view()) !== String(state.view)) { eye.look(state.view); scene.draw(); lost(); } });
  on(["word"], point);
  shared.on("near", point);
  onTheme(recolour);
  return load;
}
