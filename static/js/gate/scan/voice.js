/** The answer spoken by the browser's own voice, where it has one for the page's language; off until the steward wants it. */

import * as memory from "../memory.js";
import { part, settings } from "../page.js";

/** Some phones call Indonesian by its old code. @type {Record<string, string[]>} */
const LANGUAGES = { id: ["id", "in"], en: ["en"] };

const button = part("voice", HTMLButtonElement);
const speech = "speechSynthesis" in window ? window.speechSynthesis : null;

function ours() {
  const wanted = LANGUAGES[settings.locale] ?? [settings.locale];
  const found = speech?.getVoices().filter((voice) => wanted.includes(voice.lang.toLowerCase().split(/[-_]/)[0])) ?? [];
  return found.find((voice) => voice.localService) ?? found[0] ?? null; // a voice from the network is silent without it
}

function show() {
  button.hidden = ours() === null;
  button.setAttribute("aria-pressed", String(memory.voice()));
}

/** Say it, instead of what is being said. @param {string} text */
export function say(text) {
  const voice = memory.voice() ? ours() : null;
  if (speech === null || voice === null) return;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  speech.cancel();
  speech.speak(words);
}

/** The steward wants to hear answers, or not any more. */
export function toggle() {
  memory.rememberVoice(!memory.voice());
  show();
  if (memory.voice()) say(settings.texts.voice_on);
  else speech?.cancel();
}

speech?.addEventListener?.("voiceschanged", show); // browsers find their voices late
show();
