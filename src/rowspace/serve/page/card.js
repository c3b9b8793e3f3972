// The card beside a point: its item, and after a moment its neighbours.

import { askModel, latest } from "./api.js";
import { count, el, fill, named } from "./dom.js";
import { state } from "./state.js";

const WAIT = 140;   // milliseconds a point is looked at before its neighbours are asked for
const SHOWN = 5;

const ask = latest((signal, model, id) => askModel(model, "nearest", { items: [id], k: SHOWN }, signal));

/** A card inside `node`; `show(sample, i, [px, py])` and `hide()`. */
export function card(node) {
  const root = el("div", { class: "card", hidden: true });
  node.append(root);
  let current = -1, timer = 0;

  function place([px, py]) {
    const right = px > node.clientWidth / 2, below = py > node.clientHeight / 2;
    const { style } = root;
    style.left = right ? "auto" : `${px + 14}px`;
    style.right = right ? `${node.clientWidth - px + 14}px` : "auto";
    style.top = below ? "auto" : `${py + 10}px`;
    style.bottom = below ? `${node.clientHeight - py + 10}px` : "auto";
  }

  async function neighbours(sample, i, list) {
    try {
      const answer = await ask(state.model, sample.ids[i]);
      if (!answer || current !== i) return;
      const found = answer.results[0]?.neighbours ?? [];
      fill(list, found.map(({ item, score }) =>
        el("li", {}, named(item), el("span", { class: "number quiet" }, score?.toFixed(2) ?? "–"))));
    } catch {
      fill(list);   // the panel says what is wrong when the point is chosen
    }
  }

  return {
    show(sample, i, where) {
      place(where);
      if (i === current) return;
      current = i;
      clearTimeout(timer);
      const list = el("ol", {});
      const value = sample.colour && sample.colour.name !== "count" ? sample.colour.values[i] : null;
      fill(root, el("p", { class: "card-name" }, named(sample.items[i])),
        sample.counts?.[i] == null ? null : el("p", { class: "quiet" }, `count ${count(sample.counts[i])}`),
        value == null ? null : el("p", { class: "quiet" }, el("bdi", {}, `${sample.colour.name}: ${value}`)), list);
      root.hidden = false;
      timer = setTimeout(() => neighbours(sample, i, list), WAIT);
    },
    hide() {
      clearTimeout(timer);
      ask.drop();
      current = -1;
      root.hidden = true;
    },
  };
}
