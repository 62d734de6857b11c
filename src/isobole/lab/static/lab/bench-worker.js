// Keeps the shell of an opened bench, so that a reload without a network works. Entries
// are not its business: the page keeps those itself. When somebody logs in or out, or
// locks the session, the kept pages go: nobody meets another person's bench.

const CACHE = "isobole-bench-1";
const PATIENCE_MS = 4000;
const BENCH = /^\/studies\/[^/]+\/bench\/[^/]+$/;
const LEAVE = new Set(["/login", "/logout", "/lock", "/setup"]);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.type !== "keep") return;
  event.waitUntil(
    caches.open(CACHE).then((cache) =>
      Promise.all(
        event.data.urls.map(async (url) => {
          const answer = await fetch(url, { credentials: "same-origin", cache: "no-cache", redirect: "manual" });
          if (answer.ok) await cache.put(url, answer);
        }),
      ),
    ),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && LEAVE.has(url.pathname)) {
    event.waitUntil(caches.delete(CACHE));
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && BENCH.test(url.pathname)) event.respondWith(fresh(request, url.pathname));
  else if (url.pathname.startsWith("/static/lab/")) event.respondWith(fresh(request, url.pathname));
});

async function fresh(request, key) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key, { ignoreSearch: true });
  try {
    const answer = await (kept ? within(fetch(request)) : fetch(request));
    if (answer.ok && (kept || BENCH.test(key))) await cache.put(key, answer.clone());
    return answer.status >= 500 && kept ? kept : answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

function within(promise) {
  return Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), PATIENCE_MS)),
  ]);
}
