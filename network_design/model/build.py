"""The whole model of an instance, read from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass

from network_design.model import flow_constraints as flows
from network_design.model import place_constraints as places
from network_design.model import service_constraints as service
from network_design.model.linking import send_only_to_open_places
from network_design.model.objective import add_objective
from network_design.model.program import Program
from network_design.model.sets import Sets
from network_design.model.variables import Variables, add_variables
from retour.design import DesignInstance


@dataclass(frozen=True)
class DesignModel:
    """A program, and what its columns mean."""

    sets: Sets
    program: Program
    variables: Variables


def build_model(instance: DesignInstance, *, strong: bool = True) -> DesignModel:
    """Return the design model of an instance; without the rows that only make it `strong`, if asked.

    Multi-period, multi-product location with modular or continuous capacities and a bill of disassembly, after Alumur,
    Nickel, Saldanha-da-Gama and Verter (2012), doi:10.1016/j.ejor.2011.12.045, with all that RELOG has.
    """
    sets, program = Sets(instance), Program()
    v = add_variables(program, sets)
    add_objective(program, sets, v)
    flows.balance_at_receipt(program, sets, v)
    flows.balance_at_dispatch(program, sets, v)
    flows.respect_capacity(program, sets, v)
    flows.store_only_where_open(program, sets, v)
    flows.respect_lanes(program, sets, v)
    flows.keep_contracts(program, sets, v)
    places.nest_levels(program, sets, v)
    places.tell_growth(program, sets, v)
    places.widen_ranges(program, sets, v)
    places.count_open_places(program, sets, v)
    places.respect_budgets(program, sets, v)
    places.respect_product_limits(program, sets, v)
    places.respect_emission_limits(program, sets, v)
    service.serve_within_bands(program, sets, v)
    service.lose_what_is_far(program, sets, v)
    service.be_near_where_open(program, sets, v)
    service.wait_in_line(program, sets, v)
    if strong and len(sets.levels):
        send_only_to_open_places(program, sets, v)
    return DesignModel(sets, program, v)
