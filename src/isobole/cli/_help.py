"""Help pages without boxes: what cyclopts reads from docstrings, in two columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

LEFT = 26
WIDEST = 80


class PlainHelp:
    """Formats help pages for terminals, screen readers and golden files alike."""

    def __call__(
        self, console: Console, options: ConsoleOptions, panel: HelpPanel
    ) -> None:
        """Print one group of parameters or commands."""
        rows = [_row(entry) for entry in panel.entries if entry.display_labels]
        if not rows:
            return
        width = min(console.width, WIDEST)
        lines = [str(panel.title)]
        for label, text in rows:
            folded = textwrap.wrap(text, width - LEFT, break_on_hyphens=False) or [""]
            if len(label) + 3 > LEFT:
                lines.append(f"  {label}")
            else:
                lines.append(f"  {label:{LEFT - 2}}{folded.pop(0)}".rstrip())
            lines += [" " * LEFT + line for line in folded]
        _print(console, "\n".join(lines) + "\n")

    def render_usage(
        self, console: Console, options: ConsoleOptions, usage: Any
    ) -> None:
        """Print the usage line."""
        text = _plain(usage).removeprefix("Usage: ").replace("[OPTIONS]", "[options]")
        if text:
            width = min(console.width, WIDEST)
            folded = textwrap.fill(
                f"Usage: {text}",
                width,
                subsequent_indent=" " * len("Usage: isobole "),
                break_on_hyphens=False,
            )
            _print(console, f"{folded}\n")

    def render_description(
        self, console: Console, options: ConsoleOptions, description: Any
    ) -> None:
        """Print the docstring; indented lines are examples and stay as they are."""
        width = min(console.width, WIDEST)
        folded = [
            paragraph
            if paragraph.startswith(("  ", "isobole "))
            else textwrap.fill(paragraph, width, break_on_hyphens=False)
            for paragraph in _plain(description).split("\n\n")
        ]
        if any(folded):
            _print(console, "\n\n".join(folded) + "\n")


def _row(entry: HelpEntry) -> tuple[str, str]:
    label = entry.positional_label or ", ".join(entry.positive_names)
    if entry.metavar and not entry.positional_label:
        label += f" {entry.metavar}"
    facts = []
    if entry.choices:
        facts.append(f"one of {', '.join(entry.choices)}")
    if entry.required:
        facts.append("required")
    elif entry.default not in (None, "None", "False"):
        facts.append(f"default {entry.default}")
    text = _plain(entry.description)
    return label, f"{text} [{'; '.join(facts)}]" if facts else text


def _plain(text: Any) -> str:
    if text is None:
        return ""
    return str(
        getattr(text, "plain", getattr(text, "primary_renderable", text))
    ).strip()


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
