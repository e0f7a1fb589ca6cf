"""What one request may ask for, and how much the server does at once; each limit is told by ``GET /api/v1/meta``."""

from __future__ import annotations

# What a request may ask for. Larger questions are jobs, or the command line's.
MOST_PEOPLE = 2000
MOST_DAYS = 366.0
MOST_REGIMENS = 2
MOST_DOSES = 800  # in a regimen; tablets count one each
MOST_POINTS = 600  # times in an answer
MOST_CURVES = 40
LONGEST_SENTENCE = 2000  # characters
MOST_LEVELS = 24  # of ketamine, in one question to the circuit
MOST_CELLS = 1000  # of the spiking network
LONGEST_RASTER = 1000.0  # ms
LONGEST_TRIAL = 200_000  # characters of a trial file
MOST_REPLICATES = 5000
MOST_JOB_PEOPLE = 200_000
LARGEST_SEED = 2**53 - 1  # what JSON numbers carry exactly everywhere
LONGEST_PAGE = 200  # rows of a list in one answer

# What the server does at once.
BODY_BYTES = 512_000
REQUEST_S = 20.0
READING_S = 10.0  # until the whole of a request must have come
AT_ONCE = 2  # answers that are computed at the same time
WAITING = 64  # more that may wait for it
STREAMS = 64  # open streams of events
STREAMS_S = 3600.0  # after which a stream ends; a browser comes back by itself
JOBS_QUEUED = 50
JOB_S = 6.0 * 3600.0
JOB_TRIES = 3  # times that work on a job may be lost before it is reported as interrupted
CACHE_BYTES = 64_000_000
RETRY_AFTER_S = 2
