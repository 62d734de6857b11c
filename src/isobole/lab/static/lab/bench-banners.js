// What stands between this page and the server, and what to do about it.
import { lockForm } from "./bench-panels.js";
import { call } from "./bench-send.js";
import { endOf, isRunning } from "./bench-state.js";
import { el } from "./bench-tiles.js";

export function drawTrouble(bench) {
  const { notices, config, queue, sender, model } = bench;
  const kind = sender.trouble?.kind;
  if (kind === "locked") lockForm(notices, config, [...model.tiles.values()].some(isRunning), (body) => unlock(bench, body));
  else notices.clear("locked");
  if (kind === "login") notices.set("login", "bad", "Nobody is logged in. ", el("a", { href: config.urls.login, target: "_blank", rel: "noopener" }, "Log in in another tab"), "; what waits is sent then.");
  else if (kind === "other") notices.set("login", "bad", `${sender.trouble.message}. ${sender.trouble.body?.remedy ?? ""}`);
  else notices.clear("login");
  if (kind === "role") notices.set("role", "bad", `You are not a scorer of ${sender.trouble.study} now: its designer gives the role on the page Roles. What you entered stays on this device and is sent then.`);
  else notices.clear("role");
  const others = new Map();
  for (const row of queue.rows.values()) if (row.user !== config.user) others.set(row.user, (others.get(row.user) ?? 0) + 1);
  if (others.size) notices.set("others", "warn", [...others].map(([user, count]) => `${count} ${count === 1 ? "entry" : "entries"} of ${user} wait on this device until ${user} logs in here.`).join(" "));
  else notices.clear("others");
  finished(bench);
}

function finished({ notices, config, queue, model }) {
  const all = [...model.tiles.values()];
  const done = all.length > 0 && all.every((tile) => tile.t0 && endOf(tile));
  if (!done || all.every((tile) => tile.complete)) {
    notices.clear("sign");
    if (done) notices.set("sign", "good", "You signed that scoring is complete.");
    return;
  }
  if (queue.of(config.user).some((row) => row.study === config.study && row.run === config.run)) notices.set("sign", "good", "All observations have ended. You can sign when all is saved.");
  else notices.set("sign", "good", "All observations have ended. ", el("a", { href: config.urls.sign, class: "button" }, "Sign: scoring complete"));
}

async function unlock({ notices, config, sender, draw }, body) {
  try {
    await call(config.urls.unlock, { method: "POST", form: body });
    sender.trouble = null;
    notices.clear("locked");
    await sender.now();
    draw();
    return "";
  } catch (trouble) {
    const problem = trouble.body?.problems?.[0];
    return problem ? `${problem.message}. ${problem.remedy ?? ""}` : trouble.message;
  }
}
