"""What had come when a transfer failed is shown, and what comes bit by bit as it
comes: by -v, --explain, traces, archives and reports alike."""
import json
import re
import signal
import subprocess
import threading

from harness import PROGRAM, TIMEOUT, TestCase, environment, main

CUT = [
    # name, what comes, which lines are in it, status, fields of the archive's entry
    ("in a field", b"HTTP/1.1 200 OK\r\nA: b\r\nSet-Cookie: c=d\r\nLast: lin",
     ["HTTP/1.1 200 OK", "A: b", "Set-Cookie: c=[redacted]", "Last: lin"], 200,
     ["A", "Set-Cookie"]),
    ("in the status line", b"HTTP/1.1 20", ["HTTP/1.1 20"], 0, []),
    ("in a name that is secret", b"HTTP/1.1 401 No\r\nSet-Cookie: a=bcdef",
     ["HTTP/1.1 401 No", "Set-Cookie: a=[redacted]"], 401, []),
    ("in a line that continues", b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n cdef",
     ["HTTP/1.1 200 OK", "Set-Cookie: a=[redacted]", " [redacted]"], 200, ["Set-Cookie"]),
    ("a broken line", b"HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\nC: d\r\n\r\nbody",
     ["HTTP/1.1 200 OK", "A: b", "no colon", "C: d"], 200, ["A"]),
    ("no HTTP", b"SSH-2.0-x\r\n", ["SSH-2.0-x"], 0, []),
    ("behind a 103", b"HTTP/1.1 103 Early\r\nL: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b",
     ["HTTP/1.1 103 Early", "L: x", "HTTP/1.1 200 OK", "A: b"], 200, []),
    ("in a trailer section",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nC: d",
     ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "A: b", "C: d"], 200,
     ["Transfer-Encoding"]),
    ("a broken trailer",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nno colon\r\n\r\n",
     ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "A: b", "no colon"], 200,
     ["Transfer-Encoding"]),
]


def traced(text, mark):
    """The bytes of a trace's entries of a kind."""
    found, on = b"", False
    for line in text.decode("latin-1").splitlines():
        if not re.match(r"[0-9a-f]{4,}: ", line):
            on = line.startswith(mark)
        elif on:
            found += bytes.fromhex("".join(line[6:54].split()))
    return found


