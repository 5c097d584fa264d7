/** Ticking the booths of a draft: on the drawing, by rows, and how many are ticked. Without it the boxes do. */

/** @typedef {{ boxes: Map<string, HTMLInputElement>, drawn: Map<string, Element> }} Booths */

/** @param {Element} drawn @param {boolean} open */
function show(drawn, open) {
  const state = open ? "open" : "closed";
  drawn.setAttribute("data-state", state);
  drawn.querySelector("use")?.setAttribute("href", `#b-${state}`);
}

/** @param {HTMLFormElement} form @param {Booths} booths */
function refresh(form, { boxes, drawn }) {
  for (const [code, box] of boxes) {
    const figure = drawn.get(code);
    if (figure) show(figure, box.checked);
  }
  for (const row of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-row]"))) {
    const own = [...boxes.values()].filter((box) => box.dataset.inRow === row.dataset.row);
    const ticked = own.filter((box) => box.checked).length;
    row.checked = ticked === own.length;
    row.indeterminate = ticked > 0 && ticked < own.length;
  }
  const count = form.querySelector("[data-count]");
  if (count instanceof HTMLElement) {
    const ticked = [...boxes.values()].filter((box) => box.checked).length;
    count.textContent = (count.dataset.count ?? "").replace("{count}", String(ticked));
  }
}

/** @param {HTMLFormElement} form */
function begin(form) {
  const all = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[name=codes]"));
  /** @type {Booths} */
  const booths = {
    boxes: new Map([...all].map((box) => [box.value, box])),
    drawn: new Map(
      [...document.querySelectorAll("[data-ticks] [data-code]")].map((one) => [one.getAttribute("data-code") ?? "", one]),
    ),
  };
  for (const hidden of form.querySelectorAll("[data-row-label]")) hidden.removeAttribute("hidden");
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.dataset.row !== undefined) {
      for (const box of booths.boxes.values()) {
        if (box.dataset.inRow === target.dataset.row) box.checked = target.checked;
      }
    }
    refresh(form, booths);
  });
  document.querySelector("[data-ticks]")?.addEventListener("click", ({ target }) => {
    const code = target instanceof Element ? target.closest("[data-code]")?.getAttribute("data-code") : null;
    const box = booths.boxes.get(code ?? "");
    if (!box) return;
    box.checked = !box.checked;
    refresh(form, booths);
  });
  refresh(form, booths);
}

const form = document.querySelector("form[data-tick-form]");
if (form instanceof HTMLFormElement) begin(form);
