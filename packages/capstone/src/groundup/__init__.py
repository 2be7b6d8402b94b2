"""A web framework from the ground up."""
