// Points drawn without a graphics card: straight into the pixels of a 2D canvas, a round stamp each.

import { colour } from "./theme.js";

const FINE = 20000;   // points, above which a pixel of the page is fine enough

/** The pixels of a disc: how far from its middle, and how much of each it covers, 0 to 256. */
function stampOf(radius, width) {
  const reach = Math.ceil(radius), steps = [], parts = [];
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const part = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
      if (part < 0.05) continue;
      steps.push(4 * (dy * width + dx));
      parts.push(Math.round(256 * part));
    }
  }
  return { reach, steps: Int32Array.from(steps), parts: Int32Array.from(parts) };
}

function stampAll({ data, width, height, stamp, x, y, colours, scale, left, top }) {
  const { reach, steps, parts } = stamp;
  for (let i = 0; i < x.length; i += 1) {
    const px = Math.round(x[i] * scale + left), py = Math.round(top - y[i] * scale);
    if (px < reach || py < reach || px >= width - reach || py >= height - reach) continue;
    const at = 4 * (py * width + px), from = 4 * i;
    const red = colours[from], green = colours[from + 1], blue = colours[from + 2], alpha = colours[from + 3];
    for (let s = 0; s < steps.length; s += 1) {
      const p = at + steps[s], part = (parts[s] * alpha) >> 8;
      data[p] += ((red - data[p]) * part) >> 8;
      data[p + 1] += ((green - data[p + 1]) * part) >> 8;
      data[p + 2] += ((blue - data[p + 2]) * part) >> 8;
    }
  }
}

/** A painter on `canvas` with the same functions as `webgl`'s. */
export function raster(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  let x = [], y = [], colours = new Uint8Array(0), image = null;

  function sheet() {
    if (image?.width !== canvas.width || image?.height !== canvas.height) {
      image = context.createImageData(canvas.width, canvas.height);
    }
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour("surface").slice(at, at + 2), 16));
    const pixel = new Uint8Array([r, g, b, 255]);
    new Uint32Array(image.data.buffer).fill(new Uint32Array(pixel.buffer)[0]);
    return new Uint8Array(image.data.buffer);
  }

  return {
    name: "canvas",
    limit: (ratio, n) => (n > FINE ? 1 : Math.min(ratio, 2)),
    points(xs, ys) {
      x = xs;
      y = ys;
    },
    paint(rgba) {
      colours = rgba;
    },
    draw(eye, radius, ratio) {
      const { width, height } = canvas, scale = eye.scale * ratio;
      const left = width / 2 - eye.cx * scale, top = height / 2 + eye.cy * scale;
      stampAll({ data: sheet(), width, height, stamp: stampOf(radius * ratio, width), x, y, colours, scale, left, top });
      context.putImageData(image, 0, 0);
    },
  };
}
