"""A middleware pipeline that mixes sync and async layers on at most one thread a request."""
