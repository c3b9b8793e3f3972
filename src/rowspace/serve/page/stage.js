// The canvases of the map: who paints the points, when, and with what over them.

import { el } from "./dom.js";
import { drawMarks } from "./marks.js";
import { raster } from "./raster.js";
import { onTheme } from "./theme.js";
import { webgl } from "./webgl.js";

function radiusOf(n, { zoom, width, height }) {
  const first = n > 100000 ? 1 : n > 30000 ? 1.3 : n > 5000 ? 1.9 : n > 800 ? 2.6 : 3.4;
  const room = Math.min(1, Math.max(0.6, Math.sqrt(width * height) / 700));
  return Math.min(5.5, Math.max(0.8, first * room) * Math.min(3, Math.max(1, zoom ** 0.35)));
}

/** Canvases inside `node`. `wish`: "webgl" or "canvas", or "" for what is quick here. */
export function stage(node, wish) {
  const marks = el("canvas", { class: "layer", "aria-hidden": "true" });
  const look = { eye: null, sample: null, word: -1, near: [], hover: -1, path: [], cross: false, ratio: 1 };
  let below, painter, colours = null, due = false;

  function paintWith(make) {
    const canvas = el("canvas", { class: "layer", "aria-hidden": "true" });
    const made = make(canvas);
    if (!made) return false;
    if (below) below.replaceWith(canvas);
    else node.prepend(canvas, marks);
    [below, painter] = [canvas, made];
    node.dataset.drawn = painter.name;
    return true;
  }

  const plainly = () => paintWith(raster);
  if (wish === "canvas" || !paintWith((canvas) => webgl(canvas, wish === "webgl"))) plainly();
  below.addEventListener("webglcontextlost", () => {
    plainly();
    load();
  });

  function load() {
    if (look.sample) painter.points(look.sample.x, look.sample.y);
    if (colours) painter.paint(colours);
    fit();
  }

  function size(canvas, ratio) {
    const { width, height } = look.eye;
    const wide = Math.round(width * ratio), tall = Math.round(height * ratio);
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== tall) canvas.height = tall;
  }

  function fit() {
    look.eye?.size(node.clientWidth, node.clientHeight);
    draw();
  }

  function paint() {
    due = false;
    const { eye, sample } = look;
    if (!eye || !sample) return;
    const ratio = window.devicePixelRatio || 1;
    const coarse = painter.limit?.(ratio, sample.x.length) ?? ratio;
    look.ratio = ratio;
    size(below, coarse);
    size(marks, ratio);
    painter.draw(eye, radiusOf(sample.x.length, eye), coarse);
    drawMarks(marks, look);
    node.dataset.frame = String(Number(node.dataset.frame ?? 0) + 1);
  }

  function draw() {
    if (due) return;
    due = true;
    requestAnimationFrame(paint);
  }

  new ResizeObserver(fit).observe(node);
  onTheme(draw);

  return {
    look,
    draw,
    /** Show these points through this camera. */
    show(sample, eye) {
      Object.assign(look, { sample, eye, word: -1, near: [], hover: -1, path: [] });
      load();
    },
    /** Colours of the points, bytes [4n]. */
    paint(bytes) {
      colours = bytes;
      painter.paint(bytes);
      draw();
    },
    /** Draw something else over the points. */
    mark(patch) {
      Object.assign(look, patch);
      draw();
    },
  };
}
