"""Plain TCP, UDP, TLS and Unix conversations, as client and as listener, with
Python, nc, ncat and socat at the other end."""
import hashlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from harness import (PROGRAM, TIMEOUT, Certificates, TestCase, environment, free_port, main,
                     need, need_https)

MIB = 1 << 20


def need_nc():
    """OpenBSD's netcat; the others of that name have other options."""
    path = need("nc")
    told = subprocess.run([path, "-h"], stdin=subprocess.DEVNULL, capture_output=True)
    if b"OpenBSD" not in told.stdout + told.stderr:
        raise unittest.SkipTest("nc is not OpenBSD's")
    return path


class TalkCase(TestCase):
    def listen(self, url, *args, stdin=subprocess.DEVNULL, env=None):
        """Start a listener; the process, which has .address and .port."""
        process = subprocess.Popen(
            [PROGRAM, "--listen", url, "--print-address", *map(str, args)], stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir,
            env=environment(self.dir, **(env or {})))
        self.addCleanup(self.end, process)
        process.address = process.stdout.readline().decode().strip()
        self.assertTrue(process.address, "the listener did not start")
        m = re.search(r":(\d+)$", process.address)
        process.port = int(m.group(1)) if m else None
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()

    def finish(self, process, code=0):
        """Wait for a listener's own end; what came out of it."""
        out, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, code, err)
        return out, err.decode()

    def thread(self, function, *args):
        t = threading.Thread(target=function, args=args, daemon=True)
        t.start()
        self.addCleanup(t.join, TIMEOUT)
        return t

    def tcp_server(self, serve, family=socket.AF_INET, address=("127.0.0.1", 0)):
        """A Python server for one client; its port."""
        s = socket.socket(family, socket.SOCK_STREAM)
        s.bind(address)
        s.listen()
        self.addCleanup(s.close)

        def run():
            try:
                client, _ = s.accept()
            except OSError:
                return
            client.settimeout(TIMEOUT)
            with client:
                serve(client)
        self.thread(run)
        return s.getsockname()[1] if family == socket.AF_INET else None

    def udp_server(self, serve):
        """A Python function of (socket) in a thread; the port."""
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        s.settimeout(TIMEOUT)
        self.addCleanup(s.close)
        self.thread(serve, s)
        return s.getsockname()[1]


class FirstExamples(TalkCase):
    """The five small programs that this one grew from, in both directions."""

    def test_tcp_client(self):
        def serve(client):
            client.sendall(b"Recu: " + client.recv(1024))
        port = self.tcp_server(serve)
        done = self.fetch("-d", "Bonjour serveur", f"tcp://127.0.0.1:{port}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: Bonjour serveur")

    def test_tcp_server(self):
        server = self.listen("tcp://localhost:0", "--reply", "Recu: %{data}", "-s")
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"Bonjour serveur")
            answer = s.recv(1024)
        self.assertEqual(answer, b"Recu: Bonjour serveur")
        self.assertEqual(self.finish(server)[0], b"")

    def test_udp_client(self):
        def serve(s):
            data, peer = s.recvfrom(1024)
            s.sendto(b"Recu: " + data, peer)
        port = self.udp_server(serve)
        done = self.fetch("-d", "Bonjour serveur", f"udp://127.0.0.1:{port}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: Bonjour serveur")

    def test_udp_server(self):
        server = self.listen("udp://127.0.0.1:0", "--reply", "Recu: %{data}", "-s")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(TIMEOUT)
            s.sendto(b"Bonjour serveur", ("127.0.0.1", server.port))
            self.assertEqual(s.recv(1024), b"Recu: Bonjour serveur")
        self.finish(server)

    def test_both_ends(self):
        for scheme in ("tcp", "udp"):
            server = self.listen(f"{scheme}://127.0.0.1:0", "--reply", "Recu: %{data}")
            done = self.fetch("-d", "Bonjour serveur", f"{scheme}://127.0.0.1:{server.port}")
            self.assertExit(done, 0)
            self.assertEqual(done.out, b"Recu: Bonjour serveur")
            self.assertEqual(self.finish(server)[0], b"Bonjour serveur")

    def test_get_by_hand(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "salut\n")
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b""
            while data := s.recv(4096):
                answer += data
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer)
        self.assertTrue(answer.endswith(b"\r\n\r\nsalut\n"), answer)
        self.assertIn(b"GET / HTTP/1.1\r\nHost: localhost\r\n", self.finish(server)[0])


