"""What people may do: the use cases."""
