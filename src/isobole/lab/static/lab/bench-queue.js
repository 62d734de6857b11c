// What was entered and is not yet on the server. Every entry is written to IndexedDB
// before it is sent, so that neither a reload nor a dead network loses one. Device name
// and count live in the same database: whoever clears one clears the other, and a number
// is never used twice for one device.

const DATABASE = "isobole-bench";

function done(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // secure contexts only
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      const base = request.result;
      base.createObjectStore("meta");
      base.createObjectStore("rows", { keyPath: "id" });
      base.createObjectStore("discarded", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Queue {
  constructor() {
    this.rows = new Map(); // all that waits or was refused, of every user, by id
    this.base = null;
    this.device = `bench-${newId().slice(0, 13)}`;
    this.count = 0; // used only where nothing can be kept
    this.fault = "";
    this.writing = 0; // entries on their way to this device's disk: some ms
  }

  static async open() {
    const queue = new Queue();
    try {
      queue.base = await open();
      const change = queue.base.transaction(["meta", "rows"], "readwrite");
      const meta = change.objectStore("meta");
      const known = await answer(meta.get("device"));
      if (known) queue.device = known;
      else meta.put(queue.device, "device");
      for (const row of await answer(change.objectStore("rows").getAll())) {
        queue.rows.set(row.id, row);
      }
      await done(change);
      navigator.storage?.persist?.();
    } catch (error) {
      queue.base = null;
      queue.fault = `This browser keeps nothing (${error?.name ?? "no storage"}): a reload loses what is not saved.`;
    }
    return queue;
  }

  // Gives the row its number and keeps it; resolves when it is on this device's disk.
  async add(row) {
    this.writing += 1;
    try {
      await this.#add(row);
    } finally {
      this.writing -= 1;
    }
  }

  async #add(row) {
    row.state = "waiting";
    row.device = this.device;
    this.rows.set(row.id, row);
    if (this.base) {
      try {
        const change = this.base.transaction(["meta", "rows"], "readwrite", { durability: "strict" });
        const meta = change.objectStore("meta");
        const last = meta.get("seq");
        last.onsuccess = () => {
          const number = (last.result ?? 0) + 1;
          meta.put(number, "seq");
          row.device_seq = number;
          change.objectStore("rows").put(row);
        };
        await done(change);
        return;
      } catch (error) {
        this.fault = `This device could not keep an entry (${error?.name ?? "storage"}): do not close the page until all is saved.`;
      }
    }
    // Another name: the numbers of the first one go on where storage works again.
    this.spare ??= `bench-${newId().slice(0, 13)}`;
    row.device = this.base ? this.spare : this.device;
    this.count += 1;
    row.device_seq = this.count;
  }

  async #change(store, action) {
    if (!this.base) return;
    try {
      const change = this.base.transaction(store, "readwrite");
      action(change);
      await done(change);
    } catch {
      // It is sent again after a reload, and the server knows it by its number.
    }
  }

  async remove(rows) {
    for (const row of rows) this.rows.delete(row.id);
    await this.#change(["rows"], (change) => {
      for (const row of rows) change.objectStore("rows").delete(row.id);
    });
  }

  async keep(row) {
    await this.#change(["rows"], (change) => change.objectStore("rows").put(row));
  }

  async refuse(row, problems) {
    row.state = "refused";
    row.problems = problems;
    await this.keep(row);
  }

  async again(row) {
    row.state = "waiting";
    row.problems = [];
    await this.keep(row);
  }

  // Out of the queue, but kept on this device with what the server said of it.
  async discard(row, why) {
    this.rows.delete(row.id);
    await this.#change(["rows", "discarded"], (change) => {
      change.objectStore("rows").delete(row.id);
      change.objectStore("discarded").put({ ...row, why, discarded_ms: Date.now() });
    });
  }

  of(user) {
    return [...this.rows.values()]
      .filter((row) => row.user === user)
      .sort((a, b) => (a.device_seq ?? Infinity) - (b.device_seq ?? Infinity));
  }

  // The next rows to send: of one person, one study and one device, in their order.
  batch(user, most = 100, barred = new Map()) {
    const waiting = this.of(user).filter((row) => row.state === "waiting" && row.device_seq && !barred.has(row.study));
    const first = waiting[0];
    if (!first) return [];
    return waiting
      .filter((row) => row.study === first.study && row.device === first.device)
      .slice(0, most);
  }
}
