"""Foreign data in, a network folder out: point lists with a mapping, and the locker instances of the literature."""

from __future__ import annotations

from service.importing.formats import IMPORTERS, import_network
from service.importing.locker_vrp import import_locker_vrp
from service.importing.points_import import import_points
from service.importing.publishing import ImportSummary

__all__ = ["IMPORTERS", "ImportSummary", "import_locker_vrp", "import_network", "import_points"]
