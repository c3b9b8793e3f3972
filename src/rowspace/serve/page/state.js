// What is looked at, and its twin in the page's address: a link restores the view.

const START = {
  model: "", tab: "near", word: "", k: 10,
  a: "", b: "", c: "", how: "add",
  odd: [],
  left: "", right: "", against: "", what: "words",
  map: "", points: 20000, colour: "", view: [],
  shapes: [], picked: [],
  draw: "",
};
const PICKED_IN_LINK = 300;

export const state = structuredClone(START);
const listeners = [];

/** Call `act` after a change of any of `keys`, with the keys that changed. */
export function on(keys, act) {
  listeners.push([new Set(keys), act]);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function take(patch) {
  const changed = Object.keys(patch).filter((key) => !same(state[key], patch[key]));
  for (const key of changed) state[key] = patch[key];
  return changed;
}

function tell(changed) {
  for (const [keys, act] of listeners) {
    if (changed.some((key) => keys.has(key))) act(changed);
  }
}

/** Change the state, the address and what listens. `step`: one that the back button undoes. */
export function set(patch, step = false) {
  const changed = take(patch);
  if (!changed.length) return;
  const address = `#${write()}`;
  if (step) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  tell(changed);
}

function written(key, value) {
  if (key === "shapes") return value.map((shape) => shape.join(","));
  if (key === "picked") return value.length && value.length <= PICKED_IN_LINK ? [value.join(",")] : [];
  if (key === "view") return value.length ? [value.join(",")] : [];
  return Array.isArray(value) ? value : [String(value)];
}

function write() {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (same(value, START[key])) continue;
    for (const text of written(key, value)) pairs.append(key, text);
  }
  return pairs.toString();
}

const numbers = (text, least = -Infinity) =>
  text.split(",").map(Number).filter((number) => Number.isFinite(number) && number >= least);

function read(key, texts) {
  const start = START[key];
  if (!texts.length) return structuredClone(start);
  if (key === "shapes") return texts.map((text) => numbers(text)).filter((shape) => shape.length >= 6);
  if (key === "picked") return numbers(texts[0], 0).filter(Number.isInteger);
  if (key === "view") return numbers(texts[0]).length === 3 ? numbers(texts[0]) : [];
  if (Array.isArray(start)) return texts;
  if (typeof start !== "number") return texts[0];
  const number = Number(texts[0]);
  return Number.isInteger(number) && number > 0 ? number : start;
}

/** Take the state that the address names. */
export function restore() {
  const pairs = new URLSearchParams(location.hash.slice(1));
  const patch = {};
  for (const key of Object.keys(START)) patch[key] = read(key, pairs.getAll(key));
  tell(take(patch));
}

/** Begin with the address, and follow it when somebody changes it or goes back. */
export function follow() {
  addEventListener("popstate", restore);
  addEventListener("hashchange", restore);
}
