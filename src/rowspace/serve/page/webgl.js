// Points drawn by the graphics card, WebGL2: a round sprite each.

const VERTEX = `#version 300 es
in vec2 place;
in vec4 colour;
uniform vec2 centre;
uniform vec2 scale;
uniform float size;
out vec4 ink;
void main() {
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
  gl_PointSize = size;
  ink = colour;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 ink;
uniform float size;
out vec4 seen;
void main() {
  float far = length(gl_PointCoord - 0.5) * size;
  float part = clamp(size * 0.5 - far, 0.0, 1.0) * ink.a;
  seen = vec4(ink.rgb * part, part);
}`;

function program(gl) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  return gl.getProgramParameter(made, gl.LINK_STATUS) ? made : null;
}

function attribute(gl, made, name, numbers, kind, normal) {
  const buffer = gl.createBuffer();
  const at = gl.getAttribLocation(made, name);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, numbers, kind, normal, 0, 0);
  return (data) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  };
}

const SLOW = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether it is the processor that draws: slower at it than the 2D canvas is. */
function emulated(gl) {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  return SLOW.test(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

/** A painter on `canvas`, or null where there is no WebGL2. `slow`: take one that works in software. */
export function webgl(canvas, slow = false) {
  const wanted = { antialias: false, alpha: true, failIfMajorPerformanceCaveat: !slow };
  const gl = canvas.getContext("webgl2", wanted);
  const made = gl && (slow || !emulated(gl)) && program(gl);
  if (!made) return null;
  gl.useProgram(made);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const places = attribute(gl, made, "place", 2, gl.FLOAT, false);
  const colours = attribute(gl, made, "colour", 4, gl.UNSIGNED_BYTE, true);
  const uniform = (name) => gl.getUniformLocation(made, name);
  const centre = uniform("centre"), scale = uniform("scale"), size = uniform("size");
  let n = 0;

  return {
    name: "webgl2",
    points(x, y) {
      const both = new Float32Array(x.length * 2);
      x.forEach((value, i) => { both[2 * i] = value; });
      y.forEach((value, i) => { both[2 * i + 1] = value; });
      places(both);
      n = x.length;
    },
    paint: colours,
    draw(eye, radius, ratio) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(centre, eye.cx, eye.cy);
      gl.uniform2f(scale, (2 * eye.scale) / eye.width, (2 * eye.scale) / eye.height);
      gl.uniform1f(size, 2 * radius * ratio + 1);
      if (n) gl.drawArrays(gl.POINTS, 0, n);
    },
  };
}
