"""Middleware factories, conditions, parallel branches, and the ready-made set: CORS, limits, headers."""
