/** The scanner's page: enrolment, then scan after scan. */

import * as dialog from "./dialog.js";
import * as liveCount from "./live_count.js";
import * as memory from "./memory.js";
import * as status from "./offline/status.js";
import * as sync from "./offline/sync.js";
import { part, settings } from "./page.js";
import { Camera } from "./scan/camera.js";
import * as cameraControls from "./scan/camera_controls.js";
import { decide } from "./scan/decision.js";
import * as keyboardScanner from "./scan/keyboard_scanner.js";
import * as protocol from "./scan/protocol.js";
import { unlock } from "./scan/sound.js";
import * as verdict from "./scan/verdict.js";
import * as voice from "./scan/voice.js";
import { enrol, lastFault, newNonce, occupancy } from "./server.js";
import * as changeGate from "./steward/change_gate.js";
import * as correction from "./steward/correction.js";
import * as lostPhone from "./steward/lost_phone.js";
import * as nearCodes from "./steward/near_codes.js";
import * as override from "./steward/override.js";
import * as undo from "./steward/undo.js";
import * as walkIn from "./steward/walk_in.js";
import { troubleText, troubleWord } from "./trouble.js";
import * as wakeLock from "./wake_lock.js";

/** @typedef {import("./server.js").Scan} Scan */
/** @typedef {import("./server.js").Count} Count */
/** @typedef {import("./scan/camera.js").CameraState} CameraState */

const COUNT_EVERY_MS = 10_000;
const LARGEST_PARTY = 10;
const UNAUTHORIZED = 401;
const TOO_MANY = 429;
const { texts } = settings;

const people = part("people", HTMLOutputElement);
const cameraMessage = part("camera-message", HTMLElement);

let enrolled = memory.device();
let direction = memory.direction();
/** How many people the next scan moves; 0: everybody who is left. */
let chosen = 0;
let sending = false;
/** The scan that got no answer. @type {Scan | null} */
let pending = null;
/** @type {CameraState} */
let cameraState = "starting";

const camera = new Camera(onText, showCamera, () => sending || verdict.isOpen() || dialog.isOpen());

/** @param {CameraState} state */
function showCamera(state) {
  cameraState = state;
  /** @type {Record<CameraState, string>} */
  const messages = {
    starting: texts.camera_starting,
    running: texts.ready,
    denied: texts.camera_denied,
    absent: texts.camera_absent,
    insecure: texts.camera_insecure,
    in_use: texts.camera_in_use,
    lost: texts.camera_lost,
    failed: texts.camera_failed,
  };
  cameraMessage.textContent = messages[state];
  part("camera-start", HTMLButtonElement).hidden = state === "running" || state === "starting";
  if (state === "running") void cameraControls.offer(camera);
  else cameraControls.hide();
}

/** @param {Count} count */
function showCount(count) {
  part("inside", HTMLElement).textContent = String(count.inside);
  part("capacity", HTMLElement).textContent = String(count.capacity);
  const meter = part("count-meter", HTMLMeterElement);
  meter.max = Math.max(count.capacity, 1);
  meter.value = count.inside;
  const box = part("count", HTMLElement);
  box.classList.remove("stale");
  box.title = "";
}

async function refreshCount() {
  if (enrolled === null || document.hidden) return;
  const outcome = await occupancy(enrolled.token);
  if (outcome.kind === "answer") {
    showCount(outcome.body);
    status.showAlone(false);
    if (status.unsentShown() > 0) void sync.turn();
  } else if (outcome.kind === "problem" && outcome.status === UNAUTHORIZED) withdraw();
  else {
    status.showAlone(true);
    const box = part("count", HTMLElement);
    box.classList.add("stale");
    box.title = texts.count_unknown;
  }
}

/** @param {number} number */
function choose(number) {
  chosen = Math.min(Math.max(number, 0), LARGEST_PARTY);
  people.textContent = chosen === 0 ? texts.everybody : String(chosen);
  people.classList.toggle("chosen", chosen > 0);
}

