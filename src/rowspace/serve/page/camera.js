// Where the map is looked at: data units to pixels and back.
// screen = (x - cx) * scale + width / 2, (cy - y) * scale + height / 2;  scale = pixels a unit.

const EDGE = 0.92;         // of the canvas, for what is fitted
const OUTLIERS = 0.001;    // on each side are left outside at first
const LEAST = 0.2, MOST = 5000;

function span(values) {
  const sorted = Float32Array.from(values).sort();
  const skip = Math.floor(sorted.length * OUTLIERS);
  const low = sorted[skip] ?? 0, high = sorted[sorted.length - 1 - skip] ?? 0;
  return { middle: (low + high) / 2, size: Math.max(high - low, 1e-6) };
}

/** A camera for these points. `view`: [cx, cy, zoom], empty for all of them. */
export function camera(x, y, view = []) {
  const across = span(x), up = span(y);
  const home = [across.middle, up.middle, 1];
  let [cx, cy, zoom] = home;
  let width = 1, height = 1, scale = 1;

  function measure() {
    scale = zoom * EDGE * Math.min(width / across.size, height / up.size);
  }

  const eye = {
    get cx() { return cx; },
    get cy() { return cy; },
    get zoom() { return zoom; },
    get scale() { return scale; },
    get width() { return width; },
    get height() { return height; },

    /** The canvas is so large, in CSS pixels. */
    size(w, h) {
      width = Math.max(1, w);
      height = Math.max(1, h);
      measure();
    },
    /** Look as `view` says; at everything without one. */
    look(asked) {
      [cx, cy, zoom] = asked?.length === 3 ? asked : home;
      zoom = Math.min(MOST, Math.max(LEAST, zoom));
      measure();
    },
    /** Move by pixels. */
    pan(dx, dy) {
      cx -= dx / scale;
      cy += dy / scale;
    },
    /** Come `factor` times nearer; what is at (px, py) stays there. */
    near(factor, px = width / 2, py = height / 2) {
      const [x0, y0] = eye.data(px, py);
      zoom = Math.min(MOST, Math.max(LEAST, zoom * factor));
      measure();
      cx = x0 - (px - width / 2) / scale;
      cy = y0 + (py - height / 2) / scale;
    },
    screen: (x0, y0) => [(x0 - cx) * scale + width / 2, (cy - y0) * scale + height / 2],
    data: (px, py) => [(px - width / 2) / scale + cx, cy - (py - height / 2) / scale],
    sees: (x0, y0) => Math.abs(x0 - cx) * scale < width / 2 && Math.abs(y0 - cy) * scale < height / 2,
    /** What to restore, short; nothing while all is in view. */
    view: () => {
      const now = [cx, cy, zoom].map((number) => Number(number.toPrecision(5)));
      return home.every((number, at) => Number(number.toPrecision(5)) === now[at]) ? [] : now;
    },
  };
  eye.look(view);
  return eye;
}
