/**
 * Keyboard commands on the plan, while it has the focus. The page's help lists the same keys.
 *
 * @typedef {import("./commands.js").Commands} Commands
 * @typedef {import("./canvas.js").Canvas} Canvas
 * @typedef {import("./pointer.js").Pointer} Pointer
 * @typedef {import("./block_tool.js").BlockTool} BlockTool
 */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});
const FAR_M = 1;

/**
 * @param {Canvas} canvas
 * @param {Commands} commands
 * @param {Pointer} pointer
 * @param {BlockTool} block
 * @param {{add: (kind: string) => void, edit: () => void, draw: () => void, number: () => void, measure: () => void, help: () => void, save: () => void}} page
 */
export function listen(canvas, commands, pointer, block, page) {
  const { history } = commands;

  /** @type {Record<string, () => void>} */
  const plain = {
    "+": () => canvas.zoom(1.4),
    "=": () => canvas.zoom(1.4),
    "-": () => canvas.zoom(1 / 1.4),
    0: () => canvas.whole(),
    r: () => commands.rotate(90),
    R: () => commands.rotate(-90),
    q: () => commands.rotate(-15),
    e: () => commands.rotate(15),
    b: () => page.add("booth"),
    g: page.draw,
    n: page.number,
    d: () => commands.duplicate(),
    m: page.measure,
    "?": page.help,
    Delete: () => commands.remove(),
    Backspace: () => commands.remove(),
    Enter: page.edit,
    Escape: () => (pointer.busy ? pointer.cancel() : commands.choose([])),
  };
  /** With Shift what is chosen stays chosen. @type {Record<string, 1 | -1>} */
  const pages = { PageDown: 1, PageUp: -1 };
  /** While rows are drawn, these keys are about them. @type {Record<string, () => void>} */
  const drawing = { Enter: () => block.place(), Escape: () => block.close() };
  /** @type {Record<string, () => void>} */
  const withControl = {
    z: () => history.undo(),
    Z: () => history.redo(),
    y: () => history.redo(),
    a: () => commands.selectAll(),
    d: () => commands.duplicate(),
    s: page.save,
  };

  canvas.root.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const control = event.ctrlKey || event.metaKey;
    if (arrow && !control) {
      const step = event.shiftKey ? FAR_M : commands.step;
      if (block.open && event.altKey) block.grow(...arrow);
      else if (block.open) block.move(arrow[0] * step, arrow[1] * step);
      else if (event.altKey) commands.resize(arrow[0] * step, arrow[1] * step);
      else commands.move(arrow[0] * step, arrow[1] * step);
    } else if (event.key in pages && !control) {
      commands.next(pages[event.key], event.shiftKey);
    } else {
      const own = (block.open && drawing[event.key]) || plain[event.key];
      const act = control ? withControl[event.key] : event.altKey ? undefined : own;
      if (act === undefined) return;
      act();
    }
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    const control = event.ctrlKey || event.metaKey;
    if (event.target === canvas.root || !control || (typing && event.key !== "s")) return;
    const act = { z: withControl.z, Z: withControl.Z, y: withControl.y, s: withControl.s }[event.key];
    if (act === undefined) return;
    act();
    event.preventDefault();
  });
}
