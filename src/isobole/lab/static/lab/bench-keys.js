// Two strokes: the chamber's key, then what was seen. Keys are places on the keyboard
// (event.code), so that the rack has the same shape on every layout and needs no number
// pad. The first stroke gives the time; it is forgotten after two seconds or one entry.

export const FOCUS_MS = 2000;
const ROWS = [
  ["KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY"],
  ["KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH"],
  ["KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN"],
];
const SPARE = ["Minus", "Equal", "Digit9", "Digit8", "Digit7", "Digit6"];
const EVENTS = {
  start: "Enter",
  myoclonic_twitch: "KeyJ",
  clonic: "Space",
  gtc: "KeyK",
  the: "KeyL",
  loss_of_righting: "KeyU",
  fall: "KeyO",
  death: "KeyP",
  note: "KeyM",
  undo: "Backspace",
};
const SIGNS = ["KeyI", "Comma", "Period", "Semicolon", "Quote", "BracketLeft", "BracketRight"];
const KEPT = "isobole-bench-keys";
const NAMES = {
  Space: "␣", Enter: "enter", Backspace: "⌫", Escape: "esc", Minus: "-", Equal: "=", Comma: ",",
  Period: ".", Semicolon: ";", Quote: "'", BracketLeft: "[", BracketRight: "]", Slash: "/", Backquote: "`", Backslash: "\\",
};

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

// The moment of a press: the browser's own stamp, taken before any script ran.
export function momentOf(event) {
  const now = performance.now();
  return event.timeStamp <= now && now - event.timeStamp < 5000 ? event.timeStamp : now;
}

// Actions are named: chamber:3 (its place in the rack), score:4, clonic, start, …
export class Keys {
  constructor(needs, rack) {
    this.needs = needs;
    this.own = kept();
    this.layout = null;
    this.shape(rack);
    navigator.keyboard?.getLayoutMap?.().then((map) => {
      this.layout = map;
      this.onNames?.();
    }, () => {});
  }

  shape({ rows, columns, count }) {
    this.actions = new Map();
    const fits = rows <= 3 && columns <= 6;
    for (let place = 0; place < count; place += 1) {
      // A rack wider or deeper than the block of letters is counted along its lines.
      const row = fits ? Math.floor(place / columns) : Math.floor(place / 6);
      const column = fits ? place % columns : place % 6;
      const code = ROWS[row]?.[column];
      if (code) this.actions.set(`chamber:${place}`, code);
    }
    const codes = (this.needs.scale?.levels ?? []).map((level) => level.code);
    const exact = codes.filter((code) => /^[0-9]$/.test(code));
    const order = exact.length ? SPARE.filter((key) => !exact.includes(key.at(-1))) : ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((x) => `Digit${x}`);
    for (const code of codes) {
      const key = exact.includes(code) ? `Digit${code}` : order.shift();
      if (key) this.actions.set(`score:${code}`, key);
    }
    const wanted = ["start", ...this.needs.points.map((x) => x.type), ...this.needs.spans.map((x) => x.kind), "death", "note", "undo"];
    for (const name of wanted) if (EVENTS[name]) this.actions.set(name, EVENTS[name]);
    this.needs.signs.forEach((sign, index) => {
      if (SIGNS[index]) this.actions.set(`sign:${sign}`, SIGNS[index]);
    });
    for (const [name, code] of Object.entries(this.own)) {
      if (this.actions.has(name)) this.actions.set(name, code);
    }
    this.byCode = new Map([...this.actions].map(([name, code]) => [code, name]));
  }

  // Says which action has the key already, or takes it.
  change(name, code) {
    const other = this.byCode.get(code);
    if (other && other !== name) return other;
    if (code === "Escape" || code === "Slash") return "the page itself";
    this.own[name] = code;
    localStorage.setItem(KEPT, JSON.stringify(this.own));
    this.byCode.delete(this.actions.get(name));
    this.actions.set(name, code);
    this.byCode.set(code, name);
    return null;
  }

  reset(rack) {
    this.own = {};
    localStorage.removeItem(KEPT);
    this.shape(rack);
  }

  label(name) {
    const code = this.actions.get(name);
    if (!code) return "";
    if (NAMES[code]) return NAMES[code];
    const drawn = this.layout?.get(code);
    return (drawn ?? code.replace(/^(Key|Digit|Numpad)/, "")).toUpperCase();
  }

  action(code) {
    const digit = /^Numpad([0-9])$/.exec(code);
    if (digit) return this.byCode.get(`Digit${digit[1]}`) ?? null;
    if (code === "NumpadEnter") return this.byCode.get("Enter") ?? null;
    return this.byCode.get(code) ?? null;
  }
}

// Turns key presses into entries. `on` has: focus(place), entry(name, stroke, held),
// release(name), undo(place or null), help(), close(), confirm().
export class Strokes {
  constructor(keys, on) {
    Object.assign(this, { keys, on, place: null, at: 0, timer: null });
    this.held = new Map(); // keys that are down, with what they hold
    window.addEventListener("keydown", (event) => this.#down(event));
    window.addEventListener("keyup", (event) => this.#up(event));
    window.addEventListener("blur", () => this.letGo());
  }

  focus(place, at) {
    clearTimeout(this.timer);
    this.place = place;
    this.at = at;
    this.on.focus(place);
    if (place !== null) this.timer = setTimeout(() => this.focus(null, 0), FOCUS_MS);
  }

  letGo() {
    for (const release of this.held.values()) release(performance.now());
    this.held.clear();
  }

  #down(event) {
    const at = momentOf(event);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.closest?.("input, textarea, select");
    if (event.code === "Escape") {
      if (this.on.close() || typing) return;
      this.on.undo(this.place);
      this.focus(null, 0);
      return;
    }
    if (typing) return;
    if (this.held.has(event.code)) {
      event.preventDefault();
      return; // the keyboard repeats; the animal does not
    }
    if (this.on.captures?.(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "?" || event.code === "F1") {
      event.preventDefault();
      this.on.help();
      return;
    }
    if (event.repeat) return;
    const name = this.keys.action(event.code);
    if (name === null) return;
    if (name.startsWith("chamber:")) {
      event.preventDefault();
      this.focus(Number(name.slice(8)), at);
      return;
    }
    if (name === "undo") {
      event.preventDefault();
      this.on.undo(this.place);
      this.focus(null, 0);
      return;
    }
    if (this.place === null) {
      if (name === "start" && !event.target.closest?.("button, a") && this.on.confirm()) event.preventDefault();
      return;
    }
    event.preventDefault();
    const place = this.place;
    const stroke = { at: this.at, second: at - this.at };
    this.focus(null, 0);
    const release = this.on.entry(place, name, stroke);
    if (release) this.held.set(event.code, release);
  }

  #up(event) {
    const release = this.held.get(event.code);
    if (!release) return;
    event.preventDefault();
    this.held.delete(event.code);
    release(performance.now());
  }
}
