// What stands around the rack: the banner of what is not saved, the scan prompt, the
// lock, keys and settings, and entries that the server refused.
import { el } from "./bench-tiles.js";

const byId = (id) => document.getElementById(id);

// One line below the bar for each thing to know; given again, it is replaced.
export class Notices {
  constructor() {
    this.root = byId("notices");
    this.shown = new Map();
  }

  set(name, kind, ...children) {
    const before = this.shown.get(name);
    const text = children.map((child) => child.textContent ?? child).join("");
    if (before?.dataset.text === text) return before; // not read out again
    const made = el("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status", "data-text": text }, ...children);
    if (before) before.replaceWith(made);
    else this.root.append(made);
    this.shown.set(name, made);
    return made;
  }

  clear(name) {
    this.shown.get(name)?.remove();
    this.shown.delete(name);
  }

  has(name) {
    return this.shown.has(name);
  }
}

const WHY = {
  offline: "no network",
  away: "the server does not answer",
  locked: "the session is locked",
  login: "nobody is logged in",
  role: "your role does not allow it",
  other: "another person is logged in",
  busy: "the server asks to wait",
};

export function drawSaved(queue, sender, user) {
  const rows = queue.of(user);
  const refused = rows.filter((row) => row.state === "refused").length;
  const waiting = rows.length - refused;
  const saved = byId("saved");
  const parts = [];
  const kind = sender.trouble?.kind;
  if (waiting) parts.push(`${waiting} not saved${kind ? `: ${WHY[kind] ?? kind}` : ""}`);
  else if (kind) parts.push(`all saved, but ${WHY[kind] ?? kind}`);
  if (refused) parts.push(`${refused} refused`);
  const text = parts.join(" · ") || "✓ all saved";
  if (saved.dataset.text !== text) {
    saved.dataset.text = text;
    saved.replaceChildren(refused ? el("button", { type: "button", class: "tool", onclick: () => toggle("refused", true) }, text) : text);
  }
  saved.dataset.writing = String(queue.writing);
  saved.dataset.state = refused ? "refused" : waiting ? "waiting" : kind ? "trouble" : "saved";
  return { waiting, refused };
}

let opener = null; // what had the focus before a panel opened

export function toggle(name, wanted) {
  let any = false;
  let left = false;
  const before = document.activeElement;
  for (const panel of ["help", "settings", "refused"]) {
    const found = byId(`panel-${panel}`);
    const was = !found.hidden;
    any ||= was;
    found.hidden = panel !== name || !(wanted ?? found.hidden);
    byId(`tool-${panel}`)?.setAttribute("aria-expanded", String(!found.hidden));
    left ||= was && found.hidden && found.contains(before);
    if (was || found.hidden) continue;
    if (!before?.closest(".panel")) opener = before;
    found.querySelector("button")?.focus();
  }
  if (left && !document.activeElement?.closest(".panel:not([hidden])")) opener?.focus(); // who came by Tab goes on there
  return any;
}

export function closePanels() {
  return toggle(null);
}

function close() {
  return el("button", { type: "button", class: "second close", onclick: closePanels }, "Close (esc)");
}

function nameOf(action, model, order) {
  const [kind, value] = action.split(/:(.*)/s);
  const { needs } = model;
  if (kind === "chamber") return `Chamber ${order[Number(value)]?.chamber ?? Number(value) + 1}`;
  if (kind === "score") return `Score ${value}: ${model.words.get(value)}`;
  if (kind === "sign") return value.replaceAll("_", " ");
  const span = needs.spans.find((x) => x.kind === kind);
  if (span) return `${span.label} (${span.what}): hold while it lasts`;
  const point = needs.points.find((x) => x.type === kind);
  if (point) return point.label;
  return { start: needs.challenge.label, death: "Death", note: "Note", undo: "Undo (also esc)" }[kind] ?? kind;
}

