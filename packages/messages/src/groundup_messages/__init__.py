"""Request and response objects for web applications, decoded on first use."""
