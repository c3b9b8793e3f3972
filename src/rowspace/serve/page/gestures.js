// Pointer, wheel and keys over the map, told as what they mean.

const STILL = 4;      // pixels a click may wander
const STEP = 48;      // pixels an arrow moves the map
const CLOSER = 1.35;
const PATH = 6;       // pixels between two corners of the lasso

/**
 * `told`: eye() -> camera or null; tool() -> "pan", "lasso" or "box"; moved(); rested(); hover(px, py) or hover(null);
 * click(px, py); path(shape while it grows); chosen(shape, more); key(name) for the keys of the map's own.
 */
export function gestures(node, told) {
  const pointers = new Map();
  let begun = null, wandered = false, shape = [];

  const at = (event) => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function grow(eye, [px, py]) {
    if (told.tool() === "box") {
      const [x0, y0] = eye.data(...begun), [x1, y1] = eye.data(px, py);
      shape = [x0, y0, x1, y0, x1, y1, x0, y1];
    } else {
      const [lastX, lastY] = shape.length ? eye.screen(...shape.slice(-2)) : [Infinity, Infinity];
      if (Math.hypot(px - lastX, py - lastY) >= PATH) shape = [...shape, ...eye.data(px, py)];
    }
    told.path(shape);
  }

  function pinch(eye, event) {
    const [id, other] = [...pointers.keys()].sort((one) => (one === event.pointerId ? -1 : 1));
    const before = pointers.get(id), fixed = pointers.get(other), now = at(event);
    const far = (one, two) => Math.max(1, Math.hypot(one[0] - two[0], one[1] - two[1]));
    eye.near(far(now, fixed) / far(before, fixed), (now[0] + fixed[0]) / 2, (now[1] + fixed[1]) / 2);
    told.moved();
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !told.eye()) return;
    node.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 1) [begun, wandered, shape] = [at(event), false, []];
    told.hover(null);
  });

  node.addEventListener("pointermove", (event) => {
    const eye = told.eye(), now = at(event);
    if (!eye) return;
    const last = pointers.get(event.pointerId);
    if (!last) return told.hover(...now);
    if (Math.hypot(now[0] - begun[0], now[1] - begun[1]) > STILL) wandered = true;
    if (pointers.size > 1) {
      shape = [];
      pinch(eye, event);
    } else if (wandered && told.tool() === "pan") {
      eye.pan(now[0] - last[0], now[1] - last[1]);
      told.moved();
    } else if (wandered) {
      grow(eye, now);
    }
    pointers.set(event.pointerId, now);
  });

  function end(event, cancelled) {
    if (!pointers.delete(event.pointerId) || pointers.size) return;
    const done = shape;
    shape = [];
    told.path([]);
    if (cancelled) return;
    if (!wandered) told.click(...at(event));
    else if (told.tool() === "pan") told.rested();
    else if (done.length >= 6) told.chosen(done, event.shiftKey);
  }
  node.addEventListener("pointerup", (event) => end(event, false));
  node.addEventListener("pointercancel", (event) => end(event, true));
  node.addEventListener("pointerleave", () => { if (!pointers.size) told.hover(null); });

  node.addEventListener("wheel", (event) => {
    const eye = told.eye();
    if (!eye) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 33 : 1;
    eye.near(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * 0.0022), ...at(event));
    told.moved();
  }, { passive: false });

  const moves = {
    ArrowLeft: (eye) => eye.pan(STEP, 0),
    ArrowRight: (eye) => eye.pan(-STEP, 0),
    ArrowUp: (eye) => eye.pan(0, STEP),
    ArrowDown: (eye) => eye.pan(0, -STEP),
    "+": (eye) => eye.near(CLOSER),
    "=": (eye) => eye.near(CLOSER),
    "-": (eye) => eye.near(1 / CLOSER),
    0: (eye) => eye.look([]),
  };
  node.addEventListener("keydown", (event) => {
    const eye = told.eye();
    if (!eye || event.ctrlKey || event.metaKey || event.altKey || event.target !== node) return;
    if (event.key in moves) {
      moves[event.key](eye);
      told.moved(true);
    } else if (!told.key(event.key)) {
      return;
    }
    event.preventDefault();
  });
}

/** How much nearer a button or a key comes. */
export const closer = CLOSER;