/** @param {memory.Direction} wanted */
function look(wanted) {
  direction = wanted;
  memory.rememberDirection(wanted);
  for (const one of /** @type {const} */ (["entry", "exit"])) {
    part(`direction-${one}`, HTMLButtonElement).setAttribute("aria-pressed", String(one === wanted));
  }
}

/** @param {memory.Hand} wanted */
function hold(wanted) {
  document.body.dataset.hand = wanted;
  memory.rememberHand(wanted);
}

/** A code arrived from the camera, a keyboard scanner or the keyboard. @param {string} text */
function onText(text, read = keyboardScanner.read) {
  if (enrolled === null || sending || verdict.shownCode() === "no_answer") return;
  const presented = read(text);
  if (presented === null) return;
  verdict.close();
  /** @type {Scan} */
  const scan = { nonce: newNonce(), direction, scanned_at: new Date().toISOString(), ...presented, ...protocol.seen(direction) };
  if (chosen > 0) scan.people = chosen;
  void dispatch(scan);
}

/** Let in the party of a pass that the steward has found or made. @param {string} text */
function letIn(text) {
  look("entry");
  choose(0);
  onText(text);
}

/** Have a scan decided and show the result; the same scan may be sent any number of times. @param {Scan} scan */
async function dispatch(scan) {
  if (enrolled === null) return;
  sending = true;
  undo.hideOnVerdict();
  override.hide();
  nearCodes.hide();
  cameraMessage.textContent = texts.sending;
  const outcome = await decide(enrolled.token, scan);
  sending = false;
  showCamera(cameraState);
  if (outcome.kind === "answer") showAnswer(scan, outcome.body);
  else if (outcome.kind === "nothing") {
    pending = scan;
    const reason = outcome.fault ? `${troubleText(outcome.fault, "")} ${texts.send_again}` : texts.no_answer;
    verdict.showTrouble("no_answer", reason, keyboardScanner.ready, troubleWord(outcome.fault));
  } else if (outcome.status === UNAUTHORIZED) withdraw();
  else if (outcome.status === TOO_MANY) {
    verdict.showTrouble("not_understood", troubleText(outcome, ""), keyboardScanner.ready, troubleWord(outcome));
  } else verdict.showTrouble("not_understood", texts.not_understood.replace("{detail}", outcome.detail), keyboardScanner.ready);
}

/** @param {Scan} scan @param {import("./server.js").Answer} answer */
function showAnswer(scan, answer) {
  showCount(answer.occupancy);
  if (verdict.toneOf(answer, scan) !== "look") {
    choose(0);
    protocol.reset();
  }
  if (answer.pass !== null && chosen === 0) people.textContent = verdict.countedText(answer);
  verdict.show(answer, scan, keyboardScanner.ready);
  nearCodes.offer(scan, answer);
  if (answer.rehearsal) return;
  undo.offer(scan, answer);
  override.offer(scan, answer);
}

function sendAgain() {
  const scan = pending;
  pending = null;
  verdict.close();
  if (scan !== null) void dispatch(scan);
}

function goOn() {
  if (verdict.shownCode() === "no_answer") sendAgain();
  else verdict.close();
}

/** The server no longer knows this device. */
function withdraw() {
  memory.forgetDevice();
  enrolled = null;
  camera.stop();
  wakeLock.release();
  liveCount.leave();
  verdict.close();
  void sync.stop();
  const fault = lastFault();
  showEnrolment(fault?.status === UNAUTHORIZED ? troubleText({ ...fault, detail: texts.withdrawn }, "") : texts.withdrawn);
}

/** @param {string} message */
function showEnrolment(message) {
  part("scanner", HTMLElement).hidden = true;
  part("wedge-strip", HTMLElement).hidden = true;
  part("enrolment", HTMLElement).hidden = false;
  part("enrolment-error", HTMLElement).textContent = message;
  const code = decodeURIComponent(location.hash.slice(1));
  const field = part("enrolment_code", HTMLInputElement);
  if (code) field.value = code;
  (field.value ? part("device_name", HTMLInputElement) : field).focus();
}

