// What lies over the points: names of the most frequent in view, rings round what is looked at, the lasso.

import { colour } from "./theme.js";

const NAMES = 40, TRIED = 600, LONGEST = 22;
const FONT = "12px system-ui, -apple-system, 'Segoe UI', sans-serif";
const widths = new Map();

const cut = (item) => {
  const letters = [...item.replace(/\s+/g, " ")];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : letters.join("");
};

function widthOf(context, text) {
  if (widths.size > 20000) widths.clear();
  if (!widths.has(text)) widths.set(text, context.measureText(text).width);
  return widths.get(text);
}

/** Draw on `canvas` what `look` says: { eye, sample, ratio, word, near, hover, path, cross }. */
export function drawMarks(canvas, look) {
  const { eye, sample, ratio } = look;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, eye.width, eye.height);
  const inks = { ink: colour("ink"), ground: colour("surface"), accent: colour("accent") };
  if (sample) {
    rings(context, look, inks);
    names(context, look, inks);
  }
  if (look.path.length > 2) outline(context, look, inks);
  if (look.cross) cross(context, eye, inks);
}

function ring(context, [px, py], radius, ink, ground) {
  for (const [wide, style] of [[4, ground], [2, ink]]) {
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
    context.lineWidth = wide;
    context.strokeStyle = style;
    context.stroke();
  }
}

function rings(context, { eye, sample, word, near, hover }, { ink, ground, accent }) {
  const at = (i) => eye.screen(sample.x[i], sample.y[i]);
  for (const i of near) ring(context, at(i), 4.5, accent, ground);
  if (word >= 0) ring(context, at(word), 7, accent, ground);
  if (hover >= 0) ring(context, at(hover), 6, ink, ground);
}

function names(context, { eye, sample, word, near, hover }, { ink, ground, accent }) {
  const boxes = [];
  context.font = FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  function name(i, style, force) {
    const [px, py] = eye.screen(sample.x[i], sample.y[i]);
    const text = cut(sample.items[i]), wide = widthOf(context, text);
    const left = px + 9 + wide > eye.width ? px - 9 - wide : px + 9;
    const box = [left - 4, py - 9, left + wide + 4, py + 9];
    const free = boxes.every((other) => box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);
    if (!free && !force) return false;
    boxes.push(box);
    context.lineWidth = 4;
    context.strokeStyle = ground;
    context.strokeText(text, left, py);
    context.fillStyle = style;
    context.fillText(text, left, py);
    return true;
  }
  if (word >= 0) name(word, accent, true);
  if (hover >= 0 && hover !== word) name(hover, ink, true);
  for (const i of near) name(i, accent, false);
  let shown = 0, tried = 0;
  const most = Math.min(NAMES, Math.max(8, Math.round((eye.width * eye.height) / 14000)));
  for (const i of sample.order) {
    if (shown >= most || tried >= TRIED) break;
    if (!eye.sees(sample.x[i], sample.y[i])) continue;
    tried += 1;
    if (name(i, ink, false)) shown += 1;
  }
}

function outline(context, { eye, path }, { accent }) {
  context.beginPath();
  for (let at = 0; at < path.length; at += 2) context.lineTo(...eye.screen(path[at], path[at + 1]));
  context.closePath();
  context.globalAlpha = 0.12;
  context.fillStyle = accent;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = accent;
  context.stroke();
}

function cross(context, { width, height }, { ink, ground }) {
  for (const [wide, style] of [[4, ground], [1.5, ink]]) {
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(width / 2 + 5 * dx, height / 2 + 5 * dy);
      context.lineTo(width / 2 + 14 * dx, height / 2 + 14 * dy);
    }
    context.lineWidth = wide;
    context.strokeStyle = style;
    context.stroke();
  }
}
