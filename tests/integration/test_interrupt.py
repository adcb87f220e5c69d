"""SIGINT, SIGTERM and SIGHUP: what has been gathered is finished as a failure is,
nothing is left lying about, and the exit status is the signal's."""
import gzip
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from harness import (PROGRAM, TIMEOUT, TestCase, built_in, environment, main, need_https,
                     response)

SHORT = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 100000\r\n\r\n" + b"x" * 70000
ENDINGS = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGTERM: 143}


class Case(TestCase):
    """A program that is stopped in the midst of something."""

    def setUp(self):
        super().setUp()
        self.reached, self.over = threading.Event(), threading.Event()
        self.addCleanup(self.over.set)

    def stall(self, *answer):
        """A script that answers so much and then says that it waits."""
        def script(peer):
            peer.request()
            for part in answer:
                peer.send(part)
            self.reached.set()
            peer.request()
        return script

    def start(self, *args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE):
        process = subprocess.Popen(
            [PROGRAM, *map(str, args)], stdin=stdin, stdout=stdout,
            stderr=subprocess.PIPE, cwd=self.dir, env=environment(self.dir))

        def stop():
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.addCleanup(stop)
        return process

    def await_line(self, process, words):
        """Until a line of standard error has them."""
        while True:
            line = process.stderr.readline()
            self.assertTrue(line, f"no line has {words}")
            if words in line:
                return

    def end(self, process, number=signal.SIGINT):
        """Its standard output and standard error."""
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, -number, err)
        return out, err

    def entries(self, name="h"):
        return json.loads(self.read(name))["log"]["entries"]

    def report(self, name="r"):
        return [json.loads(line) for line in self.read(name).splitlines()]


class Gathered(Case):
    def test_everything(self):
        for number, code in ENDINGS.items():
            with self.subTest(number=number):
                self.reached.clear()
                self.write("f", b"old")
                server = self.serve(self.stall(SHORT))
                process = self.start(
                    "--har", "h", "--report", "r", "-c", "jar", "--record", "record",
                    "--timing", "-o", "f", "-w", "%{exitcode} %{http_code}\n",
                    "--trace", "t", "-D", "heads", server.url)
                self.assertTrue(self.reached.wait(TIMEOUT))
                self.wait_until(lambda: b"Recv data" in self.read("t"))
                out, err = self.end(process, number)
                self.assertEqual(out, f"{code} 200\n".encode())
                self.assertIn(f"minifetch: ({code}) ".encode(), err)
                self.assertIn(b"failed after", err)
                entry, = self.entries()
                self.assertEqual(entry["response"]["status"], 200)
                self.assertTrue(entry["_error"])
                line, = self.report()
                self.assertEqual(line["exitcode"], code)
                self.assertIn(b"a\tb", self.read("jar"))
                self.assertIn(b"HTTP/1.1 200 OK", self.read("heads"))
                self.assertTrue(self.read("record"))
                self.assertEqual(self.read("f"), b"old")
                self.assertEqual(sorted(os.listdir(self.dir)),
                                 ["f", "h", "heads", "jar", "r", "record", "t"])

    def test_transfers_before_are_in_it(self):
        server = self.serve(response(b"one", Connection="close"), self.stall(SHORT))
        process = self.start("-s", "--har", "h", "--report", "r", "-o", "f#1",
                             server.url + "/[1-9]")
        self.assertTrue(self.reached.wait(TIMEOUT))
        self.end(process)
        self.assertEqual(len(self.entries()), 2)
        self.assertEqual([line["exitcode"] for line in self.report()], [0, 130])
        self.assertEqual(sorted(os.listdir(self.dir)), ["f1", "h", "r"])

    def test_hsts(self):
        need_https()
        from harness import Certificates
        import ssl
        certificates = Certificates(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates.make("localhost"))
        server = self.serve(
            self.stall(b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=1000\r\n"
                       b"Content-Length: 9\r\n\r\nab"),
            wrap=lambda s: context.wrap_socket(s, server_side=True))
        process = self.start("-sN", "--hsts", "hsts", "--cacert", certificates.ca,
                             f"https://localhost:{server.port}/")
        self.assertEqual(process.stdout.read(2), b"ab")
        self.end(process, signal.SIGTERM)
        self.assertIn(b"localhost", self.read("hsts"))

    def test_ignored_from_the_start(self):
        """As nohup has it: such a signal is none."""
        server = self.serve(lambda peer: (
            peer.request(), self.reached.set(), peer.sleep(0.3), peer.send(response(b"x"))))
        process = subprocess.Popen(
            ["sh", "-c", f"trap '' HUP; exec '{PROGRAM}' -s --har h -o f {server.url}"],
            cwd=self.dir, env=environment(self.dir))
        self.assertTrue(self.reached.wait(TIMEOUT))
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertEqual(self.read("f"), b"x")

    def test_second_signal_ends_at_once(self):
        """Even when what is to be finished is never taken."""
        server = self.serve(self.stall(SHORT))
        out, into = os.pipe()
        self.addCleanup(os.close, out)
        process = self.start("-s", "-o", "f", "-w", "x" * 100000, server.url, stdout=into)
        os.close(into)
        self.assertTrue(self.reached.wait(TIMEOUT))
        process.send_signal(signal.SIGINT)
        # What -w has written is there: the first one has been acted upon.
        self.assertEqual(os.read(out, 1), b"x")
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT)
        self.assertIn(process.returncode, (-signal.SIGTERM, -signal.SIGINT))
        self.assertEqual(os.listdir(self.dir), [])


