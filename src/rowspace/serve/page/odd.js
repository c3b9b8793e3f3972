// The odd one out of three or more items.

import { askModel, latest } from "./api.js";
import { done, failed, invitation, ranked, waiting } from "./answers.js";
import { itemField } from "./combobox.js";
import { el, fill, named, say } from "./dom.js";
import { on, set, state } from "./state.js";

const ask = latest((signal, model, items) => askModel(model, "odd", { items }, signal));

/** The panel. */
export function odd(root) {
  const add = (text) => {
    const items = text.split(/[,;\n]+/).map((item) => item.trim()).filter((item) => item && !state.odd.includes(item));
    set({ odd: [...state.odd, ...new Set(items)] });
  };
  const field = itemField({ label: "Add words, one by one or with commas", onpick: add, keep: false, hint: "breakfast, lunch, dinner, car" });
  const chips = el("ul", { class: "chips", "aria-label": "Words" });
  const result = el("div", { class: "result" });
  root.append(field.node, chips, result);

  const chip = (item) => el("li", { class: "chip" }, named(item),
    el("button", { type: "button", class: "remove", "aria-label": `Remove ${item}`,
      onclick: () => { set({ odd: state.odd.filter((other) => other !== item) }); field.input.focus(); } }, "×"));

  async function look() {
    const { model, odd: items } = state;
    fill(chips, items.map(chip));
    chips.hidden = !items.length;
    ask.drop();
    if (!model) return;
    if (items.length < 3) return done(result, invitation(items.length
      ? "Three or more are needed." : "Which does not belong? Give three words or more."));
    waiting(result);
    try {
      const answer = await ask(model, items);
      if (!answer) return;
      const scores = [...answer.scores].sort((one, other) => one.score - other.score);
      done(result,
        el("p", { class: "sentence" }, "The odd one out is ", el("strong", {}, named(answer.odd)), "."),
        ranked(scores, { marked: new Set([answer.odd]), meaning: "odd" }),
        el("p", { class: "note" }, "The score is the cosine with the mean of them all: the lowest is the odd one."));
      say(`The odd one out is ${answer.odd}`);
    } catch (error) {
      done(result, failed(error, look));
    }
  }
  on(["model", "odd"], look);
  return look;
}
