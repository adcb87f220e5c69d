"""Several transfers at once: -Z."""
import contextlib
import hashlib
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from harness import (PROGRAM, TIMEOUT, Certificates, Nginx, TestCase, environment, keep_alive,
                     main, need_https, response)

MANY = int(os.environ.get("PARALLEL_MANY", "5000"))  # of each of two hosts
CURL = "/usr/bin/curl"


class Gate:
    """Lets threads go on when so many have come."""

    def __init__(self, count):
        self._barrier = threading.Barrier(count)

    def __call__(self):
        self._barrier.wait(TIMEOUT)


class AtOnce(TestCase):
    def test_all_at_once(self):
        """No answer is given before all requests are there."""
        gate = Gate(5)

        def script(peer):
            request = peer.request()
            gate()
            peer.send(response(request.split()[1]))
        server = self.serve(script)
        done = self.fetch("-Z", "--parallel-immediate", "-o", "#1", server.url + "/[1-5]")
        self.assertExit(done, 0)
        for i in range(1, 6):
            self.assertEqual(self.read(str(i)), b"/%d" % i)
        self.assertEqual(server.connections, 5)

    def test_no_more_than_asked(self):
        """Never three at a time, and all in the end."""
        lock, state = threading.Lock(), {"now": 0, "most": 0}

        def script(peer):
            while peer.request():
                with lock:
                    state["now"] += 1
                    state["most"] = max(state["most"], state["now"])
                peer.sleep(0.01)
                with lock:
                    state["now"] -= 1
                peer.send(response(b"x"))
        server = self.serve(script)
        done = self.fetch("-Z", "--parallel-max", 2, server.url + "/[1-12]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x" * 12)
        self.assertLessEqual(state["most"], 2)
        self.assertLessEqual(server.connections, 2)

    def test_host_limit(self):
        server = self.serve(keep_alive(*[response(b"x")] * 30))
        done = self.fetch("-Z", "--parallel-max-host", 1, server.url + "/[1-20]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x" * 20)
        self.assertEqual(server.connections, 1)

    def test_host_limit_of_raw_requests(self):
        """Each has a connection of its own, and its place in turn."""
        lock, state = threading.Lock(), {"now": 0, "most": 0}

        def script(peer):
            with lock:
                state["now"] += 1
                state["most"] = max(state["most"], state["now"])
            while peer.request():
                peer.sleep(0.05)
                if state["raw"]:
                    break
                peer.send(response(b"x"))
            with lock:
                state["now"] -= 1
            peer.send(response(b"x"))
        server = self.serve(script)
        self.write("r", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        for raw in True, False:
            state.update(now=0, most=0, raw=raw)
            done = self.fetch("-Z", "--parallel-max-host", 2, "-w", ",", "--raw-request", "r",
                              server.url + "/[1-6]", "--next", server.url + "/[1-4]")
            self.assertExit(done, 0)
            self.assertEqual(done.out.count(b","), 6)
            if raw:  # the server ends them, so that it knows how many there are
                self.assertLessEqual(state["most"], 2)

    def test_host_limit_with_a_zone(self):
        try:
            server = self.serve(keep_alive(*[response(b"x")] * 30), family=socket.AF_INET6)
        except OSError:
            self.skipTest("no IPv6")
        url = f"http://[::1%25lo]:{server.port}"
        if sys.platform != "linux" and self.fetch(url).code:
            self.skipTest("no interface lo")
        done = self.fetch("-Z", "--parallel-max-host", 1, "-g", *[url] * 20)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x" * 20)
        self.assertEqual(server.connections, 1)

    def test_waiting_is_told(self):
        def script(peer):
            while peer.request():
                peer.sleep(0.05)
                peer.send(response(b"x"))
        server = self.serve(script)
        done = self.fetch("-Z", "-v", "--out-null", "--parallel-max-host", 1,
                          "-w", "%{time_queue}\\n", server.url + "/[1-2]")
        self.assertExit(done, 0)
        self.assertRegex(done.text, r"\* Waited \d+ ms for a connection to 127\.0\.0\.1\n")
        self.assertGreater(max(map(float, done.out.split())), 0.01)

    def test_host_limit_with_heads_and_redirects(self):
        """Whoever has standard output never waits for a connection that
        whoever waits for standard output has."""
        def script(peer):
            while (request := peer.request()):
                if b"GET /a" in request:
                    peer.send(response(b"moved", "302 Found", Location="/b"))
                else:
                    peer.send(response(b"body"))
        server = self.serve(script)
        done = self.fetch("-Z", "-i", "-L", "--parallel-max-host", 1, server.url + "/a[1-30]")
        self.assertExit(done, 0)
        self.assertEqual(done.out.count(b"302 Found"), 30)
        self.assertEqual(done.out.count(b"body"), 30)

    def test_host_limit_counts_for_the_time(self):
        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            peer.request()
        server = self.serve(script)
        done = self.fetch("-Z", "-m", 0.5, "--parallel-max-host", 1, "--out-null",
                          server.url + "/[1-2]")
        self.assertExit(done, 28)
        self.assertEqual(done.text.count("(28)"), 2)

    def test_operations(self):
        """The URLs of all operations, each with its own options."""
        server = self.serve(keep_alive(*[response(b"x")] * 4))
        done = self.fetch("-Z", "-o", "a", "-A", "one", server.url + "/1", "--next", "-o", "b",
                          "-A", "two", server.url + "/2")
        self.assertExit(done, 0)
        agents = {(r.split()[1], re.search(rb"User-Agent: (.*?)\r", r).group(1))
                  for r in server.requests}
        self.assertEqual(agents, {(b"/1", b"one"), (b"/2", b"two")})


class Bodies(TestCase):
    def test_data(self):
        """Each request has the body, whole."""
        data = os.urandom(300000).hex().encode()
        gate = Gate(8)

        def script(peer):
            request = peer.request()
            gate()
            peer.send(response(hashlib.sha256(request.split(b"\r\n\r\n", 1)[1])
                               .hexdigest().encode()))
        server = self.serve(script)
        self.write("data", data)
        done = self.fetch("-Z", "--parallel-immediate", "-H", "Expect:", "-d", "@data",
                          "-w", "\\n", server.url + "/[1-8]")
        self.assertExit(done, 0)
        self.assertEqual(done.out.split(), [hashlib.sha256(data).hexdigest().encode()] * 8)

    def test_forms(self):
        gate = Gate(4)

        def script(peer):
            request = peer.request()
            gate()
            body = request.split(b"\r\n\r\n", 1)[1]
            boundary = re.search(rb"boundary=(\S+)", request).group(1)
            good = body.count(b"--" + boundary) == 3 and b"content" in body and b"v" in body
            peer.send(response(b"good\n" if good else b"bad\n"))
        server = self.serve(script)
        self.write("file", b"content")
        done = self.fetch("-Z", "--parallel-immediate", "-F", "n=v", "-F", "f=@file",
                          server.url + "/[1-4]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"good\n" * 4)

    def test_files(self):
        for name in "ab":
            self.write(name, name.encode() * 100000)
        server = self.serve(keep_alive(*[response(b"x")] * 3))
        done = self.fetch("-Z", "-T", "{a,b}", server.url + "/")
        self.assertExit(done, 0)
        sent = {r.split()[1]: r.split(b"\r\n\r\n", 1)[1] for r in server.requests}
        self.assertEqual(sent, {b"/a": b"a" * 100000, b"/b": b"b" * 100000})

    def test_standard_input_is_sent_once(self):
        server = self.serve(response(b"x"))
        done = self.fetch("-Z", "-T", "-", server.url + "/1", "-T", "-", server.url + "/2",
                          input=b"input")
        self.assertExit(done, 26)
        self.assertIn("two URLs at once", done.text)
        self.assertEqual(len(server.requests), 1)


class Output(TestCase):
    def test_bodies_are_not_mixed(self):
        """Chunks that come in turns, on standard output one body after the
        other with its -w text."""
        gate = Gate(4)

        def script(peer):
            name = peer.request().split()[1][1:]
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(20):
                peer.send(b"5\r\n" + name * 5 + b"\r\n")
                peer.sleep(0.002)
            peer.send(b"0\r\n\r\n")
            gate()
        server = self.serve(script)
        done = self.fetch("-Z", "--parallel-immediate", "-w", "%{url_effective}\\n",
                          server.url + "/{a,b,c,d}")
        self.assertExit(done, 0)
        wanted = [x.encode() * 100 + f"{server.url}/{x}".encode() for x in "abcd"]
        self.assertEqual(sorted(done.out.split(b"\n")[:-1]), sorted(wanted))

    def test_reports_are_not_mixed_in(self):
        """One transfer ends while another one writes."""
        begun = threading.Event()

        def script(peer):
            if peer.request().split()[1] == b"/slow":
                peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
                begun.set()
                peer.sleep(0.3)  # what is wrong would come now
                peer.send(b"-last")
            else:
                begun.wait(TIMEOUT)
                peer.sleep(0.1)
                peer.send(response(b"x", ETag='"a"'))
        url = self.serve(script).url
        done = self.fetch("-Z", "--parallel-immediate", "--report", "-", url + "/slow",
                          url + "/quick", "-o", "-", "-o", "f")
        self.assertExit(done, 0)
        self.assertIn(b"first-last", done.out)

    def test_dump(self):
        """All heads of an operation in its -D file."""
        server = self.serve(*[response(b"x", X_Long="y" * 3000)] * 20)
        done = self.fetch("-Z", "--out-null", "-D", "heads", server.url + "/[1-20]")
        self.assertExit(done, 0)
        head = response(b"x", X_Long="y" * 3000)[:-1]
        self.assertEqual(self.read("heads"), head * 20)

    def test_dump_on_standard_output(self):
        server = self.serve(*[response(b"body", X_Long="y" * 3000)] * 20)
        done = self.fetch("-Z", "-D", "-", server.url + "/[1-20]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, response(b"body", X_Long="y" * 3000) * 20)

    def test_verbose_lines(self):
        server = self.serve(*[response(b"x")] * 20)
        done = self.fetch("-Z", "-v", "--out-null", server.url + "/[1-20]")
        self.assertExit(done, 0)
        for line in done.text.splitlines():
            self.assertRegex(line, r"^([*<>{}] |Warning: |[<>]$)")

    def test_meter(self):
        """On a terminal one line for all, and messages on lines of their own."""
        server = self.serve(response(b"x" * 1000))
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        process = subprocess.Popen([PROGRAM, "-Z", "--out-null", server.url + "/[1-20]",
                                    "nothing://here/"], stderr=slave,
                                   env=environment(self.dir))
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):
            while (more := os.read(master, 65536)):
                shown += more
        self.assertEqual(process.wait(TIMEOUT), 1)
        lines = shown.decode().replace("\r\n", "\n").split("\n")
        self.assertTrue(any(line.startswith("DL% UL%") for line in lines), shown)
        self.assertTrue(any(line.startswith("minifetch: (1) ") for line in lines), shown)
        last = lines[-2].split("\r")[-1]
        self.assertRegex(last, r"^100 --  +20000 +0 +21 +0 ")

    def test_numbers(self):
        """%{urlnum} and %{xfer_id} count as the URLs stand; those of a glob are one."""
        server = self.serve(response(b""))
        urls = [f"{server.url}/{i}" for i in range(5)]
        done = self.fetch("-Z", "-w", "%{urlnum} %{xfer_id} %{url}\\n", *urls,
                          server.url + "/[5-9]")
        self.assertEqual(sorted(done.out.decode().splitlines()),
                         [f"{min(i, 5)} {i} {server.url}/{i}" for i in range(10)])

    def test_cookies(self):
        """What one server sets is in the file at the end."""
        def script(peer):
            name = peer.request().split()[1][1:].decode()
            peer.send(response(b"", Set_Cookie=f"c{name}=v"))
        server = self.serve(script)
        done = self.fetch("-Z", "-c", "jar", server.url + "/[1-20]")
        self.assertExit(done, 0)
        names = re.findall(rb"\tc(\d+)\tv$", self.read("jar"), re.M)
        self.assertEqual(sorted(map(int, names)), list(range(1, 21)))


class Failures(TestCase):
    def test_one_of_many(self):
        """A failure is the exit status though others succeed after it."""
        failed = threading.Event()

        def script(peer):
            if b"/bad" in peer.request():
                peer.send(response(b"", "404 Not Found"))
                failed.set()
            else:
                failed.wait(TIMEOUT)
                peer.sleep(0.1)
                peer.send(response(b"x"))
        server = self.serve(script)
        done = self.fetch("-Z", "--parallel-immediate", "-f", server.url + "/{bad,good}")
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"x")

    def test_bad_url_among_good_ones(self):
        server = self.serve(response(b"x"))
        done = self.fetch("-Z", server.url, "http://a{b", server.url)
        self.assertExit(done, 3)
        self.assertEqual(done.out, b"xx")

    def test_fail_early(self):
        """The failure ends the others, and nothing of them stays."""
        begun = threading.Event()

        def script(peer):
            if b"/bad" in peer.request():
                begun.wait(TIMEOUT)
                peer.send(response(b"", "404 Not Found"))
                return
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 50000)
            begun.set()
            peer.request()
        server = self.serve(script)
        done = self.fetch("-Z", "--parallel-immediate", "-f", "--fail-early", "-c", "jar",
                          "-o", "#1", server.url + "/{good,bad}")
        self.assertExit(done, 22)
        self.assertEqual(done.text.count("minifetch: ("), 1)
        self.assertEqual(os.listdir(self.dir), ["jar"])

    def test_messages_name_their_url(self):
        server = self.serve(response(b"", "404 No"))
        refused = "joe:secret@127.0.0.1:1/x"
        done = self.fetch("-Zf", "--no-progress-meter", "--out-null", "--out-null",
                          server.url + "/a?b", refused)
        self.assertIn(f"minifetch: (22) {server.url}/a?b: The requested URL", done.text)
        self.assertIn("minifetch: (7) http://joe:[redacted]@127.0.0.1:1/x: Failed", done.text)
        self.assertNotIn("secret", done.text)
        done = self.fetch("-Z", "--no-progress-meter", "--out-null", "--retry", "1",
                          "--retry-delay", "0.01", "--retry-connrefused", "http://127.0.0.1:1/y")
        self.assertIn("Warning: http://127.0.0.1:1/y: Problem: connection refused.",
                      done.text)
        done = self.fetch("-f", "--out-null", server.url)
        self.assertIn("minifetch: (22) The requested URL", done.text)

    def test_interrupted(self):
        """A signal leaves no temporary file, whatever is under way."""
        begun = threading.Semaphore(0)

        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 70000)
            begun.release()
            peer.request()
        server = self.serve(script)
        process = subprocess.Popen(
            [PROGRAM, "-sZ", "--parallel-immediate", "-o", "f#1", server.url + "/[1-8]"],
            cwd=self.dir, env=environment(self.dir))
        for _ in range(8):
            self.assertTrue(begun.acquire(timeout=TIMEOUT))
        end = time.monotonic() + TIMEOUT
        while len(os.listdir(self.dir)) < 8 and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), -signal.SIGTERM)
        self.assertEqual(os.listdir(self.dir), [])


