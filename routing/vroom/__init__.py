"""VROOM's JSON: its problems read and solved by our engines, answers and problems written in its words."""

from routing.vroom.answer import VroomAnswer
from routing.vroom.export import VroomExport, to_vroom
from routing.vroom.problem import VroomProblem
from routing.vroom.reading import read_vroom
from routing.vroom.solve import VroomSolved, solve_vroom

__all__ = ["VroomAnswer", "VroomExport", "VroomProblem", "VroomSolved", "read_vroom", "solve_vroom", "to_vroom"]
