"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab.results import (
    _downloads,
    _import,
    _import_events,
    _lock,
    _next,
    _pages,
    _reveal,
)

STUDY = "studies/<str:study_id>/"
ANALYSIS = f"{STUDY}analysis"

urlpatterns = [
    path("studies/import", _import.import_study, name="import"),
    path(ANALYSIS, _pages.overview, name="analysis"),
    path(f"{ANALYSIS}/part/<slug:slug>", _pages.section, name="analysis-part"),
    path(f"{ANALYSIS}/print", _pages.printed, name="analysis-print"),
    path(f"{ANALYSIS}/progress", _pages.progress, name="analysis-progress"),
    path(f"{ANALYSIS}/again", _pages.again, name="analysis-again"),
    path(
        f"{ANALYSIS}/figures/<int:number>.svg",
        _downloads.figure,
        name="analysis-figure",
    ),
    path(f"{ANALYSIS}/report.html", _downloads.report, name="analysis-report"),
    path(f"{ANALYSIS}/analysis.json", _downloads.as_json, name="analysis-json"),
    path(f"{ANALYSIS}/outcomes.csv", _downloads.outcomes, name="analysis-outcomes"),
    path(f"{ANALYSIS}/lock", _lock.lock, name="analysis-lock"),
    path(f"{STUDY}folder.zip", _downloads.folder, name="study-folder"),
    path(f"{STUDY}reveal", _reveal.reveal, name="reveal"),
    path(f"{STUDY}unblind", _reveal.unblind, name="unblind"),
    path(f"{STUDY}next-dose", _next.next_dose, name="next-dose"),
    path(
        f"{STUDY}next-dose/figures/<str:token>.svg",
        _next.advice_figure,
        name="advice-figure",
    ),
    path(f"{STUDY}events/import", _import_events.import_events, name="import-events"),
]
