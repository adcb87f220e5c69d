"""Listeners of tcp://, udp://, unix:// and tls://: replies, addresses, many
clients at once."""
import json
import os
import re
import resource
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest.mock

from harness import PROGRAM, TIMEOUT, Certificates, main, need, need_https
from talking import MIB, TalkCase


class Listeners(TalkCase):
    def test_address_is_told(self):
        server = self.listen("tcp://127.0.0.1:0", "--reply", "", "--print-address")
        self.assertRegex(server.address, r"^tcp://127\.0\.0\.1:[1-9]\d*$")
        self.fetch("-d", "x", server.address)
        out, err = self.finish(server)
        self.assertEqual((out, err), (b"x", f"Listening on {server.address}\n"))

    def test_silent_with_a_reply(self):
        self.write("f", b"x")
        for args in (("--reply", "x"), ("--reply-file", "f")):
            server = self.listen("tcp://127.0.0.1:0", "-s", *args)
            self.assertEqual(self.fetch("-d", "data", server.address).out, b"x")
            self.assertEqual(self.finish(server), (b"", ""))
        # A file was asked for.
        server = self.listen("tcp://127.0.0.1:0", "-s", "--reply", "x", "-o", "got")
        self.fetch("-d", "data", server.address)
        self.finish(server)
        self.assertEqual(self.read("got"), b"data")

    def test_reply_to_one_who_has_paused(self):
        """As the server that receives once and answers."""
        server = self.listen("tcp://127.0.0.1:0", "--reply", "%{data} from %{peer}")
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"x")
            port = s.getsockname()[1]
            self.assertEqual(s.makefile("rb").read(), b"x from 127.0.0.1:%d" % port)
        self.finish(server)

    def test_all_addresses(self):
        server = self.listen("tcp://*:0", "--reply", "ok", "--count", "2")
        for host in ("127.0.0.1", "127.0.0.7"):
            self.assertEqual(self.fetch("-d", "x", f"tcp://{host}:{server.port}").out, b"ok")
        self.finish(server)

    def test_only_the_address_that_is_written(self):
        server = self.listen("tcp://127.0.0.1:0", "--reply", "ok")
        self.assertExit(self.fetch("-d", "x", f"tcp://127.0.0.7:{server.port}"), 7)

    def test_patience(self):
        for url in ("tcp://127.0.0.1:0", "udp://127.0.0.1:0"):
            done = self.fetch("--listen", url, "--wait", "0.2")
            self.assertExit(done, 28)
            self.assertIn("connected" if url.startswith("tcp") else "datagram", done.text)

    def test_abstract_unix(self):
        url = f"unix://@minifetch-listener-{os.getpid()}"
        server = self.listen(url, "--reply", "Recu: %{data}")
        self.assertEqual(self.fetch("-d", "x", url).out, b"Recu: x")
        self.finish(server)

    def test_a_file_in_the_place_of_a_socket_is_kept(self):
        self.write("f", b"data")
        self.assertExit(self.fetch("--listen", f"unix://{self.path('f')}"), 45)
        self.assertEqual(self.read("f"), b"data")

    def test_thousand_datagrams(self):
        """From Python, no more under way than there is room for."""
        server = self.listen("udp://127.0.0.1:0", "--reply", "Recu: %{data}", "--count", "1000",
                             "--format", "json")
        told = self.collect(server.stdout)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(TIMEOUT)
            s.connect(("127.0.0.1", server.port))
            for i in range(1000):
                s.send(b"x" * i)
                if i >= 20:
                    self.assertEqual(s.recv(9999), b"Recu: " + b"x" * (i - 20))
            for i in range(980, 1000):
                self.assertEqual(s.recv(9999), b"Recu: " + b"x" * i)
        self.assertEqual(server.wait(TIMEOUT), 0)
        lengths = [t["length"] for t in map(json.loads, told().splitlines())
                   if t["direction"] == "received"]
        self.assertEqual(lengths, list(range(1000)))

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


