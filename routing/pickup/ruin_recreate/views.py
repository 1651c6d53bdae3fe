"""Hand many arrays to compiled functions as one address.

Numba passes a tuple of arrays by value, seven words and more for each; with thirty arrays that takes longer than the
work of a small function. A `View` lays addresses, shapes and numbers out in one block, and compiled code reads
`view.name` from there. A view keeps its arrays alive; whoever runs compiled code on it keeps the view alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.extending import overload_attribute
from numba.extending import (
    NativeValue,
    intrinsic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

_WORD = 8
_WORDS_PER_FIELD = 3  # an address and two lengths, or a number


class View:
    """Named arrays and numbers that compiled functions take as one argument; see `compiled_view`."""

    FIELDS: ClassVar[dict[str, Any]]
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A field."""

    def __init__(self, **values: Any) -> None:
        self._block = np.zeros(len(self.FIELDS) * _WORDS_PER_FIELD, dtype=np.int64)
        self.address = self._block.ctypes.data
        for number, (name, kind) in enumerate(self.FIELDS.items()):
            setattr(self, name, values[name])
            self._lay_out(number * _WORDS_PER_FIELD, values[name], kind)

    def _lay_out(self, at: int, value: Any, kind: Any) -> None:
        if kind is int:
            self._block[at] = int(value)
        elif kind is float:
            self._block[at : at + 1].view(np.float64)[0] = value
        else:
            dtype, dimensions = kind
            if value.dtype != dtype or value.ndim != dimensions or not value.flags.c_contiguous:
                raise TypeError(f"an array of {value.dtype} with {value.ndim} dimensions was given for {kind}")
            self._block[at] = value.ctypes.data
            self._block[at + 1 : at + 1 + min(dimensions, 2)] = value.shape[-2:]

    def replace(self, **changes: Any) -> Any:
        """The view with some fields changed."""
        return type(self)(**{name: getattr(self, name) for name in self.FIELDS} | changes)

    def arrays(self) -> dict[str, np.ndarray]:
        """The fields that are arrays."""
        return {name: getattr(self, name) for name, kind in self.FIELDS.items() if kind not in (int, float)}


def compiled_view(cls: type[View]) -> type[View]:
    """Make a `View` known to Numba: `FIELDS` maps names to int, float or (dtype, dimensions: 1, 2 or 3).

    Of three dimensions the first must be 2 long.
    """
    # Under its own name in this module, so that compiled code in a cache is found again.
    members = {"__init__": _named(cls.__name__), "__module__": __name__}
    numba_type = type(f"{cls.__name__}Type", (types.Type,), members)
    globals()[numba_type.__name__] = numba_type
    the_type = numba_type()

    @register_model(numba_type)
    class _Address(models.PrimitiveModel):
        def __init__(self, manager: Any, kind: Any) -> None:
            super().__init__(manager, kind, ir.IntType(64))

    @typeof_impl.register(cls)
    def _type_of(value: Any, context: Any) -> Any:
        return the_type

    @unbox(numba_type)
    def _unbox(kind: Any, value: Any, context: Any) -> NativeValue:
        address = context.pyapi.object_getattr_string(value, "address")
        native = context.pyapi.long_as_longlong(address)
        context.pyapi.decref(address)
        return NativeValue(native)

    for number, (name, kind) in enumerate(cls.FIELDS.items()):
        options = {"jit_options": {"forceinline": True}}
        overload_attribute(numba_type, name, **options)(_reader(number * _WORDS_PER_FIELD, kind))  # type: ignore[arg-type]
    return cls


def _named(name: str) -> Any:
    def init(self: Any) -> None:
        types.Type.__init__(self, name=name)

    return init


def _reader(at: int, kind: Any) -> Any:
    """What an attribute compiles to."""
    if kind in (int, float):
        read = _word(at, types.int64 if kind is int else types.float64)
        return lambda view: lambda view: read(view)
    dtype, dimensions = kind
    start = _word(at, types.CPointer(numba.from_dtype(np.dtype(dtype))))
    rows, columns = _word(at + 1, types.int64), _word(at + 2, types.int64)
    if dimensions == 1:
        return lambda view: lambda view: numba.carray(start(view), (rows(view),))
    if dimensions == 2:
        return lambda view: lambda view: numba.carray(start(view), (rows(view), columns(view)))
    return lambda view: lambda view: numba.carray(start(view), (2, rows(view), columns(view)))


def _word(at: int, kind: Any) -> Any:
    """A compiled function that reads one word of the block."""

    @intrinsic
    def read(typing_context: Any, view: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            llvm_type = context.get_value_type(kind)
            address = builder.add(arguments[0], ir.Constant(ir.IntType(64), at * _WORD))
            return builder.load(builder.inttoptr(address, llvm_type.as_pointer()))

        return kind(view), generate

    return read
