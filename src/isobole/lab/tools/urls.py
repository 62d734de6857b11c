"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder

urlpatterns = [
    path("tools/", placeholder, name="tools"),
    path("monographs/", placeholder, name="monographs"),
]
