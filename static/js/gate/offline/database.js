/** The device's store on disk: the bundle, the passes it names, decisions not yet sent, and own movements. */

const NAME = "gate";
const VERSION = 1;
const STORES = ["facts", "passes", "queue", "movements"];

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @param {IDBDatabase} database */
function make(database) {
  database.createObjectStore("facts");
  database.createObjectStore("passes", { keyPath: "id" }).createIndex("code", "code");
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
    request.onupgradeneeded = () => make(request.result);
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
