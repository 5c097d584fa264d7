/**
 * Writes the exhibitors' names on their booths, by the measured width of the words: as large as fits, in several lines,
 * then with usual abbreviations, and cut off only when nothing else helps.
 */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const SIZES = [13, 12, 11, 10, 9, 8, 7];
const COMFORTABLE_PX = 10; // a name that would be smaller is abbreviated first
const CODE_PX = [8.5, 13];
const CODE_M = 0.5;
const MARK_M = 0.62;
const LEADING = 1.06;
const PAD = 0.06;
const CODE_WEIGHT = 1.08; // bold, while widths are measured in the weight of names
const NAME_PX = [40, 24]; // on a smaller booth no name can be read, only its colour
const AT_ONCE = 200;
const LATER_MS = 60;
const SVG = "http://www.w3.org/2000/svg";
const SHORT = /** @type {Array<[RegExp, string]>} */ ([
  [/\bKementerian\b/gu, "Kem."],
  [/\bPemerintah\b/gu, "Pem."],
  [/\bKabupaten\b/gu, "Kab."],
  [/\bProvinsi\b/gu, "Prov."],
  [/\bKecamatan\b/gu, "Kec."],
  [/\bKoperasi\b/gu, "Kop."],
  [/\bKelompok\b/gu, "Kel."],
  [/\bPerkumpulan\b/gu, "Perk."],
  [/\bMinistry of\b/gu, "Min."],
  [/\bCooperative\b/gu, "Coop."],
  [/\bRepublik Indonesia\b/gu, "RI"],
]);

const pen = document.createElement("canvas").getContext("2d");
/** @type {Map<string, number>} */
const widths = new Map();

/** The width of a text at a size of one. @param {string} text */
function width(text) {
  let found = widths.get(text);
  if (found === undefined) {
    if (pen !== null) pen.font = `500 100px ${FONT}`;
    found = (pen?.measureText(text).width ?? text.length * 55) / 100;
    widths.set(text, found);
  }
  return found;
}

/** The words in lines no wider than given; null if a word alone is wider. @param {string[]} words @param {number} room */
function wrapped(words, room) {
  /** @type {string[]} */
  const lines = [];
  for (const word of words) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length > 0 && width(longer) <= room) lines[lines.length - 1] = longer;
    else if (width(word) <= room) lines.push(word);
    else return null;
  }
  return lines;
}

