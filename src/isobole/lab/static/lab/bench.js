// The bench: puts queue, clock, state, keys and tiles together.
import { Clock } from "./bench-clock.js";
import { drawTrouble } from "./bench-banners.js";
import { Entry } from "./bench-entry.js";
import { Keys, Strokes, momentOf } from "./bench-keys.js";
import { Notices, closePanels, drawHelp, drawRefused, drawSaved, drawSettings, toggle } from "./bench-panels.js";
import { Queue } from "./bench-queue.js";
import { rackOf, rememberRack, shapesFor } from "./bench-rack.js";
import { onRefused } from "./bench-refused.js";
import { Sender, call } from "./bench-send.js";
import { Model, isRunning } from "./bench-state.js";
import { Tiles, el } from "./bench-tiles.js";
import { Watch } from "./bench-watch.js";
import { TAP_MS, beep, holdable, keepShell, ownTheBench } from "./bench-device.js";

const config = JSON.parse(document.getElementById("bench-config").textContent);
const query = new URLSearchParams(location.search);
const place = query.get("as") === "second" ? "second" : "first";
const KEPT = `isobole-bench:${config.user}:${config.study}:${config.run}`;
const byId = (id) => document.getElementById(id);
const notices = new Notices();
const IDLE_MS = 10 * 60_000;

