"""What is known, by whom, how surely: every number with its unit, source and grade."""

from euthymia.evidence.citation import Reference, Style, cite, references
from euthymia.evidence.explain import Explanation, explain
from euthymia.evidence.grade import Grade, Scale
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.record import Record, find, load_record, record_names, source_record

__all__ = [
    "Explanation",
    "Grade",
    "Parameter",
    "Record",
    "Reference",
    "Scale",
    "Style",
    "cite",
    "explain",
    "find",
    "load_record",
    "record_names",
    "references",
    "source_record",
]
