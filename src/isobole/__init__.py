"""isobole: from quantal counts to ED50s, interactions and verdicts.

For research and education only; not for diagnosis or treatment.
"""

from __future__ import annotations

from isobole._version import __version__ as __version__