class Crowd(TalkCase):
    """Many clients at one listener, some of them of bad manners. It ends by
    itself, so that a build with sanitizers tells of what is lost."""
    CLIENTS = 200

    def connect(self, server, data=b""):
        s = socket.socket()
        s.settimeout(TIMEOUT)
        self.addCleanup(s.close)
        s.connect(("127.0.0.1", server.port))
        s.sendall(data)
        return s

    def misbehave(self, server):
        """One that has reset, one that stalls, one that never reads."""
        reset = self.connect(server, b"x")
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.close()
        unread = socket.socket()
        self.addCleanup(unread.close)
        unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        unread.settimeout(TIMEOUT)
        unread.connect(("127.0.0.1", server.port))
        unread.sendall(b"x" * 12 * MIB)
        return [self.connect(server), unread]

    def round(self, server):
        clients = [self.connect(server) for _ in range(self.CLIENTS)]
        for i, client in enumerate(clients):
            client.sendall(b"%d" % i)
        for i, client in enumerate(clients):
            self.assertEqual(client.recv(100), b"%d!" % i)
            self.assertEqual(client.recv(100), b"")
            client.close()

    def descriptors(self, server, clients):
        """How many there are once no more than so many clients are left."""
        directory = f"/proc/{server.pid}/fd"

        def sockets():
            found = 0
            for name in os.listdir(directory):
                try:
                    found += os.readlink(f"{directory}/{name}").startswith("socket:")
                except FileNotFoundError:
                    pass
            return found
        end = time.monotonic() + TIMEOUT
        while sockets() > 1 + clients and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(sockets(), 1 + clients)
        return len(os.listdir(directory))

    def test_two_hundred_at_once(self):
        server = self.listen("tcp://127.0.0.1:0", "--reply", "%{data}!", "--keep-open", "-s",
                             "--count", 3 + 2 * self.CLIENTS + 1, "--wait", 4 * TIMEOUT)
        bad = self.misbehave(server)
        counts = []
        for _ in range(2):
            self.round(server)
            counts.append(self.descriptors(server, len(bad)))
        for s in bad:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()
        counts.append(self.descriptors(server, 0) + len(bad))
        self.assertEqual(counts, counts[:1] * 3)
        self.assertIsNone(server.poll())
        self.assertEqual(self.connect(server, b"last").recv(9), b"last!")
        self.finish(server)

    def test_two_hundred_conversations(self):
        """Without a reply each is sent the file, and what each sends comes."""
        data = os.urandom(100000)
        self.write("f", data)
        server = self.listen("tcp://127.0.0.1:0", "-T", "f", "--keep-open", "--count",
                             self.CLIENTS + 1)
        told = self.collect(server.stdout)
        stalled = self.connect(server)
        clients = [self.connect(server, b"x" * 1000) for _ in range(self.CLIENTS)]
        for client in clients:
            self.assertEqual(client.makefile("rb").read(), data)
            client.close()
        stalled.close()
        self.assertEqual(server.wait(TIMEOUT), 0)
        self.assertEqual(told(), b"x" * 1000 * self.CLIENTS)

    def test_valgrind_finds_nothing(self):
        """Fewer of them, for it is slow."""
        with open(PROGRAM, "rb") as program:
            if b"__asan_init" in program.read():
                self.skipTest("this build looks by itself")
        valgrind = [need("valgrind"), "-q", "--error-exitcode=99", "--leak-check=full"]
        server = self.listen("tcp://127.0.0.1:0", "--reply", "%{data}!", "--keep-open", "-s",
                             "--count", 23, under=valgrind)
        bad = self.misbehave(server)
        clients = [self.connect(server, b"%d" % i) for i in range(20)]
        for i, client in enumerate(clients):
            self.assertEqual(client.recv(9), b"%d!" % i)
            client.close()
        for s in bad:
            s.close()
        self.finish(server)


