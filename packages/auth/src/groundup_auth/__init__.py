"""Registration, log-in, tokens, resets, lockout and two-factor authentication."""
