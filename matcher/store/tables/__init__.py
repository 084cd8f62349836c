"""All tables, by subject. Importing this module fills the metadata, and sees to it that rows are sealed under the keys
of the households they belong to."""

from matcher.store import ownership  # noqa: F401  listens to what is written
from matcher.store.tables.audit import AuditEvent, AuditHead
from matcher.store.tables.delivery import Delivery
from matcher.store.tables.file_imports import FileImport, ImportedFile, ImportHeading
from matcher.store.tables.hardship_files import (
    DuplicateCase,
    FileEvidence,
    FileObjection,
    FileSection,
    FileStep,
    FileVisit,
    HardshipFile,
    PersonKey,
)
from matcher.store.tables.imports import ImportBatch, ImportedRow
from matcher.store.tables.jobs import Job, Outbox
from matcher.store.tables.matching import ContactNote, MatchRun, Proposal, ProposalStep, UnmetNeed
from matcher.store.tables.models import ModelUse, ModelVersion
from matcher.store.tables.needs import Need
from matcher.store.tables.network import (
    Account,
    Division,
    FormerPassword,
    Installation,
    Invitation,
    SignIn,
    Unit,
    UnitStep,
)
from matcher.store.tables.offers import Donor, Offer
from matcher.store.tables.people import Household
from matcher.store.tables.plans import ContactAssignment, EntitlementCheck, PlanMeasure
from matcher.store.tables.referrals import Referral, ReferralStep
from matcher.store.tables.retention import Erasure
from matcher.store.tables.rights import RightsRequest
from matcher.store.tables.shards import Shard
from matcher.store.tables.tiers import FilingTask, TierStep
from matcher.store.tables.visits import EnterpriseVisit, RosterEntry, StationCount

__all__ = [
    "Account",
    "AuditEvent",
    "AuditHead",
    "ContactAssignment",
    "ContactNote",
    "Delivery",
    "Division",
    "Donor",
    "DuplicateCase",
    "EnterpriseVisit",
    "EntitlementCheck",
    "Erasure",
    "FileEvidence",
    "FileImport",
    "FileObjection",
    "FileSection",
    "FileStep",
    "FileVisit",
    "FilingTask",
    "FormerPassword",
    "HardshipFile",
    "Household",
    "ImportBatch",
    "ImportHeading",
    "ImportedFile",
    "ImportedRow",
    "Installation",
    "Invitation",
    "Job",
    "MatchRun",
    "ModelUse",
    "ModelVersion",
    "Need",
    "Offer",
    "Outbox",
    "PersonKey",
    "PlanMeasure",
    "Proposal",
    "ProposalStep",
    "Referral",
    "ReferralStep",
    "RightsRequest",
    "RosterEntry",
    "Shard",
    "SignIn",
    "StationCount",
    "TierStep",
    "Unit",
    "UnitStep",
    "UnmetNeed",
]
