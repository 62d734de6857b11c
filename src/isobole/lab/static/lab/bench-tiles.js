// The tiles: built once, then brought up to date. No dialog ever; what needs a choice
// opens inside the tile.
import { span, timeOfDay } from "./bench-clock.js";
import { elapsed, endOf, episodes, lastSeen, openSpan, scoreOf } from "./bench-state.js";

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const ORDINAL = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"];
const REASONS = {
  window_done: "window over",
  humane_endpoint: "humane endpoint",
  technical: "technical fault",
  death: "death",
  end: "ended",
};
export const UNDO_REASONS = ["wrong chamber", "wrong score or sign", "slip of the finger", "seen better on a second look"];
export const AGAIN_REASONS = ["the needle slipped out; injected again", "part was lost; injected again", "the start was pressed too early"];

// `act` has what presses do: start, score, point, sign, press, undo, reason, note, end, again.
export class Tiles {
  constructor(root, model, keys, act) {
    Object.assign(this, { root, model, keys, act });
    this.parts = new Map();
    this.opener = null; // what had the focus before something opened inside a tile
  }

  build(order, rack) {
    this.root.replaceChildren();
    this.parts.clear();
    this.dense = order.length > 6;
    this.root.classList.toggle("dense", this.dense);
    this.root.style.setProperty("--columns", String(rack.columns));
    this.root.style.setProperty("--rows", String(rack.rows));
    order.forEach((tile, place) => this.#tile(tile, place));
  }

  #tile(tile, place) {
    const { needs } = this.model;
    const p = { tile, place };
    const button = (label, name, onclick, more = {}) =>
      el("button", { type: "button", onclick, ...more }, el("span", {}, label), el("kbd", { "aria-hidden": "true" }, name ? this.keys.label(name) : ""));
    p.clock = el("span", { class: "clock" });
    p.left = el("span", { class: "left" });
    p.unsaved = el("span", { class: "unsaved", hidden: true });
    p.score = el("b", { class: "big" });
    p.words = el("span", { class: "words" });
    p.last = el("p", { class: "last" });
    p.count = el("p", { class: "count" });
    p.said = el("p", { class: "said-here", hidden: true });
    p.scores = el(
      "div",
      { class: "scores", role: "group", "aria-label": `Score, chamber ${tile.chamber}` },
      ...(needs.scale?.levels ?? []).map((level) =>
        button(level.code, `score:${level.code}`, (event) => this.act.score(tile, level.code, event), {
          "aria-label": `Score ${level.code}: ${level.text}`,
          title: level.text,
          "data-code": level.code,
        }),
      ),
    );
    p.spans = new Map();
    const holds = needs.spans.map((kind) => {
      const made = el("button", { type: "button", class: "hold", "aria-pressed": "false", title: `${kind.what}: hold while it lasts, or tap at its start and at its end` }, el("span", {}, kind.label), el("kbd", { "aria-hidden": "true" }, this.keys.label(kind.kind)));
      this.act.press(made, tile, kind);
      p.spans.set(kind.kind, { kind, made });
      return made;
    });
    p.events = el(
      "div",
      { class: "events", role: "group", "aria-label": `Events, chamber ${tile.chamber}` },
      ...holds,
      ...needs.points.map((point) => button(point.label, point.type, (event) => this.act.point(tile, point.type, point.label, event))),
      ...needs.signs.map((sign) => button(sign.replaceAll("_", " "), `sign:${sign}`, (event) => this.act.sign(tile, sign, event))),
    );
    p.start = button(needs.challenge.label, "start", (event) => this.act.start(tile, event), { class: "go" });
    p.turn = el("span", { class: "turn" });
    p.begin = el("div", { class: "begin" }, p.turn, p.start, p.chambers = el("div", { class: "chambers" }));
    p.undo = button("Undo", "", () => this.act.undo(tile), { class: "plain" });
    p.note = button("Note", "note", () => this.openNote(tile), { class: "plain" });
    p.more = button("End …", "", () => this.openEnd(tile), { class: "plain" });
    p.foot = el("div", { class: "tile-foot" }, p.undo, p.note, p.more);
    p.inplace = el("div", { class: "inplace", hidden: true });
    p.opener = el("button", { type: "button", class: "opener", onclick: () => this.open(tile) }, `Score chamber ${tile.chamber}`);
    p.body = el("div", { class: "reading" }, el("p", { class: "score" }, p.score, p.words), el("div", { class: "lines" }, p.last, p.count, p.said));
    p.chamber = el("b", { class: "chamber" }, tile.chamber);
    p.key = el("kbd", { class: "key", "aria-hidden": "true" }, this.keys.label(`chamber:${place}`));
    p.root = el(
      "section",
      { class: "tile", "data-animal": tile.animal },
      el("header", {}, p.chamber, p.key, el("span", { class: "animal" }, tile.animal), p.unsaved, el("span", { class: "times" }, p.clock, p.left)),
      p.body,
      p.begin,
      p.opener,
      el("div", { class: "controls" }, p.scores, p.events, p.foot),
      p.inplace,
    );
    this.parts.set(tile.animal, p);
    this.root.append(p.root);
  }

