#!/usr/bin/python3
"""A real Graphite: graphite-web with a whisper file of a minute's errors, served until it is killed.

Run by the system's Python, which has Debian's package. Prints its port; ends with 3 when there is no Graphite.

  graphite_server.py FOLDER
"""
import os
import sys
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

ROOT = os.path.abspath(sys.argv[1])
try:
    import whisper
    import django
    import graphite  # noqa: F401
except ImportError as error:
    print(error)
    sys.exit(3)


def series(name, values, now):
    path = os.path.join(ROOT, "whisper", *name.split(".")) + ".wsp"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    whisper.create(path, [(1, 3600)])
    for age, value in values:
        whisper.update(path, value, now - age)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


now = int(time.time())
# A value every second; the second series has every other one only, and ends a minute ago.
series("shop.web.errors", [(age, 4.0) for age in range(60)], now)
series("shop.web.sparse", [(age, float(age)) for age in range(60, 80, 2)], now)
with open(os.path.join(ROOT, "local_settings.py"), "w") as out:
    out.write("\n".join("%s = %r" % pair for pair in {
        "SECRET_KEY": "of a test", "TIME_ZONE": "UTC", "GRAPHITE_ROOT": ROOT, "STORAGE_DIR": ROOT, "CONF_DIR": ROOT,
        "LOG_DIR": ROOT, "WHISPER_DIR": os.path.join(ROOT, "whisper"), "STANDARD_DIRS": [os.path.join(ROOT, "whisper")],
        "INDEX_FILE": os.path.join(ROOT, "index"), "LOG_CACHE_PERFORMANCE": False, "LOG_RENDERING_PERFORMANCE": False,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(ROOT, "db")}}}.items()))
sys.path.insert(0, ROOT)
os.environ["GRAPHITE_SETTINGS_MODULE"] = "local_settings"
os.environ["DJANGO_SETTINGS_MODULE"] = "graphite.settings"
django.setup()
from django.core.management import call_command  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
from graphite.wsgi import application  # noqa: E402

server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
