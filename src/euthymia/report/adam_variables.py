"""The variables of the analysis datasets: name, label, kind, format and controlled terms.

Names and labels follow the Analysis Data Model Implementation Guide of CDISC, version 1.2 (2019), and the occurrence
data structure (OCCDS); terms those of the CDISC controlled terminology. What a guide does not name is marked as our
own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from euthymia.errors import UnknownNameError

STANDARD = "CDISC Analysis Data Model Implementation Guide 1.2 (2019-10-03)"
LABEL_LENGTH = 40  # characters that a label may have in a transport file


class Kind(Enum):
    """What a variable holds; dates are days since 1960-01-01."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True)
class Variable:
    """One variable.

    Attributes:
        name: At most eight characters.
        label: At most forty.
        kind: What it holds.
        terms: The values that it may have; empty where any.
        own: Whether it is our own, and no guide names it.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    terms: tuple[str, ...] = ()
    own: bool = False

    @property
    def form(self) -> str:
        """The SAS format; empty where values are shown as they are."""
        return "DATE9." if self.kind is Kind.DATE else ""


YES, YES_NO = ("Y",), ("Y", "N")
ROUTES = ("INTRAMUSCULAR", "INTRAVENOUS", "NASAL", "ORAL", "RECTAL", "SUBCUTANEOUS", "SUBLINGUAL")
LEAVING = ("COMPLETED", "DISCONTINUED")
REASONS = ("ADVERSE EVENT", "LACK OF EFFICACY", "OTHER")
NUMBER, DATE = Kind.NUMBER, Kind.DATE

_ALL = (
    Variable("STUDYID", "Study Identifier"),
    Variable("USUBJID", "Unique Subject Identifier"),
    Variable("SUBJID", "Subject Identifier for the Study"),
    Variable("SITEID", "Study Site Identifier"),
    Variable("REGION1", "Geographic Region 1"),
    Variable("AGE", "Age", NUMBER),
    Variable("AGEU", "Age Units", terms=("YEARS",)),
    Variable("SEX", "Sex", terms=("F", "M")),
    Variable("WEIGHTBL", "Weight at Baseline (kg)", NUMBER, own=True),
    Variable("ARM", "Description of Planned Arm"),
    Variable("ACTARM", "Description of Actual Arm"),
    Variable("TRTxxP", "Planned Treatment for Period xx"),
    Variable("TRTxxPN", "Planned Treatment for Period xx (N)", NUMBER),
    Variable("TRTxxA", "Actual Treatment for Period xx"),
    Variable("TRTxxAN", "Actual Treatment for Period xx (N)", NUMBER),
    Variable("APxxSDT", "Period xx Start Date", DATE),
    Variable("APxxEDT", "Period xx End Date", DATE),
    Variable("TRTP", "Planned Treatment"),
    Variable("TRTPN", "Planned Treatment (N)", NUMBER),
    Variable("TRTA", "Actual Treatment"),
    Variable("TRTAN", "Actual Treatment (N)", NUMBER),
    Variable("APERIOD", "Period", NUMBER),
    Variable("APERIODC", "Period (C)"),
    Variable("RANDFL", "Randomized Population Flag", terms=YES_NO),
    Variable("ITTFL", "Intent-To-Treat Population Flag", terms=YES_NO),
    Variable("SAFFL", "Safety Population Flag", terms=YES_NO),
    Variable("FASFL", "Full Analysis Set Population Flag", terms=YES_NO),
    Variable("COMPLFL", "Completers Population Flag", terms=YES_NO),
    Variable("RANDDT", "Date of Randomization", DATE),
    Variable("TRTSDT", "Date of First Exposure to Treatment", DATE),
    Variable("TRTEDT", "Date of Last Exposure to Treatment", DATE),
    Variable("EOSSTT", "End of Study Status", terms=LEAVING),
    Variable("EOSDT", "End of Study Date", DATE),
    Variable("DCSREAS", "Reason for Discontinuation from Study", terms=REASONS),
    Variable("DCSREASP", "Reason Spec for Discont from Study"),
    Variable("EOTSTT", "End of Treatment Status", terms=LEAVING),
    Variable("DCTREAS", "Reason for Discontinuation of Treatment", terms=REASONS),
    Variable("DCTREASP", "Reason Specify for Discont of Treatment"),
    Variable("RESCFL", "Rescue Treatment Flag", terms=YES_NO, own=True),
    Variable("SWITCHFL", "Switched to Another Arm Flag", terms=YES_NO, own=True),
    Variable("PARAM", "Parameter"),
    Variable("PARAMCD", "Parameter Code"),
    Variable("PARAMN", "Parameter (N)", NUMBER),
    Variable("PARCAT1", "Parameter Category 1"),
    Variable("AVAL", "Analysis Value", NUMBER),
    Variable("AVALU", "Analysis Value Unit", own=True),
    Variable("BASE", "Baseline Value", NUMBER),
    Variable("BASETYPE", "Baseline Type"),
    Variable("CHG", "Change from Baseline", NUMBER),
    Variable("PCHG", "Percent Change from Baseline", NUMBER),
    Variable("ABLFL", "Baseline Record Flag", terms=YES),
    Variable("ANL01FL", "Analysis Flag 01", terms=YES),
    Variable("ANL02FL", "Analysis Flag 02", terms=YES),
    Variable("DTYPE", "Derivation Type", terms=("LOCF",)),
    Variable("CRIT1", "Analysis Criterion 1"),
    Variable("CRIT1FL", "Criterion 1 Evaluation Result Flag", terms=YES_NO),
    Variable("CRIT2", "Analysis Criterion 2"),
    Variable("CRIT2FL", "Criterion 2 Evaluation Result Flag", terms=YES_NO),
    Variable("ADT", "Analysis Date", DATE),
    Variable("ADY", "Analysis Relative Day", NUMBER),
    Variable("ASTDT", "Analysis Start Date", DATE),
    Variable("ASTDY", "Analysis Start Relative Day", NUMBER),
    Variable("AENDT", "Analysis End Date", DATE),
    Variable("AENDY", "Analysis End Relative Day", NUMBER),
    Variable("AVISIT", "Analysis Visit"),
    Variable("AVISITN", "Analysis Visit (N)", NUMBER),
    Variable("ATPT", "Analysis Timepoint"),
    Variable("ATPTN", "Analysis Timepoint (N)", NUMBER),
    Variable("EXTRT", "Name of Treatment"),
    Variable("EXROUTE", "Route of Administration", terms=ROUTES),
    Variable("AESEQ", "Sequence Number", NUMBER),
    Variable("AETERM", "Reported Term for the Adverse Event"),
    Variable("AEDECOD", "Dictionary-Derived Term"),
    Variable("AEBODSYS", "Body System or Organ Class"),
    Variable("TRTEMFL", "Treatment Emergent Analysis Flag", terms=YES),
    Variable("STARTDT", "Time-to-Event Origin Date for Subject", DATE),
    Variable("CNSR", "Censor", NUMBER),
    Variable("EVNTDESC", "Event or Censoring Description"),
    Variable("CNSDTDSC", "Censor Date Description"),
)
VARIABLES = {each.name: each for each in _ALL}
_PERIOD = re.compile(r"^(TRT|AP)(\d\d)(P|PN|A|AN|SDT|EDT)$")


def variable(name: str) -> Variable:
    """Return a variable; those of a period are asked for with its number, such as ``TRT02P``.

    Raises:
        UnknownNameError: When no dataset has such a variable.
    """
    found = _PERIOD.match(name)
    general = f"{found[1]}xx{found[3]}" if found else name
    if general not in VARIABLES:
        raise UnknownNameError("variable", name, VARIABLES)
    known = VARIABLES[general]
    return replace(known, name=name, label=known.label.replace("xx", found[2])) if found else known
