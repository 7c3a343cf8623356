"""What this server handles, how sensitive it is, and when it dies.

The one registry of record types. docs/data-model.md is generated from it
(``python -m tools.data_model``), and a column of the database or a field of a
session that no row claims fails the tests.

Ephemeral data belongs to one conversation and goes with it; operational data
belongs to the account or the operator. Whoever keeps something new adds a row
or a claim here first, and so has to say when it dies.
"""

from __future__ import annotations

from server.domain.ephemeral_records import EPHEMERAL_RECORDS
from server.domain.operational_records import OPERATIONAL_RECORDS
from server.domain.record_type import Group, Home, RecordType, Sensitivity

__all__ = ["RECORD_TYPES", "Group", "Home", "RecordType", "Sensitivity"]

RECORD_TYPES = EPHEMERAL_RECORDS + OPERATIONAL_RECORDS
