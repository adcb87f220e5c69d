"""What the integration tests share: running the program, a scripted server that
sends exact bytes, real servers, certificates.

Every test starts the program with an environment of its own: no proxy or
certificate variables, and an empty HOME. Servers listen on loopback, on ports
that the system picks.
"""
import functools
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(os.environ.get(
    "MINIFETCH", os.path.join(HERE, "..", "..", "src", "minifetch")))
TIMEOUT = 30

# What is started in the background, by a shell or nohup, is to ignore some signals;
# the programs under test are not.
for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(ignored) == signal.SIG_IGN:
        signal.signal(ignored, signal.SIG_DFL)


class Result:
    """What a run of the program has left behind."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def text(self):
        return self.err.decode("utf-8", "backslashreplace")

    def __repr__(self):
        return f"exit {self.code}\nstdout: {self.out[:2000]!r}\nstderr: {self.text}"


def environment(home, **more):
    """PATH and a HOME, and nothing that would change what the program does."""
    keep = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
            "LSAN_OPTIONS")
    env = {k: os.environ[k] for k in keep if k in os.environ}
    env.update(HOME=home, LC_ALL="C", TZ="UTC")
    env.update(more)
    return env


class TestCase(unittest.TestCase):
    """A test with a directory of its own, which is also its working directory
    for the program."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="minifetch-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def write(self, name, data, mode=None):
        with open(self.path(name), "wb") as f:
            f.write(data)
        if mode is not None:
            os.chmod(self.path(name), mode)
        return self.path(name)

    def fetch(self, *args, input=b"", env=None, timeout=TIMEOUT):
        """Run the program; `args` are its arguments."""
        done = subprocess.run(
            [PROGRAM, *map(str, args)], input=input, capture_output=True,
            cwd=self.dir, env=environment(self.dir, **(env or {})), timeout=timeout)
        return Result(done.returncode, done.stdout, done.stderr)

    def fetch_for_head(self, size, *args):
        """Run the program for a reader that takes `size` bytes and goes."""
        with subprocess.Popen([PROGRAM, *map(str, args)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=self.dir,
                              env=environment(self.dir)) as process:
            out = process.stdout.read(size)
            process.stdout.close()
            err = process.stderr.read()
            return Result(process.wait(TIMEOUT), out, err)

    def assertExit(self, result, code):
        self.assertEqual(result.code, code, repr(result))

    def wait_until(self, condition, timeout=TIMEOUT):
        """Wait for what happens elsewhere; the test fails when it does not."""
        end = time.monotonic() + timeout
        while not condition():
            self.assertLess(time.monotonic(), end, "what is waited for did not happen")
            time.sleep(0.01)

    def serve(self, *scripts, **options):
        """A scripted server for this test: one script a connection."""
        server = ScriptedServer(scripts, **options)
        server.start()
        self.addCleanup(server.stop)
        return server

    def serve_raw(self, answer):
        """These bytes to each request, by the program's own listener."""
        directory = tempfile.TemporaryDirectory(prefix="minifetch-raw-")
        self.addCleanup(directory.cleanup)
        server = RawServer(answer, directory.name)
        self.addCleanup(server.stop)
        return server


# --------------------------------------------------------------------------
# The scripted server


class Reset(Exception):
    """Ends a connection with a TCP reset."""


class Peer:
    """The server's end of one connection, as its script sees it."""

    def __init__(self, sock, log):
        self._sock = sock
        self._log = log
        self._pending = b""

    def request(self):
        """Read one request with its body; its bytes, or b"" at the end."""
        while b"\r\n\r\n" not in self._pending:
            if not self._more():
                data, self._pending = self._pending, b""
                if data:
                    self._log.append(data)
                return data
        end = self._pending.index(b"\r\n\r\n") + 4
        m = re.search(rb"(?im)^content-length: *(\d+)", self._pending[:end])
        end += int(m.group(1)) if m else 0
        while len(self._pending) < end:
            if not self._more():
                break
        data, self._pending = self._pending[:end], self._pending[end:]
        self._log.append(data)
        return data

    def head(self):
        """Read the head of a request alone."""
        while b"\r\n\r\n" not in self._pending and self._more():
            pass
        return self.take(self._pending.index(b"\r\n\r\n") + 4)

    def take(self, size):
        """Read `size` bytes, or less at the end."""
        while len(self._pending) < size and self._more():
            pass
        data, self._pending = self._pending[:size], self._pending[size:]
        return data

    def half_close(self):
        self._sock.shutdown(socket.SHUT_WR)

    def _more(self):
        data = self._sock.recv(65536)
        self._pending += data
        return bool(data)

    def send(self, data):
        self._sock.sendall(data)

    def stutter(self, data, pause=0.001, step=1):
        """Send in pieces of `step` bytes."""
        for i in range(0, len(data), step):
            self._sock.sendall(data[i:i + step])
            time.sleep(pause)

    def sleep(self, seconds):
        time.sleep(seconds)

    def reset(self):
        raise Reset


class ScriptedServer(threading.Thread):
    """Each connection is given to the next script, the last one to all that
    follow. A script is the bytes to answer one request with before closing, or
    a function of a Peer. `requests` holds what came in, a request an item;
    `connections` counts."""

    def __init__(self, scripts, family=socket.AF_INET, wrap=None):
        super().__init__(daemon=True)
        self._scripts = scripts
        self._wrap = wrap
        self._stopped = False
        self.requests = []
        self.connections = 0
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        self._listener.bind((host, 0))
        self._listener.listen(64)
        self.port = self._listener.getsockname()[1]
        self.host = f"[{host}]" if ":" in host else host
        self.url = f"http://{self.host}:{self.port}"

    def run(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            if self._stopped:
                sock.close()
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            threading.Thread(target=self._play, args=(sock, script), daemon=True).start()

    def _play(self, sock, script):
        sock.settimeout(TIMEOUT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._wrap:
                sock = self._wrap(sock)
            peer = Peer(sock, self.requests)
            if callable(script):
                script(peer)
            else:
                peer.request()
                peer.send(script)
            self._linger(sock)
        except Reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        finally:
            sock.close()

    @staticmethod
    def _linger(sock):
        """Close without a reset that could destroy what was sent."""
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(1)
        while sock.recv(65536):
            pass

    def stop(self):
        """The thread has to be gone before the listener is closed: it may be
        about to accept, and the next server may be given the descriptor."""
        self._stopped = True
        try:
            socket.create_connection(self._listener.getsockname()[:2], TIMEOUT).close()
        except OSError:
            pass
        self.join(TIMEOUT)
        self._listener.close()


class RawServer:
    """The program itself as a server: it answers each request with exact bytes,
    and closes. `directory` is where they are kept."""

    def __init__(self, answer, directory):
        path = os.path.join(directory, "answer")
        with open(path, "wb") as f:
            f.write(answer)
        self._process = subprocess.Popen(
            [PROGRAM, "--listen", "http://127.0.0.1:0", "-s", "--print-address",
             "--keep-open", "--reply-raw", path], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(directory))
        self.url = self._process.stdout.readline().decode().strip()

    def stop(self):
        self._process.kill()
        self._process.communicate()


def response(body=b"", status="200 OK", version="1.1", **fields):
    """A response with a Content-Length; field names have _ for -."""
    lines = [f"HTTP/{version} {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    if "Content_Length" not in fields and "Transfer_Encoding" not in fields:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def keep_alive(*answers):
    """A script that answers one request with each of `answers`, then waits for
    the peer to close."""
    def script(peer):
        for answer in answers:
            if not peer.request():
                return
            peer.send(answer)
        peer.request()
    return script


_reserved = []


def free_port(kind=socket.SOCK_STREAM):
    """A port that nobody listens on just now. Where the system lets servers with
    SO_REUSEADDR bind to it all the same, it is kept from all others until this
    process ends."""
    s = socket.socket(socket.AF_INET, kind)
    if kind == socket.SOCK_STREAM and sys.platform == "linux":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _reserved.append(s)
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    if s not in _reserved:
        s.close()
    return port


# --------------------------------------------------------------------------
# Real servers


def need(program):
    """The path of a peer, or skip the test."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise unittest.SkipTest(f"{program} is not installed")
    return path


@functools.cache
def built_in(what):
    """The words that `minifetch -V` lists behind "`what`: "."""
    shown = subprocess.run([PROGRAM, "-q", "-V"], capture_output=True, text=True).stdout
    found = re.search(rf"^{what}: *(.*)$", shown, re.M)
    return re.split(r"[ ,]+", found.group(1)) if found else []


def need_https():
    """Skip the test in a build without TLS."""
    if "https" not in built_in("Protocols"):
        raise unittest.SkipTest("this build has no https")


def need_coding(*codings):
    """Skip the test in a build that lacks one of these content codings."""
    for coding in codings:
        if coding not in built_in("Content codings"):
            raise unittest.SkipTest(f"this build has no {coding}")


def wait_for_port(port, process=None, host="127.0.0.1", timeout=TIMEOUT):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if process and process.poll() is not None:
            raise RuntimeError(f"server ended with {process.returncode}")
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}")


class Certificates:
    """A CA and certificates signed by it, in a directory."""

    def __init__(self, directory):
        self.dir = directory
        self.openssl = need("openssl")
        self.ca = self._path("ca.pem")
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                  "-nodes", "-keyout", self._path("ca.key"), "-out", self.ca,
                  "-subj", "/CN=minifetch test CA", "-days", "30")

    def _path(self, name):
        return os.path.join(self.dir, name)

    def _run(self, *args):
        subprocess.run([self.openssl, *args], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def make(self, name, san="DNS:localhost,IP:127.0.0.1,IP:::1", days=30, issuer="ca",
             extension=""):
        """A server certificate, or what `extension` makes it; the paths of
        certificate and key."""
        cert, key = self._path(name + ".pem"), self._path(name + ".key")
        request, extensions = self._path(name + ".csr"), self._path(name + ".ext")
        self._run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                  "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        with open(extensions, "w") as f:
            f.write(f"subjectAltName={san}\n{extension}\n")
        self._run("x509", "-req", "-in", request, "-CA", self._path(issuer + ".pem"),
                  "-CAkey", self._path(issuer + ".key"), "-CAcreateserial", "-out", cert,
                  "-days", str(days), "-extfile", extensions)
        return cert, key

    def revoke(self, *names, issuer="ca"):
        """The issuer's revocation list of the certificates with these names, in
        PEM; the path."""
        index, config, crl = (self._path(issuer + suffix)
                              for suffix in (".index", ".conf", ".crl"))
        with open(index, "w") as f:
            f.write("")
        with open(config, "w") as f:
            f.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={index}\ndefault_md=sha256\n"
                    f"default_crl_days=30\ncertificate={self._path(issuer + '.pem')}\n"
                    f"private_key={self._path(issuer + '.key')}\n")
        for name in names:
            self._run("ca", "-config", config, "-revoke", self._path(name + ".pem"))
        self._run("ca", "-config", config, "-gencrl", "-out", crl)
        return crl


class Nginx:
    """nginx with documents in `root`; http on `port`, https on `tls_port`."""

    CONFIG = """
        daemon off; master_process off; worker_processes 1;
        pid {dir}/nginx.pid; error_log {dir}/error.log;
        events {{ worker_connections 256; }}
        http {{
            access_log off; types {{ text/html html; text/plain txt; }}
            default_type application/octet-stream;
            client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
            fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
            gzip on; gzip_min_length 1; gzip_types text/plain;
            keepalive_requests 100000;
            server {{
                {plain}
                {tls}
                root {root};
                location /redirect {{ return 301 /hello.txt; }}
                location /loop {{ return 302 /loop; }}
                location /echo {{ return 200 "$request_method $request_uri\\n"; }}
                {more}
            }}
        }}
    """

    def __init__(self, directory, certificate=None, more="", hosts=("127.0.0.1",)):
        self.program = need("nginx")
        self.root = os.path.join(directory, "root")
        os.makedirs(self.root, exist_ok=True)
        self.port, self.tls_port = free_port(), free_port()
        tls = ""
        if certificate:
            tls = (f"listen 127.0.0.1:{self.tls_port} ssl; ssl_certificate {certificate[0]};"
                   f" ssl_certificate_key {certificate[1]};")
        config = os.path.join(directory, "nginx.conf")
        with open(config, "w") as f:
            f.write(self.CONFIG.format(dir=directory, root=self.root, tls=tls, more=more,
                                       plain="".join(f"listen {h}:{self.port};" for h in hosts)))
        self.process = subprocess.Popen(
            [self.program, "-c", config, "-p", directory],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_url = f"https://localhost:{self.tls_port}"

    def put(self, name, data):
        with open(os.path.join(self.root, name), "wb") as f:
            f.write(data)

    def stop(self):
        self.process.terminate()
        self.process.wait(TIMEOUT)


def main():
    """Run the tests of the calling file; the exit code is for automake: 77 when
    all were skipped."""
    program = unittest.main(verbosity=2, exit=False)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    # a class that is skipped as a whole has run no tests
    if result.skipped and len(result.skipped) >= result.testsRun:
        sys.exit(77)
    sys.exit(0)
