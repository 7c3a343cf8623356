"""Operations that other files answer, and that belong into the document."""

from __future__ import annotations

from server.gateway.api.operation import Operation
from server.protocol.api_answers import AnswerTaken
from server.protocol.client_frames import Send


def operations() -> list[Operation]:
    """All of them; ``answer_routes`` answers."""
    return [
        Operation(
            method="POST",
            path="/conversations/{conversation}/answers",
            name="answer_conversation",
            summary="What an application says, as on its socket.",
            tag="applications",
            scope=None,
            do=None,
            takes=Send,
            gives=AnswerTaken,
            problems=(409, 410),
        ),
    ]