class Failures(TalkCase):
    def test_silent_udp_peer(self):
        port = self.udp_server(lambda s: None)
        done = self.fetch("-d", "x", "--wait", "0.2", f"udp://127.0.0.1:{port}")
        self.assertExit(done, 28)
        self.assertIn(f"127.0.0.1:{port}", done.text)

    def test_refused_udp_port(self):
        start = time.monotonic()
        port = free_port(socket.SOCK_DGRAM)
        done = self.fetch("-d", "x", "--wait", "20", f"udp://127.0.0.1:{port}")
        self.assertExit(done, 7)
        self.assertLess(time.monotonic() - start, 10)

    def test_refused_tcp_port(self):
        done = self.fetch("-d", "x", f"tcp://127.0.0.1:{free_port()}")
        self.assertExit(done, 7)
        self.assertIn("refused", done.text)

    def test_unknown_name(self):
        for scheme in ("tcp", "udp"):
            done = self.fetch("-d", "x", f"{scheme}://no-such-host.invalid:1")
            self.assertExit(done, 6)

    def test_bad_port(self):
        for url in ("tcp://127.0.0.1:99999", "tcp://127.0.0.1", "udp://127.0.0.1:x"):
            done = self.fetch("-d", "x", url)
            self.assertExit(done, 3)
            self.assertIn("port", done.text.lower())

    def test_unreadable_file(self):
        done = self.fetch("-T", "nowhere", "tcp://127.0.0.1:1")
        self.assertExit(done, 26)
        self.assertIn("nowhere", done.text)

    def test_datagram_too_large(self):
        self.write("big", b"x" * 65508)
        port = self.udp_server(lambda s: None)
        done = self.fetch("--data-binary", "@big", f"udp://127.0.0.1:{port}")
        self.assertNotEqual(done.code, 0)
        self.assertIn("65507", done.text.replace(",", ""))

    def test_deadline(self):
        port = self.tcp_server(lambda client: time.sleep(2))
        self.assertExit(self.fetch("-d", "x", "-m", "0.3", f"tcp://127.0.0.1:{port}"), 28)

    def test_address_in_use(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            done = self.fetch("--listen", f"tcp://127.0.0.1:{s.getsockname()[1]}")
        self.assertExit(done, 45)
        self.assertIn("in use", done.text)

    def test_nobody_comes(self):
        self.assertExit(self.fetch("--listen", "tcp://127.0.0.1:0", "-m", "0.3"), 28)


class Clients(TalkCase):
    def test_pieces_are_datagrams(self):
        got = []

        def serve(s):
            for _ in range(3):
                data, peer = s.recvfrom(1024)
                got.append(data)
            s.sendto(b"ok", peer)
        port = self.udp_server(serve)
        self.assertExit(self.fetch("-d", "one", "-d", "two", "-d", "three",
                                   f"udp://127.0.0.1:{port}"), 0)
        self.assertEqual(got, [b"one", b"two", b"three"])

    def test_lines_are_datagrams(self):
        got = []

        def serve(s):
            for _ in range(2):
                data, peer = s.recvfrom(1024)
                got.append(data)
            s.sendto(b"ok", peer)
        port = self.udp_server(serve)
        self.assertExit(self.fetch("--lines", "-T", "-", f"udp://127.0.0.1:{port}",
                                   input=b"one\ntwo\n"), 0)
        self.assertEqual(got, [b"one", b"two"])

    def test_thousand_datagrams_each_way(self):
        def serve(s):
            for _ in range(1000):
                data, peer = s.recvfrom(1024)
                s.sendto(data, peer)
        port = self.udp_server(serve)
        lines = b"".join(b"line %d\n" % i for i in range(1000))
        done = self.fetch("--lines", "--count", "1000", "--wait", "5", "--format", "json",
                          "-T", "-", f"udp://127.0.0.1:{port}", input=lines)
        self.assertExit(done, 0)
        told = [json.loads(line) for line in done.out.splitlines()]
        received = [t["text"] for t in told if t["direction"] == "received"]
        self.assertEqual(received, lines.decode().splitlines())

    def test_no_wait(self):
        port = self.udp_server(lambda s: None)
        self.assertExit(self.fetch("-d", "x", "--count", "0", f"udp://127.0.0.1:{port}"), 0)

    def test_half_close(self):
        """The server answers only when it has seen the end of what we send."""
        def serve(client):
            data = b""
            while more := client.recv(1024):
                data += more
            client.sendall(b"%d bytes" % len(data))
        port = self.tcp_server(serve)
        done = self.fetch("-T", "-", f"tcp://127.0.0.1:{port}", input=b"x" * 100000)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"100000 bytes")

    def test_no_shutdown(self):
        def serve(client):
            client.recv(1024)
            client.settimeout(0.5)
            try:
                client.sendall(b"closed" if client.recv(1) == b"" else b"more")
            except socket.timeout:
                client.sendall(b"open")
        port = self.tcp_server(serve)
        done = self.fetch("--no-shutdown", "-d", "x", f"tcp://127.0.0.1:{port}")
        self.assertEqual(done.out, b"open")

    def test_peer_closes_its_side_first(self):
        got = queue.Queue()

        def serve(client):
            client.sendall(b"early")
            client.shutdown(socket.SHUT_WR)
            data = b""
            while more := client.recv(65536):
                data += more
            got.put(len(data))
        port = self.tcp_server(serve)
        done = self.fetch("-T", "-", f"tcp://127.0.0.1:{port}", input=b"x" * 3 * MIB)
        self.assertExit(done, 0)
        self.assertEqual((done.out, got.get(timeout=TIMEOUT)), (b"early", 3 * MIB))

    def test_crlf(self):
        def serve(client):
            client.sendall(client.recv(1024))
        port = self.tcp_server(serve)
        done = self.fetch("--crlf", "--data-binary", "a\nb\n", f"tcp://127.0.0.1:{port}")
        self.assertEqual(done.out, b"a\r\nb\r\n")

    def test_hex(self):
        def serve(client):
            client.sendall(client.recv(1024))
        port = self.tcp_server(serve)
        done = self.fetch("--hex", "-d", "Bonjour", f"tcp://127.0.0.1:{port}")
        self.assertEqual(done.out, b"Bonjour")
        self.assertEqual(len(re.findall("42 6f 6e 6a 6f 75 72", done.text)), 2)

    def test_file_is_replaced_as_a_whole(self):
        self.write("f", b"old")
        port = self.tcp_server(lambda client: (client.recv(1), client.sendall(b"new")))
        self.assertExit(self.fetch("-d", "x", "-o", "f", f"tcp://127.0.0.1:{port}"), 0)
        self.assertEqual(self.read("f"), b"new")

    def test_unix(self):
        self.tcp_server(lambda c: c.sendall(b"Recu: " + c.recv(99)), socket.AF_UNIX,
                        self.path("s"))
        done = self.fetch("-d", "x", f"unix://{self.path('s')}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: x")

    def test_abstract_unix(self):
        name = f"minifetch-test-{os.getpid()}"
        self.tcp_server(lambda c: c.sendall(b"Recu: " + c.recv(99)), socket.AF_UNIX,
                        "\0" + name)
        done = self.fetch("-d", "x", f"unix://@{name}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: x")

    def test_local_port(self):
        seen = []

        def serve(client):
            client.recv(1)
            seen.append(client.getpeername()[1])
        port, local = self.tcp_server(serve), free_port()
        self.assertExit(self.fetch("--local-port", local, "-d", "x",
                                   f"tcp://127.0.0.1:{port}"), 0)
        self.assertEqual(seen, [local])


