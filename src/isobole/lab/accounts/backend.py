"""Who a name and password belong to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from isobole.lab._prepared import Prepared
from isobole.lab.models import User

_ACTIVE = Prepared(lambda pk: User.objects.filter(pk=pk, is_active=True), 0)


class LabBackend(BaseBackend):
    """Accounts of this lab; passwords are checked in constant time (Argon2)."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        """Return the person if the password is theirs and the account is active."""
        if not username or not password:
            return None
        # As it is: a second spelling of a name would have failures of its own.
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # as slow as for a name that exists
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session; None once the account is closed."""
        return _ACTIVE.first(user_id)
