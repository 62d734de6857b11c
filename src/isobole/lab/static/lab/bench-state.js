// What the tiles show: the server's state, with what this device has not sent yet.
// Nothing is judged here; outcomes are reduced from the record on the server.

const QUIET = new Set(["scan", "note", "end"]);

export class Model {
  constructor(snapshot, clock, device) {
    this.clock = clock;
    this.device = device;
    this.needs = snapshot.needs;
    this.placed = snapshot.placed;
    this.tiles = new Map();
    for (const seat of snapshot.seats) {
      this.tiles.set(seat.animal_id, {
        animal: seat.animal_id,
        chamber: seat.chamber,
        order: seat.order,
        t0: null,
        ends: [],
        rows: new Map(),
        complete: false,
        excluded: false,
        elsewhere: 0,
        beeped: false,
      });
    }
    this.words = new Map((this.needs.scale?.levels ?? []).map((x) => [x.code, x.text]));
  }

  // Takes the server's whole state, then what waits in the queue on top of it.
  load(snapshot, waiting) {
    this.locked = snapshot.locked;
    for (const tile of this.tiles.values()) {
      tile.rows.clear();
    }
    for (const row of snapshot.rows) {
      const tile = this.tiles.get(row.data.animal_id);
      tile?.rows.set(row.id, { ...row, saved: true, at: null });
    }
    for (const [animal, fact] of Object.entries(snapshot.tiles)) {
      const tile = this.tiles.get(animal);
      if (tile) this.#facts(tile, fact);
    }
    for (const [animal, fact] of Object.entries(snapshot.tiles)) {
      const tile = this.tiles.get(animal);
      if (tile) this.setStart(tile, fact.t0);
    }
    for (const row of waiting) this.apply(row, null);
  }

  // What a reload without a network begins from; what waits is in the queue besides.
  snapshot() {
    const tiles = [...this.tiles.values()];
    return {
      needs: this.needs,
      placed: this.placed,
      locked: this.locked,
      seats: tiles.map((tile) => ({ animal_id: tile.animal, chamber: tile.chamber, order: tile.order })),
      rows: tiles.flatMap((tile) => [...tile.rows.values()].filter((row) => row.saved).map(({ id, device, data }) => ({ id, device, data }))),
      tiles: Object.fromEntries(
        tiles.map((tile) => [
          tile.animal,
          {
            t0: tile.t0?.saved ? { wall: tile.t0.wall, row: tile.t0.row, by: tile.t0.by, chamber: null } : null,
            ends: tile.ends,
            devices: { elsewhere: tile.elsewhere },
            complete: tile.complete,
            excluded: tile.excluded,
          },
        ]),
      ),
    };
  }

