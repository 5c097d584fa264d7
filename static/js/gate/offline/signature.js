/** Ed25519 signatures: by the browser's own WebCrypto, or by noble where the browser lacks it. */

import { verifyAsync } from "/static/vendor/ed25519-3.2.0/index.js";

/** @typedef {(key: string, signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => Promise<boolean>} Verify */

/** @param {string} hex */
export function fromHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** The browser's own check; throws NotSupportedError where it has none. @type {Verify} */
export async function verifyByBrowser(key, signature, message) {
  const imported = await crypto.subtle.importKey("raw", fromHex(key), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, signature, message);
}

/** In JavaScript, as strict as the server: not the laxer ZIP 215. @type {Verify} */
export async function verifyByNoble(key, signature, message) {
  try {
    return await verifyAsync(signature, message, fromHex(key), { zip215: false });
  } catch {
    return false;
  }
}

/** Whether the signature over the message is of this public key (hex). @type {Verify} */
export async function verify(key, signature, message) {
  try {
    return await verifyByBrowser(key, signature, message);
  } catch {
    return verifyByNoble(key, signature, message);
  }
}
