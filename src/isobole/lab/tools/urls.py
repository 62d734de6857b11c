"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab.tools import _monographs, _pages

RESULT = "tools/results/<str:key>/"
MONOGRAPHS = "monographs/"

urlpatterns = [
    path("tools/", _pages.index, name="tools"),
    path(RESULT, _pages.result, name="tool-result"),
    path(f"{RESULT}progress", _pages.progress, name="tool-progress"),
    path(f"{RESULT}report.html", _pages.report, name="tool-report"),
    path(f"{RESULT}answer.json", _pages.as_json, name="tool-json"),
    path(f"{RESULT}estimates.csv", _pages.as_csv, name="tool-csv"),
    path(f"{RESULT}table", _pages.sent_table, name="tool-table"),
    path(f"{RESULT}<str:anchor>.svg", _pages.figure, name="tool-figure"),
    path("tools/<str:name>", _pages.tool, name="tool"),
    path(MONOGRAPHS, _monographs.index, name="monographs"),
    path(f"{MONOGRAPHS}search", _monographs.search_pages, name="monograph-search"),
    path(f"{MONOGRAPHS}ask", _monographs.ask_pages, name="monograph-ask"),
    path(f"{MONOGRAPHS}<path:name>", _monographs.site_file, name="monograph-file"),
]
