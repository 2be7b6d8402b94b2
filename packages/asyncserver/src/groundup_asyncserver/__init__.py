"""An asyncio HTTP/1.1 server for handlers and ASGI applications."""
