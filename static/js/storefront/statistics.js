/** Draws a chart from the table of days; the table stays as it is. */

import uPlot from "/static/vendor/uplot-1.6.32/uPlot.esm.js";

const HEIGHT = 240;
const DAY_S = 86_400;
const BAR_SHARE = 0.7;
const WIDEST_BAR = 60;

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-chart]"));
const table = /** @type {HTMLTableElement | null} */ (document.querySelector("[data-days]"));

/** @param {string} name */
function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The table's columns, the earliest day first.
 * @param {HTMLTableElement} days
 * @returns {number[][]} */
function columns(days) {
  const rows = /** @type {HTMLElement[]} */ ([...days.querySelectorAll("[data-day]")]).reverse();
  const times = rows.map((row) => Date.parse(row.dataset.day ?? "") / 1000);
  const counts = [0, 1, 2].map((column) =>
    rows.map((row) => {
      const cells = /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-count]"));
      return Number(cells[column]?.dataset.count);
    }),
  );
  return [times, ...counts];
}

/** @param {HTMLElement} place
 * @param {HTMLTableElement} table */
function draw(place, table) {
  place.hidden = false;
  const names = /** @type {string[]} */ (JSON.parse(place.dataset.names ?? "[]"));
  const locale = place.dataset.locale === "en" ? "en-GB" : place.dataset.locale;
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const written = (/** @type {number} */ seconds) => day.format(new Date(seconds * 1000));
  const grid = { stroke: token("--line") };
  const axis = { stroke: token("--ink-soft"), grid, ticks: grid };
  const data = columns(table);
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: {
        x: { range: (_chart, first, last) => [first - DAY_S / 2, last + DAY_S / 2] },
        y: { range: (_chart, _least, most) => [0, Math.max(most * 1.1, 4)] },
      },
      axes: [
        { ...axis, values: (_chart, marks) => marks.map(written), incrs: [1, 2, 7, 14, 28, 56].map((days) => days * DAY_S) },
        { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] },
      ],
      series: [
        { label: names[0], value: (_chart, seconds) => (seconds === null ? "–" : written(seconds)) },
        {
          label: names[1],
          stroke: token("--accent"),
          fill: token("--accent-wash"),
          width: 1,
          paths: uPlot.paths.bars?.({ size: [BAR_SHARE, WIDEST_BAR] }),
          points: { show: false },
        },
        { label: names[2], stroke: token("--soga"), width: 3, points: { size: 7 } },
        { label: names[3], stroke: token("--good"), width: 2, dash: [6, 4], points: { size: 7 } },
      ],
      hooks: { ready: [(drawn) => drawn.setLegend({ idx: (data[0] ?? []).length - 1 })] },
    },
    /** @type {uPlot.AlignedData} */ (data),
    place,
  );
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

if (place && table) {
  draw(place, table);
}
