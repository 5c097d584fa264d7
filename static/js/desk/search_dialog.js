/** The desk's search in a dialog: "/" or Ctrl K opens it, the arrows choose, Enter opens what is chosen or comes first. */

const WAIT_MS = 120;
const dialog = document.getElementById("search-dialog");

/** @param {EventTarget | null} target */
function takesText(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}

/** @param {HTMLDialogElement} dialog */
function init(dialog) {
  const input = dialog.querySelector("input");
  const form = dialog.querySelector("form");
  const found = dialog.querySelector("#search-found");
  if (!input || !form || !found) return;
  let timer = 0;
  /** @type {AbortController | undefined} */
  let running;

  async function look() {
    running?.abort();
    running = new AbortController();
    const address = `${dialog.dataset.address}?${new URLSearchParams({ q: input?.value ?? "" })}`;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: running.signal });
      if (answer.ok && found) found.innerHTML = await answer.text();
    } catch {
      // A newer search has taken its place, or the network is away: what was found before stays.
    }
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input?.select();
    look();
  }

  /** @param {number} step */
  function move(step) {
    /** @type {HTMLElement[]} */
    const hits = [...dialog.querySelectorAll(".hit")].filter((hit) => hit instanceof HTMLElement);
    const next = hits.findIndex((hit) => hit === document.activeElement) + step;
    (hits[next] ?? (next < 0 ? input : hits.at(-1)))?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const byKeys = event.key === "k" && (event.ctrlKey || event.metaKey);
    const bySlash = event.key === "/" && !event.ctrlKey && !event.altKey && !takesText(event.target);
    if ((byKeys || bySlash) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      open();
    }
  });
  document.querySelector("[data-search]")?.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault(); // else it would only empty the field
      dialog.close();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  });
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, WAIT_MS);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    window.clearTimeout(timer);
    await look();
    const first = dialog.querySelector("a.hit");
    if (first instanceof HTMLAnchorElement) first.click();
  });
}

if (dialog instanceof HTMLDialogElement) init(dialog);
