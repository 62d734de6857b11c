"""The browser that pages are tested in, on pages whose faults are known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from browser_devices import devices

POLICY = "default-src 'none'; script-src 'self'; img-src 'self'; connect-src 'self'"
GOOD = """<!doctype html><html lang="en"><title>Rack</title>
<main><h1>Rack</h1><button>Chamber 1</button><p id="said">nothing yet</p></main>
<script src="page.js"></script></html>"""
BAD = """<!doctype html><html><title></title>
<main><h1>Rack</h1><img src="x.png"><button></button></main></html>"""
SCRIPT = """
document.querySelector("button").addEventListener("pointerdown", (event) => {
  document.querySelector("#said").textContent = event.pointerType;
});
navigator.serviceWorker.register("worker.js");
"""
WORKER = """
self.addEventListener("install", (event) => event.waitUntil(
  caches.open("v1").then((cache) => cache.addAll(["good.html", "page.js"]))));
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
self.addEventListener("fetch", (event) => event.respondWith(
  caches.match(event.request).then((found) => found || fetch(event.request))));
"""


class Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass


# Of the module: it must outlive the pages, whose last request would else be a fault.
@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    pages = {
        "good.html": GOOD,
        "bad.html": BAD,
        "throws.html": GOOD.replace("page.js", "throws.js"),
        "inline.html": GOOD.replace('<script src="page.js">', "<script>1;"),
        "page.js": SCRIPT,
        "throws.js": "throw new Error('lost');",
        "worker.js": WORKER,
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    serve = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_it_is_the_size_asked_for(page_at: Callable[..., Any], site: str) -> None:
    page = page_at(1180, 820)
    page.goto(f"{site}/good.html")
    assert page.evaluate("[innerWidth, innerHeight]") == [1180, 820]


@pytest.mark.parametrize("entry", ["keyboard", "touch"])
def test_entry(page_at: Callable[..., Any], site: str, entry: str) -> None:
    page = page_at(entry=entry)
    page.goto(f"{site}/good.html")
    button = page.get_by_role("button", name="Chamber 1")
    if entry == "touch":
        button.tap()
    else:
        button.click()
    kind = "touch" if entry == "touch" else "mouse"
    assert page.locator("#said").text_content() == kind


def test_two_devices_share_nothing(context: Callable[..., Any], site: str) -> None:
    one, other = context().new_page(), context().new_page()
    for page in (one, other):
        page.goto(f"{site}/good.html")
    one.evaluate("localStorage.setItem('scorer', 'ana')")
    assert other.evaluate("localStorage.getItem('scorer')") is None


def test_service_workers_serve_without_a_network(
    context: Callable[..., Any], site: str
) -> None:
    device = context()
    page = device.new_page()
    page.goto(f"{site}/good.html")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    device.set_offline(True)
    page.reload()
    assert page.get_by_role("heading", name="Rack").is_visible()


def test_axe_finds_what_is_wrong_despite_the_policy(
    page_at: Callable[..., Any], site: str, axe: Callable[..., Any]
) -> None:
    page = page_at()
    page.goto(f"{site}/bad.html")
    assert {found["rule"] for found in axe(page)} == {
        "button-name",
        "document-title",
        "html-has-lang",
        "image-alt",
    }
    page.goto(f"{site}/good.html")
    assert axe(page) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [("throws", "uncaught: .*lost"), ("inline", "Content Security Policy")],
)
def test_a_fault_of_a_page_fails_the_test(
    browser: Any, site: str, fault: str, said: str
) -> None:
    with (
        pytest.raises(AssertionError, match=said),
        devices(browser) as new,
    ):
        new().new_page().goto(f"{site}/{fault}.html")
    with devices(browser) as new:
        new(faults="ignored").new_page().goto(f"{site}/{fault}.html")
        new().new_page().goto(f"{site}/good.html")
