"""What a reader of a page sees: words that fall off the picture, words too small, words under other words."""

from typing import Any

from playwright.sync_api import Page

SPILT = """
([least, down]) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement;
    if (!node.data.trim() || one.closest('.aside, script, template, noscript, option, [data-mirror-here]')) continue;
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(one);
    const range = document.createRange();
    range.selectNodeContents(node);
    // What ends on '…' says itself that there is more.
    const ends = (it) => it.webkitLineClamp !== 'none' || it.textOverflow === 'ellipsis';
    const short = [one, one.parentElement].find((it) => ends(getComputedStyle(it)));
    const box = (short || range).getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const said = node.data.trim().slice(0, 40);
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`beside the page: ${said}`);
    if (down && (box.top < -1 || box.bottom > innerHeight + 1)) found.push(`below the picture: ${said}`);
    if (parseFloat(style.fontSize) < least - .1) found.push(`${style.fontSize}: ${said}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  return [...new Set(found)];
}
"""


def lost(page: Page, *, least: float = 0, picture: bool = False) -> list[str]:
    """What cannot be read: words beside the page, or off a ``picture`` that is never scrolled, or smaller than ``least`` px."""
    found: list[Any] = page.evaluate(SPILT, [least, picture])
    return [f"{page.viewport_size['width']}: {one}" for one in found]  # type: ignore[index]
