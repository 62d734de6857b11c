// Search without a server: terms and headings are scripts, loaded as they are needed.
"use strict";
(function () {
  const MOST = 50;
  const box = document.getElementById("query");
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-results");
  const shards = new Map();
  const blocks = new Map();
  const waiting = new Map();
  let about = null;
  let asked = 0;

  window.isoboleSearch = {
    about(value) { about = value; },
    terms(name, value) { shards.set(name, new Map(Object.entries(value))); },
    pages(number, value) { blocks.set(number, value); },
  };

  function load(file) {
    if (!waiting.has(file)) {
      waiting.set(file, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = "search/" + file;
        script.onload = () => done();
        script.onerror = () => failed(new Error(file));
        document.head.append(script);
      }));
    }
    return waiting.get(file);
  }

  function words(text) {
    return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || [];
  }

  function shardOf(term) {
    return /^[a-z0-9]/.test(term) ? term[0] : "_";
  }

  // Page number -> sections (bits) and rarity of one word; the last word may be unfinished.
  async function places(term, unfinished) {
    const name = shardOf(term);
    const found = new Map();
    if (!about.shards.includes(name)) return found;
    await load("terms-" + name + ".js");
    for (const [known, flat] of shards.get(name)) {
      if (known !== term && !(unfinished && known.startsWith(term))) continue;
      const weight = Math.log(1 + about.pages / (flat.length / 2)) * (known === term ? 1 : 0.6);
      for (let at = 0; at < flat.length; at += 2) {
        const old = found.get(flat[at]);
        found.set(flat[at], old
          ? [old[0] | flat[at + 1], Math.max(old[1], weight)]
          : [flat[at + 1], weight]);
      }
    }
    return found;
  }

  function bits(mask) {
    let count = 0;
    for (let rest = mask; rest; rest &= rest - 1) count += 1;
    return count;
  }

  async function find(text) {
    const turn = ++asked;
    const terms = [...new Set(words(text))];
    if (!terms.length) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    try {
      await load("index.js");
      const each = await Promise.all(
        terms.map((term, index) => places(term, index === terms.length - 1)));
      const hits = [];
      for (const [page, first] of each[0]) {
        let together = first[0];
        let score = 0;
        let all = true;
        let anywhere = 0;
        for (const found of each) {
          const here = found.get(page);
          if (!here) { all = false; break; }
          together &= here[0];
          anywhere |= here[0];
          score += here[1];
        }
        // Words that stand in one section count more than words scattered over a page.
        if (all) hits.push([page, together || anywhere, score * (together ? 2 : 1) + bits(together) / 100]);
      }
      hits.sort((a, b) => b[2] - a[2] || a[0] - b[0]);
      const shown = hits.slice(0, MOST);
      const needed = new Set(shown.map((hit) => Math.floor(hit[0] / about.block)));
      await Promise.all([...needed].map((number) => load("pages-" + number + ".js")));
      if (turn !== asked) return;
      list.replaceChildren(...shown.map(item));
      status.textContent = hits.length === 0
        ? "No page has all of these words."
        : hits.length > MOST
          ? hits.length + " pages have all of these words; the first " + MOST + " are shown."
          : hits.length + (hits.length === 1 ? " page has" : " pages have") + " all of these words.";
    } catch (error) {
      if (turn === asked) {
        status.textContent = "The search index could not be loaded (" + error.message + "); use the list below.";
      }
    }
  }

  function link(text, href) {
    const made = document.createElement("a");
    made.textContent = text;
    made.href = href;
    return made;
  }

  function item(hit) {
    const [title, slug, sections] = blocks.get(Math.floor(hit[0] / about.block))[hit[0] % about.block];
    const made = document.createElement("li");
    const name = document.createElement("strong");
    name.append(link(title, "pages/" + slug + ".html"));
    made.append(name);
    const named = [];
    for (let bit = 0; bit < sections.length && named.length < 6; bit += 1) {
      if (hit[1] & (1 << bit)) named.push(sections[bit]);
    }
    named.forEach(([heading, line], index) => {
      made.append(index ? " · " : " ", link((heading || "begin") + ", line " + line, "source/" + slug + ".html#L" + line));
    });
    return made;
  }

  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    find(box.value);
    const address = new URL(window.location.href);
    address.searchParams.set("q", box.value);
    try { window.history.replaceState(null, "", address); } catch { /* opened from a disk */ }
  });
  let pause = 0;
  box.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => find(box.value), 150);
  });
  const given = new URLSearchParams(window.location.search).get("q");
  if (given) {
    box.value = given;
    find(given);
  }
  document.getElementById("search").hidden = false;
})();