class Everywhere(Case):
    """Whatever is waited for."""

    def check(self, process, number=signal.SIGTERM, entries=1):
        self.end(process, number)
        found = self.entries()
        self.assertEqual(len(found), entries)
        self.assertIn("_error", found[-1])
        self.assertEqual(self.report()[-1]["exitcode"], ENDINGS[number])
        self.assertEqual(sorted(os.listdir(self.dir)), ["h", "r"])

    def begin(self, *args, **more):
        return self.start("--har", "h", "--report", "r", *args, **more)

    def test_head(self):
        process = self.begin("-s", self.serve(self.stall(b"HTTP/1.1 200 OK\r\nA: b")).url)
        self.assertTrue(self.reached.wait(TIMEOUT))
        self.check(process)

    def test_connecting(self):
        """Nobody takes the connection, for the queue is full."""
        s = socket.socket()
        self.addCleanup(s.close)
        s.bind(("127.0.0.1", 0))
        s.listen(0)
        full = []
        for _ in range(8):
            c = socket.socket()
            c.setblocking(False)
            self.addCleanup(c.close)
            c.connect_ex(s.getsockname())
            full.append(c)
        process = self.begin("-v", "http://127.0.0.1:%d/" % s.getsockname()[1])
        self.await_line(process, b"Trying")
        self.check(process)

    def test_handshake(self):
        need_https()
        s = socket.create_server(("127.0.0.1", 0))
        s.settimeout(TIMEOUT)
        self.addCleanup(s.close)
        process = self.begin("-s", "https://127.0.0.1:%d/" % s.getsockname()[1])
        peer, _ = s.accept()
        self.addCleanup(peer.close)
        self.assertTrue(peer.recv(1))
        self.check(process)

    def test_proxies(self):
        for scheme in ("http", "socks4", "socks5h"):
            with self.subTest(scheme=scheme):
                s = socket.create_server(("127.0.0.1", 0))
                s.settimeout(TIMEOUT)
                process = self.begin("-s", "-p", "-x", "%s://127.0.0.1:%d" % (
                    scheme, s.getsockname()[1]), "http://127.0.0.1:1/")
                peer, _ = s.accept()
                self.assertTrue(peer.recv(1))
                self.check(process)
                peer.close()
                s.close()

    def test_upload_from_a_pipe(self):
        for option in ("-T-", "-T."):
            with self.subTest(option=option):
                server = self.serve(lambda peer: (peer._more(), self.reached.set(),
                                                  self.over.wait(TIMEOUT)))
                self.reached.clear()
                process = self.begin("-s", option, server.url, stdin=subprocess.PIPE)
                process.stdin.write(b"x")
                process.stdin.flush()
                self.assertTrue(self.reached.wait(TIMEOUT))
                self.check(process)

    def test_peer_that_takes_nothing(self):
        self.write("body", b"x" * 30_000_000)
        server = self.serve(lambda peer: (peer._more(), self.reached.set(),
                                          self.over.wait(TIMEOUT)))
        process = self.begin("-s", "-T", "body", server.url)
        self.assertTrue(self.reached.wait(TIMEOUT))
        os.remove(self.path("body"))
        self.check(process)

    def test_output_that_nobody_takes(self):
        for option in ("-s", "-si", "--raw", "--compressed", "-m100"):
            with self.subTest(option=option):
                self.reached.clear()
                server = self.serve(lambda peer: (
                    peer.request(), peer.send(response(b"x" * 20_000_000))))
                out, into = os.pipe()
                process = self.begin("-s", option, server.url, stdout=into)
                self.assertEqual(os.read(out, 1)[:1], b"x" if option != "-si" else b"H")
                self.check(process)
                os.close(out)
                os.close(into)

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "no /proc")
    def test_archive_that_nobody_takes(self):
        """Before anything is sent, too: a pipe without a reader, or a full one."""
        def waits():
            with open(f"/proc/{process.pid}/status") as f:
                status = dict(line.split(":", 1) for line in f)
            return (int(status["SigCgt"], 16) >> signal.SIGTERM - 1 & 1
                    and status["State"].strip().startswith("S"))
        os.mkfifo(self.path("fifo"))
        reader, full = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, full)
        os.set_blocking(full, False)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(full, b"x" * 4096)
        os.set_blocking(full, True)
        for args in (("--har", "fifo"), ("--report", "fifo"), ("--record", "fifo"),
                     ("--har", "-")):
            with self.subTest(args=args):
                process = self.start(*args, "-o", "f", "http://127.0.0.1:1/", stdout=full)
                self.wait_until(waits)
                _, err = self.end(process, signal.SIGTERM)
                self.assertEqual(err.count(b"minifetch: "), 1, err)
                self.assertIn(b"(143)", err)

    def test_between_attempts(self):
        server = self.serve(response(b"busy", "503 Busy", Connection="close"))
        process = self.begin("--retry", "3", "--retry-delay", "100", server.url)
        self.await_line(process, b"Will retry in 100 seconds")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assertEqual(self.entries()[0]["response"]["status"], 503)
        self.assertEqual(self.report()[0]["exitcode"], 143)
        self.assertEqual(server.connections, 1)

    def test_at_the_rate(self):
        server = self.serve(response(b"x", Connection="close"))
        process = self.begin("-s", "--rate", "1/h", server.url + "/[1-2]")
        self.assertEqual(process.stdout.read(1), b"x")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assertEqual(self.entries()[0]["response"]["status"], 200)
        self.assertEqual(server.connections, 1)

    def test_limited_rate(self):
        server = self.serve(response(b"x" * 100_000))
        process = self.begin("-sN", "--limit-rate", "1", server.url)
        self.assertEqual(process.stdout.read(1), b"x")
        self.check(process)

    def test_decoder(self):
        """A little becomes a lot."""
        body = gzip.compress(bytes(100 << 20))
        for _ in range(2):
            body = gzip.compress(body)
        server = self.serve(response(body, Content_Encoding="gzip, gzip, gzip"))
        process = self.begin("-sN", "--compressed", server.url)
        self.assertEqual(process.stdout.read(1), b"\0")
        self.check(process)

    def test_endless_stream_of_bytes(self):
        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                peer.send(b"x" * 65536)
        for options in (("-o", "/dev/null"), ("-i", "-o", "/dev/null")):
            with self.subTest(options=options):
                process = self.begin("-s", "--trace-ascii", "/dev/stderr", *options,
                                     self.serve(script).url)
                self.await_line(process, b"Recv data")
                self.check(process)


