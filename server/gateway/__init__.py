"""How people reach the server: sockets and HTTP."""
