/**
 * Sends a form so that nothing is lost when the network drops: the page stays as it is and says so. What the server
 * answers is shown in the place of the page. Without this module the browser sends the form by itself.
 */

/** @type {Map<string, FileList>} by the id of the field */
const chosen = new Map();

/** @param {HTMLFormElement} form */
function rememberFiles(form) {
  chosen.clear();
  for (const input of form.querySelectorAll("input[type=file]")) {
    if (input instanceof HTMLInputElement && input.files?.length) {
      chosen.set(input.id, input.files);
    }
  }
}

/**
 * Shows the form that the server sent back, with the files that were chosen, because a page cannot hold them.
 * @param {string} text
 */
function showAnswer(text) {
  const answer = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  document.querySelector("main")?.replaceWith(answer ?? "");
  for (const [id, files] of chosen) {
    const input = document.getElementById(id);
    if (input instanceof HTMLInputElement) {
      input.files = files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  document.querySelector("[aria-invalid=true], h1")?.scrollIntoView({ block: "center" });
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const notSent = form.querySelector("[data-not-sent]");
  const button = form.querySelector("[type=submit]");
  button?.setAttribute("aria-busy", "true");
  try {
    rememberFiles(form);
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      location.assign(form.dataset.then ?? location.href);
    } else {
      showAnswer(await answer.text());
    }
  } catch {
    notSent?.removeAttribute("hidden");
    notSent?.scrollIntoView({ block: "center" });
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  if (event.target instanceof HTMLFormElement && event.target.matches("[data-kept-when-offline]")) {
    event.preventDefault();
    if (!event.target.querySelector("[aria-busy=true]")) {
      event.target.querySelector("[data-not-sent]")?.setAttribute("hidden", "");
      void send(event.target);
    }
  }
});
