// Labels of a text, for a model that has any.

import { askModel, latest } from "./api.js";
import { done, failed, invitation, waiting } from "./answers.js";
import { el, named, say } from "./dom.js";
import { shared } from "./shared.js";
import { on, state } from "./state.js";

const ask = latest((signal, model, text) => askModel(model, "predict", { texts: [text], k: 10 }, signal));

function label({ label: name, probability }) {
  const inner = el("span", { class: "bar-inner" });
  inner.style.width = `${Math.max(0, Math.min(1, probability)) * 100}%`;
  return el("li", {}, el("span", { class: "answer" }, named(name)),
    el("span", { class: "bar", "aria-hidden": "true" }, inner),
    el("span", { class: "number" }, probability.toFixed(3)));
}

/** The panel; the tab is there only for a model with labels. */
export function predict(root, tab) {
  const box = el("textarea", { id: "text", rows: "5", dir: "auto", maxlength: "8000" });
  const result = el("div", { class: "result" });

  async function look() {
    const text = box.value.trim();
    ask.drop();
    if (!text) return done(result, invitation("Type or paste a text; the model says which labels it would give it."));
    waiting(result);
    try {
      const answer = await ask(state.model, text);
      if (!answer) return;
      const labels = answer.predictions[0] ?? [];
      done(result, labels.length ? el("ol", { class: "answers" }, labels.map(label))
        : el("p", { class: "empty" }, "The model knows nothing of this text, so it has no label for it."));
      say(labels.length ? `${labels[0].label}, ${labels[0].probability.toFixed(2)}` : "No label");
    } catch (error) {
      done(result, failed(error, look));
    }
  }

  function begin() {
    ask.drop();
    tab.hidden = !shared.model?.labels;
    done(result, invitation("Type or paste a text; the model says which labels it would give it."));
  }

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    look();
  });
  root.append(el("form", { onsubmit: (event) => { event.preventDefault(); look(); } },
    el("label", { for: "text", class: "label" }, "Text"), box,
    el("div", { class: "row" }, el("button", { type: "submit", class: "main-button" }, "Predict labels"),
      el("span", { class: "quiet small" }, "or Ctrl + Enter"))), result);
  on(["model"], begin);
  return begin;
}
