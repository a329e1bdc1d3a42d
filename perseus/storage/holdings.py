"""Which tables each party's database has: a bank's has no place where a reading could stand."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import MetaData

from perseus.storage import (
    challenges,
    consents,
    credentials,
    deliveries,
    evidence,
    gathered,
    grid,
    leases,
    log,
    meters,
    opened_slots,
    openings,
    operations,
    pairings,
    presentations,
    proposals,
    readings,
    register,
    repeats,
    resources,
    sightings,
    slots,
    statuses,
)
from perseus.storage.schema import METADATA

_ALL = (
    credentials.credentials,
    resources.resources,
    challenges.challenges,
    statuses.status_lists,
    statuses.status_entries,
    register.register_entries,
    register.register_checkpoints,
    sightings.register_sightings,
    log.EVIDENCE.checkpoints,
    deliveries.deliveries,
    repeats.repeats,
    operations.operations,
)
_COMMITS = (evidence.evidence_leaves, evidence.evidence_said, gathered.evidence_gathered)
_READINGS = (readings.readings,)
_CONSENTS = (consents.consents,)
_HOLDINGS = MappingProxyType(
    {
        "operator": (
            *_COMMITS,
            log.EVIDENCE.entries,
            log.log_heads,
            leases.log_leases,
            slots.evidence_slots,
            proposals.proposals,
        ),
        "edp": (
            *_COMMITS,
            *_READINGS,
            *_CONSENTS,
            meters.meters,
            meters.measurements,
            opened_slots.opened_slots,
        ),
        "grid": (*_COMMITS, grid.intensities),
        "cap": (*_COMMITS, *_READINGS, *_CONSENTS, openings.openings),
        "bank": (
            *_COMMITS,
            *_CONSENTS,
            pairings.pairings,
            pairings.customers,
            presentations.presentations,
            presentations.reports,
        ),
        "wallet": (*_CONSENTS, consents.consent_requests, consents.paired_customers),
    }
)
PARTIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {party: frozenset(table.name for table in (*_ALL, *own)) for party, own in _HOLDINGS.items()}
)


def holdings(party: str) -> frozenset[str]:
    """Name the tables that a party's database has."""
    return PARTIES[party]


def metadata_of(party: str) -> MetaData:
    """Collect the tables of one party, to compare them with what its revisions build."""
    chosen = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        if table.name in holdings(party):
            table.to_metadata(chosen)
    return chosen
