// Points in the cells of a square grid: which lies nearest, which lie inside a shape.

const POINTS_A_CELL = 4;

/** A grid over the points. */
export function grid(x, y) {
  const n = x.length;
  const side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / POINTS_A_CELL))));
  let left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
  for (let i = 0; i < n; i += 1) {
    left = Math.min(left, x[i]);
    right = Math.max(right, x[i]);
    low = Math.min(low, y[i]);
    high = Math.max(high, y[i]);
  }
  const wide = (right - left || 1) / side, tall = (high - low || 1) / side;
  const clamp = (cell) => Math.max(0, Math.min(side - 1, Math.floor(cell)));
  const column = (value) => clamp((value - left) / wide);
  const line = (value) => clamp((value - low) / tall);

  const starts = new Uint32Array(side * side + 1);
  const cells = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) {
    cells[i] = line(y[i]) * side + column(x[i]);
    starts[cells[i] + 1] += 1;
  }
  for (let cell = 0; cell < side * side; cell += 1) starts[cell + 1] += starts[cell];
  const order = new Uint32Array(n), filled = starts.slice();
  for (let i = 0; i < n; i += 1) order[filled[cells[i]]++] = i;

  function* inside(x0, x1, y0, y1) {
    for (let row = line(y0); row <= line(y1); row += 1) {
      const from = starts[row * side + column(x0)], to = starts[row * side + column(x1) + 1];
      for (let at = from; at < to; at += 1) yield order[at];
    }
  }

  /** The point nearest to (px, py) and no farther than `reach`, or -1. */
  function nearest(px, py, reach) {
    let best = -1, least = reach * reach;
    for (const i of inside(px - reach, px + reach, py - reach, py + reach)) {
      const far = (x[i] - px) ** 2 + (y[i] - py) ** 2;
      if (far <= least) [best, least] = [i, far];
    }
    return best;
  }

  /** Call `act` with each point inside the shape [x0, y0, x1, y1, ...]. */
  function within(shape, act) {
    const xs = shape.filter((_, at) => at % 2 === 0), ys = shape.filter((_, at) => at % 2 === 1);
    for (const i of inside(Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys))) {
      if (contains(xs, ys, x[i], y[i])) act(i);
    }
  }

  return { nearest, within };
}

/** Whether the shape holds the point: a ray to the right crosses its edge an odd number of times. */
export function contains(xs, ys, px, py) {
  let odd = false;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1) {
    if (ys[i] > py !== ys[j] > py && px < ((xs[j] - xs[i]) * (py - ys[i])) / (ys[j] - ys[i]) + xs[i]) odd = !odd;
  }
  return odd;
}
