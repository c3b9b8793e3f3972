// Tabs: arrows go from one to the next, Home and End to the first and the last.

import { el } from "./dom.js";
import { on, set, state } from "./state.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };

/** `parts`: [[name, title, fill], ...]; `fill(panel)` puts in what the tab shows. */
export function tabs(list, panels, parts) {
  const made = parts.map(([name, title, build]) => {
    const tab = el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`,
      onclick: () => set({ tab: name }) }, title);
    const panel = el("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": tab.id, class: "panel", tabindex: "0" });
    list.append(tab);
    panels.append(panel);
    build(panel, tab);
    return { name, tab, panel };
  });
  const open = () => made.filter(({ tab }) => !tab.hidden);

  function show() {
    const chosen = open().some(({ name }) => name === state.tab) ? state.tab : made[0].name;
    for (const { name, tab, panel } of made) {
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
      panel.hidden = name !== chosen;
    }
  }

  list.addEventListener("keydown", (event) => {
    const all = open();
    const at = all.findIndex(({ tab }) => tab === document.activeElement);
    const ends = { Home: 0, End: all.length - 1 };
    const next = event.key in STEPS ? (at + STEPS[event.key] + all.length) % all.length : ends[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    all[next].tab.focus();
    set({ tab: all[next].name });
  });
  on(["tab"], show);
  show();
  return show;
}
