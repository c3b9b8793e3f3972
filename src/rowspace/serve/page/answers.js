// Lists of items with scores, and what is said where there is none.

import { askModel } from "./api.js";
import { el, fill, named } from "./dom.js";
import { set, state } from "./state.js";

/** Make `item` the one that is looked at. */
export const visit = (item) => set({ word: item, tab: "near" }, true);

function bar(score, top) {
  const share = Math.max(0, Math.min(1, score / Math.max(top, 1e-9)));
  const inner = el("span", { class: "bar-inner" });
  inner.style.width = `${(share * 100).toFixed(1)}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, inner);
}

/** An item that can be followed. */
export const link = (item) =>
  el("button", { type: "button", class: "word", title: item.length > 24 ? item.slice(0, 300) : null,
    onclick: () => visit(item) }, named(item));

/** Items with scores, best first; `marked`: those with a mark, and what it means. */
export function ranked(neighbours, { marked = new Set(), meaning = "", ordered = true } = {}) {
  const top = Math.max(1, ...neighbours.map(({ score }) => score ?? 0));
  return el(ordered ? "ol" : "ul", { class: "answers" }, neighbours.map(({ item, score }) =>
    el("li", { class: marked.has(item) ? "marked" : null },
      el("span", { class: "answer" }, link(item),
        marked.has(item) ? el("span", { class: "badge" }, meaning) : null),
      bar(score ?? 0, top),
      el("span", { class: "number" }, score == null ? "–" : score.toFixed(3)))));
}

/** A line for when there is nothing to show yet, with items to try. */
export function invitation(text, items = []) {
  return el("div", { class: "empty" }, el("p", {}, text),
    items.length ? el("p", { class: "chips" }, items.map(link)) : null);
}

/** Work is under way in `node`. What stood there stays, so that nothing jumps. */
export function waiting(node) {
  node.setAttribute("aria-busy", "true");
}

/** Show `children` in `node`: the work is done. */
export function done(node, ...children) {
  node.removeAttribute("aria-busy");
  fill(node, ...children);
}

/** What went wrong, what to do, and a button that tries again. */
export function trouble(error, again) {
  return el("div", { class: "trouble", role: "alert" },
    el("p", {}, el("strong", {}, error.message)),
    error.hint ? el("p", {}, error.hint) : null,
    again ? el("p", {}, el("button", { type: "button", onclick: again }, "Try again")) : null);
}

/** Known items spelled like the beginning of `item`; none where the server cannot say. */
async function spelledLike(item, model) {
  for (let length = Math.min(item.length - 1, 6); length >= 2; length -= 2) {
    const prefix = encodeURIComponent(item.slice(0, length));
    try {
      const { items } = await askModel(model, `items?prefix=${prefix}&k=6`);
      if (items.length) return items.map((found) => found.item);
    } catch {
      return [];
    }
  }
  return [];
}

/** An item that the model does not know, and some that it does. `choose` takes one of these. */
export function unknown(item, { model = state.model, choose = visit } = {}) {
  const near = el("p", { class: "chips" });
  const advice = el("p", {}, "Look at the spelling: capitals and accents count.");
  spelledLike(item, model).then((found) => {
    if (found.length) fill(advice, "Did you mean one of these?");
    fill(near, found.map((other) =>
      el("button", { type: "button", class: "word", onclick: () => choose(other) }, named(other))));
  });
  return el("div", { class: "trouble", role: "alert" },
    el("p", {}, el("strong", {}, "The model does not know ", named(item), ".")), advice, near);
}

/** Whatever was thrown, in words. */
export function failed(error, again) {
  if (!("status" in error)) throw error;
  const vain = error.status >= 400 && error.status < 500;
  return trouble(error, vain ? null : again);
}