class FullHouse(TalkCase):
    """Slow clients have all the places; there is one for another all the same."""
    DESCRIPTORS = 60

    def occupy(self, server, n, first, connect=None):
        """`n` clients that send `first` and then a byte now and then."""
        clients = []
        over = threading.Event()

        def dribble():
            while not over.wait(0.5):
                for s in list(clients):
                    try:
                        s.send(b"x")
                    except OSError:
                        pass
        for _ in range(n):
            s = (connect or self.connect)(server)
            s.sendall(first)
            clients.append(s)
        self.thread(dribble)
        self.addCleanup(over.set)
        return clients

    def connect(self, server):
        s = socket.socket(socket.AF_INET if server.port else socket.AF_UNIX)
        s.settimeout(TIMEOUT)
        self.addCleanup(s.close)
        s.connect(("127.0.0.1", server.port) if server.port
                  else server.address.replace("unix://", ""))
        return s

    def crowded(self, url, *args):
        need("prlimit")
        return self.listen(url, *args, "--keep-open", "-s", stdin=subprocess.DEVNULL,
                           under=("prlimit", f"--nofile={self.DESCRIPTORS}"))

    def check(self, server, first, request, answer):
        self.occupy(server, self.DESCRIPTORS, first)
        with self.connect(server) as s:
            s.sendall(request)
            self.assertIn(answer, s.recv(1000))

    def test_http(self):
        for first in (b"", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n"
                      b"Content-Length: 99999\r\n\r\n"):
            with self.subTest(first=first):
                server = self.crowded("http://127.0.0.1:0", "--wait", 10 * TIMEOUT)
                self.check(server, first, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"200 OK")
                self.end(server)

    def test_streams(self):
        for url in ("tcp://127.0.0.1:0", "unix://" + os.path.join(self.dir, "s")):
            for args in (("--reply", "yes"), ("-d", "yes")):
                with self.subTest(url=url, args=args):
                    server = self.crowded(url, *args, "--wait", 10 * TIMEOUT)
                    self.check(server, b"", b"x", b"yes")
                    self.end(server)

    def test_a_thousand(self):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        if limits[1] not in (-1, resource.RLIM_INFINITY) and limits[1] < 2100:
            self.skipTest("not enough descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (2100, limits[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        server = self.listen("http://127.0.0.1:0", "--keep-open", "-s", "--wait", 10 * TIMEOUT)
        self.occupy(server, 1010, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n")
        with self.connect(server) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b"200 OK", s.recv(1000))

    def test_a_signal_is_told_of_once(self):
        server = self.listen("http://127.0.0.1:0", "--keep-open")
        for _ in range(3):
            client = self.connect(server)
            self.addCleanup(client.close)
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b"200 OK", client.recv(1000))
        server.send_signal(signal.SIGINT)
        _, err = self.finish(server, -signal.SIGINT)
        self.assertEqual(err.count("Interrupted by SIGINT"), 1, err)

    def test_a_poll_that_fails(self):
        """It is refused more descriptors than may be open; so LeakSanitizer would be."""
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        patch = unittest.mock.patch.dict(os.environ, ASAN_OPTIONS=options)
        patch.start()
        self.addCleanup(patch.stop)
        server = self.listen("udp://127.0.0.1:0", "--keep-open")
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (1, 1))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"x", ("127.0.0.1", server.port))
        _, err = self.finish(server, 56)
        self.assertIn("Poll failure: Invalid argument", err)

    def test_what_is_kept_of_all(self):
        """Clients send much that is to be given back to them, and do not take it."""
        # What AddressSanitizer holds back of what was freed does not count.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        patch = unittest.mock.patch.dict(os.environ, ASAN_OPTIONS=options)
        patch.start()
        self.addCleanup(patch.stop)
        data = b"x" * (12 * MIB)
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(data)
        for url, before in (("tcp://127.0.0.1:0", b""), ("http://127.0.0.1:0", head)):
            with self.subTest(url=url):
                server = self.listen(url, "--keep-open", "-o", "/dev/null", "--reply", "%{data}",
                                     "--wait", 10 * TIMEOUT)
                for _ in range(24):
                    client = self.connect(server)
                    client.settimeout(2)
                    try:
                        client.sendall(before + data)
                    except OSError:     # it is no longer listened to
                        pass
                with open(f"/proc/{server.pid}/status", encoding="ascii") as f:
                    peak = int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))
                self.assertLess(peak, 400 * 1024)
                limit = threading.Timer(TIMEOUT, server.kill)
                limit.start()
                self.assertTrue(any(b"would be over 128 MiB" in line for line in server.stderr))
                limit.cancel()
                self.end(server)

    def test_a_signal_ends_it(self):
        """With many clients, without any, and while one waits for a place."""
        for clients in (0, 3, self.DESCRIPTORS):
            with self.subTest(clients=clients):
                server = self.crowded("tcp://127.0.0.1:0", "-d", "x", "--wait", 10 * TIMEOUT)
                self.occupy(server, clients, b"")
                time.sleep(0.3)         # only to meet it in different states
                server.send_signal(signal.SIGINT)
                self.assertEqual(server.wait(TIMEOUT), -signal.SIGINT)

    def dribble(self, server, first):
        """Send a byte now and then until the server goes; the longest silence."""
        longest, before = 0, time.monotonic()
        with self.connect(server) as s:
            try:
                for _ in range(int(TIMEOUT / 0.02)):
                    s.send(first)
                    longest, before = max(longest, time.monotonic() - before), time.monotonic()
                    first = b"x"
                    time.sleep(0.02)
            except OSError:
                pass
        return longest

    def test_a_request_ends_though_bytes_come(self):
        for url, first, args in (
                ("http://127.0.0.1:0", b"POST / HTTP/1.1\r\nHost: a\r\n"
                 b"Content-Length: 999\r\n\r\n", ()),
                ("tcp://127.0.0.1:0", b"x", ("--reply", "yes"))):
            with self.subTest(url=url):
                for _ in range(10):
                    server = self.listen(url, *args, "--wait", 1)
                    longest = self.dribble(server, first)
                    err = server.communicate(timeout=TIMEOUT)[1].decode()
                    # Who is silent for 50 ms waits for the reply, and this process may
                    # have been scheduled late.
                    if server.returncode or longest < 0.04:
                        break
                self.assertEqual(server.returncode, 28, err)
                self.assertIn("slower than 1000 bytes a second", err)

    def test_lowest_speed_off(self):
        server = self.listen("http://127.0.0.1:0", "--wait", 1, "--speed-limit", 0)
        with self.connect(server) as s:
            s.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n")
            for _ in range(15):
                time.sleep(0.1)
                s.send(b"x")
            self.assertIn(b"200 OK", s.recv(1000))
        self.finish(server)


