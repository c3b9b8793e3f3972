// The neighbours of an item, among all items of the model.

import { askModel, latest } from "./api.js";
import { done, failed, invitation, ranked, unknown, waiting } from "./answers.js";
import { el, many, named, say } from "./dom.js";
import { on, set, state } from "./state.js";
import { shared } from "./shared.js";

const KS = [10, 25, 50, 100];

const ask = latest((signal, model, word, k) => askModel(model, "nearest", { items: [word], k }, signal));

function howMany() {
  const choice = el("select", { "aria-label": "How many", onchange: () => set({ k: Number(choice.value) }) },
    KS.map((k) => el("option", { value: k }, `${k} nearest`)));
  choice.value = String(KS.includes(state.k) ? state.k : KS[0]);
  return choice;
}

function madeOf(kind) {
  if (kind === "known") return null;
  return el("p", { class: "note" }, `Not in the vocabulary: its vector is made from ${kind}.`);
}

function shown({ kind, neighbours }) {
  const items = shared.model?.items ?? 0;
  return [
    el("div", { class: "headline" }, el("h2", {}, named(state.word)), howMany()),
    madeOf(kind),
    neighbours.length ? ranked(neighbours) : el("p", { class: "empty" }, "It has no neighbours."),
    el("p", { class: "note" }, `Cosine similarity, sought among all ${many(items, "item")}, not only those on the map.`),
  ];
}

/** The panel. */
export function near(root) {
  async function look() {
    const { model, word, k } = state;
    shared.near = [];
    ask.drop();
    if (!model) return;
    if (!word) return done(root, invitation("Type a word above, or click a point of the map. For instance:", shared.examples));
    waiting(root);
    try {
      const answer = await ask(model, word, k);
      if (!answer) return;
      const result = answer.results[0];
      if (!result) return done(root, unknown(word));
      shared.near = result.neighbours;
      done(root, shown(result));
      say(`${many(result.neighbours.length, "neighbour")} of ${word}`);
    } catch (error) {
      done(root, failed(error, look));
    }
    shared.changed("near");
  }
  on(["model", "word", "k"], look);
  shared.on("examples", () => { if (!state.word) look(); });
  return look;
}