  open(tile) {
    for (const p of this.parts.values()) p.root.classList.toggle("open", p.tile === tile && !p.root.classList.contains("open"));
  }

  // After a pick the row of scores closes again; on small racks it stays.
  picked() {
    for (const p of this.parts.values()) p.root.classList.remove("open");
  }

  #inplace(tile, title, ...children) {
    const p = this.parts.get(tile.animal);
    p.inplace.replaceChildren(el("p", { class: "inplace-title" }, title), ...children, el("button", { type: "button", class: "plain", onclick: () => this.closeInplace() }, "Back"));
    if (p.inplace.hidden) this.opener = document.activeElement; // a choice within a choice keeps the first
    p.inplace.hidden = false;
    (p.inplace.querySelector("input") ?? p.inplace.querySelector("button"))?.focus();
  }

  closeInplace() {
    let closed = false;
    for (const p of this.parts.values()) {
      const inside = p.inplace.contains(document.activeElement);
      closed ||= !p.inplace.hidden || p.root.classList.contains("open");
      p.inplace.hidden = true;
      p.root.classList.remove("open");
      if (inside && p.root.contains(this.opener)) this.opener.focus(); // who came by Tab goes on there
    }
    return closed;
  }

  choose(tile, title, choices, done) {
    this.#inplace(tile, title, ...choices.map(([value, label]) => el("button", { type: "button", onclick: () => { this.closeInplace(); done(value); } }, label)));
  }

  openReasons(tile, entry, done) {
    this.choose(tile, `Take back “${describe(entry.data)}”: why?`, UNDO_REASONS.map((x) => [x, x]), done);
  }

  openNote(tile) {
    if (!tile.t0) return;
    const input = el("input", { type: "text", maxlength: "1000", "aria-label": `Note on chamber ${tile.chamber}` });
    const keep = () => { this.act.note(tile, input.value); this.closeInplace(); };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); keep(); }
    });
    this.#inplace(tile, "Note (never the group)", input, el("button", { type: "button", onclick: keep }, "Keep"));
  }

  openEnd(tile) {
    const { needs } = this.model;
    const at = performance.now(); // the press that opens this is the moment that counts
    const ended = endOf(tile) !== null;
    const choices = ended ? [] : [["humane_endpoint", "Humane endpoint reached"], ["technical", "Technical fault"], ["death", "Death"]];
    const buttons = choices.map(([value, label]) => el("button", { type: "button", onclick: () => { this.closeInplace(); this.act.end(tile, value, at); } }, label));
    const mine = tile.t0?.by === this.act.me;
    const again = tile.t0 && el("button", { type: "button", disabled: !mine, onclick: () => this.choose(tile, "Dosed again: the clock begins now, and your entries so far are taken back", AGAIN_REASONS.map((x) => [x, x]), (why) => this.act.again(tile, why)) }, mine ? "Dosed again …" : `Dosed again: ${tile.t0.by} pressed the start, and can say so`);
    this.#inplace(tile, ended ? "The observation has ended" : "End the observation now", ...buttons, again, el("p", { class: "hint" }, `Humane endpoint: ${needs.humane_endpoint}`));
  }

  focus(place) {
    for (const p of this.parts.values()) p.root.classList.toggle("focus", p.place === place);
  }

  // A short answer inside the tile; never over it.
  flash(tile, text, kind = "") {
    const p = this.parts.get(tile.animal);
    if (!p) return;
    clearTimeout(p.flashing);
    p.said.textContent = text;
    p.said.hidden = false;
    p.root.dataset.flash = kind || "kept";
    p.flashing = setTimeout(() => { p.said.hidden = true; delete p.root.dataset.flash; }, 1600);
  }

  // Everything but the clocks.
  draw(next) {
    const { needs } = this.model;
    for (const p of this.parts.values()) {
      const { tile } = p;
      const score = scoreOf(tile);
      const code = score?.data.score ?? null;
      const last = lastSeen(tile);
      const end = endOf(tile);
      p.state = tile.complete ? "signed" : !tile.t0 ? "waiting" : end ? "ended" : "running";
      p.root.dataset.state = p.state;
      p.root.classList.toggle("next", tile === next);
      p.root.setAttribute("aria-label", `Chamber ${tile.chamber}, animal ${tile.animal}, ${p.state === "running" ? `score ${code ?? "none yet"}` : p.state}`);
      p.chamber.textContent = tile.chamber;
      p.score.textContent = code ?? "–";
      p.words.textContent = code !== null ? this.model.words.get(code) ?? "" : "Nothing scored yet";
      p.last.textContent = end ? `Ended ${span(end.t_ms)}: ${REASONS[end.detail] ?? end.detail}${end.mine ? "" : " (other observer)"}` : last ? `${span(last.data.t_ms)} ${describe(last.data, needs)}` : "No event yet";
      const count = episodes(tile, needs);
      const elsewhere = tile.elsewhere ? " · another device of yours scores here too" : "";
      const excluded = tile.excluded ? " · excluded" : "";
      p.count.textContent = `${count} episode${count === 1 ? "" : "s"}${elsewhere}${excluded}`;
      p.count.classList.toggle("warn", Boolean(tile.elsewhere));
      for (const button of p.scores.children) {
        const on = button.dataset.code === code;
        button.setAttribute("aria-pressed", String(on));
      }
      for (const { kind, made } of p.spans.values()) {
        const open = openSpan(tile, kind) !== null && p.state === "running";
        made.setAttribute("aria-pressed", String(open));
        made.firstChild.textContent = open ? `${kind.label} …` : kind.label;
      }
      const waiting = [...tile.rows.values()].filter((row) => !row.saved).length + (tile.t0 && !tile.t0.saved ? 1 : 0);
      p.unsaved.hidden = waiting === 0;
      p.unsaved.textContent = `${waiting} not saved`;
      p.turn.textContent = tile === next ? "Dose this one next" : `${ORDINAL[tile.order - 1] ?? `no. ${tile.order}`} in the order of dosing`;
      p.undo.disabled = !this.act.undoable(tile);
      p.note.disabled = !tile.t0 || tile.complete;
      p.more.disabled = !tile.t0 || tile.complete;
      this.#chambers(p);
    }
    this.tick();
  }

  // Without an allocation the chamber is chosen here, before the start.
  #chambers(p) {
    const { tile } = p;
    if (this.model.placed || tile.t0 || p.chambers.childElementCount) return;
    const names = [...this.model.tiles.values()].map((other) => other.chamber).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    const select = el("select", { "aria-label": `Chamber of ${tile.animal}`, onchange: () => this.act.place(tile, select.value) }, ...names.map((name) => el("option", { value: name, selected: name === tile.chamber }, `chamber ${name}`)));
    p.chambers.append(select);
  }

  tick(at = performance.now()) {
    const { needs } = this.model;
    for (const p of this.parts.values()) {
      const { tile } = p;
      if (!tile.t0) {
        p.clock.textContent = "--:--";
        p.left.textContent = `window ${span(needs.window_ms)}`;
        continue;
      }
      const end = endOf(tile);
      const passed = end ? end.t_ms : elapsed(tile, at);
      p.clock.textContent = span(passed);
      const ends = this.model.clock.server(tile.t0.at) + needs.window_ms - this.model.clock.offset();
      const rest = needs.window_ms - passed;
      p.left.textContent = end ? "ended" : `−${span(rest + 999)} · ends ${timeOfDay(ends)}`;
      p.root.classList.toggle("soon", !end && rest <= 60_000);
    }
  }
}

export function describe(data, needs = null) {
  const kind = needs?.spans.find((x) => x.start === data.type || x.stop === data.type);
  if (kind) return `${kind.label} ${data.type === kind.start ? "began" : "stopped"}`;
  if (data.type === "score_change") return `score ${data.score}`;
  if (data.type === "t0") return "start";
  if (data.type === "sign") return data.detail.replaceAll("_", " ");
  if (data.type === "end") return `end: ${REASONS[data.detail] ?? data.detail}`;
  if (data.type === "note") return "note";
  return needs?.points.find((x) => x.type === data.type)?.label.toLowerCase() ?? data.type.replaceAll("_", " ");
}
