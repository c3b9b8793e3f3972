// Two words of a model, or a word in two models, side by side.

import { ask, askModel, latest } from "./api.js";
import { done, failed, invitation, ranked, unknown, waiting } from "./answers.js";
import { itemField } from "./combobox.js";
import { el, fill, named, say } from "./dom.js";
import { on, set, state } from "./state.js";
import { shared } from "./shared.js";

const askWords = latest((signal, model, pair, k) => Promise.all([
  askModel(model, "nearest", { items: pair, k }, signal),
  askModel(model, "similarity", { pairs: [pair] }, signal),
]));
const askModels = latest((signal, models, item, k) => ask("api/compare", { models, item, k }, signal));

const percent = (share) => `${Math.round(share * 100)} %`;

function side(title, neighbours, marked) {
  return el("div", { class: "side" }, el("h2", { class: "side-title" }, title), ranked(neighbours, { marked, meaning: "both" }));
}

function both(one, other) {
  const items = new Set(one.map(({ item }) => item));
  return new Set(other.map(({ item }) => item).filter((item) => items.has(item)));
}

async function words(look) {
  const { model, left, right, k } = state;
  if (!left || !right) return [invitation("Give two words to see how alike they are and which neighbours they share.")];
  const answer = await askWords(model, [left, right], k);
  if (!answer) return null;
  const [{ results }, { scores }] = answer;
  const missing = [left, right].findIndex((_, at) => !results[at]);
  if (missing >= 0) {
    return [unknown([left, right][missing], { choose: (item) => set(missing ? { right: item } : { left: item }) })];
  }
  const marked = both(results[0].neighbours, results[1].neighbours);
  say(`Similarity ${scores[0]?.toFixed(3)}, ${marked.size} neighbours in both`);
  return [
    el("p", { class: "sentence" }, "Cosine similarity ", el("strong", { class: "number" }, scores[0] == null ? "–" : scores[0].toFixed(3)),
      `; ${marked.size} of the ${k} nearest in both.`),
    el("div", { class: "sides" }, side(named(left), results[0].neighbours, marked), side(named(right), results[1].neighbours, marked)),
  ];
}

async function models() {
  const { model, against, left, k } = state;
  if (!left || !against) return [invitation("Give a word to see its neighbours in both models.")];
  const answer = await askModels([model, against], left, k);
  if (!answer) return null;
  const missing = [model, against].find((id) => !answer.neighbours[id]);
  if (missing) return [unknown(left, { model: missing, choose: (item) => set({ left: item }) })];
  const marked = new Set(answer.shared);
  const name = (id) => shared.models.find((other) => other.id === id)?.name ?? id;
  say(`${answer.shared.length} neighbours in both models`);
  return [
    el("p", { class: "sentence" }, `${answer.shared.length} neighbours in both; overlap (Jaccard) `, el("strong", { class: "number" }, percent(answer.overlap)), "."),
    el("div", { class: "sides" }, [model, against].map((id) => side(name(id), answer.neighbours[id] ?? [], marked))),
  ];
}

function choiceOf(name, options, change) {
  return options.map(([value, text]) => el("label", { class: "radio" },
    el("input", { type: "radio", name, value, onchange: () => change(value) }), text));
}

/** The panel. */
export function compare(root) {
  const kinds = el("fieldset", { class: "row plainset" }, el("legend", { class: "hidden" }, "Compare"),
    choiceOf("what", [["words", "Two words"], ["models", "Two models"]], (what) => set({ what })));
  const left = itemField({ label: "Word", onpick: (item) => set({ left: item }) });
  const right = itemField({ label: "Other word", onpick: (item) => set({ right: item }) });
  const other = el("select", { id: "against", onchange: () => set({ against: other.value }) });
  const choice = el("div", { class: "field" }, el("label", { for: "against", class: "label" }, "Other model"), other);
  const result = el("div", { class: "result" });
  root.append(kinds, el("div", { class: "two" }, left.node, right.node, choice), result);

  function arrange() {
    const others = shared.models.filter(({ id }) => id !== state.model);
    const two = state.what === "models" && others.length > 0;
    kinds.hidden = !others.length;
    for (const input of kinds.querySelectorAll("input")) input.checked = (input.value === "models") === two;
    right.node.hidden = two;
    choice.hidden = !two;
    fill(other, others.map(({ id, name }) => el("option", { value: id }, name)));
    if (two && !others.some(({ id }) => id === state.against)) set({ against: others[0].id });
    other.value = state.against;
    left.show(state.left);
    right.show(state.right);
    return two;
  }

  async function look() {
    askWords.drop();
    askModels.drop();
    if (!state.model) return;
    const two = arrange();
    waiting(result);
    try {
      const shown = await (two ? models() : words());
      if (shown) done(result, shown);
    } catch (error) {
      done(result, failed(error, look));
    }
  }
  on(["model", "left", "right", "against", "what", "k"], look);
  return look;
}
