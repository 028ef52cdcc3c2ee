#!/usr/bin/env python3
"""Plays releases on an embedded cluster with real requests, and reports what it saw.

Each part of a story is true only if it was observed; the exit status is 0 only if all of it happened.

  demo.py [--story canary|bluegreen|header|gateway-api|mirror] [--json OUT] [--bin DIR] [--keep]
"""
import argparse
import json
import shutil
import sys

from canary import Canary
from stage import ROOT, Failure
from stories import BlueGreen, GatewayAPI, Header, Mirror

STORIES = {story.story: story for story in (Canary, BlueGreen, Header, GatewayAPI, Mirror)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--story", default="canary", choices=STORIES)
    parser.add_argument("--json", default="")
    parser.add_argument("--bin", default=ROOT + "/.build/release")
    parser.add_argument("--keep", action="store_true", help="leave the logs")
    options = parser.parse_args()
    demo = STORIES[options.story](options)
    try:
        result = demo.play()
    except Failure as failure:
        print("\nFAILED: %s\n(logs in %s)" % (failure, demo.work), file=sys.stderr)
        options.keep = True
        return 1
    finally:
        demo.stop()
        if not options.keep:
            shutil.rmtree(demo.work, ignore_errors=True)
    if options.json:
        with open(options.json, "w") as out:
            json.dump(result, out, indent=2)
    print("the whole story happened")
    return 0


if __name__ == "__main__":
    sys.exit(main())
