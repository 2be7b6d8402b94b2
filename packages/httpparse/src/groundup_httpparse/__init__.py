"""An incremental, sans-I/O HTTP/1.1 request parser, and the headers and field grammar around it."""
