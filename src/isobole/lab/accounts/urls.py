"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder
from isobole.lab.accounts import enter, first_run

urlpatterns = [
    path("login", enter.log_in, name="login"),
    path("logout", enter.log_out, name="logout"),
    path("lock", enter.lock, name="lock"),
    path("unlock", enter.unlock, name="unlock"),
    path("setup", first_run.setup, name="setup"),
    path("account", placeholder, name="account"),
    path("account/password", placeholder, name="account-password"),
    path("users", placeholder, name="users"),
    path("studies/<str:study_id>/roles", placeholder, name="members"),
    path("studies/<str:study_id>/audit", placeholder, name="audit"),
]
