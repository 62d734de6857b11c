"""Whether a page fits a tablet: nothing beyond its edge, every target for a finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FINGER_PX = 44

# A link in a line of text is as high as its line; what labels a box is part of it.
SMALL = """(least) => {
  const wanted = "a[href], button, select, textarea, summary,"
    + " input:not([type=hidden]), [role=button], [role=tab]";
  const inText = (one) => one.tagName === "A"
    && getComputedStyle(one).display === "inline"
    && [...one.parentElement.childNodes].some((x) =>
      x.nodeType === 3 && /[a-z]{2}/i.test(x.textContent));
  const box = (one) => {
    const around = one.matches("[type=checkbox], [type=radio]")
      ? one.labels?.[0] ?? one : one;
    return around.getBoundingClientRect();
  };
  return [...document.querySelectorAll(wanted)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => one.offsetWidth > 1 && !one.matches(".skip") && !inText(one))
    .map((one) => [one, box(one)])
    .filter(([, { width, height }]) => width < least - 0.5 || height < least - 0.5)
    .map(([one, { width, height }]) => `${one.tagName} `
      + `${one.id || one.className || one.name} "${one.textContent.trim()}"`
      + ` ${width.toFixed(0)} x ${height.toFixed(0)}`);
}"""
WIDE = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const all = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > edge + 1)
    .map((one) => `${one.tagName} ${one.id || one.className}`);
  return [`${document.documentElement.scrollWidth} > ${edge}`, ...all.slice(0, 8)];
}"""


def too_small(page: Page) -> list[str]:
    """Return what is smaller than a finger, of all that can be pressed or filled in."""
    found: list[str] = page.evaluate(SMALL, FINGER_PX)
    return found


def too_wide(page: Page) -> list[str]:
    """Return what stands beyond the right edge, if one must scroll to see all."""
    found: list[str] = page.evaluate(WIDE)
    return found
