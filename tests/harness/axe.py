"""Owns the accessibility check of a page: axe-core's rules for WCAG A and AA, and its good practice."""

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """One line for each place of the page that breaks a rule."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then((found) => found.violations)", RULES)
    lines = []
    for rule in found:
        for node in rule["nodes"]:
            where, why = " ".join(map(str, node["target"])), " ".join(node["failureSummary"].split())
            lines.append(f"{rule['id']} ({rule['impact']}): {rule['help']} — {where} — {why}")
    return lines
