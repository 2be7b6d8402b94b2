"""An HTTP response builder: status, fields, cookies, body, and the exact bytes."""
