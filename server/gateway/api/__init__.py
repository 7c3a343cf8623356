"""The API: one table of operations, and all that is made from it."""