class Listeners(TalkCase):
    def test_stdin_and_stdout(self):
        server = self.listen("tcp://127.0.0.1:0", stdin=subprocess.PIPE)
        server.stdin.write(b"from the listener")
        server.stdin.close()
        server.stdin = None
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"from the client")
            s.shutdown(socket.SHUT_WR)
            self.assertEqual(s.recv(1024), b"from the listener")
        self.assertEqual(self.finish(server)[0], b"from the client")

    def test_count(self):
        server = self.listen("tcp://127.0.0.1:0", "--reply", "ok", "--count", "3")
        for _ in range(3):
            self.assertEqual(self.fetch("-d", "x", server.address).out, b"ok")
        self.assertEqual(self.finish(server)[0], b"xxx")

    def test_reply_file(self):
        self.write("answer", b"from a file\n")
        server = self.listen("tcp://127.0.0.1:0", "--reply-file", "answer")
        self.assertEqual(self.fetch("-d", "x", server.address).out, b"from a file\n")
        self.finish(server)

    def test_peer(self):
        server = self.listen("udp://127.0.0.1:0", "--reply", "%{peer}")
        done = self.fetch("-d", "x", server.address)
        self.assertRegex(done.out.decode(), r"^127\.0\.0\.1:\d+$")

    def test_both_families_of_localhost(self):
        server = self.listen("tcp://localhost:0", "--reply", "ok", "--keep-open")
        self.assertEqual(self.fetch("-d", "x", f"tcp://127.0.0.1:{server.port}").out, b"ok")
        try:
            socket.create_connection(("::1", server.port), 1).close()
        except OSError as e:
            self.skipTest(f"no IPv6 here: {e}")
        self.assertEqual(self.fetch("-d", "x", f"tcp://[::1]:{server.port}").out, b"ok")

    def test_two_hundred_at_once(self):
        server = self.listen("tcp://127.0.0.1:0", "--reply", "%{data}!", "--keep-open", "-s")
        idle = [socket.create_connection(("127.0.0.1", server.port), TIMEOUT)
                for _ in range(3)]
        idle[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        idle[0].close()                                     # a reset
        clients = [socket.create_connection(("127.0.0.1", server.port), TIMEOUT)
                   for _ in range(200)]
        for i, client in enumerate(clients):
            client.sendall(b"%d" % i)
        for i, client in enumerate(clients):
            self.assertEqual(client.recv(100), b"%d!" % i)
            client.close()
        descriptors = f"/proc/{server.pid}/fd"
        for s in idle[1:]:
            s.close()
        self.wait_until(lambda: len(os.listdir(descriptors)) <= 8)
        self.assertIsNone(server.poll())

    def test_unix_socket_is_private_and_removed(self):
        path = self.path("s")
        server = self.listen(f"unix://{path}", "--reply", "ok")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.fetch("-d", "x", f"unix://{path}").out, b"ok")
        self.finish(server)
        self.assertFalse(os.path.exists(path))

    def test_stale_unix_socket_is_replaced_and_a_live_one_not(self):
        path = self.path("s")
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(path)
        server = self.listen(f"unix://{path}", "--reply", "ok")
        self.assertExit(self.fetch("--listen", f"unix://{path}"), 45)
        self.assertEqual(self.fetch("-d", "x", f"unix://{path}").out, b"ok")
        self.finish(server)

    def test_interrupted_unix_listener_cleans_up(self):
        path = self.path("s")
        server = self.listen(f"unix://{path}", "--reply", "ok", "--keep-open")
        server.send_signal(signal.SIGTERM)
        server.wait(TIMEOUT)
        self.assertFalse(os.path.exists(path))


