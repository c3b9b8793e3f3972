// The page: asks which models there are, builds the parts, and shows what the address names.

import { analogy } from "./analogy.js";
import { ask, onToken } from "./api.js";
import { failed, visit } from "./answers.js";
import { itemField } from "./combobox.js";
import { compare } from "./compare.js";
import { count, el, fill, many, say } from "./dom.js";
import { atlas } from "./map.js";
import { near } from "./near.js";
import { odd } from "./odd.js";
import { predict } from "./predict.js";
import { selection } from "./selection.js";
import { shared } from "./shared.js";
import { follow, on, restore, set, state } from "./state.js";
import { tabs } from "./tabs.js";
import { theming } from "./theme.js";
import { askToken } from "./token.js";
import { settled } from "./tools.js";

const NO_POLICY = new Set(["", "error", "exact"]);
const part = (id) => document.getElementById(id);

function modelChoice(choice, facts) {
  fill(choice, shared.models.map(({ id, name }) => el("option", { value: id }, name)));
  choice.addEventListener("change", () => set({ model: choice.value, word: "", shapes: [], picked: [], view: [], odd: [] }, true));
  return () => {
    const { items, dim, unseen } = shared.model;
    choice.value = state.model;
    facts.textContent = `${many(items, "item")} · ${count(dim)} dimensions${NO_POLICY.has(unseen) ? "" : ` · unseen: ${unseen}`}`;
  };
}

function searchBox(form) {
  const field = itemField({ label: "Search an item", onpick: (item) => { if (item) visit(item); }, leaving: false, hidden: true, hint: "Search …" });
  form.append(field.node);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    field.input.focus();
  });
  return () => {
    field.show(state.word);
    document.title = `${state.word ? `${[...state.word].slice(0, 40).join("")} · ` : ""}rowspace explorer`;
  };
}

function linkButton(button) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      say("Link copied");
      button.textContent = "Copied";
    } catch {
      button.textContent = "The address above is the link";
      say(button.textContent);
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 2500);
  });
}

function examples() {
  const { sample } = shared;
  if (!sample) return;
  const places = [0.002, 0.004, 0.008, 0.016, 0.03, 0.06].map((share) => sample.order[Math.floor(share * sample.n)]);
  shared.examples = [...new Set(places)].map((i) => sample.items[i]).filter((item) => item.length < 20);
  shared.changed("examples");
}

/** The model of the address, or the first; and what its map shows. */
function settle() {
  shared.model = shared.models.find(({ id }) => id === state.model) ?? shared.models[0];
  const patch = { model: shared.model.id, ...settled(shared.model) };
  if (Object.entries(patch).some(([key, value]) => state[key] !== value)) set(patch);
}

function build() {
  const showModel = modelChoice(part("model"), part("facts"));
  const showWord = searchBox(part("search"));
  on(["model", "map", "points", "colour"], settle);
  on(["model"], showModel);
  on(["word"], showWord);
  restore();
  settle();
  const looks = [showModel, showWord];
  const panel = (make) => (node, tab) => looks.push(make(node, tab));
  const showTabs = tabs(part("tabs"), part("panels"), [
    ["near", "Neighbours", panel(near)], ["analogy", "Analogy", panel(analogy)], ["odd", "Odd one out", panel(odd)],
    ["compare", "Compare", panel(compare)], ["predict", "Labels", panel(predict)], ["chosen", "Selection", panel(selection)],
  ]);
  looks.push(atlas(part("map-part")));
  on(["model"], showTabs);
  shared.on("sample", examples);
  for (const look of looks) look();
  showTabs();
  linkButton(part("link"));
  follow();
}

async function start() {
  const loading = part("loading"), fatal = part("fatal");
  theming(part("theme"));
  onToken(askToken);
  loading.hidden = false;
  fill(fatal);
  try {
    shared.models = (await ask("api/models")).models;
    if (!shared.models.length) throw Object.assign(new Error("The server has no model to show."), { status: 404 });
    part("page").hidden = false;
    build();
  } catch (error) {
    fill(fatal, el("div", { class: "message" }, failed(error, start)));
  }
  loading.hidden = true;
}

start();
