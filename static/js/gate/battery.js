/** The phone's battery, where the browser tells it. */

/** @typedef {{level: number, charging: boolean}} Battery */

/** @returns {Promise<{battery?: string, charging?: string}>} percent, and whether it is charged, for a call's query */
export async function battery() {
  const phone = /** @type {Navigator & {getBattery?: () => Promise<Battery>}} */ (navigator);
  const found = await phone.getBattery?.().catch(() => undefined);
  if (found === undefined || !Number.isFinite(found.level)) return {};
  return { battery: String(Math.round(found.level * 100)), charging: String(found.charging) };
}
