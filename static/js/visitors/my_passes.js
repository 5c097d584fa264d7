/** Lists the passes that this phone remembers; works without a network too. */

import { remembered } from "./pass_memory.js";

/** @param {HTMLElement} list @param {import("./pass_memory.js").KeptPass} one */
function item(list, one) {
  const { locale, people, person } = list.dataset;
  const format = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : "id-ID", {
    timeZone: one.timezone,
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const card = document.createElement("li");
  card.className = "card";
  const title = document.createElement("h3");
  const link = document.createElement("a");
  link.href = one.address;
  link.textContent = one.fair;
  title.append(link);
  const when = document.createElement("p");
  const party = one.people === 1 ? (person ?? "") : (people ?? "").replace("{number}", String(one.people));
  when.textContent = `${format.format(one.starts_at)} · ${party}`;
  const which = document.createElement("p");
  which.className = "muted";
  which.textContent = one.reference;
  card.append(title, when, which);
  return card;
}

const section = document.querySelector("[data-kept]");
const list = section?.querySelector("ul");
const passes = remembered();
if (section instanceof HTMLElement && list instanceof HTMLElement && passes.length > 0) {
  list.append(...passes.map((one) => item(list, one)));
  section.hidden = false;
}
