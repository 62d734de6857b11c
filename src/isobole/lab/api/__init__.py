"""The typed JSON API; its OpenAPI document is at /api/openapi.json."""

from __future__ import annotations

from isobole.lab.api._access import access_for as access_for, caller as caller
from isobole.lab.api._api import api as api, operations as operations
