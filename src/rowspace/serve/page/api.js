// The server's JSON interface: one function, which returns what was asked for or throws a Refusal.

const KEY = "rowspace-token";

/** What went wrong, in the server's words where it had any. */
export class Refusal extends Error {
  constructor(message, hint = "", status = 0, field = "") {
    super(message);
    this.hint = hint;
    this.status = status;
    this.field = field;
  }
}

const kept = {
  get: () => {
    try { return sessionStorage.getItem(KEY) ?? ""; } catch { return ""; }
  },
  set: (token) => {
    try { sessionStorage.setItem(KEY, token); } catch { /* held in memory below */ }
  },
};
let token = kept.get();
let askToken = async () => "";

/** `ask` is called when the server wants a token; it answers with one. */
export function onToken(ask) {
  askToken = ask;
}

async function sent(path, body, signal) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const method = body === undefined ? "GET" : "POST";
  const text = body === undefined ? undefined : JSON.stringify(body);
  try {
    return await fetch(path, { method, headers, body: text, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer.",
      "Look whether `rowspace serve` is still running where you started it, then try again.");
  }
}

async function refusal(reply) {
  const busy = reply.status === 503 || reply.status === 504;
  const fallback = busy ? "The server is busy." : `The server answered ${reply.status}.`;
  try {
    const { error } = await reply.json();
    return new Refusal(error.message, error.hint ?? "", reply.status, error.field ?? "");
  } catch {
    return new Refusal(fallback, busy ? "Try again in a moment." : "", reply.status);
  }
}

async function asked(path, body, signal) {
  let reply = await sent(path, body, signal);
  for (let again = false; reply.status === 401; again = true) {
    token = await askToken(again || token !== "");
    kept.set(token);
    reply = await sent(path, body, signal);
  }
  if (!reply.ok) throw await refusal(reply);
  return reply;
}

/** GET without a body, POST with one. */
export async function ask(path, body, signal) {
  const reply = await asked(path, body, signal);
  try {
    return await reply.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The answer broke off on its way.", "Try again.");
  }
}

/** The same for something of a model. */
export const askModel = (model, what, body, signal) =>
  ask(`api/models/${encodeURIComponent(model)}/${what}`, body, signal);

/** A file of the server's making, saved by the browser. */
export async function save(path, body, name) {
  const blob = await (await asked(path, body)).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(link.href);
}

/**
 * A function whose newer call ends the older one; so does its `drop()`. It gives undefined to a call
 * that was ended.
 */
export function latest(work) {
  let current = null;
  const run = async (...given) => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    try {
      const answer = await work(mine.signal, ...given);
      return current === mine ? answer : undefined;
    } catch (error) {
      if (error.name === "AbortError" || current !== mine) return undefined;
      throw error;
    }
  };
  run.drop = () => {
    current?.abort();
    current = null;
  };
  return run;
}
