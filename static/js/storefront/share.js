/**
 * Sharing with what the device has: its own menu, or the address onto the clipboard. Without either, or without this
 * script, the links lead to WhatsApp.
 */

/**
 * Share or copy the address; the device may refuse both.
 * @param {string} title @param {string} url @returns {Promise<"shared" | "copied" | "neither">}
 */
export async function share(title, url) {
  if (typeof navigator.share === "function") {
    try {
      await navigator.share({ title, url });
      return "shared";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return "shared"; // the person changed their mind
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch {
    return "neither";
  }
}

/** Say on the button for a moment that the address was copied. @param {HTMLElement} button */
export function sayCopied(button) {
  const words = button.textContent ?? "";
  button.setAttribute("role", "status");
  button.textContent = button.dataset.copied ?? words;
  window.setTimeout(() => {
    button.textContent = words;
    button.setAttribute("role", "button");
  }, 2500);
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-share]") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  void share(link.dataset.title ?? document.title, link.dataset.share ?? location.href).then((done) => {
    if (done === "copied") sayCopied(link);
    if (done === "neither") location.href = link.href;
  });
});
