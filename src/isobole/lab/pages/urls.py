"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder
from isobole.lab.pages._studies import overview, studies

urlpatterns = [
    path("", studies, name="studies"),
    path("studies/new", placeholder, name="new-study"),
    path("studies/<str:study_id>/", overview, name="study"),
    path("studies/<str:study_id>/protocol", placeholder, name="protocol"),
    path("studies/<str:study_id>/plan", placeholder, name="plan"),
    path("studies/<str:study_id>/allocation", placeholder, name="allocation"),
    path("studies/<str:study_id>/dosing", placeholder, name="dosing"),
]
