"""The tree of a template, second half: the statements, which write or bind."""

from dataclasses import dataclass

from groundup_templating.nodes import Attribute, Call, Expression, Filter, Name, Node, TupleDisplay
from groundup_templating.tokens import Text

__all__ = [
    "Block",
    "CallBlock",
    "Extends",
    "FilterBlock",
    "For",
    "FromImport",
    "If",
    "Import",
    "Include",
    "Macro",
    "Parameter",
    "Print",
    "Set",
    "SetBlock",
    "Statement",
    "Target",
    "Text",
    "With",
]

Target = Name | TupleDisplay | Attribute  # an Attribute only of a namespace, in ``set``


@dataclass(slots=True, eq=False)
class Print(Node):
    """``{{ expression }}``."""

    value: Expression


@dataclass(slots=True, eq=False)
class If(Node):
    """``if``, any number of ``elif``, and ``else``."""

    branches: list[tuple[Expression, list["Statement"]]]
    otherwise: list["Statement"]


@dataclass(slots=True, eq=False)
class For(Node):
    """``for target in iterable if condition``, with the ``else`` of an empty loop."""

    target: Name | TupleDisplay
    iterable: Expression
    condition: Expression | None
    body: list["Statement"]
    otherwise: list["Statement"]
    recursive: bool


@dataclass(slots=True, eq=False)
class Set(Node):
    """``set target = value``."""

    target: Target
    value: Expression


@dataclass(slots=True, eq=False)
class SetBlock(Node):
    """``set name | filters`` … ``endset``; the filters wait for the text of the body."""

    name: str
    filters: list[Filter]
    body: list["Statement"]


@dataclass(slots=True, eq=False)
class With(Node):
    """``with name = value``: a scope of its own."""

    bindings: list[tuple[Name, Expression]]
    body: list["Statement"]


@dataclass(slots=True, eq=False)
class Include(Node):
    """``include name``, perhaps of several names, perhaps of one that may be missing."""

    template: Expression
    ignore_missing: bool
    with_context: bool


@dataclass(slots=True, eq=False)
class Extends(Node):
    """``extends name``."""

    template: Expression


@dataclass(slots=True, eq=False)
class Block(Node):
    """``block name``: a place that templates which extend this one may fill, or must."""

    name: str
    body: list["Statement"]
    required: bool = False


@dataclass(slots=True, eq=False)
class Parameter:
    """One parameter of a macro."""

    name: str
    default: Expression | None


@dataclass(slots=True, eq=False)
class Macro(Node):
    """``macro name(parameters)``."""

    name: str
    parameters: list[Parameter]
    body: list["Statement"]


@dataclass(slots=True, eq=False)
class CallBlock(Node):
    """``call(parameters) macro(arguments)``: the body is the macro's ``caller``."""

    call: Call
    caller: Macro


@dataclass(slots=True, eq=False)
class FilterBlock(Node):
    """``filter name``: the body goes through filters."""

    filters: list[Filter]
    body: list["Statement"]


@dataclass(slots=True, eq=False)
class Import(Node):
    """``import template as name``."""

    template: Expression
    name: str
    with_context: bool


@dataclass(slots=True, eq=False)
class FromImport(Node):
    """``from template import name as alias``."""

    template: Expression
    names: list[tuple[str, str]]
    with_context: bool


Statement = (
    Text
    | Print
    | If
    | For
    | Set
    | SetBlock
    | With
    | Include
    | Extends
    | Block
    | Macro
    | CallBlock
    | FilterBlock
    | Import
    | FromImport
)
