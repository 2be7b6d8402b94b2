"""What a replaceable part must do, as checks that run against any object that fits.

    check_router(Router)                        raises with the list of what fails
    for name, error in check_router.report(MyRouter): ...

contract            how checks are kept, run and reported
router, sessions, errors, pipeline              the checks

Each check gets a function that makes a fresh part, so parts of any origin can be checked: those of
the framework, those of a course, those of a stranger.
"""

from groundup_testing.contracts.contract import Check, Contract, ContractError
from groundup_testing.contracts.errors import check_errors
from groundup_testing.contracts.pipeline import check_pipeline
from groundup_testing.contracts.router import check_router
from groundup_testing.contracts.sessions import check_sessions

__all__ = [
    "Check",
    "Contract",
    "ContractError",
    "check_errors",
    "check_pipeline",
    "check_router",
    "check_sessions",
]