class Secure(TestCase):
    def test_many(self):
        need_https()
        certificates = Certificates(self.dir)
        nginx = Nginx(self.dir, certificates.make("localhost"))
        self.addCleanup(nginx.stop)
        nginx.put("f", b"x" * 20000)
        done = self.fetch("-Z", "--cacert", certificates.ca, "--parallel-immediate",
                          nginx.tls_url + "/f?[1-200]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x" * 20000 * 200)


class Many(TestCase):
    """Thousands of URLs of two hosts over 50 connections."""

    @classmethod
    def setUpClass(cls):
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-nginx-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.nginx = Nginx(cls._directory.name,
                          more="location /f { return 200 \"$host $request_uri\\n\"; }",
                          hosts=("127.0.0.1", "127.0.0.2"))
        cls.addClassCleanup(cls.nginx.stop)
        cls.urls = f"http://127.0.0.{{1,2}}:{cls.nginx.port}/f[1-{MANY}]"

    def peaks(self, program, *args):
        """Run to the end; exit status, most descriptors, peak memory in KiB."""
        process = subprocess.Popen([program, "-sS", *args, self.urls], cwd=self.dir,
                                   env=environment(self.dir), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        most = peak = 0
        while True:
            done, status = os.waitpid(process.pid, os.WNOHANG)
            if done:
                break
            try:
                most = max(most, len(os.listdir(f"/proc/{process.pid}/fd")))
                with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
                    found = re.search(r"VmHWM:\s*(\d+)", f.read())
                peak = max(peak, int(found.group(1)) if found else 0)
            except OSError:
                pass
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        error = process.stderr.read()
        process.stderr.close()
        self.assertEqual((process.returncode, error if program == PROGRAM else b""), (0, b""))
        return most, peak

    def test_to_nowhere(self):
        most, _ = self.peaks(PROGRAM, "-Z", "--out-null")
        # 50 in use, as many idle to the other host, and the three of all
        self.assertLess(most, 120)

    def test_to_files(self):
        os.mkdir(self.path("out"))
        most, _ = self.peaks(PROGRAM, "-Z", "-o", "out/#1-#2")
        self.assertLess(most, 220)
        names = os.listdir(self.path("out"))
        self.assertEqual(len(names), 2 * MANY)
        for name in names:
            host, number = name.split("-")
            self.assertEqual(self.read("out/" + name),
                             f"127.0.0.{host} /f{number}\n".encode())

    @unittest.skipUnless(os.path.exists(CURL), "curl is not installed")
    def test_memory(self):
        with open(PROGRAM, "rb") as f:
            if re.search(rb"__[at]san_init", f.read()):
                self.skipTest("a sanitizer has memory of its own")
        _, ours = self.peaks(PROGRAM, "-Z", "--out-null")
        _, curls = self.peaks(CURL, "-Z")
        if ours and curls:
            self.assertLess(ours, curls / 2)


if __name__ == "__main__":
    main()