let model, tiles, keys, entry, queue, sender, clock, rack, order, watch;
let active = true; // the person did something since the last poll
let lastActive = performance.now();
let capture = null;

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(model.snapshot()));
  } catch {
    // A reload without a network then shows less; nothing that waits is lost.
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function say(tile, text, kind) {
  tiles.flash(tile, text, kind);
  byId("live").textContent = `Chamber ${tile.chamber}: ${text}`;
}

// To the queue first: nothing that goes wrong in showing an entry may lose it.
function commit(row, at) {
  const kept = queue.add(row);
  model.apply(row, at);
  draw();
  kept.then(() => {
    if (queue.fault) notices.set("storage", "bad", queue.fault);
    sender.poke();
    draw();
  });
}

function ofRun(row) {
  return row.study === config.study && row.run === config.run;
}

function next() {
  return [...model.tiles.values()].filter((tile) => !tile.t0).sort((a, b) => a.order - b.order)[0] ?? null;
}

function draw() {
  if (!tiles) return;
  tiles.draw(next());
  drawSaved(queue, sender, config.user);
  const here = queue.of(config.user);
  drawRefused(here.filter((row) => row.state === "refused"), {
    again: async (row) => { await queue.again(row); sender.now(); },
    discard: async (row) => { model.drop(row); await queue.discard(row, "discarded by hand"); entry.discarded(row); draw(); },
  });
  drawTrouble({ notices, config, queue, sender, model, draw });
}

function reloaded(snapshot) {
  model.load(snapshot, queue.of(config.user).filter(ofRun));
  keep();
}

async function poll() {
  if (performance.now() - lastActive > IDLE_MS && ![...model.tiles.values()].some(isRunning)) return;
  const background = !active;
  active = false;
  const before = sender.sent;
  try {
    const answer = await call(`${config.urls.state}?rows=none`, { background });
    if (answer.observer !== config.user) return;
    const stale = before !== sender.sent || sender.sending; // older than what was sent
    const here = sender.trouble?.kind !== "role" || sender.trouble.study === config.study;
    if (sender.trouble && sender.trouble.kind !== "other" && here) {
      sender.trouble = null; // the server lets us in again: do not wait longer
      sender.now();
    }
    if (stale) return;
    const busy = (animal) => [...queue.rows.values()].some((row) => row.obj === animal && ofRun(row) && row.user === config.user && (row.action === "t0" || row.about === "t0") && row.state === "waiting");
    const { more, changed } = model.facts(answer, busy);
    for (const { tile, before: was, after } of changed) {
      if (was && after) {
        entry.withdraw(tile, [...tile.rows.values()].filter((row) => row.data.t0 !== after.wall), `dosed again at ${after.wall}`);
        say(tile, `${after.by}: dosed again, the clock begins anew`);
      } else if (after) say(tile, `${model.needs.challenge.label}, pressed by ${after.by}`);
      else if (was) say(tile, "The start was taken back", "wrong");
    }
    if (more) reloaded(await call(config.urls.state, { background: true }));
    else keep();
    if (place === "second" || answer.observers.length > 1) {
      const names = answer.observers.filter((x) => x.observer !== config.user).map((x) => x.observer);
      byId("who").title = names.length ? `Also observing: ${names.join(", ")}; you do not see each other's scores` : "";
    }
    draw();
  } catch (trouble) {
    const told = ["locked", "login"].includes(trouble.kind); // says more than silence does
    if (told || (!sender.trouble && ["offline", "away"].includes(trouble.kind))) sender.trouble = trouble;
    draw();
  }
}

function undo(tile) {
  const last = tile ?? newest();
  const found = last && entry.undoable(last);
  if (!found) return;
  if (entry.isAtOnce(found)) entry.takeBack(last, found, "undone at once");
  else tiles.openReasons(last, found, (reason) => entry.takeBack(last, found, reason));
}

function newest() {
  let best = null;
  for (const tile of model.tiles.values()) {
    const found = entry.undoable(tile);
    if (found?.at && (!best || found.at > best.at)) best = { tile, at: found.at };
  }
  return best?.tile ?? null;
}

// What a second stroke means; returns what its release does, if it is held.
function stroke(at, name, pressed) {
  const tile = order[at];
  if (!tile) return null;
  const [kind, value] = name.split(/:(.*)/s);
  const span = model.needs.spans.find((x) => x.kind === kind);
  if (span) return holdable(tile, span, pressed, entry);
  if (kind === "start") entry.start(tile, pressed);
  else if (kind === "score") entry.score(tile, value, pressed);
  else if (kind === "sign") entry.point(tile, "sign", pressed, value.replaceAll("_", " "), value);
  else if (kind === "death") entry.point(tile, "death", pressed, "Death");
  else if (kind === "note") tiles.openNote(tile);
  else entry.point(tile, kind, pressed, model.needs.points.find((x) => x.type === kind)?.label ?? kind);
  return null;
}

const touched = (event) => ({ at: momentOf(event) });
const actions = {
  me: config.user,
  start: (tile, event) => entry.start(tile, touched(event)),
  score: (tile, code, event) => { entry.score(tile, code, touched(event)); tiles.picked(); },
  point: (tile, type, label, event) => { entry.point(tile, type, touched(event), label); tiles.picked(); },
  sign: (tile, sign, event) => { entry.point(tile, "sign", touched(event), sign.replaceAll("_", " "), sign); tiles.picked(); },
  press(button, tile, kind) {
    let release = null;
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || release) return;
      button.setPointerCapture(event.pointerId);
      release = holdable(tile, kind, touched(event), entry);
    });
    const up = (event) => { release?.(momentOf(event)); release = null; };
    button.addEventListener("pointerup", up);
    button.addEventListener("pointercancel", up);
    button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch
    button.addEventListener("click", (event) => {
      if (event.detail !== 0) return; // a keyboard or a screen reader pressed it: tap, tap
      holdable(tile, kind, touched(event), entry)?.(momentOf(event) + TAP_MS / 2);
    });
  },
  undo,
  undoable: (tile) => entry.undoable(tile),
  note: (tile, text) => entry.note(tile, text),
  end: (tile, detail, at) => entry.end(tile, detail, { at }),
  again: (tile, reason) => entry.again(tile, reason),
  place: (tile, chamber) => { model.place(tile, chamber); layout(); },
};

