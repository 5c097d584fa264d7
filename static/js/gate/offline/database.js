/** The device's store on disk: the bundle, the passes it names, decisions not yet sent, and own movements. */

const NAME = "gate";
const VERSION = 2;
const STORES = ["facts", "passes", "queue", "movements"];

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** Make the stores of the bundle anew; the next bundle fills them. @param {IDBDatabase} database */
function makeBundle(database) {
  for (const name of ["facts", "passes"]) {
    if (database.objectStoreNames.contains(name)) database.deleteObjectStore(name);
  }
  database.createObjectStore("facts");
  database.createObjectStore("passes", { keyPath: "id" }).createIndex("code", "code_digest");
}

/** Make what the version that the device has lacks; decisions that were not sent yet stay. @param {IDBDatabase} database @param {number} version 0: none */
function make(database, version) {
  makeBundle(database);
  if (version > 0) return;
  const queue = database.createObjectStore("queue", { keyPath: "sequence", autoIncrement: true });
  queue.createIndex("nonce", "scan.nonce", { unique: true });
  const movements = database.createObjectStore("movements", { keyPath: "nonce" });
  movements.createIndex("pass", "pass");
  movements.createIndex("open", "open");
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = (event) => make(request.result, event.oldVersion);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => (opened = null));
  return opened;
}

/**
 * The result of a request.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Do all of `work` or nothing; its changes are on the disk when this returns.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: (name: string) => IDBObjectStore) => Promise<T>} work awaits nothing but requests of the stores
 * @returns {Promise<T>}
 */
export async function transaction(mode, work) {
  const database = await open();
  const running = database.transaction(STORES, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    running.oncomplete = resolve;
    running.onabort = () => reject(running.error);
  });
  done.catch(() => {});
  try {
    const value = await work((name) => running.objectStore(name));
    await done;
    return value;
  } catch (error) {
    if (running.error === null) running.abort();
    throw error;
  }
}