class Http(TalkCase):
    def test_keep_alive_and_json(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "hi", "--format", "json",
                             "--count", "1")
        done = self.fetch("-w", "%{num_connects}", "-d", "a=1", f"{server.address}/x", f"{server.address}/y")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hi1hi0")
        told = [json.loads(line) for line in self.finish(server)[0].splitlines()]
        self.assertEqual([t["target"] for t in told], ["/x", "/y"])
        self.assertEqual([t["method"] for t in told], ["POST", "POST"])

    def test_head(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "hello")
        done = self.fetch("-I", server.address)
        self.assertExit(done, 0)
        self.assertIn(b"Content-Length: 5\r\n", done.out)

    def test_bad_request(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "hello")
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n")
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 400 "))
        self.assertIn("RFC 9112", server.communicate(timeout=TIMEOUT)[1].decode())

    def test_raw(self):
        self.write("raw", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        server = self.listen("http://127.0.0.1:0", "--reply-raw", "raw")
        self.assertExit(self.fetch(server.address), 18)


class Peers(TalkCase):
    """64 MiB through each path of the other tools, checksums equal."""

    @classmethod
    def setUpClass(cls):
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-talk-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.certificates = Certificates(cls._directory.name)
        cls.cert, cls.key = cls.certificates.make("localhost")
        cls.data = os.path.join(cls._directory.name, "data")
        block = os.urandom(MIB)
        with open(cls.data, "wb") as f:
            for i in range(64):
                f.write(i.to_bytes(4, "big") + block[4:])
        cls.digest = cls.checksum(cls.data)

    @staticmethod
    def checksum(path):
        with open(path, "rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()

    def start(self, *command, stdin=None, stdout=None):
        process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL,
                                   stdout=stdout or subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, cwd=self.dir)
        self.addCleanup(self.end, process)
        return process

    def receive_from_us(self, url, *command):
        """The peer listens and writes what comes to a file; we send."""
        with open(self.path("got"), "wb") as got:
            # A standard input that has ended makes ncat --ssl hang up.
            process = self.start(*command, stdin=subprocess.PIPE, stdout=got)
            end = time.monotonic() + TIMEOUT
            while True:
                done = self.fetch("-T", self.data, "--cacert", self.certificates.ca, url)
                if done.code != 7 or time.monotonic() > end:
                    break
                time.sleep(0.05)
            self.assertExit(done, 0)
            process.wait(TIMEOUT)
        self.assertEqual(self.checksum(self.path("got")), self.digest)

    def send_to_us(self, url, *command, args=(), code=0):
        """The peer connects and sends; we listen. PORT in the command is ours."""
        server = self.listen(url, *args)
        with open(self.data, "rb") as data:
            self.start(*[c.replace("PORT", str(server.port)) for c in command], stdin=data)
            out, err = server.communicate(timeout=TIMEOUT)
        self.assertEqual(server.returncode, code, err)
        self.assertEqual(hashlib.sha256(out).hexdigest(), self.digest)

    def test_nc_listens(self):
        port = str(free_port())
        self.receive_from_us(f"tcp://127.0.0.1:{port}", need_nc(), "-l", "127.0.0.1", port)

    def test_ncat_listens(self):
        port = str(free_port())
        self.receive_from_us(f"tcp://127.0.0.1:{port}", need("ncat"), "-l", "--recv-only",
                             "127.0.0.1", port)

    def test_socat_listens(self):
        port = str(free_port())
        self.receive_from_us(f"tcp://127.0.0.1:{port}", need("socat"), "-u",
                             f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr", "STDOUT")

    def test_socat_listens_on_unix(self):
        path = self.path("s")
        self.receive_from_us(f"unix://{path}", need("socat"), "-u", f"UNIX-LISTEN:{path}",
                             "STDOUT")

    def test_ncat_listens_with_tls(self):
        need_https()
        port = str(free_port())
        self.receive_from_us(f"tls://localhost:{port}", need("ncat"), "-l", "--recv-only",
                             "--ssl", "--ssl-cert", self.cert, "--ssl-key", self.key,
                             "127.0.0.1", port)

    def test_socat_listens_with_tls(self):
        need_https()
        port = str(free_port())
        self.receive_from_us(
            f"tls://localhost:{port}", need("socat"), "-u",
            f"OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,cert={self.cert},"
            f"key={self.key},verify=0",
            "STDOUT")

    def test_nc_connects(self):
        self.send_to_us("tcp://127.0.0.1:0", need_nc(), "-N", "127.0.0.1", "PORT")

    def test_ncat_connects(self):
        self.send_to_us("tcp://127.0.0.1:0", need("ncat"), "--send-only", "127.0.0.1", "PORT")

    def test_socat_connects(self):
        self.send_to_us("tcp://127.0.0.1:0", need("socat"), "-u", "STDIN",
                        "TCP:127.0.0.1:PORT")

    def test_ncat_connects_with_tls(self):
        """ncat sends no close_notify, so nothing tells that this was all."""
        need_https()
        self.send_to_us("tls://127.0.0.1:0", need("ncat"), "--send-only", "--ssl",
                        "127.0.0.1", "PORT", args=("--cert", self.cert, "--key", self.key),
                        code=56)

    def test_socat_connects_with_tls(self):
        need_https()
        self.send_to_us("tls://127.0.0.1:0", need("socat"), "-u", "STDIN",
                        "OPENSSL:127.0.0.1:PORT,verify=0",
                        args=("--cert", self.cert, "--key", self.key))

    def test_datagrams_with_nc(self):
        server = self.listen("udp://127.0.0.1:0", "--reply", "Recu: %{data}")
        done = subprocess.run([need_nc(), "-u", "-w", "1", "127.0.0.1", str(server.port)],
                              input=b"x", capture_output=True, timeout=TIMEOUT)
        self.assertEqual(done.stdout, b"Recu: x")


if __name__ == "__main__":
    main()