function layout() {
  order = [...model.tiles.values()].sort((a, b) => a.chamber.localeCompare(b.chamber, undefined, { numeric: true }));
  keys.shape({ ...rack, count: order.length });
  tiles.build(order, rack);
  drawHelp(keys, model, order);
  drawSettings({
    keys, model, order, rack,
    shapes: shapesFor(order.length, rack),
    onRack: (shape) => { rack = rememberRack(order.length, shape); layout(); toggle("settings", true); },
    onKeys: () => { tiles.build(order, rack); drawHelp(keys, model, order); draw(); },
    capture: (done) => { capture = done; },
  });
  draw();
}

async function begin() {
  clock = new Clock();
  queue = await Queue.open();
  const ask = async () => (await call(config.urls.time, { background: true })).server_ms;
  await clock.sync(ask).catch(() => {});
  let snapshot = null;
  try {
    snapshot = await call(config.urls.state);
    if (snapshot.observer !== config.user) {
      notices.set("login", "bad", `${snapshot.observer} is logged in now. `, el("a", { href: location.href }, "Open the bench as they"));
      return;
    }
  } catch (trouble) {
    snapshot = kept();
    if (snapshot === null) {
      byId("saved").textContent = "";
      notices.set("begin", "bad", `The run cannot be read: ${trouble.body?.problems?.[0]?.message ?? trouble.message}. `, el("a", { href: location.href }, "Try again"));
      return;
    }
  }
  model = new Model(snapshot, clock, queue.device);
  rack = rackOf(model.tiles.size, query.get("rack"));
  keys = new Keys(model.needs, { ...rack, count: model.tiles.size });
  entry = new Entry(model, clock, config, place, commit, say);
  tiles = new Tiles(byId("rack"), model, keys, actions);
  watch = new Watch(model, entry, tiles, notices);
  sender = new Sender(queue, config, {
    stored: (row) => { model.saved(row); keep(); },
    refused: (row, problems) => onRefused(row, problems, { queue, model, entry, config, say, commit }),
    changed: draw,
  });
  reloaded(snapshot);
  byId("who").textContent = `${config.name} · ${place} observer`;
  keys.onNames = layout;
  layout();
  new Strokes(keys, {
    focus: (at) => { tiles.focus(at); if (at !== null && order[at]) byId("live").textContent = `Chamber ${order[at].chamber}, ${order[at].animal}`; },
    entry: stroke,
    undo: (at) => undo(at === null ? null : order[at]),
    help: () => toggle("help"),
    close: () => { capture = null; return tiles.closeInplace() || closePanels(); },
    confirm: () => watch.confirm(),
    captures: (event) => { const done = capture; capture = null; done?.(event.code); return Boolean(done); },
  });
  clock.onJump = (jump) => {
    model.rebuild(jump);
    if (jump.slept) notices.set("slept", "warn", `This device stood still for about ${Math.round(Math.abs(jump.moved) / 1000)} s; the clocks were set by the server's time.`);
  };
  const sync = () => clock.sync(ask).then(() => {
    if (clock.drifted) notices.set("drift", "warn", `This device's clock drifted by ${clock.drift} ms since the page was opened; times are marked with it.`);
    else notices.clear("drift");
  }).catch(() => {});
  setInterval(() => watch.tick(), 250);
  setInterval(poll, 2000);
  setInterval(sync, 60_000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { sync(); poll(); } });
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, () => { active = true; lastActive = performance.now(); }, { capture: true });
  // A button that a mouse pressed takes no focus: Enter and Space are strokes, and must
  // not press it again.
  document.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
  window.addEventListener("beforeunload", (event) => { if (queue.of(config.user).length) event.preventDefault(); });
  byId("tool-help").onclick = () => toggle("help");
  byId("tool-settings").onclick = () => toggle("settings");
  byId("tool-sound").onclick = (event) => { watch.sound = !watch.sound; event.currentTarget.setAttribute("aria-pressed", String(watch.sound)); if (watch.sound) beep(); };
  byId("tool-dim").onclick = (event) => event.currentTarget.setAttribute("aria-pressed", String(document.documentElement.classList.toggle("dim")));
  keepShell(config.urls.worker, notices);
  document.documentElement.dataset.ready = "yes";
  sender.now();
}

ownTheBench(notices).then(begin);
