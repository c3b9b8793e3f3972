// The points of the map as they came, and what is worked out from them once.

import { askModel, latest } from "./api.js";
import { grid } from "./grid.js";

const PATIENCE = 5;   // times a map is asked for again

const ask = latest((signal, model, query) => askModel(model, `map?${query}`, undefined, signal));

function byCount({ counts, ids }) {
  const order = Uint32Array.from(ids, (_, i) => i);
  return counts ? order.sort((one, other) => counts[other] - counts[one] || one - other) : order;
}

// A map that takes the server longer than one question may is worked out all the same, and kept.
async function patiently(work) {
  for (let more = PATIENCE; ; more -= 1) {
    try {
      return await work();
    } catch (error) {
      if (error.status !== 504 || !more) throw error;
    }
  }
}

/** The points that the state asks for; undefined where a newer question overtook this one. */
export async function fetchSample({ model, map, points, colour }) {
  const query = new URLSearchParams({ method: map, points: String(points) });
  if (colour && colour !== "none") query.set("colour", colour);
  const got = await patiently(() => ask(model, query));
  if (!got) return undefined;
  const x = Float32Array.from(got.x), y = Float32Array.from(got.y);
  const sample = { ...got, x, y, n: x.length, grid: grid(x, y) };
  sample.order = byCount(sample);
  sample.places = new Map(got.items.map((item, i) => [item, i]));
  sample.placeOf = new Map(got.ids.map((id, i) => [id, i]));
  return sample;
}

/** Which points the shapes hold or `picked` names: marks [n], places in order. */
export function select(sample, shapes, picked) {
  const marks = new Uint8Array(sample.n);
  for (const shape of shapes) sample.grid.within(shape, (i) => { marks[i] = 1; });
  for (const id of picked) if (sample.placeOf.has(id)) marks[sample.placeOf.get(id)] = 1;
  return { marks, places: [...marks.keys()].filter((i) => marks[i]) };
}
