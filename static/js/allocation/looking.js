/**
 * Who else looks at which booth: their names stand at the booths. What this page looks at is told to the server when a
 * booth is opened, and again from time to time while the page is in view.
 */

const AGAIN_MS = 25_000;
const SVG = "http://www.w3.org/2000/svg";
const LONGEST = 18;

/** @typedef {{id: number, name: string, code: string}} Looking */

const desk = document.querySelector(".plan-desk");
/** @type {Looking[]} */
let others = [];
let told = "";

/** @param {boolean} again */
function tell(again) {
  if (!(desk instanceof HTMLElement) || document.hidden) return;
  const code = document.querySelector("#panel")?.getAttribute("data-selected") ?? "";
  if (code === told && (!again || code === "")) return;
  told = code;
  const body = new URLSearchParams({ booth: code, csrf_token: desk.dataset.csrf ?? "" });
  void fetch(`${desk.dataset.plan}/looking`, { method: "POST", body }).catch(() => undefined);
}

/** Write the names at the booths, and in words for those who listen to the page. */
export function showOthers() {
  for (const old of document.querySelectorAll("#plan-holder .looker")) old.remove();
  for (const { name, code } of others) {
    const booth = document.querySelector(`#plan-holder [data-testid=booth][data-code="${CSS.escape(code)}"]`);
    const earlier = booth?.querySelectorAll(".looker").length ?? 0;
    if (booth === null || earlier > 0) continue; // one name is enough to say that it is looked at
    const chip = document.createElementNS(SVG, "text");
    chip.setAttribute("class", "looker");
    const all = others.filter((one) => one.code === code).map((one) => one.name);
    const label = all.length > 1 ? `${name} +${all.length - 1}` : name;
    chip.textContent = label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
    booth.append(chip);
  }
  const words = document.getElementById("others");
  if (words !== null) words.textContent = others.map(({ name, code }) => `${name}: ${code}`).join(", ");
}

/** @param {Looking[]} now */
export function hearOthers(now) {
  const own = desk instanceof HTMLElement ? Number(desk.dataset.own) : 0;
  others = now.filter(({ id }) => id !== own);
  showOthers();
}

for (const event of ["plan:changed", "htmx:afterSettle"]) {
  document.addEventListener(event, () => {
    showOthers();
    tell(false);
  });
}
document.addEventListener("visibilitychange", () => tell(true));
window.setInterval(() => tell(true), AGAIN_MS);
tell(false);