export function drawHelp(keys, model, order) {
  const list = (wanted) =>
    el("dl", { class: "keys" }, ...[...keys.actions.keys()].filter(wanted).flatMap((name) => [el("dt", {}, el("kbd", {}, keys.label(name))), el("dd", {}, nameOf(name, model, order))]));
  byId("panel-help").replaceChildren(
    el("h2", {}, "Two strokes: the chamber, then what you saw"),
    el("p", {}, "The time is that of the first stroke. It is forgotten after 2 s, and after each entry. The same score again changes nothing. Enter alone answers “all tiles right?”. On a tablet: touch; clonus is held, or tapped at its start and at its end."),
    el("div", { class: "key-columns" }, list((x) => x.startsWith("chamber:")), list((x) => x.startsWith("score:")), list((x) => !/^(chamber|score):/.test(x))),
    close(),
  );
}

export function drawSettings({ keys, model, order, rack, shapes, onRack, onKeys, capture }) {
  const select = el("select", { id: "rack-shape", onchange: () => onRack(select.value) }, ...shapes.map((shape) => el("option", { value: shape, selected: shape === `${rack.rows}x${rack.columns}` }, shape.replace("x", " rows of "))));
  const said = el("p", { class: "hint", role: "status" }, "");
  const rows = [...keys.actions.keys()].map((name) => {
    const button = el("button", { type: "button", class: "second", "aria-label": `Change the key of ${nameOf(name, model, order)}, now ${keys.label(name)}` }, keys.label(name));
    button.addEventListener("click", () => {
      button.textContent = "press a key";
      capture((code) => {
        const taken = keys.change(name, code);
        said.textContent = taken ? `That key is taken by “${nameOf(taken, model, order)}”.` : "";
        button.textContent = keys.label(name);
        if (!taken) onKeys();
      });
    });
    return el("div", { class: "key-row" }, button, el("span", {}, nameOf(name, model, order)));
  });
  byId("panel-settings").replaceChildren(
    el("h2", {}, "Settings of this device"),
    el("label", { for: "rack-shape" }, "Rack"),
    select,
    el("h3", {}, "Keys"),
    el("p", { class: "hint" }, "Keys are places on the keyboard, whatever is printed on them. Press the button, then the key."),
    el("div", { class: "key-rows" }, ...rows),
    said,
    el("div", { class: "actions" }, el("button", { type: "button", class: "second", onclick: () => { keys.reset({ ...rack, count: order.length }); onKeys(); } }, "All keys as they were"), close()),
  );
}

export function drawRefused(rows, { again, discard }) {
  const panel = byId("panel-refused");
  if (!rows.length) {
    panel.hidden = true;
    return;
  }
  panel.replaceChildren(
    el("h2", {}, `${rows.length} ${rows.length === 1 ? "entry was" : "entries were"} refused`),
    el("p", { class: "hint" }, "They hold back nothing else. Send one again when its cause is mended, or discard it: the bench then writes a note of it in the record, and keeps it on this device."),
    ...rows.map((row) =>
      el(
        "div",
        { class: "refused-row" },
        el("p", {}, el("strong", {}, `${row.obj}: ${row.data.type ?? row.action}${row.data.score ? ` ${row.data.score}` : ""}`), " ", (row.problems ?? []).map((x) => `${x.message}. ${x.remedy ?? ""}`).join(" ")),
        el("div", { class: "actions" }, el("button", { type: "button", onclick: () => again(row) }, "Send again"), el("button", { type: "button", class: "second", onclick: () => discard(row) }, "Discard, with a note")),
      ),
    ),
    close(),
  );
}

// Re-entry without leaving the page; what waits is sent then. While an animal is
// observed the field does not take the focus: strokes would be typed into it, and lost.
export function lockForm(notices, config, observing, open) {
  if (notices.has("locked")) return;
  const input = el("input", { type: "password", id: "pin", autocomplete: "off", maxlength: "256", "aria-describedby": "lock-said" });
  const said = el("span", { id: "lock-said", role: "status" });
  const form = el("form", { class: "lock" }, el("label", { for: "pin" }, `Locked. ${config.name}: PIN or password`), input, el("button", {}, "Go on"), said);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData();
    body.set(/^[0-9]{4,8}$/.test(input.value) ? "pin" : "password", input.value);
    input.value = "";
    said.textContent = await open(body);
  });
  notices.set("locked", "bad", form, el("span", {}, "Entries are still taken and kept on this device."));
  if (!observing) input.focus();
}
