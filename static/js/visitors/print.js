/** Shows the print button where there is a script to make it work. */

for (const button of document.querySelectorAll("button[data-print]")) {
  if (button instanceof HTMLButtonElement) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