class Tls(TalkCase):
    @classmethod
    def setUpClass(cls):
        need_https()
        directory = tempfile.TemporaryDirectory(prefix="minifetch-talk-")
        cls.addClassCleanup(directory.cleanup)
        cls.certificates = Certificates(directory.name)
        cls.cert, cls.key = cls.certificates.make("localhost")

    def serve(self, *args):
        return self.listen("tls://localhost:0", "--cert", self.cert, "--key", self.key,
                           "--reply", "Recu: %{data}", *args)

    def test_reply(self):
        server = self.serve()
        done = self.fetch("--cacert", self.certificates.ca, "-d", "x", server.address)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: x")
        self.assertEqual(self.finish(server)[0], b"x")

    def test_handshakes_that_stall_keep_nobody_out(self):
        need("prlimit")
        server = self.listen("tls://127.0.0.1:0", "--cert", self.cert, "--key", self.key,
                             "--reply", "yes", "--keep-open", "--wait", 10 * TIMEOUT,
                             under=("prlimit", "--nofile=40"))
        for i in range(40):
            s = socket.create_connection(("127.0.0.1", server.port), TIMEOUT)
            self.addCleanup(s.close)
            s.sendall(b"\x16\x03" * (i % 2))
        done = self.fetch("--cacert", self.certificates.ca, "-m", TIMEOUT, "-d", "x",
                          f"tls://localhost:{server.port}")
        self.assertEqual((done.code, done.out), (0, b"yes"), done)
        server.kill()
        self.assertEqual(server.stderr.read().count(b"; waiting"), 1)

    def test_client_verifies(self):
        server = self.serve()
        self.assertExit(self.fetch("-d", "x", server.address), 60)
        self.assertNotEqual(server.wait(TIMEOUT), 0)

    def test_client_certificates(self):
        server = self.serve("--cacert", self.certificates.ca, "--count", "2")
        ask = ("--cacert", self.certificates.ca, "-d", "x", server.address)
        self.assertNotEqual(self.fetch(*ask).out, b"Recu: x")
        done = self.fetch("--cert", self.cert, "--key", self.key, *ask)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: x")
        self.finish(server)

    def test_python_on_both_ends(self):
        server = self.serve()
        context = ssl.create_default_context(cafile=self.certificates.ca)
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as s:
                s.sendall(b"x")
                self.assertEqual(s.recv(100), b"Recu: x")
        self.finish(server)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)

        def answer(client):
            with context.wrap_socket(client, server_side=True) as s:
                s.sendall(b"Recu: " + s.recv(100))
                s.unwrap()
        port = self.tcp_server(answer)
        done = self.fetch("--cacert", self.certificates.ca, "-d", "x", f"tls://localhost:{port}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"Recu: x")

    def test_no_certificate(self):
        done = self.fetch("--listen", "tls://localhost:0")
        self.assertExit(done, 58)
        self.assertIn("--cert", done.text)


if __name__ == "__main__":
    main()
