// A field for an item with a list of those that begin so: the combobox pattern of ARIA 1.2.

import { askModel, latest } from "./api.js";
import { count, el, fill, fresh, many, named, say } from "./dom.js";
import { state } from "./state.js";

const SHOWN = 12;

/**
 * `onpick` is called with an item that was chosen, or typed and confirmed.
 * `keep`: whether the text stays after it was chosen; `leaving`: whether leaving the field confirms it.
 */
export function itemField({ label, onpick, keep = true, leaving = keep, hidden = false, hint = "" }) {
  const list = el("ul", { id: fresh("list"), role: "listbox", "aria-label": `${label}: items`, class: "options", hidden: true });
  const input = el("input", {
    id: fresh("item"), type: "text", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
    "aria-controls": list.id, autocapitalize: "off", maxlength: "2000", autocomplete: "off", spellcheck: "false", dir: "auto",
    placeholder: hint,
  });
  const name = el("label", { for: input.id, class: hidden ? "hidden" : "label" }, label);
  const node = el("div", { class: "field" }, name, el("div", { class: "combo" }, input, list));
  let options = [], active = -1;

  const find = latest((signal, prefix) =>
    askModel(state.model, `items?prefix=${encodeURIComponent(prefix)}&k=${SHOWN}`, undefined, signal));

  function close() {
    options = [];
    active = -1;
    list.hidden = true;
    fill(list);
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(item) {
    find.drop();
    close();
    input.value = keep ? item : "";
    onpick(item);
  }

  function mark(place) {
    active = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = list.children[place];
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function open(items) {
    close();
    options = items;
    fill(list, items.map(({ item, count: seen }) => el("li",
      { id: fresh("option"), role: "option", "aria-selected": "false",
        onmousedown: (event) => event.preventDefault(), onclick: () => pick(item) },
      named(item), seen == null ? null : el("span", { class: "quiet number" }, count(seen)))));
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
    say(items.length ? many(items.length, "suggestion") : "Nothing found");
  }

  async function search() {
    const prefix = input.value.trim();
    if (!prefix) {
      find.drop();
      return close();
    }
    try {
      const found = await find(prefix);
      if (found && document.activeElement === input) open(found.items);
    } catch {
      close();  // whoever asks for the item itself will be told what is wrong
    }
  }

  const keys = {
    ArrowDown: () => (options.length ? mark((active + 1) % options.length) : search()),
    ArrowUp: () => options.length && mark((active <= 0 ? options.length : active) - 1),
    Enter: () => {
      const text = input.value.trim();
      if (active >= 0) pick(options[active].item);
      else if (text) pick(text);
    },
    Escape: () => { if (options.length) close(); else input.value = ""; },
  };
  input.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  if (leaving) input.addEventListener("change", () => onpick(input.value.trim()));

  return { node, input, show: (item) => { if (document.activeElement !== input) input.value = item; } };
}
