// What time brings by itself: countdowns, the end of a window, the scan prompt, the beep
// of a window's last minute, and a screen that stays on while somebody is observed.
import { timeOfDay } from "./bench-clock.js";
import { beep, keepAwake } from "./bench-device.js";
import { isRunning } from "./bench-state.js";
import { el } from "./bench-tiles.js";

const SOON_MS = 60_000;

export class Watch {
  constructor(model, entry, tiles, notices) {
    Object.assign(this, { model, entry, tiles, notices });
    this.sound = false; // off until somebody at this device wants it
    this.asked = null; // since when the scan prompt stands
  }

  tick() {
    const at = performance.now();
    const { needs } = this.model;
    document.getElementById("now").textContent = timeOfDay(Date.now());
    let running = false;
    let first = Infinity;
    let looked = 0;
    for (const tile of this.model.tiles.values()) {
      if (!isRunning(tile) || tile.complete || this.model.locked) continue;
      running = true;
      const rest = needs.window_ms - (at - tile.t0.at);
      if (rest <= 0) {
        this.entry.windowDone(tile);
        continue;
      }
      if (rest <= SOON_MS && !tile.beeped) {
        tile.beeped = true;
        if (this.sound) beep();
      }
      first = Math.min(first, tile.t0.at);
      for (const row of tile.rows.values()) if (row.data.type === "scan") looked = Math.max(looked, tile.t0.at + row.data.t_ms);
    }
    keepAwake(running);
    this.#scan(running && needs.scan_ms && at - Math.max(first, looked) >= needs.scan_ms, at);
    this.tiles.tick(at);
  }

  #scan(due, at) {
    if (!due) {
      this.asked = null;
      this.notices.clear("scan");
    } else if (this.asked === null) {
      this.asked = at;
      this.notices.set("scan", "ask", el("span", {}, "Look at every chamber: are all tiles right? Correct first what is not."), el("button", { type: "button", onclick: () => this.confirm() }, "All tiles right ", el("kbd", {}, "enter")));
    }
  }

  // Answers the scan prompt; false if it does not stand.
  confirm() {
    if (this.asked === null) return false;
    const since = this.asked;
    this.asked = null;
    this.notices.clear("scan");
    this.entry.scan(since);
    return true;
  }
}
