"""Drug pages made up with the defects of the census at their measured rates.

Written from the census alone, before and without the reader: the two share no code
that knows a marker. `generate_pages` gives pages of kind A (front matter and `##`
sections), B0 (bold headings) or B1 (`###` headings). Some forms of question and answer
are held out (`markers="held-out"`): recall on them is reported and nothing was tuned
to them.
"""

from benchmarks.pages._forms import HELD_OUT
from benchmarks.pages._generate import generate_pages
from benchmarks.pages._truth import Planted, Truth

__all__ = ["HELD_OUT", "Planted", "Truth", "generate_pages"]
