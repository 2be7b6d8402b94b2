"""Blocking TCP servers on plain sockets: a thread for each connection, or one readiness loop for all."""
