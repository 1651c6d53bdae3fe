"""Foreign data in, a network folder out: point lists with a mapping, and the locker instances of the literature."""

from __future__ import annotations

from service.importing.formats import IMPORTERS, import_file
from service.importing.locker_vrp import import_locker_vrp
from service.importing.points_import import import_points
from service.importing.publishing import ImportSummary

__all__ = ["IMPORTERS", "ImportSummary", "import_file", "import_locker_vrp", "import_points"]
