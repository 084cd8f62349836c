"""All tables, by subject. Importing this module fills the metadata."""

from matcher.store.tables.audit import AuditEvent, AuditHead
from matcher.store.tables.delivery import Delivery
from matcher.store.tables.imports import ImportBatch, ImportedRow
from matcher.store.tables.jobs import Job, Outbox
from matcher.store.tables.matching import ContactNote, MatchRun, Proposal, ProposalStep, UnmetNeed
from matcher.store.tables.models import ModelUse, ModelVersion
from matcher.store.tables.needs import Need
from matcher.store.tables.network import Account, Division, Installation, SignIn, Unit
from matcher.store.tables.offers import Donor, Offer
from matcher.store.tables.people import Household

__all__ = [
    "Account",
    "AuditEvent",
    "AuditHead",
    "ContactNote",
    "Delivery",
    "Division",
    "Donor",
    "Household",
    "ImportBatch",
    "ImportedRow",
    "Installation",
    "Job",
    "MatchRun",
    "ModelUse",
    "ModelVersion",
    "Need",
    "Offer",
    "Outbox",
    "Proposal",
    "ProposalStep",
    "SignIn",
    "Unit",
    "UnmetNeed",
]
