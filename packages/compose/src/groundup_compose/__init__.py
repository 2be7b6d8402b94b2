"""Middleware factories, conditions, parallel branches, and a ready-made set of layers.

First what makes layers out of layers (`when`, `stack`, `parallel`, `inject`), then the layers that
most applications want, then what shows a chain and measures it.
"""

from groundup_compose.authenticate import authenticate
from groundup_compose.breaker import Circuit, CircuitBreaker, circuit_breaker
from groundup_compose.buckets import Buckets, MemoryBuckets, Rate, Taken
from groundup_compose.cachecontrol import cache_control
from groundup_compose.conditions import if_header, if_method, if_path, unless, when
from groundup_compose.cors import cors, cors_middleware
from groundup_compose.errors import ForwardedError, InjectionError, OrderError
from groundup_compose.factories import after, before
from groundup_compose.hosts import trusted_hosts
from groundup_compose.inject import Injector, inject
from groundup_compose.order import check_order, ordered
from groundup_compose.parallel import parallel, parallel_middleware
from groundup_compose.proxy import proxy_headers
from groundup_compose.ratelimit import client_address, rate_limit
from groundup_compose.redis import RedisBuckets, RedisWindows
from groundup_compose.requestid import current_request_id, request_id
from groundup_compose.retry import retry
from groundup_compose.security import DEFAULT_CSP, security_headers
from groundup_compose.show import format_chain, list_chain, show
from groundup_compose.stack import stack, with_layers
from groundup_compose.timeout import timeout
from groundup_compose.timing import Timed, timed
from groundup_compose.traceparent import Trace, current_trace, traceparent
from groundup_compose.windows import MemoryWindows

__all__ = [
    "DEFAULT_CSP",
    "Buckets",
    "Circuit",
    "CircuitBreaker",
    "ForwardedError",
    "InjectionError",
    "Injector",
    "MemoryBuckets",
    "MemoryWindows",
    "OrderError",
    "Rate",
    "RedisBuckets",
    "RedisWindows",
    "Taken",
    "Timed",
    "Trace",
    "after",
    "authenticate",
    "before",
    "cache_control",
    "check_order",
    "circuit_breaker",
    "client_address",
    "cors",
    "cors_middleware",
    "current_request_id",
    "current_trace",
    "format_chain",
    "if_header",
    "if_method",
    "if_path",
    "inject",
    "list_chain",
    "ordered",
    "parallel",
    "parallel_middleware",
    "proxy_headers",
    "rate_limit",
    "request_id",
    "retry",
    "security_headers",
    "show",
    "stack",
    "timed",
    "timeout",
    "traceparent",
    "trusted_hosts",
    "unless",
    "when",
    "with_layers",
]
