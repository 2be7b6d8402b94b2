"""Takes the first route that fits, in the order of adding.

first-fail: m4_precedence
message: 'handler': 'parameter'
turn: The order of `add` decides in your router: sort the routes, or look at text before parameters.
"""

from groundup_course.chapters.router.steps.step3 import Router

__all__ = ["Router"]
