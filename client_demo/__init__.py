"""A terminal client: customer or agent, speaking only docs/protocol.md.

It imports nothing of ``server``, so that it proves the document and not the
program: what works here works for a stranger. ``python -m client_demo --help``.

    wire            frames to bytes and back
    backoff         when to come back after a connection closed
    transcript      one conversation as this side knows it; pure
    participant     one side of one conversation: answers frames with frames
    customer agent  what a whole connection of either kind does
    connection      the socket: dial, greet, listen, dial again
    printable       makes what others typed harmless to a terminal
    plain           lines in, lines out: for pipes and scripts
    panel screen desk   the Textual screens: shared, customer's, agent's
"""

from __future__ import annotations
