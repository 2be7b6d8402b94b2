"""Static files over HTTP: validators, ranges, compression, nothing outside the root."""
