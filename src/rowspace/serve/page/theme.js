// Light, dark, or as the system has it; kept for the next visit where the browser lets us.

import { say } from "./dom.js";

const KEY = "rowspace-theme";
const ORDER = ["auto", "light", "dark"];
const NAMES = { auto: "Auto", light: "Light", dark: "Dark" };
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = [];

function kept() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function keep(theme) {
  try { localStorage.setItem(KEY, theme); } catch { /* for this visit only */ }
}

let theme = ORDER.includes(kept()) ? kept() : "auto";

/** Whether the page is dark now. */
export const dark = () => (theme === "auto" ? system.matches : theme === "dark");

/** Call `act` when light turns dark or back. */
export function onTheme(act) {
  listeners.push(act);
}

/** A colour of the style sheet by its name. */
export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function show(button) {
  document.documentElement.dataset.theme = theme;
  button.textContent = NAMES[theme];
  button.title = `Theme: ${theme === "auto" ? "as the system has it" : theme}`;
  button.setAttribute("aria-label", `${NAMES[theme]}: the theme`);
  for (const act of listeners) act();
}

/** The button that goes through the three. */
export function theming(button) {
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    keep(theme);
    show(button);
    say(button.title);
  });
  system.addEventListener("change", () => show(button));
  show(button);
}