/** @param {memory.Enrolled} device */
function showScanner(device) {
  part("enrolment", HTMLElement).hidden = true;
  part("scanner", HTMLElement).hidden = false;
  part("wedge-strip", HTMLElement).hidden = false;
  part("gate-name", HTMLElement).textContent = device.gate.name;
  part("device-label", HTMLElement).textContent = device.device.name;
  look(direction);
  choose(0);
  keyboardScanner.ready();
  void camera.start();
  wakeLock.keep();
  void refreshCount();
  liveCount.follow(device.token, { withdrawn: withdraw, counted: showCount });
  void sync.start(device.token, { withdrawn: withdraw, counted: showCount });
}

/** @param {SubmitEvent} event */
async function onEnrol(event) {
  event.preventDefault();
  const code = part("enrolment_code", HTMLInputElement);
  const outcome = await enrol(code.value, part("device_name", HTMLInputElement).value);
  if (outcome.kind === "answer") {
    const { device_token: token, device, gate } = outcome.body;
    enrolled = { token, device, gate };
    memory.rememberDevice(enrolled);
    await sync.stop();
    void navigator.storage?.persist?.();
    history.replaceState(null, "", location.pathname + location.search);
    code.value = "";
    showScanner(enrolled);
  } else {
    part("enrolment-error", HTMLElement).textContent =
      outcome.kind === "problem" ? outcome.detail : troubleText(outcome.fault, texts.enrol_failed);
  }
}

/** @param {string} id @param {() => void} act */
function onTap(id, act) {
  part(id, HTMLButtonElement).addEventListener("click", (event) => {
    event.stopPropagation();
    act();
    keyboardScanner.ready();
  });
}

part("enrolment-form", HTMLFormElement).addEventListener("submit", (event) => void onEnrol(event));
part("typed", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("code", HTMLInputElement);
  const text = field.value;
  field.value = "";
  onText(text, keyboardScanner.readTyped);
  keyboardScanner.ready();
});
keyboardScanner.listen((text) => (text.trim() === "" ? goOn() : onText(text)));
onTap("direction-entry", () => look("entry"));
onTap("direction-exit", () => look("exit"));
onTap("people-less", () => choose(chosen - 1));
onTap("people-more", () => choose(chosen + 1));
for (const id of protocol.BUTTONS) onTap(id, () => protocol.toggle(id));
onTap("camera-start", () => void camera.start());
onTap("voice", voice.toggle);
onTap("hand", () => hold(memory.hand() === "right" ? "left" : "right"));
cameraControls.listen(camera, keyboardScanner.ready);
hold(memory.hand());
onTap("verdict-next", verdict.close);
onTap("verdict-again", sendAgain);
onTap("verdict-drop", () => {
  pending = null;
  verdict.close();
});
part("verdict", HTMLElement).addEventListener("click", goOn);
part("video", HTMLVideoElement).addEventListener("click", () => camera.forget());
const token = () => enrolled?.token ?? null;
for (const panel of [walkIn, lostPhone, nearCodes]) panel.start({ token, scan: letIn, closed: keyboardScanner.ready });
changeGate.start({
  token,
  here: () => enrolled?.gate.code ?? "",
  changed(gate) {
    if (enrolled === null) return;
    enrolled = { ...enrolled, gate };
    memory.rememberDevice(enrolled);
    part("gate-name", HTMLElement).textContent = gate.name;
  },
  closed: keyboardScanner.ready,
});
correction.start({ token, counted: showCount, closed: keyboardScanner.ready });
override.start({ token, decided: showAnswer, closed: keyboardScanner.ready });
undo.start({
  token,
  counted: showCount,
  closed() {
    verdict.close();
    keyboardScanner.ready();
  },
});
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, unlock, { passive: true });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") goOn();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) liveCount.leave();
  if (document.hidden || enrolled === null) return;
  liveCount.follow(enrolled.token, { withdrawn: withdraw, counted: showCount });
  keyboardScanner.ready();
  void refreshCount();
  if (!camera.running) void camera.start();
});
setInterval(() => void refreshCount(), COUNT_EVERY_MS);

navigator.serviceWorker?.register("/gate/sw.js", { scope: "/gate" }).catch(() => {}); // without a service worker it works online only
if (enrolled === null) showEnrolment("");
else showScanner(enrolled);
