/**
 * Makes a chosen photo small before it is sent, so that it fits slow mobile data and the server's limit, and shows it.
 * Without this module the photo is sent as it is.
 */

const LONGEST = 1600;
const QUALITY = 0.85;

/**
 * @param {File} file
 * @returns {Promise<File>} the photo as a JPEG at most LONGEST pixels long, or the file itself where that gains nothing
 */
async function smaller(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) {
    return file;
  }
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
}

/** @param {HTMLInputElement} input */
async function onChosen(input) {
  const preview = input.form?.querySelector("[data-preview]");
  const file = input.files?.[0];
  if (!(preview instanceof HTMLImageElement)) {
    return;
  }
  for (const other of input.form?.querySelectorAll("input[data-picture]") ?? []) {
    if (other instanceof HTMLInputElement && other !== input) {
      other.value = ""; // of two ways to a photo the last one counts
    }
  }
  preview.hidden = true;
  if (!file) {
    return;
  }
  try {
    const photo = await smaller(file);
    const transfer = new DataTransfer();
    transfer.items.add(photo);
    input.files = transfer.files;
    preview.src = URL.createObjectURL(photo);
    preview.hidden = false;
  } catch {
    // Not a picture this browser can read: the server says what is wrong with it.
  }
}

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-picture]")) {
    void onChosen(event.target);
  }
});
