"""Who is here now, in memory only; nothing in here waits."""
