"""How it is said: frames, their two encodings, and one peer without I/O."""
