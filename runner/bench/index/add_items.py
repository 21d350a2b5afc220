"""Adds a matrix of float32 rows to a Voyager index, as a trainer in Python would, and prints what it cost as JSON.

Usage: add_items.py MATRIX DIMENSIONS M EF_CONSTRUCTION THREADS INDEX
"""

import json
import resource
import sys
import time

import numpy
import voyager


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


matrix, index_path = sys.argv[1], sys.argv[6]
dimensions, m, ef_construction, threads = (int(value) for value in sys.argv[2:6])
rows = numpy.fromfile(matrix, dtype="<f4").reshape(-1, dimensions)
index = voyager.Index(
    voyager.Space.Cosine, dimensions, M=m, ef_construction=ef_construction, max_elements=len(rows)
)
cpu, start = cpu_seconds(), time.monotonic()
index.add_items(rows, list(range(len(rows))), num_threads=threads)
print(json.dumps({"cpu": cpu_seconds() - cpu, "wall": time.monotonic() - start}))
index.save(index_path)
