/**
 * The lists of the desk by keyboard: j and k or the arrows go from row to row, x ticks one, Enter opens it. Ticks all
 * rows of the page, and tells how many are ticked. Without this script rows are ticked and opened one by one.
 */

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-list]"));

/** @param {HTMLElement} frame */
function keysOf(frame) {
  const rows = /** @type {HTMLTableRowElement[]} */ ([...frame.querySelectorAll("tbody > tr")]);
  let here = -1;

  /** @param {number} wanted */
  function go(wanted) {
    const next = Math.min(Math.max(wanted, 0), rows.length - 1);
    rows[here]?.removeAttribute("aria-selected");
    here = next;
    rows[here].setAttribute("aria-selected", "true");
    rows[here].scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (rows[here].querySelector("th a[href], input"))?.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches("textarea, select, [contenteditable], input:not([type='checkbox'])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null) return;
    const within = frame.contains(target);
    switch (event.key) {
      case "j":
        break;
      case "k":
        break;
      case "ArrowDown":
      case "ArrowUp":
        if (!within || here < 0) return;
        break;
      case "x": {
        const box = /** @type {HTMLInputElement | null} */ (rows[here]?.querySelector(".tick input") ?? null);
        box?.click();
        return;
      }
      default:
        return;
    }
    event.preventDefault();
    go(here + (event.key === "k" || event.key === "ArrowUp" ? -1 : 1));
  }

  document.addEventListener("keydown", pressed);
}

/** @param {HTMLElement} frame */
function ticksOf(frame) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...frame.querySelectorAll(".tick input")]);
  const head = frame.querySelector("[data-tick-all]");
  if (head === null || boxes.length === 0) return;
  const every = document.createElement("input");
  every.type = "checkbox";
  every.setAttribute("aria-label", head.textContent?.trim() ?? "");
  const around = document.createElement("label");
  around.className = "row-choice";
  around.append(every);
  head.replaceChildren(around);
  const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-ticked]"));
  const plain = told?.textContent ?? "";
  const all = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-all-that-match]"));

  function tell() {
    const number = boxes.filter((box) => box.checked).length;
    every.checked = number === boxes.length;
    every.indeterminate = number > 0 && !every.checked;
    for (const box of boxes) box.disabled = all?.checked ?? false;
    if (told !== null) {
      const many = number > 0 && all?.checked !== true;
      told.textContent = many ? (told.dataset.ticked ?? "").replace("{number}", String(number)) : plain;
    }
  }

  every.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.checked;
    tell();
  });
  all?.addEventListener("change", tell);
  frame.addEventListener("change", tell);
  tell();
}

if (list !== null) {
  keysOf(list);
  ticksOf(list);
}