class Cut(TestCase):
    def each(self, *args):
        for name, data, lines, status, fields in CUT:
            with self.subTest(name=name):
                done = self.fetch("-s", *args, self.serve(data).url)
                self.assertNotEqual(done.code, 0)
                yield data, lines, status, fields, done

    def head_size(self, data):
        """The bytes of it that are of heads and trailers."""
        if b"chunked" not in data:
            return len(data.removesuffix(b"body"))
        return len(data) - len(re.search(rb"\r\n\r\n((1\r\nx\r\n)?0\r\n)", data)[1])

    def shown(self, done, mark):
        return [line[len(mark):].rstrip("\r") for line in done.text.split("\n")
                if line.startswith(mark) and line[len(mark):].strip()]

    def test_verbose(self):
        for _, lines, _, _, done in self.each("-v"):
            self.assertEqual(self.shown(done, "< "), lines)

    def test_explain(self):
        for data, lines, _, _, done in self.each("--explain"):
            self.assertEqual(self.shown(done, "  < "), lines)
            self.assertIn("  no more of this head: ", done.text)

    def test_trace(self):
        for data, _, _, _, _ in self.each("--trace", "t"):
            whole = traced(self.read("t"), "<= Recv")
            self.assertEqual(whole, data.removesuffix(b"body"))

    def test_trace_ascii(self):
        for data, _, _, _, done in self.each("--trace-ascii", "-"):
            for line in data.removesuffix(b"body").split(b"\r\n"):
                if line:
                    self.assertRegex(done.out, rb"(?m)^[0-9a-f]{4}: " + re.escape(line) + rb"$")

    def test_archive(self):
        for data, _, status, fields, _ in self.each("--har", "h"):
            entry, = json.loads(self.read("h"))["log"]["entries"]
            answer = entry["response"]
            self.assertEqual(answer["status"], status)
            self.assertEqual([f["name"] for f in answer["headers"]], fields)
            self.assertIn("_error", entry)

    def test_report(self):
        for data, _, status, _, _ in self.each("--report", "r"):
            line = json.loads(self.read("r").splitlines()[-1])
            self.assertEqual(line["status"], status)
            self.assertEqual(line["hops"][0]["bytes"]["response_head"], self.head_size(data))

    def test_included(self):
        for data, lines, status, _, done in self.each("-i"):
            if b"A: b\r\n" in data:
                self.assertIn(b"A: b\r\n", done.out)

    def test_write_out(self):
        """As curl has it: whole lines count."""
        url = self.serve(CUT[0][1]).url
        done = self.fetch("-s", "-w", "%{http_code} %{size_header} %{num_headers}", url)
        self.assertEqual(done.out, b"200 40 2")

    def test_answer_to_connect(self):
        for data, size in ((b"HTTP/1.1 200 OK\r\nA: b\r\nC: d", 27),
                           (b"HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\n\r\n", 35),
                           (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 A\r\n", 41)):
            with self.subTest(data=data):
                proxy = self.serve(data).url
                args = ("-s", "-p", "-x", proxy, "http://x.example/")
                lines = [line for line in data.decode().split("\r\n") if line]
                self.assertEqual(self.shown(self.fetch("-v", *args), "< "), lines)
                self.assertEqual(self.shown(self.fetch("--explain", *args), "  < "), lines)
                self.fetch("--trace", "t", *args)
                self.assertEqual(traced(self.read("t"), "<= Recv"), data)
                done = self.fetch("--report", "-", *args)
                hop = json.loads(done.out)["hops"][0]
                self.assertEqual(hop["bytes"]["connect_head"], size)
                self.fetch("--har", "h", *args)
                entry, = json.loads(self.read("h"))["log"]["entries"]
                answer = entry["_connect"]
                self.assertEqual(answer["status"], 403 if b"403" in data else 200)
                self.assertEqual([(f["name"], f["value"]) for f in answer["headers"]],
                                 [] if b"403" in data else [("A", "b")])


class Dribble(TestCase):
    LINES = [b"HTTP/1.1 103 Early\r\n", b"Set-Cookie: a=b\r\n", b"\tc=d\r\n", b"\r\n",
             b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n",
             b"1\r\nx\r\n0\r\n", b"T: u\r\n", b"V: w\r\n"]

    def follow(self, *args, mark):
        """Each line is sent when the one before it has been seen."""
        seen = threading.Semaphore(0)

        def script(peer):
            peer.request()
            for line in self.LINES:
                peer.send(line)
                if b": " in line or line.startswith(b"HTTP"):
                    if not seen.acquire(timeout=TIMEOUT):
                        return
            peer.request()
        server = self.serve(script)
        process = subprocess.Popen(
            [PROGRAM, "-sN", *args, server.url], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir,
            env=environment(self.dir))
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        for line in self.LINES:
            if b": " not in line and not line.startswith(b"HTTP"):
                continue
            if line[:2] in (b"T:", b"V:") and b"trace" in " ".join(args).encode():
                seen.release()
                continue
            wanted = mark + line.replace(b"a=b", b"a=[redacted]" if mark.strip() == b"<"
                                         else b"a=b").rstrip()
            while True:
                shown = process.stderr.readline()
                self.assertTrue(shown)
                if shown.rstrip().endswith(wanted):
                    break
            seen.release()
        process.send_signal(signal.SIGTERM)
        self.assertNotIn(b"d", process.stdout.read())
        process.communicate(timeout=TIMEOUT)

    def test_verbose(self):
        self.follow("-v", mark=b"< ")

    def test_explain(self):
        self.follow("--explain", mark=b"  < ")

    def test_trace(self):
        self.follow("--trace-ascii", "/dev/stderr", mark=b"0000: ")

    def test_reset(self):
        """After all has been seen, so that none of it is lost on the way."""
        seen = threading.Event()

        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\nA: b\r\nC: d")
            seen.wait(TIMEOUT)
            peer.reset()
        process = subprocess.Popen(
            [PROGRAM, "-sv", "--har", "h", self.serve(script).url], stderr=subprocess.PIPE,
            cwd=self.dir, env=environment(self.dir))
        shown = b""
        while b"< A: b" not in shown:
            shown += process.stderr.readline()
        seen.set()
        shown += process.communicate(timeout=TIMEOUT)[1]
        self.assertEqual(process.returncode, 56)
        self.assertIn(b"< C: d\n", shown)
        entry, = json.loads(self.read("h"))["log"]["entries"]
        self.assertEqual(entry["response"]["status"], 200)


if __name__ == "__main__":
    main()