class Parallel(Case):
    def test_all_of_them(self):
        begun = threading.Semaphore(0)

        def script(peer):
            peer.request()
            peer.send(SHORT)
            begun.release()
            peer.request()
        process = self.start(
            "-sZ", "--parallel-immediate", "--har", "h", "--report", "r", "-c", "jar",
            "-o", "f#1", "--parallel-max", "5", self.serve(script).url + "/[1-8]")
        for _ in range(5):
            self.assertTrue(begun.acquire(timeout=TIMEOUT))
        self.wait_until(lambda: sum(n.startswith(".f") for n in os.listdir(self.dir)) == 5)
        self.end(process)
        self.assertEqual(len(self.entries()), 5)
        self.assertEqual([line["exitcode"] for line in self.report()], [130] * 5)
        self.assertIn(b"a\tb", self.read("jar"))
        self.assertEqual(sorted(os.listdir(self.dir)), ["h", "jar", "r"])

    def test_one_message(self):
        process = self.start("-Z", "--parallel-immediate", "-o", "f#1", "--no-progress-meter",
                             self.serve(self.stall(SHORT)).url + "/[1-4]")
        self.assertTrue(self.reached.wait(TIMEOUT))
        _, err = self.end(process)
        self.assertEqual(err.count(b"minifetch: ("), 1, err)
        self.assertEqual(os.listdir(self.dir), [])

    def test_output_that_nobody_takes(self):
        server = self.serve(response(b"x" * 20_000_000))
        out, into = os.pipe()
        self.addCleanup(os.close, out)
        self.addCleanup(os.close, into)
        process = self.start("-sZ", "--har", "h", server.url + "/[1-3]", stdout=into)
        self.assertEqual(os.read(out, 1), b"x")
        self.end(process)
        self.assertTrue(self.entries())
        self.assertEqual(os.listdir(self.dir), ["h"])

    def test_waiting_for_a_connection(self):
        process = self.start("-sZ", "--parallel-max-host", "1", "--har", "h", "-o", "f#1",
                             self.serve(self.stall(SHORT)).url + "/[1-4]")
        self.assertTrue(self.reached.wait(TIMEOUT))
        self.end(process, signal.SIGTERM)
        self.assertTrue(self.entries())
        self.assertEqual(os.listdir(self.dir), ["h"])


