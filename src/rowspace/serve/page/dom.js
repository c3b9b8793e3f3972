// Elements made from names, attributes and text. Text is only ever text: there is no way in for markup.

/** An element. Keys that begin with "on" are listeners, true and false set or leave out an attribute. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** Replace what is inside `node`. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** An item's name: its own direction of writing, invisible ones made visible. */
export function named(item, tag = "bdi") {
  const text = item === "" ? "(empty)" : item;
  return el(tag, { class: item.trim() === "" ? "name blank" : "name" }, text.trim() === "" ? "␣" : text);
}

/** Say something to those who hear the page. */
export function say(text) {
  const status = document.getElementById("status");
  status.textContent = status.textContent === text ? `${text}\u00a0` : text;
}

let last = 0;

/** An id no other element has. */
export function fresh(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

const whole = new Intl.NumberFormat("en-GB");

/** 71290 -> "71,290". */
export const count = (number) => whole.format(number);

/** "1 item", "2 items". */
export const many = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
