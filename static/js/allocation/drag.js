/**
 * Dragging with the mouse: an exhibitor without a booth, dropped on a free one, gets a hold; one with a booth, dropped
 * on another, moves there or swaps. The forms of the panel do the same by keyboard and by touch.
 */

const DRAG_PX = 6;

/** @typedef {{address: string, values: Record<string, string>}} Act */

/** @type {{row: HTMLElement, x: number, y: number, ghost: HTMLElement | null} | null} */
let drag = null;

/** @param {number} x @param {number} y */
function boothAt(x, y) {
  const found = document.elementFromPoint(x, y)?.closest("#plan-holder [data-code]");
  return found instanceof SVGElement ? found : null;
}

/** What letting go here would do; nothing for a booth that is closed or the row's own. @param {HTMLElement} row @param {SVGElement} booth @returns {Act | null} */
function actOf(row, booth) {
  const { code = "", state = "" } = booth.dataset;
  const plan = /** @type {HTMLElement} */ (document.querySelector(".plan-desk")).dataset.plan ?? "";
  if (row.dataset.exhibitor !== undefined) {
    return state === "open" ? { address: `${plan}/hold`, values: { booth: code, exhibitor_id: row.dataset.exhibitor } } : null;
  }
  const [own = "", seen = ""] = [row.dataset.code, row.dataset.mark];
  if (code === own || state === "closed") return null;
  if (state === "open") return { address: `${plan}/move`, values: { seen, booth: code, selected: own } };
  const other = document.querySelector(`#booth-list [data-code="${CSS.escape(code)}"]`);
  return other instanceof HTMLElement
    ? { address: `${plan}/swap`, values: { seen, other: other.dataset.mark ?? "", selected: own } }
    : null;
}

/** @param {SVGElement | null} booth */
function light(booth) {
  for (const lit of document.querySelectorAll("#plan-holder .drop")) lit.classList.remove("drop");
  booth?.classList.add("drop");
}

/** @param {Act} act */
function carryOut({ address, values }) {
  const desk = document.querySelector(".plan-desk");
  const token = desk instanceof HTMLElement ? (desk.dataset.csrf ?? "") : "";
  const htmx = /** @type {any} */ (window).htmx;
  htmx.ajax("POST", address, {
    values: { ...values, csrf_token: token },
    source: "#plan-holder",
    target: "#panel",
    select: "#panel",
    swap: "outerHTML show:none",
  });
}

function end() {
  drag?.ghost?.remove();
  drag = null;
  light(null);
  document.documentElement.classList.remove("dragging");
}

document.addEventListener("pointerdown", (event) => {
  const row = event.target instanceof Element ? event.target.closest("#homeless [data-exhibitor], #booth-list [data-mark]") : null;
  if (!(row instanceof HTMLElement) || event.pointerType === "touch" || event.button !== 0) return;
  drag = { row, x: event.clientX, y: event.clientY, ghost: null };
});

document.addEventListener("pointermove", (event) => {
  if (drag === null) return;
  if (drag.ghost === null) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_PX) return;
    drag.ghost = document.createElement("div");
    drag.ghost.className = "drag-ghost";
    drag.ghost.textContent = drag.row.querySelector("span")?.textContent ?? drag.row.textContent;
    document.body.append(drag.ghost);
    document.documentElement.classList.add("dragging");
  }
  drag.ghost.style.translate = `${event.clientX}px ${event.clientY}px`;
  const booth = boothAt(event.clientX, event.clientY);
  light(booth !== null && actOf(drag.row, booth) !== null ? booth : null);
});

document.addEventListener("pointerup", (event) => {
  if (drag === null) return;
  const { row, ghost } = drag;
  end();
  if (ghost === null) return;
  window.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
  const booth = boothAt(event.clientX, event.clientY);
  const act = booth === null ? null : actOf(row, booth);
  if (act !== null) carryOut(act);
});

document.addEventListener("pointercancel", end);
document.addEventListener("dragstart", (event) => {
  if (event.target instanceof Element && event.target.closest("#booth-list, #homeless")) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") end();
});
