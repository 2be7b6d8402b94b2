"""WebSockets: RFC 6455 as a sans-I/O protocol, an asyncio connection, and rooms."""
