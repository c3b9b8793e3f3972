"use strict";
/* The map that moves. Words are text: plotly reads a little HTML in labels, so they are escaped. */
(function () {
  const found = JSON.parse(document.getElementById("map-data").textContent);
  const figure = document.querySelector("figure.map-of.main");
  const frame = figure.querySelector(".moving");
  const still = figure.querySelector(".holder");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const place = new Map(found.items.map((item, at) => [item, at]));

  function plain(text) {
    const seen = Array.from(text.slice(0, 200), (one) =>
      /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(one) && !/[\u200c\u200d]/.test(one)
        ? "\\u{" + one.codePointAt(0).toString(16) + "}" : one).join("");
    return seen.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function points() {
    const counts = found.counts;
    const marker = { size: 5, opacity: 0.65, color: colour("--own") };
    let told = found.items.map(plain);
    if (counts) {
      told = told.map((item, at) => item + "<br>" + counts[at].toLocaleString("en") + "×");
      marker.color = counts.map((count) => Math.log10(count + 1));
      marker.colorscale = dark.matches
        ? [[0, "#3f5a68"], [0.5, "#6cbcd6"], [1, "#ffe9b8"]]
        : [[0, "#b9cdd4"], [0.5, "#1f6f8b"], [1, "#3b1d52"]];
      const most = Math.max(...marker.color);
      const ticks = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((one) => one <= most + 0.5);
      marker.colorbar = {
        title: { text: "count", side: "right" }, thickness: 10, outlinewidth: 0, len: 0.6,
        tickvals: ticks, ticktext: ticks.map((one) => (10 ** one).toLocaleString("en")),
      };
      marker.showscale = window.innerWidth > 700;
    }
    return {
      type: "scatter", mode: "markers", x: found.x, y: found.y, customdata: told, marker: marker,
      hovertemplate: "%{customdata}<extra></extra>", name: "",
    };
  }

  function named(items) {
    const at = items.map((item) => place.get(item)).filter((one) => one !== undefined);
    return {
      type: "scatter", mode: "markers+text", x: at.map((one) => found.x[one]),
      y: at.map((one) => found.y[one]), text: at.map((one) => plain(found.items[one])),
      textposition: "top center", hoverinfo: "skip", name: "",
      textfont: { color: colour("--named"), size: window.innerWidth > 700 ? 13 : 11 },
      marker: { size: 8, color: colour("--named"), line: { width: 1, color: colour("--raised") } },
    };
  }

  const shown = found.named.slice();
  function drawn() {
    const axis = {
      showticklabels: false, zeroline: false, gridcolor: colour("--line"), ticks: "",
      title: { text: "" },
    };
    return {
      traces: [points(), named(shown)],
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
        margin: { l: 12, r: 12, t: 12, b: 12 }, hovermode: "closest", dragmode: "pan",
        font: { family: "system-ui, sans-serif", size: 12, color: colour("--ink") },
        xaxis: Object.assign({}, axis), uirevision: "kept",
        yaxis: Object.assign({ scaleanchor: "x" }, axis),
      },
    };
  }

  const options = {
    responsive: true, scrollZoom: true, displaylogo: false, displayModeBar: false,
    showTips: false,
  };
  const plot = document.createElement("div");
  plot.className = "plot";
  frame.append(finder(), plot);
  frame.hidden = false;
  still.hidden = true;

  function finder() {
    const form = document.createElement("form");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const list = document.createElement("datalist");
    const said = document.createElement("span");
    form.className = "find";
    label.textContent = "Find on the map";
    label.htmlFor = input.id = "find-item";
    input.type = "search";
    input.autocomplete = "off";
    input.setAttribute("list", list.id = "find-items");
    said.className = "muted";
    said.setAttribute("role", "status");
    said.textContent = "Drag to move, scroll or pinch to zoom, double-click for the whole.";
    form.append(label, input, list, said);
    input.addEventListener("input", () => {
      const begun = input.value.toLowerCase();
      const near = begun ? found.items.filter((one) => one.toLowerCase().startsWith(begun)) : [];
      list.replaceChildren(...near.slice(0, 12).map((one) => {
        const option = document.createElement("option");
        option.value = one;
        return option;
      }));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = place.has(input.value) ? input.value : input.value.toLowerCase();
      if (!place.has(wanted)) {
        said.textContent = "not on this map, which shows a part of all";
        return;
      }
      if (!shown.includes(wanted)) shown.push(wanted);
      const at = place.get(wanted);
      said.textContent = wanted;
      draw().then(() => Plotly.relayout(plot, {
        "xaxis.range": [found.x[at] - 0.25, found.x[at] + 0.25],
        "yaxis.range": [found.y[at] - 0.2, found.y[at] + 0.2],
      }));
    });
    return form;
  }

  function draw() {
    const now = drawn();
    return Plotly.react(plot, now.traces, now.layout, options);
  }
  dark.addEventListener("change", draw);
  draw().then(() => { document.documentElement.dataset.map = "drawn"; });
})();
