// Time at the bench.
//
// While the page is open, all times are differences of performance.now(), which no
// change of the device's clock touches. It starts anew with a reload and may stand still
// while the device sleeps, so that the server's clock bridges both: `base` is the
// server's time minus performance.now(), asked for by five pings at the start and every
// minute. After a reload, an animal's clock is rebuilt from the wall time of its t0 row
// (which is server time) and `base`.

const PINGS = 5;
const SLOW_MS = 2000; // an answer that slow says nothing of the clock
const DRIFT_MS = 100;
const SLEPT_MS = 1000;
const KEPT = "isobole-offset";

export class Clock {
  constructor() {
    this.begun = performance.now();
    this.base = Date.now() - performance.now() + Number(localStorage.getItem(KEPT) ?? 0);
    this.first = null; // the base of the first answer in this session of the page
    this.drift = 0;
    this.onJump = () => {};
  }

  get synced() {
    return this.first !== null;
  }

  get drifted() {
    return Math.abs(this.drift) > DRIFT_MS;
  }

  // The server's time, in ms since 1970, at a moment of performance.now().
  server(at = performance.now()) {
    return at + this.base;
  }

  // The moment of performance.now() at which it was this time on the server.
  moment(wall) {
    return Date.parse(wall) - this.base;
  }

  wall(at) {
    return new Date(Math.round(this.server(at))).toISOString();
  }

  // ms since this session of the page began.
  mono(at) {
    return Math.max(0, Math.round(at - this.begun));
  }

  // Server minus this device's wall clock: what the device's clock is wrong by.
  offset() {
    return Math.round(this.server() - Date.now());
  }

  // Keys that every row carries beside its own time.
  stamp(at) {
    const keys = {
      mono_ms: this.mono(at),
      wall_ms: Math.round(Date.now() - (performance.now() - at)),
      offset_ms: this.offset(),
    };
    if (this.drifted) keys.drift_ms = this.drift;
    if (!this.synced) keys.unsynced = 1;
    return keys;
  }

  async sync(ask) {
    let best = null;
    for (let ping = 0; ping < PINGS; ping += 1) {
      const before = performance.now();
      const server = await ask();
      const after = performance.now();
      if (best === null || after - before < best.took) {
        best = { took: after - before, base: server - (before + after) / 2 };
      }
    }
    if (best.took > SLOW_MS) return;
    const moved = best.base - this.base;
    const fresh = !this.synced;
    const slept = !fresh && Math.abs(moved) > Math.max(SLEPT_MS, 2 * best.took);
    this.base = best.base;
    if (fresh || slept) this.first = best.base;
    this.drift = Math.round(this.base - this.first);
    localStorage.setItem(KEPT, String(this.offset()));
    if (fresh || slept) this.onJump({ moved: Math.round(moved), slept });
  }
}

export function span(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const rest = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes).padStart(2, "0")}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

export function timeOfDay(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}
