// Asks for the server's token. It stays in this tab only.

import { el } from "./dom.js";

let under = null;

/** A promise of the token. `wrong`: one was tried already. Questions that come meanwhile share the dialog. */
export function askToken(wrong) {
  under ??= new Promise((answer) => {
    const input = el("input", { id: "token", type: "password", autocomplete: "off", required: true });
    const dialog = el("dialog", { "aria-labelledby": "token-title" },
      el("form", { method: "dialog", class: "token", onsubmit: (event) => {
        event.preventDefault();
        dialog.close();
        dialog.remove();
        under = null;
        answer(input.value.trim());
      } },
      el("h2", { id: "token-title" }, "This server wants a token"),
      el("p", {}, wrong ? "That token is not the right one." : "It is the one that rowspace serve was started with."),
      el("label", { for: "token", class: "label" }, "Token"), input,
      el("button", { type: "submit", class: "main-button" }, "Continue")));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
  return under;
}
