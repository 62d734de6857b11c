// One stimulation typed: keys, a stopwatch, and a sending that loses nothing. The form
// works without all of it.

const PATIENCE_MS = 15_000;
const DIGIT = /^[0-9]$/;

function isText(element) {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement
    || (element instanceof HTMLInputElement && !["radio", "checkbox"].includes(element.type));
}

// Focus follows the choice, so that Enter stores and Tab goes on from there.
function choose(radio) {
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

const ANSWERS = { n: "none", y: "measured", l: "later" };

document.addEventListener("keydown", (event) => {
  const form = document.getElementById("entry");
  if (!form || event.ctrlKey || event.metaKey || event.altKey || isText(event.target)) return;
  const key = event.key.toLowerCase();
  let radio = null;
  if (DIGIT.test(key)) radio = form.querySelector(`input[name="stage"][data-key="${key}"]`);
  else if (ANSWERS[key]) radio = form.querySelector(`input[name="ad"][value="${ANSWERS[key]}"]`);
  else if (key === "s" && !event.repeat) {
    toggle();
    event.preventDefault();
    return;
  }
  if (!radio) return;
  event.preventDefault();
  choose(radio);
  if (radio.value === "measured") form.querySelector("#add_s").focus();
});

// A typed duration says that there was an afterdischarge.
document.addEventListener("input", (event) => {
  if (event.target.id !== "add_s" || !event.target.value) return;
  document.querySelector('#entry input[name="ad"][value="measured"]').checked = true;
});

let begun = null;
let ticking = null;

function toggle() {
  const button = document.getElementById("watch-button");
  if (!button) return;
  const name = button.firstChild;
  if (begun === null) {
    begun = performance.now();
    name.textContent = "Stop the watch ";
    ticking = setInterval(tick, 100);
    return;
  }
  const took = (performance.now() - begun) / 1000;
  clearInterval(ticking);
  begun = null;
  tick(took);
  name.textContent = "Start the watch ";
  document.getElementById("seizure_s").value = took.toFixed(1);
}

function tick(took = (performance.now() - begun) / 1000) {
  const shown = document.getElementById("watch-time");
  if (shown) shown.textContent = `${took.toFixed(1)} s`;
}

// How long until the protocol lets the next stimulus be given.
let waiting = null;

function wait() {
  clearInterval(waiting);
  const time = document.querySelector("[data-wait]");
  if (!time) return;
  const due = Date.parse(time.dateTime);
  const said = document.createElement("strong");
  time.after(" ", said);
  const count = () => {
    const left = Math.ceil((due - Date.now()) / 1000);
    if (left <= 0) {
      said.textContent = "now";
      clearInterval(waiting);
    } else if (left < 3600) said.textContent = `in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    else said.textContent = `in ${(left / 3600).toFixed(1)} h`;
  };
  waiting = setInterval(count, 500);
  count();
}

function say(title, text, link) {
  const place = document.getElementById("unsent");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const line = document.createElement("p");
  line.textContent = text;
  place.replaceChildren(heading, line);
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link, target: "_blank", textContent: "Open it in another tab" });
    place.append(anchor);
  }
  place.hidden = false;
  place.tabIndex = -1;
  place.focus();
}

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

const KEPT = "What you typed stands below, and nothing of it is lost.";

async function send(form) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), PATIENCE_MS);
  // After a log-in elsewhere the page's own secret is out of date; the cookie's is not.
  const secret = form.querySelector('input[name="csrfmiddlewaretoken"]');
  if (cookie("csrftoken")) secret.value = cookie("csrftoken");
  try {
    const body = new FormData(form);
    const headers = { "X-Sent-By": "script" };
    const answer = await fetch(form.action, { method: "POST", body, headers, signal: given.signal });
    const next = answer.headers.get("X-Go-To");
    if (next) {
      location.assign(next);
      return;
    }
    const path = new URL(answer.url).pathname;
    if (answer.redirected && (path === "/unlock" || path === "/login")) {
      say("Not stored: the session is locked", `${KEPT} Enter again in another tab, then press Store here.`, path);
      return;
    }
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), answer.status);
  } catch {
    say("Not stored: the server did not answer", `${KEPT} Press Store again when the network is back; a stimulus that was stored after all is not stored twice.`);
  } finally {
    clearTimeout(timer);
    delete form.dataset.sent;
  }
}

// The form as the server read it takes the place of this one, so that what is to be
// mended stands beside its field.
function show(page, status) {
  const fresh = page.getElementById("form");
  if (!fresh) {
    const said = page.querySelector("main h1, main h2")?.textContent ?? `The server said ${status}`;
    const remedy = page.querySelector("main .problems p")?.textContent ?? "";
    say(`Not stored: ${said}`, `${remedy} ${KEPT}`);
    return;
  }
  for (const name of ["form", "history"]) {
    const there = page.getElementById(name);
    if (there) document.getElementById(name)?.replaceWith(document.adoptNode(there));
  }
  ready();
  const first = document.querySelector("#form [data-first]")
    ?? document.querySelector("#form [role=alert]:not([hidden])");
  if (!first) return;
  if (!first.matches("input")) first.tabIndex = -1;
  first.focus();
}

function ready() {
  const form = document.getElementById("entry");
  if (!form) return;
  for (const hidden of form.querySelectorAll("#watch, .keys")) hidden.hidden = false;
  document.getElementById("watch-button")?.addEventListener("click", toggle);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sent) send(form);
  });
  wait();
}

ready();
