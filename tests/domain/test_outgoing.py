"""What comes back tells nothing by accident."""

from __future__ import annotations

from server.domain.outgoing import Answer, EgressFault, EgressRefused


def test_a_refusal_says_why_and_an_answer_hides_its_body() -> None:
    """Neither shows what was said."""
    refused = EgressRefused(EgressFault.PORT)

    assert str(refused) == "will not be called: port"
    assert refused.fault is EgressFault.PORT
    assert "secret" not in repr(Answer(status=200, body=b"secret"))
