// The device around the page: one tab, wake lock, kept shell, sound, press and hold.

export const TAP_MS = 400;

// Held, a seizure lasts as long as the press; a tap begins it, and the next ends it.
export function holdable(tile, kind, stroke, entry) {
  const began = performance.now();
  if (entry.isOpen(tile, kind)) {
    entry.span(tile, kind, "stop", stroke);
    return null;
  }
  entry.span(tile, kind, "start", stroke);
  return (at) => {
    if (at - began >= TAP_MS) entry.span(tile, kind, "stop", { at });
  };
}

// One tab of a device owns the bench; a second one says so and waits.
export function ownTheBench(notices) {
  if (!navigator.locks) return Promise.resolve(); // said by keepShell
  return new Promise((resolve) => {
    const own = () => {
      notices.clear("tab");
      resolve();
      return new Promise(() => {}); // kept until the tab is closed
    };
    navigator.locks.request("isobole-bench", { ifAvailable: true }, (lock) => {
      if (lock) return own();
      notices.set("tab", "bad", "A bench is open in another tab of this device. Close that one: this one begins by itself then.");
      document.getElementById("saved").textContent = "waits for the other tab";
      navigator.locks.request("isobole-bench", own);
      return null;
    });
  });
}

export function keepShell(worker, notices) {
  if (!window.isSecureContext) {
    notices.set("insecure", "warn", "This address is not secure (no HTTPS): no wake lock keeps the screen on, no service worker opens the page again without the network, and a second tab is not noticed. Entries are kept on this device all the same. Ask for the https:// address of the lab; until then let the screen never turn off, and keep this page open.");
    return;
  }
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(worker).catch(() => {});
  navigator.serviceWorker.ready.then((registration) => {
    const shell = performance.getEntriesByType("resource").map((x) => new URL(x.name).pathname).filter((path) => path.startsWith("/static/lab/"));
    registration.active.postMessage({ type: "keep", urls: [location.pathname, ...new Set(shell)] });
  });
}

// Taken away when the page is hidden; asked for again as soon as it is seen.
let awake = null;
let asking = false;

export async function keepAwake(wanted) {
  if (!navigator.wakeLock || asking) return;
  if (!wanted) {
    awake?.release();
    awake = null;
    return;
  }
  if (awake && !awake.released) return;
  if (document.hidden) return;
  asking = true;
  try {
    awake = await navigator.wakeLock.request("screen");
  } catch {
    awake = null; // an empty battery; asked for again
  } finally {
    asking = false;
  }
}

let audio = null;

export function beep() {
  audio ??= new AudioContext();
  audio.resume?.();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.5);
}
