// a is to b as c is to ?

import { askModel, latest } from "./api.js";
import { done, failed, invitation, ranked, waiting } from "./answers.js";
import { itemField } from "./combobox.js";
import { el, many, named, say } from "./dom.js";
import { on, set, state } from "./state.js";

const ask = latest((signal, model, question) => askModel(model, "analogy", question, signal));

function method() {
  const choice = el("select", { id: "how", onchange: () => set({ how: choice.value }) },
    el("option", { value: "add" }, "adding (3CosAdd)"), el("option", { value: "mul" }, "multiplying (3CosMul)"));
  return [el("label", { for: "how", class: "label" }, "Score by"), choice];
}

/** The panel. */
export function analogy(root) {
  const fields = {
    a: itemField({ label: "a", onpick: (a) => set({ a }), hint: "man" }),
    b: itemField({ label: "is to b", onpick: (b) => set({ b }), hint: "king" }),
    c: itemField({ label: "as c", onpick: (c) => set({ c }), hint: "woman" }),
  };
  const [label, how] = method();
  const result = el("div", { class: "result" });
  root.append(el("div", { class: "three" }, Object.values(fields).map(({ node }) => node)),
    el("div", { class: "row" }, label, how), result);

  async function look() {
    const { model, a, b, c, how: score, k } = state;
    for (const [key, field] of Object.entries(fields)) field.show(state[key]);
    how.value = score === "mul" ? "mul" : "add";
    ask.drop();
    if (!model) return;
    if (!a || !b || !c) return done(result, invitation("Give three words: a is to b as c is to what? For instance man, king, woman."));
    waiting(result);
    try {
      const answer = await ask(model, { positive: [b, c], negative: [a], k, method: how.value });
      if (!answer) return;
      done(result,
        el("p", { class: "sentence" }, named(a), " is to ", named(b), " as ", named(c), " is to"),
        ranked(answer.neighbours),
        el("p", { class: "note" }, "Sought among all items; the three words of the question are left out."));
      say(`${many(answer.neighbours.length, "answer")} to the analogy`);
    } catch (error) {
      done(result, failed(error, look));
    }
  }
  on(["model", "a", "b", "c", "how", "k"], look);
  return look;
}
