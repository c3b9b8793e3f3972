// What was selected on the map: a list, and files of it.

import { save } from "./api.js";
import { failed, invitation, link } from "./answers.js";
import { count, el, fill, many, say } from "./dom.js";
import { on, set, state } from "./state.js";
import { shared } from "./shared.js";

const SHOWN = 100;
const MOST = 100000;   // items the server puts into a file

/** The panel. */
export function selection(root, tab) {
  let shown = SHOWN;
  const format = el("select", { id: "format" }, ["csv", "json", "tsv"].map((name) => el("option", { value: name }, name.toUpperCase())));
  const vectors = el("input", { type: "checkbox", id: "with-vectors" });
  const problem = el("div", {});

  async function download() {
    fill(problem);
    const ids = shared.chosen.map((i) => shared.sample.ids[i]);
    try {
      await save(`api/models/${encodeURIComponent(state.model)}/export`,
        { ids, format: format.value, vectors: vectors.checked }, `selection.${format.value}`);
      say(`${many(ids.length, "item")} exported`);
    } catch (error) {
      fill(problem, failed(error, download));
    }
  }

  const button = el("button", { type: "button", class: "main-button", onclick: download }, "Export");
  const files = el("div", { class: "row" },
    el("label", { for: "format", class: "label" }, "Format"), format,
    el("label", { class: "radio" }, vectors, "with vectors"),
    button);
  const none = invitation("Nothing is selected. Choose Lasso or Rectangle over the map and draw round some points, or zoom to "
    + "where you want and choose Select view. With Shift, a new shape is added to the last.");

  function more() {
    shown += 10 * SHOWN;
    show();
  }

  function show() {
    const { chosen, sample } = shared;
    fill(tab, "Selection", chosen.length ? el("span", { class: "tally number" }, ` (${count(chosen.length)})`) : null);
    if (!chosen.length) {
      shown = SHOWN;
      return fill(root, none);
    }
    button.disabled = chosen.length > MOST;
    fill(problem, button.disabled ? el("p", { class: "note" }, `A file holds at most ${count(MOST)} items: select fewer.`) : null);
    const rest = chosen.length - shown;
    fill(root,
      el("div", { class: "headline" }, el("h2", {}, `${many(chosen.length, "item")} selected`),
        el("button", { type: "button", onclick: () => set({ shapes: [], picked: [] }) }, "Clear")),
      files, problem,
      el("ul", { class: "answers listed" }, chosen.slice(0, shown).map((i) => el("li", {}, el("span", { class: "answer" }, link(sample.items[i])),
        el("span", { class: "number quiet" }, sample.counts?.[i] == null ? "" : count(sample.counts[i]))))),
      rest > 0 ? el("p", { class: "row" }, el("button", { type: "button", onclick: more }, "Show more"),
        el("span", { class: "quiet small" }, `${count(rest)} more; the export has them all`)) : null);
    return undefined;
  }
  shared.on("chosen", show);
  on(["model"], () => { shown = SHOWN; });
  return show;
}
