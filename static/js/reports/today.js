/** Keeps the figures and their chart up to date: by event stream, or by polling every ten seconds. */

import uPlot from "/static/vendor/uplot-1.6.32/uPlot.esm.js";

const POLL_MS = 10_000;
const CURVE_MS = 30_000;
const UNAUTHORIZED = 401;
const CHART_HEIGHT = 220;
const SHORTEST_AXIS_S = 3600;

const today = /** @type {HTMLElement} */ (document.getElementById("today"));
const state = /** @type {HTMLElement} */ (document.getElementById("live-state"));
const curve = /** @type {HTMLElement} */ (document.getElementById("curve"));

const desk = curve.dataset.desk ?? "";

let wanted = "";
/** @type {uPlot | undefined} */
let chart;
/** @type {number | undefined} */
let polling;

/** @param {string} name */
function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

async function fetchPart() {
  const answer = await fetch(desk, { headers: { "HX-Request": "true" } });
  return answer.ok ? await answer.text() : null;
}

/** Fetches the changing part of the page again, unless that was done for this pulse; an answer overtaken by a newer
 * pulse is not shown.
 * @param {string} pulse */
async function refresh(pulse) {
  if (pulse === wanted) {
    return;
  }
  wanted = pulse;
  const part = await fetchPart().catch(() => null); // no network: fetched again at the next pulse
  if (wanted === pulse && part !== null) {
    today.innerHTML = part;
  } else if (wanted === pulse) {
    wanted = "";
  }
}

async function poll() {
  try {
    const answer = await fetch(`${desk}/pulse.json`);
    if (answer.status === UNAUTHORIZED) {
      location.reload(); // signed out: the server leads to the sign-in page
      return;
    }
    await refresh(await answer.text());
    state.textContent = today.dataset.polling ?? "";
  } catch {
    state.textContent = today.dataset.lost ?? "";
  }
}

function listen() {
  const events = new EventSource(`${desk}/live`);
  events.addEventListener("message", (event) => {
    window.clearInterval(polling);
    polling = undefined;
    state.textContent = today.dataset.live ?? "";
    void refresh(event.data);
  });
  events.addEventListener("error", () => {
    state.textContent = today.dataset.lost ?? "";
    if (polling === undefined) {
      polling = window.setInterval(() => void poll(), POLL_MS);
    }
    if (events.readyState === EventSource.CLOSED) {
      window.setTimeout(listen, POLL_MS * 3);
    }
  });
}

/** @param {uPlot.AlignedData} data */
function draw(data) {
  document.getElementById("curve-empty")?.remove();
  if (chart) {
    chart.setData(data);
    chart.setLegend({ idx: data[0].length - 1 });
    return;
  }
  const ink = token("--ink-soft");
  const line = token("--line");
  const axis = { stroke: ink, grid: { stroke: line }, ticks: { stroke: line } };
  chart = new uPlot(
    {
      width: curve.clientWidth,
      height: CHART_HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), curve.dataset.timezone ?? "Asia/Jakarta"),
      scales: { x: { range: (_chart, min, max) => [min, Math.max(max, min + SHORTEST_AXIS_S)] } },
      axes: [{ ...axis, values: "{HH}.{mm}" }, { ...axis }],
      series: [
        { label: curve.dataset.time, value: "{HH}.{mm}" },
        { label: curve.dataset.inside, stroke: token("--accent"), width: 2, fill: token("--accent-wash") },
        { label: curve.dataset.entered, stroke: token("--soga"), width: 2 },
        { label: curve.dataset.capacityName, stroke: token("--bad"), dash: [6, 4] },
      ],
    },
    data,
    curve,
  );
  chart.setLegend({ idx: data[0].length - 1 });
}

async function redraw() {
  const answer = await fetch(`${desk}/curve.json`);
  /** @type {{times: number[], inside: number[], entered: number[]}} */
  const { times, inside, entered } = await answer.json();
  if (times.length) {
    const cap = times.map(() => Number(curve.dataset.capacity));
    draw([times, inside, entered, cap]);
  }
}

new ResizeObserver(() => chart?.setSize({ width: curve.clientWidth, height: CHART_HEIGHT })).observe(curve);
window.setInterval(() => void redraw(), CURVE_MS);
void redraw();
listen();
