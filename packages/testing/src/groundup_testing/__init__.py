"""A test client that speaks real HTTP in memory, a test runner, and a pytest plugin."""