  #facts(tile, fact) {
    tile.ends = fact.ends.filter((end) => !end.mine);
    tile.complete = fact.complete;
    tile.excluded = fact.excluded;
    tile.elsewhere = Object.entries(fact.devices)
      .filter(([device]) => device !== this.device)
      .reduce((sum, [, count]) => sum + count, 0);
  }

  // What a poll says; true if another device of this observer sent more.
  facts(answer, busy) {
    let more = false;
    const changed = [];
    this.locked = answer.locked;
    for (const [animal, fact] of Object.entries(answer.tiles)) {
      const tile = this.tiles.get(animal);
      if (!tile) continue;
      const before = tile.elsewhere;
      this.#facts(tile, fact);
      more ||= tile.elsewhere !== before;
      if (busy(animal)) continue; // an own t0 is on its way
      if (fact.t0?.wall !== tile.t0?.wall) {
        changed.push({ tile, before: tile.t0, after: fact.t0 });
        this.setStart(tile, fact.t0);
      } else if (fact.t0) {
        Object.assign(tile.t0, { row: fact.t0.row, by: fact.t0.by, saved: true });
      }
    }
    return { more, changed };
  }

  setStart(tile, fact) {
    if (!fact) {
      tile.t0 = null;
      return;
    }
    const same = tile.t0?.wall === fact.wall;
    const at = same ? tile.t0.at : this.clock.moment(fact.wall);
    if (!same) tile.beeped = false;
    tile.t0 = { wall: fact.wall, row: fact.row, by: fact.by, at, saved: true, here: same && tile.t0.here };
    if (fact.chamber) this.place(tile, fact.chamber);
  }

  // The clocks are set anew by the server's time: after a reload without a network
  // (only what was not pressed in this session), or when the device slept (all).
  rebuild({ slept }) {
    for (const tile of this.tiles.values()) {
      if (tile.t0 && (slept || !tile.t0.here)) tile.t0.at = this.clock.moment(tile.t0.wall);
    }
  }

  place(tile, chamber) {
    if (tile.chamber === chamber) return;
    for (const other of this.tiles.values()) {
      if (other !== tile && other.chamber === chamber) other.chamber = tile.chamber;
    }
    tile.chamber = chamber;
  }

  // Takes a row of this device: `at` is the moment it was entered, null if long ago.
  apply(row, at) {
    const tile = this.tiles.get(row.obj);
    if (!tile) return;
    if (row.action === "t0" || row.about === "t0") {
      if ("void" in row.data) tile.t0 = null;
      else {
        tile.t0 = {
          wall: row.data.wall,
          row: row.id,
          by: row.user,
          at: at ?? this.clock.moment(row.data.wall),
          saved: false,
          here: at !== null,
        };
        tile.beeped = false;
        if (row.data.chamber) this.place(tile, row.data.chamber);
      }
      return;
    }
    if (row.action === "amend") {
      tile.rows.delete(row.supersedes);
      if (!("void" in row.data)) tile.rows.set(row.id, this.#held(row, at));
      return;
    }
    tile.rows.set(row.id, this.#held(row, at));
  }

  #held(row, at) {
    return { id: row.id, device: row.device ?? this.device, data: row.data, saved: false, at };
  }

  saved(row) {
    const tile = this.tiles.get(row.obj);
    if (!tile) return;
    const held = tile.rows.get(row.id);
    if (held) held.saved = true;
    if (tile.t0?.row === row.id) tile.t0.saved = true;
  }

  drop(row) {
    const tile = this.tiles.get(row.obj);
    tile?.rows.delete(row.id);
    if (tile?.t0?.row === row.id) tile.t0 = null;
  }
}

// In the order of their own times; of the same time, as they were entered.
export function course(tile) {
  return [...tile.rows.values()]
    .map((row, index) => ({ row, index }))
    .sort((a, b) => a.row.data.t_ms - b.row.data.t_ms || a.index - b.index)
    .map(({ row }) => row);
}

export function scoreOf(tile) {
  return course(tile).filter((row) => row.data.type === "score_change").at(-1) ?? null;
}

export function openSpan(tile, kind) {
  let open = null;
  for (const row of course(tile)) {
    if (row.data.type === kind.start) open = row;
    if (row.data.type === kind.stop) open = null;
  }
  return open;
}

// Runs of scores that are an episode; where nothing is scored, clonic seizures.
export function episodes(tile, needs) {
  const rows = course(tile);
  const scores = rows.filter((row) => row.data.type === "score_change");
  if (needs.scale && scores.length) {
    const codes = new Set(needs.scale.episode);
    return scores.filter((row, index) => codes.has(row.data.score) && !codes.has(scores[index - 1]?.data.score)).length;
  }
  return rows.filter((row) => row.data.type === "clonic_start").length;
}

export function lastSeen(tile) {
  return course(tile).filter((row) => !QUIET.has(row.data.type)).at(-1) ?? null;
}

// How the observation ended, if it did: by this observer, or as a fact by another.
export function endOf(tile) {
  const own = course(tile).find((row) => row.data.type === "end" || row.data.type === "death");
  if (own) return { t_ms: own.data.t_ms, detail: own.data.detail ?? own.data.type, mine: true };
  const other = tile.ends.find((end) => end.detail !== "window_done");
  return other ? { ...other, mine: false } : null;
}

export function elapsed(tile, at = performance.now()) {
  return tile.t0 ? at - tile.t0.at : 0;
}

export function isRunning(tile) {
  return tile.t0 !== null && endOf(tile) === null;
}
