#!/usr/bin/env python3
"""Measures the rows of the performance budgets, and prints them as a table.

  bench.py                 every row, with 1,000 rollouts
  bench.py --quick         the same with 100 rollouts: does it work?
  bench.py --full          also 3,000 and 10,000 rollouts (half an hour, some GiB)
  bench.py --rows machine  some of: machine, applications, analyses, rollouts

Counts are exact; times and memory are of this machine and of the release build.
"""
import argparse
import os
import subprocess

import measure
import analyses
import applications
import machine
import rollouts


def describe():
    """The commit and the machine, for the table's head."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=measure.ROOT, capture_output=True, text=True).stdout.strip()
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown processor")
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return "commit %s; %d cores (%s), %.0f GiB; load %.1f at the start" % (
        commit or "unknown", os.cpu_count(), model, gigabytes, os.getloadavg()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rollouts", type=int, default=1000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--rows", default="machine,applications,analyses,rollouts")
    parser.add_argument("--analyses", type=int, default=2000)
    options = parser.parse_args()
    options.analyses_seconds = 20 if options.quick else 60
    options.idle_seconds = 20 if options.quick else 60
    options.larger = [(3000, 140), (10000, 400)] if options.full else []
    if options.quick:
        options.rollouts, options.analyses = 100, 200
    head = describe()
    print(head, flush=True)
    table = measure.Table()
    rows = options.rows.split(",")
    if "machine" in rows:
        machine.measure(table)
    if "applications" in rows:
        applications.measure(table)
    if "analyses" in rows:
        analyses.measure(table, options)
    if "rollouts" in rows:
        rollouts.measure(table, options)
    print("\n%s\n\n%s" % (head, table.text()))


if __name__ == "__main__":
    main()
