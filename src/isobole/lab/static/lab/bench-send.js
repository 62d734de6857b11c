// Sends what waits, oldest first, again and again until the server has it. A row is
// known by device and number, so that sending it twice stores it once.

const WAITS_MS = [1000, 2000, 4000, 8000, 15_000];
const PATIENCE_MS = 15_000;

export class Trouble extends Error {
  constructor(kind, message, status = 0, body = null) {
    super(message);
    Object.assign(this, { kind, status, body });
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

const KINDS = { 401: "login", 403: "role", 409: "other", 423: "locked", 429: "busy" };

export async function call(url, { method = "GET", body, form, background } = {}) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), PATIENCE_MS);
  const headers = { Accept: "application/json" };
  if (background) headers["X-Background"] = "1";
  if (method !== "GET") headers["X-CSRFToken"] = cookie("csrftoken");
  if (body) headers["Content-Type"] = "application/json";
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body ? JSON.stringify(body) : form,
      signal: given.signal,
      cache: "no-store",
      redirect: "error",
    });
    answer = await response.json().catch(() => null);
  } catch {
    throw new Trouble(navigator.onLine ? "away" : "offline", "no answer");
  } finally {
    clearTimeout(timer);
  }
  if (response.ok && answer !== null) return answer;
  const kind = KINDS[response.status] ?? (response.status >= 500 || response.ok ? "away" : "invalid");
  throw new Trouble(kind, answer?.message ?? `the server said ${response.status}`, response.status, answer);
}

export class Sender {
  constructor(queue, config, { stored, refused, changed }) {
    Object.assign(this, { queue, config, stored, refused, changed });
    this.trouble = null;
    this.failures = 0;
    this.sent = 0; // how often something was stored: an older poll is then out of date
    this.timer = null;
    this.sending = false;
    this.most = 100;
    this.barred = new Map(); // studies whose rows were not let in, in this round
    window.addEventListener("online", () => this.now());
  }

  now() {
    clearTimeout(this.timer);
    this.timer = null;
    this.failures = 0;
    return this.pump();
  }

  // For a change that has come: send unless a retry is due anyway.
  poke() {
    if (this.timer === null) this.pump();
  }

  async pump() {
    if (this.sending) return;
    this.sending = true;
    this.barred.clear();
    try {
      for (;;) {
        const rows = this.queue.batch(this.config.user, this.most, this.barred);
        if (!rows.length) {
          this.most = 100;
          break;
        }
        if (!(await this.#post(rows))) continue;
        this.trouble = null;
        this.failures = 0;
        this.changed();
      }
      // They wait, and keep those of no other study waiting.
      for (const trouble of this.barred.values()) throw trouble;
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      this.#later(trouble);
    } finally {
      this.sending = false;
      this.changed();
    }
  }

  // False if this person may not write into the study of these rows.
  async #post(rows) {
    let answer;
    try {
      answer = await call(this.config.urls.events.replace(encodeURIComponent(this.config.study), encodeURIComponent(rows[0].study)), {
        method: "POST",
        body: {
          device: rows[0].device,
          actor: this.config.user,
          rows: rows.map(({ id, device_seq, action, obj, data, supersedes, reason }) => ({
            id, device_seq, action, obj, data, supersedes, reason,
          })),
        },
      });
    } catch (trouble) {
      // Who has no role in a study is told that there is none.
      if (trouble.kind === "role" || trouble.status === 404) {
        trouble.kind = "role";
        trouble.study = rows[0].study;
        this.barred.set(trouble.study, trouble);
        return false;
      }
      if (trouble.kind !== "invalid") throw trouble;
      if (rows.length > 1) {
        this.most = 1; // one of them cannot be read: find it, and let the others pass
        return true;
      }
      await this.refused(rows[0], trouble.body?.problems?.length ? trouble.body.problems : [{ message: trouble.message, remedy: trouble.body?.remedy }]);
      return true;
    }
    this.sent += 1;
    const fine = rows.filter((_, index) => answer.rows[index].state !== "refused");
    for (const row of fine) this.stored(row);
    await this.queue.remove(fine);
    for (const [index, row] of rows.entries()) {
      if (answer.rows[index].state === "refused") await this.refused(row, answer.rows[index].problems);
    }
    return true;
  }

  #later(trouble) {
    this.trouble = trouble;
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.pump();
    }, trouble.kind === "busy" ? 20_000 : wait);
  }
}