class Conversations(Case):
    def listen(self, url, *args):
        process = self.start("--listen", url, "-s", "--print-address", *args)
        return process, process.stdout.readline().decode().strip()

    def test_listeners(self):
        for url in ("tcp://127.0.0.1:0", "udp://127.0.0.1:0", "http://127.0.0.1:0"):
            for more in ((), ("--keep-open", "--reply", "x")):
                with self.subTest(url=url, more=more):
                    process, _ = self.listen(url, *more)
                    self.end(process, signal.SIGTERM)

    def test_listener_with_clients(self):
        large = self.write("large", b"x" * 10_000_000)
        for more in ((), ("--keep-open", "--reply-file", large), ("--keep-open",)):
            with self.subTest(more=more):
                process, url = self.listen("tcp://127.0.0.1:0", *more)
                port = int(url.rpartition(":")[2].strip("/"))
                client = socket.create_connection(("127.0.0.1", port), TIMEOUT)
                client.send(b"hello")
                if large in more:
                    self.assertEqual(client.recv(1), b"x")
                else:
                    self.assertEqual(process.stdout.read(5), b"hello")
                self.end(process, signal.SIGTERM)
                client.close()

    def test_unix_socket_is_removed(self):
        process = self.start("--listen", "unix://" + self.path("s"), "-s")
        self.wait_until(lambda: os.path.exists(self.path("s")))
        time.sleep(0.05)
        self.end(process)
        self.assertFalse(os.path.exists(self.path("s")))

    def test_client(self):
        s = socket.create_server(("127.0.0.1", 0))
        s.settimeout(TIMEOUT)
        self.addCleanup(s.close)
        process = self.start("-s", "-o", "f", "tcp://127.0.0.1:%d" % s.getsockname()[1], stdin=subprocess.PIPE)
        peer, _ = s.accept()
        self.addCleanup(peer.close)
        process.stdin.write(b"x")
        process.stdin.flush()
        self.assertEqual(peer.recv(1), b"x")
        self.end(process)
        self.assertEqual(os.listdir(self.dir), [])


if __name__ == "__main__":
    main()
