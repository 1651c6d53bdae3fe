"""Small marks every page uses: escaped text, badges, column looks."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from service import colours
from service.manifest import Manifest
from service.reading.headlines import headlines
from service.reading.words import STATUSES, counted

STATUS_COLOURS = {"OPTIMAL": "green", "FEASIBLE": "blue"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#~$|:])")


def plain(text: object) -> str:
    """Return text from a table so that markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", str(text))


def eur(label: str, meaning: str | None = None, **look: Any) -> Any:
    """Return the look of a column in EUR."""
    return st.column_config.NumberColumn(label, format="euro", help=meaning, **look)


def figure(label: str, form: str = "localized", meaning: str | None = None, **look: Any) -> Any:
    """Return the look of a column of numbers."""
    return st.column_config.NumberColumn(label, format=form, help=meaning, **look)


def percentage(label: str, meaning: str | None = None) -> Any:
    """Return the look of a column of percentages, 0 to 100: a bar with its figure."""
    return st.column_config.ProgressColumn(label, format="%.0f%%", min_value=0, max_value=100, help=meaning)


def text(label: str, meaning: str | None = None, **look: Any) -> Any:
    """Return the look of a column of words."""
    return st.column_config.TextColumn(label, help=meaning, **look)


def verdict_badges(manifest: Manifest) -> None:
    """Show what the checker and the solvers say of a run, as badges."""
    if manifest.feasible:
        st.badge("Checked, no promise broken", icon=":material/verified:", color="green")
    else:
        st.badge(f"{counted(manifest.violations, 'promise')} broken", icon=":material/gpp_bad:", color="red")
    st.badge(STATUSES[manifest.status], color=STATUS_COLOURS.get(manifest.status, "red"))  # type: ignore[arg-type]
    if manifest.degraded:
        st.badge("Degraded", icon=":material/warning:", color="orange", help=" ".join(map(plain, manifest.degraded)))


def headline_row(manifest: Manifest) -> None:
    """Show the headlines of a run in a row that wraps on a narrow screen."""
    with st.container(horizontal=True, key=f"headlines.{manifest.id}"):
        for h in headlines(manifest):
            st.metric(
                h.label,
                h.value,
                h.says,
                delta_color="red" if h.alarms else "off",
                delta_arrow="off",
                help=h.means,
                border=True,
                height="stretch",
            )


def legend(entries: list[tuple[str, str, str]]) -> None:
    """Show a line of (sign, colour, words); the sign is one of dot, ring, bar, square, diamond."""
    spans = "".join(
        f'<span><i class="{sign}" style="--c:{colour}"></i>{words}</span>' for sign, colour, words in entries
    )
    st.html(f'<div class="legend">{spans}</div><style>{_LEGEND_STYLE}</style>')


_LEGEND_STYLE = f"""
.legend {{display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; color: {colours.MUTED}}}
.legend span {{display: inline-flex; align-items: center; gap: 6px}}
.legend i {{display: inline-block; width: 11px; height: 11px; background: var(--c); border-radius: 50%}}
.legend i.ring {{background: transparent; border: 2px solid var(--c); box-sizing: border-box}}
.legend i.required {{background: transparent; border: 2px solid var(--c); box-sizing: border-box}}
.legend i.bar {{height: 3px; width: 18px; border-radius: 2px}}
.legend i.square {{border-radius: 1px}}
.legend i.diamond {{border-radius: 1px; transform: rotate(45deg) scale(.8)}}
"""
