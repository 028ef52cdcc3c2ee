"""Git servers for tests: over HTTPS with names and passwords, over SSH with keys; and a proxy between."""
import base64
import getpass
import http.server
import os
import select
import socket
import ssl
import subprocess
import threading
import urllib.parse

from cluster import Process, free_port, read, until, write

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main", "-c", "safe.directory=*"]


def git(path, *args):
    return subprocess.run([*GIT, "-C", path, *args], check=True, capture_output=True, text=True).stdout.strip()


def commit(path, files, message="change"):
    """Writes files (None removes one), commits them, and gives the commit."""
    for file, text in files.items():
        name = os.path.join(path, file)
        if text is None:
            os.remove(name)
            continue
        os.makedirs(os.path.dirname(name), exist_ok=True)
        write(name, text)
    git(path, "add", "-A")
    git(path, "commit", "-q", "--allow-empty", "-m", message)
    return git(path, "rev-parse", "HEAD")


def repository(path, files):
    os.makedirs(path)
    git(path, "init", "-q", "-b", "main")
    commit(path, files)
    return path


class Authority:
    """A certificate authority of its own."""

    def __init__(self, work):
        self.work = work
        self.key, self.certificate = os.path.join(work, "ca.key"), os.path.join(work, "ca.crt")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", self.key, "-out", self.certificate,
                     "-subj", "/CN=test authority", "-addext", "basicConstraints=critical,CA:TRUE")

    def openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=self.work)

    def issue(self, name, subject, purpose="serverAuth", names="IP:127.0.0.1"):
        key, request, certificate, extensions = (os.path.join(self.work, name + end) for end in (".key", ".csr", ".crt", ".ext"))
        write(extensions, "subjectAltName=%s\nextendedKeyUsage=%s\n" % (names, purpose))
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", subject)
        self.openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                     "-days", "2", "-extfile", extensions, "-out", certificate)
        return certificate, key

    def text(self):
        return read(self.certificate)


class GitOverHTTPS:
    """`git http-backend` behind TLS; `/moved/…` sends the client to another server."""

    def __init__(self, root, authority, user, password, token=None, moved_to=None, names="IP:127.0.0.1", host="127.0.0.1"):
        backend = os.path.join(subprocess.run(["git", "--exec-path"], capture_output=True, text=True).stdout.strip(), "git-http-backend")
        good = ["Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()]
        if token:
            good.append("Bearer " + token)
        outer = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def plain(self, status, headers=(), body=b""):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def answer(self):
                body = self.body()
                outer.seen.append((self.path, self.headers.get("Authorization")))
                if self.path.startswith("/moved/"):
                    return self.plain(302, [("Location", moved_to + self.path[len("/moved"):])])
                if self.headers.get("Authorization") not in good:
                    return self.plain(401, [("WWW-Authenticate", 'Basic realm="git"')])
                path, _, query = self.path.partition("?")
                run = subprocess.run([backend], input=body, capture_output=True, env={
                    "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": user,
                    "REQUEST_METHOD": self.command, "PATH_INFO": urllib.parse.unquote(path), "QUERY_STRING": query,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_COUNT": "1",
                    "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "HOME": root})
                head, _, content = run.stdout.partition(b"\r\n\r\n")
                headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
                status = int(dict(headers).get("Status", "200").split()[0])
                self.plain(status, [h for h in headers if h[0] != "Status"], content)

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = []
                while True:
                    size = int(self.rfile.readline().split(b";")[0], 16)
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                    if not size:
                        return b"".join(parts)

            do_GET = do_POST = answer

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        port = self.server.server_address[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("server-%d" % port, "/CN=git", names=names))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "https://%s:%d" % (host, port)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class GitOverSSH:
    """An sshd of our own that knows one key."""
    PROGRAM = "/usr/sbin/sshd"

    def __init__(self, work):
        self.key, host_key = os.path.join(work, "id"), os.path.join(work, "host")
        for path in (self.key, host_key):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
        port = free_port()
        config = os.path.join(work, "sshd.conf")
        write(config, "Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s.pub\nPasswordAuthentication no\n"
                      "KbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nPidFile none\nLogLevel VERBOSE\n" % (port, host_key, self.key))
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.process = Process(os.path.join(work, "sshd.log"), self.PROGRAM, "-D", "-e", "-f", config)
        until("sshd", lambda: "Server listening" in self.process.text() or self.process.process.poll() is not None)
        self.url = "ssh://%s@127.0.0.1:%d" % (getpass.getuser(), port)
        self.known_hosts = "[127.0.0.1]:%d %s" % (port, read(host_key + ".pub"))

    def stop(self):
        self.process.stop()


class Proxy:
    """An HTTP proxy that makes tunnels, and counts them."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.tunnels = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.tunnel, args=(client,), daemon=True).start()

    def tunnel(self, client):
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                part = client.recv(4096)
                if not part:
                    return
                head += part
            verb, place = head.split(b" ", 2)[:2]
            if verb != b"CONNECT":
                client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
                return
            self.tunnels.append(place.decode())
            host, port = place.decode().rsplit(":", 1)
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                while True:
                    for end in select.select([client, server], [], [])[0]:
                        data = end.recv(65536)
                        if not data:
                            return
                        (server if end is client else client).sendall(data)

    def stop(self):
        self.socket.close()
