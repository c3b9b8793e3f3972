// What colour each point has: a ramp for numbers, a palette for kinds, grey for what has no value.

import { dark } from "./theme.js";

const RAMP = {
  light: ["#a9cbd8", "#5fa3c4", "#3373ad", "#33478f", "#2a1a57"],
  dark: ["#36495f", "#3f7193", "#47a3a5", "#9fd08a", "#fff0a8"],
};
const KINDS = ["#1b75bc", "#e08a1e", "#2a9d72", "#c45a9a", "#d1495b", "#4fb0d8", "#8a6cc0", "#9a9a2f", "#8c5a3c", "#6b7f8c"];
const NONE = { light: "#b4b9c1", dark: "#565e6b" };
const WIDE = 1000;   // a range of more than this many times its least is shown by its logarithm

const mode = () => (dark() ? "dark" : "light");
const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** The ramp at `share` in [0, 1], as [r, g, b]. */
export function ramp(share) {
  const stops = RAMP[mode()].map(parts);
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at)), part = at - low;
  return stops[low].map((value, c) => Math.round(value + (stops[low + 1][c] - value) * part));
}

const known = (value) => typeof value === "number" && Number.isFinite(value);

function numbers(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!known(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const log = low > 0 && high / low > WIDE;
  const place = log ? Math.log : (value) => value;
  const from = place(low), size = place(high) - from || 1;
  const grey = parts(NONE[mode()]);
  const table = Array.from({ length: 256 }, (_, at) => ramp(at / 255));
  return {
    of: (i) => (known(values[i]) ? table[Math.round(((place(values[i]) - from) / size) * 255)] : grey),
    legend: { kind: "number", low, high, log, missing: values.some((value) => !known(value)) },
  };
}

function kinds(values) {
  const tally = new Map();
  for (const value of values) if (value != null) tally.set(String(value), (tally.get(String(value)) ?? 0) + 1);
  const names = [...tally.keys()].sort((one, other) => tally.get(other) - tally.get(one) || (one < other ? -1 : 1));
  const shown = names.slice(0, KINDS.length);
  const table = new Map(shown.map((name, at) => [name, parts(KINDS[at])]));
  const grey = parts(NONE[mode()]);
  const rest = values.length - shown.reduce((sum, name) => sum + tally.get(name), 0);
  return {
    of: (i) => (values[i] == null ? grey : table.get(String(values[i])) ?? grey),
    legend: { kind: "category", rest, grey: NONE[mode()],
      entries: shown.map((name, at) => ({ name, colour: KINDS[at], n: tally.get(name) })) },
  };
}

/** Colours for `n` points: `of(i)` -> [r, g, b], and what the legend says. `colour` is the map's, or null. */
export function colouring(colour) {
  if (!colour) {
    const one = ramp(0.5);
    return { of: () => one, legend: null };
  }
  const made = colour.kind === "number" ? numbers(colour.values) : kinds(colour.values);
  return { of: made.of, legend: { name: colour.name, ...made.legend } };
}

/** The colours as bytes [4n]; what is not chosen fades while something is. */
export function painted(n, of, chosen, some) {
  const out = new Uint8Array(4 * n);
  const full = n > 50000 ? 165 : n > 5000 ? 195 : 225;
  for (let i = 0; i < n; i += 1) {
    const [r, g, b] = of(i);
    out.set([r, g, b, some ? (chosen[i] ? 255 : 38) : full], 4 * i);
  }
  return out;
}
