// Entries: what a press becomes in the record. A stroke is {at, second}: the moment of
// the first key (or touch), from which time counts, and the delay of the second one.
import { newId } from "./bench-queue.js";
import { elapsed, endOf, isRunning, openSpan, scoreOf } from "./bench-state.js";

export const AT_ONCE_MS = 10_000;

export class Entry {
  constructor(model, clock, config, place, commit, say) {
    Object.assign(this, { model, clock, config, place, commit, say });
  }

  #row(action, tile, data, at, more = {}) {
    const row = {
      id: newId(),
      user: this.config.user,
      study: this.config.study,
      run: this.config.run,
      action,
      obj: tile.animal,
      data,
      supersedes: null,
      reason: null,
      ...more,
    };
    this.commit(row, at);
    return row;
  }

  #observe(tile, type, stroke, more = {}) {
    // The start may be another device's, whose clock is a little ahead: nothing seen is
    // thrown away for that. It is kept at 0, with how much it was early.
    const since = Math.round(elapsed(tile, stroke.at));
    const t_ms = Math.max(0, since);
    if (since < 0) more.early_ms = -since;
    const data = {
      animal_id: tile.animal,
      t_ms,
      type,
      observer: this.config.user,
      t0: tile.t0.wall,
      place: this.place,
      ...this.clock.stamp(stroke.at),
      ...more,
    };
    if (stroke.second !== undefined) data.second_ms = Math.round(stroke.second);
    return this.#row("observe", tile, data, stroke.at);
  }

  // Whether something can be entered now; says why not.
  open(tile, at) {
    if (this.model.locked) return this.#no(tile, "The analysis is locked");
    if (tile.complete) return this.#no(tile, "You signed that scoring is complete");
    if (!tile.t0) return this.#no(tile, `Press “${this.model.needs.challenge.label}” first`);
    const end = endOf(tile);
    if (end) return this.#no(tile, "The observation has ended");
    if (elapsed(tile, at) > this.model.needs.window_ms) return this.#no(tile, "The window is over");
    return true;
  }

  #no(tile, why) {
    this.say(tile, why, "wrong");
    return false;
  }

  start(tile, stroke) {
    if (this.model.locked || tile.complete) return this.open(tile, stroke.at);
    if (tile.t0) return this.#no(tile, "It has begun already");
    const data = {
      animal_id: tile.animal,
      wall: this.clock.wall(stroke.at),
      place: this.place,
      ...this.clock.stamp(stroke.at),
    };
    if (!this.model.placed) data.chamber = tile.chamber;
    if (stroke.second !== undefined) data.second_ms = Math.round(stroke.second);
    this.#row("t0", tile, data, stroke.at);
    this.say(tile, this.model.needs.challenge.label);
    return true;
  }

  score(tile, code, stroke) {
    if (!this.open(tile, stroke.at)) return;
    if (scoreOf(tile)?.data.score === code) {
      this.say(tile, `${code} already`, "same");
      return;
    }
    this.#observe(tile, "score_change", stroke, { score: code });
    this.say(tile, `Score ${code}`);
  }

  point(tile, type, stroke, label, detail) {
    if (type !== "death" && !this.open(tile, stroke.at)) return;
    if (type === "death" && (!tile.t0 || tile.complete || this.model.locked)) {
      this.open(tile, stroke.at);
      return;
    }
    this.#observe(tile, type, stroke, detail ? { detail } : {});
    this.say(tile, label);
  }

  // The two edges of a seizure that lasts.
  span(tile, kind, edge, stroke) {
    const open = openSpan(tile, kind);
    if (edge === "start" && open) return;
    if (edge === "stop" && !open) return;
    if (edge === "start" && !this.open(tile, stroke.at)) return;
    if (edge === "stop" && (!tile.t0 || tile.complete)) return;
    this.#observe(tile, edge === "start" ? kind.start : kind.stop, stroke);
    this.say(tile, `${kind.label} ${edge === "start" ? "begins" : "ends"}`);
  }

  isOpen(tile, kind) {
    return openSpan(tile, kind) !== null && isRunning(tile);
  }

  note(tile, text) {
    const said = text.trim().slice(0, 1000);
    if (!said || !tile.t0 || tile.complete) return;
    this.#observe(tile, "note", { at: performance.now() }, { detail: said });
    this.say(tile, "Note kept");
  }

  end(tile, detail, stroke) {
    if (!this.open(tile, stroke.at)) return;
    if (detail === "death") this.point(tile, "death", stroke, "Death");
    else {
      this.#observe(tile, "end", stroke, { detail });
      this.say(tile, `Ended: ${detail.replace("_", " ")}`);
    }
  }

  // The window is over: the observation ends there, whenever that is noticed.
  windowDone(tile) {
    const window = this.model.needs.window_ms;
    const late = Math.round(elapsed(tile) - window);
    const more = { detail: "window_done", t_ms: window };
    if (late > 2000) more.late_ms = late;
    this.#observe(tile, "end", { at: performance.now() }, more);
    this.say(tile, "Window over");
  }

  scan(asked) {
    const at = performance.now();
    for (const tile of this.model.tiles.values()) {
      if (!isRunning(tile) || tile.complete) continue;
      const more = { detail: "all tiles right", asked_ms: Math.max(0, Math.round(at - asked)) };
      this.#observe(tile, "scan", { at }, more);
    }
  }

  // What undo would take back in a tile: the last entry of this observer, or the start.
  undoable(tile) {
    if (!tile.t0 || this.model.locked) return null;
    const rows = [...tile.rows.values()].filter(
      (row) => row.data.type !== "scan" && row.data.detail !== "window_done",
    );
    const last = rows.at(-1);
    if (last) return { about: "observe", id: last.id, at: last.at, data: last.data };
    if (tile.rows.size || tile.t0.by !== this.config.user || tile.complete) return null;
    return { about: "t0", id: tile.t0.row, at: tile.t0.here ? tile.t0.at : null, data: { type: "t0" } };
  }

  isAtOnce(entry) {
    return entry.at !== null && performance.now() - entry.at <= AT_ONCE_MS;
  }

  takeBack(tile, entry, reason) {
    this.#row("amend", tile, { void: 1 }, performance.now(), {
      supersedes: entry.id,
      reason,
      about: entry.about,
    });
    this.say(tile, "Taken back");
  }

  // Dosed again: t0 is now, and what was seen before it does not count.
  again(tile, reason) {
    if (!tile.t0 || tile.t0.by !== this.config.user) return;
    const at = performance.now();
    const data = {
      animal_id: tile.animal,
      wall: this.clock.wall(at),
      place: this.place,
      ...this.clock.stamp(at),
    };
    if (!this.model.placed) data.chamber = tile.chamber;
    const before = [...tile.rows.values()];
    this.#row("amend", tile, data, at, { supersedes: tile.t0.row, reason, about: "t0" });
    this.withdraw(tile, before, reason);
    this.say(tile, "Dosed again: the clock begins anew");
  }

  withdraw(tile, rows, reason) {
    for (const row of rows) {
      this.#row("amend", tile, { void: 1 }, performance.now(), {
        supersedes: row.id,
        reason,
        about: "observe",
      });
    }
  }

  // A refused entry whose t0 was not the one that holds: the same moment, counted anew.
  rebase(row, tile) {
    const was = Date.parse(row.data.t0) + row.data.t_ms;
    const t_ms = Math.round(was - Date.parse(tile.t0.wall));
    if (t_ms < 0) return null;
    return this.#row("observe", tile, { ...row.data, t_ms, t0: tile.t0.wall }, tile.t0.at + t_ms);
  }

  // An entry that was given up: said in the record, where one can still write.
  discarded(row) {
    const tile = this.model.tiles.get(row.obj);
    const closed = ["scoring-complete", "analysis-locked", "unknown-animal"].includes(row.problems?.[0]?.code);
    if (!tile?.t0 || tile.complete || this.model.locked || closed) return;
    const why = row.problems?.[0]?.message ?? "refused";
    const what = [row.data.type ?? row.action, row.data.score ?? row.data.detail].filter(Boolean).join(" ");
    this.#observe(tile, "note", { at: performance.now() }, { detail: `Not stored: ${what} at ${row.data.t_ms ?? "?"} ms (${why})`.slice(0, 1000) });
  }
}
