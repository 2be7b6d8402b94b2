"""A router that maps URL paths to handlers through a segment tree."""