/** @param {string} text @param {number} room */
function cut(text, room) {
  let kept = text;
  while (kept.length > 1 && width(`${kept}…`) > room) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** @param {string} name @param {number} size @param {number} wide @param {number} lines */
function shortened(name, size, wide, lines) {
  const room = wide / size;
  /** @type {string[]} */
  const found = [];
  for (const word of name.split(" ")) {
    const longer = found.length > 0 ? `${found[found.length - 1]} ${word}` : word;
    if (found.length > 0 && width(longer) <= room) found[found.length - 1] = longer;
    else found.push(word);
  }
  const shown = found.slice(0, lines).map((line) => (width(line) <= room ? line : cut(line, room)));
  const last = shown.length - 1;
  if (found.length > lines && !shown[last].endsWith("…")) shown[last] = cut(shown[last], room);
  return shown;
}

/**
 * The lines of a name and their size, for a room in pixels of the screen.
 *
 * @param {string} name
 * @param {number} wide
 * @param {number} high
 */
export function fitted(name, wide, high) {
  const short = SHORT.reduce((text, [word, instead]) => text.replace(word, instead), name);
  for (const [text, least] of /** @type {Array<[string, number]>} */ ([[name, COMFORTABLE_PX], [short, 0]])) {
    for (const size of SIZES.filter((one) => one >= least)) {
      const lines = wrapped(text.split(" "), wide / size);
      if (lines !== null && lines.length * size * LEADING <= high) return { size, lines };
    }
  }
  const size = SIZES[SIZES.length - 1];
  return { size, lines: shortened(short, size, wide, Math.max(1, Math.floor(high / (size * LEADING)))) };
}

/** What a booth was fitted for: the pixels of a metre. @type {WeakMap<Element, number>} */
const fittedFor = new WeakMap();
/** @type {number | undefined} */
let later;

/** @param {Element} booth @param {DOMRect} view */
function isSeen(booth, view) {
  const box = booth.getBoundingClientRect();
  return box.right > view.left && box.left < view.right && box.bottom > view.top && box.top < view.bottom;
}

/**
 * Fit what stands on the booths to the size that the plan has on the screen now: at once on those that can be seen, on
 * the others as soon as the browser has nothing else to do. @param {Element} frame
 */
export function fitNames(frame) {
  stopFitting();
  const plan = frame.querySelector("svg.plan");
  if (!(plan instanceof SVGSVGElement)) return;
  const scale = plan.getScreenCTM()?.a ?? 0;
  if (!(scale > 0)) return;
  const view = frame.getBoundingClientRect();
  const stale = [...plan.querySelectorAll("[data-testid=booth]")].filter((booth) => fittedFor.get(booth) !== scale);
  const seen = stale.filter((booth) => isSeen(booth, view));
  for (const booth of seen) fitBooth(booth, scale);
  plan.classList.add("fitted");
  const unseen = new Set(stale);
  for (const booth of seen) unseen.delete(booth);
  if (unseen.size > 0) fitLater([...unseen], scale);
}

/** Leave those that cannot be seen as they are, because the plan moves again. */
export function stopFitting() {
  window.clearTimeout(later);
}

/** @param {Element[]} booths @param {number} scale */
function fitLater(booths, scale) {
  later = window.setTimeout(() => {
    for (const booth of booths.splice(0, AT_ONCE)) fitBooth(booth, scale);
    if (booths.length > 0) fitLater(booths, scale);
  }, LATER_MS);
}

/** @param {Element} booth @param {number} scale */
function fitBooth(booth, scale) {
  if (!(booth instanceof SVGElement)) return;
  fittedFor.set(booth, scale);
  const box = booth.querySelector("rect");
  if (box === null) return;
  const [wide, deep] = [box.width.baseVal.value, box.height.baseVal.value];
  const readable = wide * scale >= NAME_PX[0] && deep * scale >= NAME_PX[1];
  const code = Math.min(CODE_PX[1], Math.max(CODE_PX[0], CODE_M * scale)) / scale;
  const known = booth.dataset.code ?? "";
  const hasCode = readable || width(known) * CODE_WEIGHT * code + 2 * PAD < wide;
  booth.classList.toggle("codeless", !hasCode);
  booth.classList.toggle("nameless", !readable);
  booth.style.setProperty("--code-size", `${code}px`);
  for (const text of booth.querySelectorAll("text.code, text.letter")) text.setAttribute("y", String(code));
  shrinkMarks(booth, hasCode ? code : Math.min(wide, deep), wide - (hasCode ? width(known) * CODE_WEIGHT * code + 2 * PAD : 0));
  if (booth.dataset.name && readable) fit(booth, booth.dataset.name, scale, code, wide, deep);
  fitParts(booth, scale, hasCode ? code * 1.22 : 0);
}

/** Marks of states are as high as the code, and stand beside it if they fit. @param {Element} booth @param {number} code @param {number} room */
function shrinkMarks(booth, code, room) {
  const marks = [...booth.querySelectorAll("use")];
  const size = Math.min(1, code / MARK_M);
  booth.classList.toggle("markless", marks.length > 1 && marks.length * MARK_M * size > room);
  const edge = Number(marks[0]?.getAttribute("x") ?? 0);
  marks.forEach((mark, place) => {
    const moved = `translate(${edge - place * MARK_M * size} 0) scale(${size})`;
    mark.setAttribute("transform", `${moved} translate(-${mark.getAttribute("x") ?? "0"} 0)`);
  });
}

/** Those who have the booth on different days share what is left under its code. @param {SVGElement} booth @param {number} scale @param {number} top */
function fitParts(booth, scale, top) {
  const [outline, ...tiles] = booth.querySelectorAll("rect");
  if (outline === undefined || tiles.length === 0) return;
  const wide = outline.width.baseVal.value - 2 * PAD;
  const deep = (outline.height.baseVal.value - top - PAD) / tiles.length;
  tiles.forEach((tile, place) => {
    const part = tile.parentElement;
    if (!(part instanceof SVGElement)) return;
    part.setAttribute("transform", `translate(${PAD} ${top + place * deep})`);
    tile.setAttribute("height", String(deep - PAD));
    if (part.dataset.name) fit(part, part.dataset.name, scale, 0, wide, deep - PAD);
  });
}

/**
 * @param {SVGElement} booth @param {string} name @param {number} scale @param {number} code
 * @param {number} wide @param {number} deep
 */
function fit(booth, name, scale, code, wide, deep) {
  let text = booth.querySelector("text.n");
  if (text === null) {
    text = document.createElementNS(SVG, "text");
    text.setAttribute("class", "n");
    booth.append(text);
  }
  if (!(text instanceof SVGElement)) return;
  const top = code * 1.22;
  const { size, lines } = fitted(name, (wide - 2 * PAD) * scale - 2, (deep - top) * scale);
  const height = size / scale;
  text.style.fontSize = `${height}px`;
  while (text.children.length > lines.length) text.lastElementChild?.remove();
  lines.forEach((line, number) => {
    const span = text.children[number] ?? text.appendChild(document.createElementNS(SVG, "tspan"));
    span.setAttribute("x", String(PAD + 0.04));
    span.setAttribute("y", String(top + height * (0.82 + number * LEADING)));
    span.removeAttribute("textLength");
    if (span.textContent !== line) span.textContent = line;
  });
}
