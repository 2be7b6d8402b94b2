"""A template engine that compiles to Python and escapes by context.

tokens, lexer, layout                  text into tags and words; white space
nodes, statements, words               the tree, and the words that it is read from
expressions, heads, parser             words into the tree
context, attributes, *_state           where in a page a value stands
choice, context_escape, *escapers      how it must be escaped there
markup, undefined, sandbox, lookup     what a template may see and do
loop, macro, runtime                   what runs with it
optimizer                              what is the same at every rendering
translation, scopes, writer, loads     messages, names and lines
*_code, codecache, compiler            the tree into Python
filters*, checks, globals              what templates can call
loaders, waiting, template             where templates come from, and how they are run
*linker, environment                   where they meet
check, lint, explain                   all of it, compiled and shown
"""

from groundup_templating.codecache import CodeCache, FileCache
from groundup_templating.environment import Environment
from groundup_templating.errors import (
    ContextError,
    LimitError,
    SandboxError,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from groundup_templating.explain import Explanation, explain
from groundup_templating.lint import Finding, lint
from groundup_templating.loaders import (
    ChainLoader,
    DictLoader,
    DirectoryLoader,
    Loader,
    PackageLoader,
    Source,
)
from groundup_templating.markup import Markup, escape
from groundup_templating.optimizer import pure
from groundup_templating.sandbox import Limits, public
from groundup_templating.template import Template
from groundup_templating.undefined import ChainableUndefined, LenientUndefined, Undefined

__all__ = [
    "ChainLoader",
    "ChainableUndefined",
    "CodeCache",
    "ContextError",
    "DictLoader",
    "DirectoryLoader",
    "Environment",
    "Explanation",
    "FileCache",
    "Finding",
    "LenientUndefined",
    "LimitError",
    "Limits",
    "Loader",
    "Markup",
    "PackageLoader",
    "SandboxError",
    "Source",
    "Template",
    "TemplateError",
    "TemplateNotFound",
    "TemplateSyntaxError",
    "Undefined",
    "UndefinedError",
    "escape",
    "explain",
    "lint",
    "public",
    "pure",
]
