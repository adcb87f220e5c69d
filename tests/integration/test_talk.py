"""Plain TCP, UDP and Unix conversations with Python at the other end: the first
examples, failures, and what clients do."""
import base64
import json
import os
import queue
import re
import socket
import subprocess
import time

from harness import PROGRAM, TIMEOUT, environment, free_port, main
from talking import MIB, TalkCase


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
        self.assertIn(f"127.0.0.1:{port} port unreachable", done.text)
        self.assertLess(time.monotonic() - start, 10)
        done = self.fetch("-d", "x", "-d", "y", "--count", "0", f"udp://127.0.0.1:{port}")
        self.assertExit(done, 7)

    def test_refused_tcp_port(self):
        done = self.fetch("-d", "x", f"tcp://127.0.0.1:{free_port()}")
        self.assertExit(done, 7)
        self.assertIn("refused", done.text)

    def test_unknown_name(self):
        for scheme in ("tcp", "udp"):
            done = self.fetch("-d", "x", f"{scheme}://no-such-host.invalid:1")
            self.assertExit(done, 6)
            self.assertIn("no-such-host.invalid", done.text)

    def test_bad_port(self):
        for url in ("tcp://127.0.0.1:99999", "tcp://127.0.0.1", "udp://127.0.0.1:x"):
            done = self.fetch("-d", "x", url)
            self.assertExit(done, 3)
            self.assertIn("port", done.text.lower())

    def test_unreadable_file(self):
        done = self.fetch("-T", "nowhere", "tcp://127.0.0.1:1")
        self.assertExit(done, 26)
        self.assertIn("'nowhere'", done.text)
        for args in (("-T", self.dir), ("--data-binary", "@nowhere")):
            done = self.fetch(*args, "udp://127.0.0.1:1")
            self.assertExit(done, 26)
            self.assertIn(args[1].lstrip("@"), done.text)

    def test_datagram_too_large(self):
        self.write("big", b"x" * 65508)
        port = self.udp_server(lambda s: None)
        done = self.fetch("--data-binary", "@big", f"udp://127.0.0.1:{port}")
        self.assertExit(done, 63)
        self.assertIn("65508 bytes", done.text)
        self.assertIn("65507 is the maximum", done.text)

    def test_none_is_sent_when_one_is_too_large(self):
        self.write("big", b"x" * 65508)
        server = self.listen("udp://127.0.0.1:0", "--wait", "0.3", "--reply", "")
        self.assertExit(self.fetch("-d", "first", "--data-binary", "@big", server.address), 63)
        self.assertEqual(self.finish(server, 28)[0], b"")

    def test_fewer_replies_than_are_due(self):
        def serve(s):
            s.sendto(b"one", s.recvfrom(1024)[1])
        port = self.udp_server(serve)
        done = self.fetch("-d", "x", "--wait", "0.3", "--count", "2", f"udp://127.0.0.1:{port}")
        self.assertExit(done, 28)
        self.assertEqual(done.out, b"one")
        self.assertIn("1 of 2 replies", done.text)

    def test_deadline(self):
        port = self.silent_server()
        done = self.fetch("-d", "x", "-m", "0.3", f"tcp://127.0.0.1:{port}")
        self.assertExit(done, 28)
        self.assertIn("timed out", done.text)

    def test_silence(self):
        port = self.silent_server()
        done = self.fetch("-d", "x", "--wait", "0.3", f"tcp://127.0.0.1:{port}")
        self.assertExit(done, 28)
        self.assertIn("Nothing was received within 300 milliseconds", done.text)

    def test_silence_behind_something(self):
        port = self.silent_server(b"some")
        done = self.fetch("-d", "x", "--wait", "1", f"tcp://127.0.0.1:{port}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"some")

    def test_connect_timeout(self):
        """Nobody takes connections out of a queue that is full."""
        with socket.socket(socket.AF_UNIX) as s, socket.socket(socket.AF_UNIX) as first:
            s.bind(self.path("s"))
            s.listen(0)
            first.connect(self.path("s"))
            done = self.fetch("-d", "x", "--connect-timeout", "0.3", f"unix://{self.path('s')}")
        self.assertExit(done, 28)

    def test_options_that_exclude_each_other(self):
        self.write("f", b"")
        listener = ("--listen", "tcp://127.0.0.1:0", "-m", "1")
        for args in (("-d", "x", "-T", "f", "tcp://127.0.0.1:1"),
                     ("--reply", "x", "tcp://127.0.0.1:1"),
                     (*listener, "--reply", "x", "--reply-file", "f"),
                     (*listener, "--reply-raw", "f"),
                     (*listener, "--reply", "x", "-d", "y"),
                     (*listener, "--count", "0")):
            self.assertExit(self.fetch(*args), 2)

    def test_address_in_use(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            done = self.fetch("--listen", f"tcp://127.0.0.1:{s.getsockname()[1]}")
        self.assertExit(done, 45)
        self.assertIn("in use", done.text)

    def test_nobody_comes(self):
        self.assertExit(self.fetch("--listen", "tcp://127.0.0.1:0", "-m", "0.3"), 28)


class NothingToSend(TalkCase):
    """Standard input is closed, for writing alone, or a pipe in which nothing comes."""

    def start(self, redirection, *args):
        command = " ".join([PROGRAM, *args]) + " " + redirection
        process = subprocess.Popen(["sh", "-c", "exec " + command], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   bufsize=0, cwd=self.dir, env=environment(self.dir))
        self.addCleanup(self.end, process)
        return process

    def run_to_end(self, *args):
        process = self.start(*args)
        # communicate would close the pipe that is to stay open
        code = process.wait(TIMEOUT)
        return code, process.stdout.read(), process.stderr.read().decode()

    def test_clients(self):
        for redirection in ("<&-", "0>written"):
            for args in ((), ("-T", "-")):
                with self.subTest(redirection=redirection, args=args):
                    heard = []

                    def serve(client):
                        client.sendall(b"hi")
                        heard.append(client.recv(9))
                    port = self.tcp_server(serve)
                    self.assertEqual(
                        self.run_to_end(redirection, *args, f"tcp://127.0.0.1:{port}"),
                        (0, b"hi", ""))
                    self.assertEqual(heard, [b""])

    def test_datagrams(self):
        for redirection in ("<&-", "0>written"):
            with self.subTest(redirection=redirection):
                self.assertEqual(self.run_to_end(
                    redirection, f"udp://127.0.0.1:{free_port()}"), (0, b"", ""))

    def test_listeners(self):
        for redirection in ("<&-", "0>written"):
            for more in ("", "--keep-open --count 2"):
                with self.subTest(redirection=redirection, more=more):
                    server = self.start(redirection, "--listen tcp://127.0.0.1:0 -s",
                                        "--print-address", more)
                    url = server.stdout.readline().decode().strip()
                    for _ in range(2 if more else 1):
                        self.assertEqual(self.fetch("-d", "x", url).code, 0)
                    self.assertEqual(server.wait(TIMEOUT), 0, server.stderr.read())

    def test_datagram_listener(self):
        server = self.start("<&-", "--listen udp://127.0.0.1:0 -s --print-address")
        url = server.stdout.readline().decode().strip()
        self.assertExit(self.fetch("-d", "x", "--count", "0", url), 0)
        self.assertEqual(server.wait(TIMEOUT), 0, server.stderr.read())

    def test_a_listener_ends_with_its_peer(self):
        for url in ("tcp://127.0.0.1:0", "tcp://[::1]:0", "unix://" + os.path.join(self.dir, "s")):
            with self.subTest(url=url):
                server = self.start("", f"--listen '{url}' -s --print-address")
                server.stdin.write(b"given")
                address = server.stdout.readline().decode().strip()
                done = self.fetch("-d", "x", "--no-shutdown", "--wait", "0.5", address)
                self.assertEqual((done.code, done.out), (0, b"given"), done)
                self.assertEqual(server.wait(TIMEOUT), 0, server.stderr.read())

    def test_a_peer_that_only_stopped_sending_is_there(self):
        server = self.start("", "--listen tcp://127.0.0.1:0 -s --print-address")
        port = int(server.stdout.readline().decode().rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), TIMEOUT) as s:
            s.sendall(b"x")
            s.shutdown(socket.SHUT_WR)
            time.sleep(1.5)             # longer than it takes to look
            self.assertIsNone(server.poll())
            server.stdin.write(b"late")
            server.stdin.close()
            self.assertEqual(s.makefile("rb").read(), b"late")
        self.assertEqual(server.wait(TIMEOUT), 0)

    def test_a_client_ends_with_its_peer(self):
        port = self.tcp_server(lambda client: client.sendall(b"all"))
        self.assertEqual(self.run_to_end("", f"tcp://127.0.0.1:{port}"), (0, b"all", ""))


class Clients(TalkCase):
    def test_pieces_are_sent_in_order(self):
        self.write("f", b"2\n3\n")
        server = self.listen("tcp://127.0.0.1:0", "--reply", "")
        self.assertExit(self.fetch("-d", "1", "--data-binary", "@f", "-d", "4",
                                   server.address), 0)
        self.assertEqual(self.finish(server)[0], b"12\n3\n4")

    def test_standard_input_and_a_file(self):
        self.write("f", b"from a file")
        for args, data in ((("-T", "f"), b"from a file"), (("-T", "-"), b"stdin"),
                           ((), b"stdin")):
            server = self.listen("tcp://127.0.0.1:0", "--reply", "")
            self.assertExit(self.fetch(*args, server.address, input=b"stdin"), 0)
            self.assertEqual(self.finish(server)[0], data)

    def test_largest_datagram(self):
        data = os.urandom(65507)
        self.write("max", data)
        server = self.listen("udp://127.0.0.1:0", "--reply", "%{data}")
        done = self.fetch("--data-binary", "@max", server.address)
        self.assertExit(done, 0)
        self.assertEqual((done.out, self.finish(server)[0]), (data, data))

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
        done = self.fetch("--hex", "-d", "Bonjour", "-d", " serveur\x01", "-d", "!",
                          f"tcp://127.0.0.1:{port}")
        self.assertEqual(done.out, b"Bonjour serveur\x01!")
        rows = ("00000000  42 6f 6e 6a 6f 75 72 20  73 65 72 76 65 75 72 01  "
                "|Bonjour serveur.|\n"
                "00000010  21" + " " * 48 + "|!|\n")
        for arrow in "><":
            self.assertRegex(done.text, rf"(?m)^\d\d:\d\d:\d\d\.\d{{6}} {arrow} "
                             rf"127\.0\.0\.1:{port}, 17 bytes at 0\n" + re.escape(rows))

    def test_json(self):
        def serve(client):
            client.sendall(client.recv(1024) + b"\xff")
        port = self.tcp_server(serve)
        done = self.fetch("--format", "json", "-o", "f", "-d", "\u00e9",
                          f"tcp://127.0.0.1:{port}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"")
        sent, received = map(json.loads, self.read("f").splitlines())
        self.assertLess(abs(time.time() - sent.pop("time")), 3600)
        self.assertGreater(received.pop("time"), 0)
        self.assertEqual(sent, {"direction": "sent", "peer": f"127.0.0.1:{port}", "offset": 0,
                                "length": 2, "text": "\u00e9"})
        self.assertEqual(received, {
            "direction": "received", "peer": f"127.0.0.1:{port}", "offset": 0, "length": 3,
            "base64": base64.b64encode("\u00e9".encode() + b"\xff").decode()})

    def test_decisions_are_shown(self):
        port = self.tcp_server(lambda client: client.sendall(client.recv(9)))
        done = self.fetch("-v", "-d", "abc", f"tcp://127.0.0.1:{port}")
        self.assertIn("* Connected to 127.0.0.1", done.text)
        self.assertIn("* Closed: 3 bytes sent, 3 received", done.text)

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

    def test_failure_leaves_the_file_alone(self):
        self.write("f", b"old")
        port = self.silent_server(b"new")
        self.assertExit(self.fetch("-d", "x", "-o", "f", "-m", "0.5",
                                   f"tcp://127.0.0.1:{port}"), 28)
        self.assertEqual(self.read("f"), b"old")

    def test_local_end(self):
        for scheme in ("tcp", "udp"):
            server = self.listen(f"{scheme}://127.0.0.1:0", "--reply", "%{peer}", "--count", "3")
            kind = socket.SOCK_DGRAM if scheme == "udp" else socket.SOCK_STREAM
            for option in ("--local-port", "--source-port"):
                port = free_port(kind)
                done = self.fetch(option, port, "-d", "x", server.address)
                self.assertEqual(done.out.decode(), f"127.0.0.1:{port}", done)
            done = self.fetch("--interface", "127.0.0.7", "-d", "x", server.address)
            self.assertRegex(done.out.decode(), r"^127\.0\.0\.7:\d+$")
            self.finish(server)

    def test_families(self):
        for scheme in ("tcp", "udp"):
            server = self.listen(f"{scheme}://127.0.0.1:0", "--reply", "%{data}", "--keep-open")
            url = f"{scheme}://localhost:{server.port}"
            self.assertEqual(self.fetch("-4", "-d", "x", url).out, b"x")
            self.assertIn(self.fetch("-6", "-d", "x", url).code, (6, 7))


if __name__ == "__main__":
    main()
