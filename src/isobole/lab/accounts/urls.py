"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder
from isobole.lab.accounts import account, enter, first_run, members, users

urlpatterns = [
    path("login", enter.log_in, name="login"),
    path("logout", enter.log_out, name="logout"),
    path("lock", enter.lock, name="lock"),
    path("unlock", enter.unlock, name="unlock"),
    path("setup", first_run.setup, name="setup"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="account-password"),
    path("account/pin", account.pin, name="account-pin"),
    path("account/tokens", account.token, name="account-token"),
    path("account/tokens/<int:token_id>", account.revoke, name="account-revoke"),
    path("users", users.users, name="users"),
    path("users/<str:username>", users.change, name="user-change"),
    path("access-log", placeholder, name="access-log"),
    path("studies/<str:study_id>/roles", members.members, name="members"),
    path("studies/<str:study_id>/audit", placeholder, name="audit"),
]
