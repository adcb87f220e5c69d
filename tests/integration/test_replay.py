"""--record and --replay: what was recorded gives the same result again, and
recordings of peers that break rules, kept from reports.

Each file of recordings/ is a recording; CASES says with which arguments it is
replayed and what has to come of it. To add one: record it with --record, take
out the secrets, put it there and write a row.
"""
import base64
import glob
import gzip
import json
import os
import ssl
import stat
import tempfile

from harness import (HERE, Certificates, TestCase, keep_alive, main, need_coding,
                     need_https, response)

RECORDINGS = os.path.join(HERE, "recordings")
CHUNKS = ([], ["--replay-chunk", "1"], ["--replay-chunk", "7"])

# name of the file: (arguments, exit code, standard output, part of the messages)
CASES = {
    "length": (["http://a.example/"], 0, b"hello\n", ""),
    "chunked-trailers": (["http://a.example/"], 0, b"hello, world", ""),
    "gzip": (["--compressed", "http://a.example/"], 0, b"squeezed " * 20, ""),
    "redirect-kept-alive": (["-L", "http://a.example/old"], 0, b"here", ""),
    "redirect-elsewhere": (["-L", "http://a.example/"], 0, b"elsewhere", ""),
    "early-end": (["http://a.example/"], 18, b"only this", "91 "),
    "early-end-chunked": (["http://a.example/"], 18, b"hel", ""),
    "length-and-chunked": (["http://a.example/"], 0, b"hello", ""),
    "lengths-differ": (["http://a.example/"], 8, b"", "Content-Length"),
    "interim": (["http://a.example/"], 0, b"done", ""),
    "folded": (["-w", "%header{x-long}", "http://a.example/"], 0, b"okone two", ""),
    "no-length": (["http://a.example/"], 0, b"until the end", ""),
    "empty-reply": (["http://a.example/"], 52, b"", "Empty reply"),
    "reset": (["http://a.example/"], 56, b"half", "Connection reset by peer"),
    "tls-cut": (["https://a.example/"], 56, b"cut he", "close_notify"),
    "head-cut": (["http://a.example/"], 18, b"", "inside a response head"),
    "expect-100": (["-d", "body", "-H", "Expect: 100-continue", "http://a.example/"], 0,
                   b"taken", ""),
    "died-in-the-pool": (["http://a.example/1", "http://a.example/2"], 0, b"onetwo", ""),
}


def lines(path):
    with open(path, "rb") as f:
        return [json.loads(line) for line in f]


def traffic(events, kind, connection=None):
    """The bytes of all events of this kind."""
    return b"".join(
        e["text"].encode() if "text" in e else base64.b64decode(e["base64"])
        for e in events
        if e["event"] == kind and connection in (None, e["connection"]))


def kinds(events):
    return [e["event"] for e in events]


class Recordings(TestCase):
    def test_each_has_a_case(self):
        files = glob.glob(os.path.join(RECORDINGS, "*.jsonl"))
        self.assertEqual({os.path.basename(f)[:-len(".jsonl")] for f in files}, set(CASES))

    def check(self, name):
        args, code, out, words = CASES[name]
        if "--compressed" in args:
            need_coding("gzip")
        path = os.path.join(RECORDINGS, name + ".jsonl")
        for chunk in CHUNKS:
            with self.subTest(chunk=chunk):
                done = self.fetch("-sS", "--replay", path, *chunk, *args, "-m", "20")
                self.assertExit(done, code)
                self.assertEqual(done.out, out)
                self.assertIn(words, done.text)


def add_cases():
    for name in CASES:
        def test(self, name=name):
            self.check(name)
        setattr(Recordings, "test_" + name.replace("-", "_"), test)


add_cases()


class Record(TestCase):
    """What is recorded of a scripted server, and replayed without it."""

    def both(self, *args):
        """Record, then replay in each way: the results are the same. The
        recording and the result."""
        first = self.fetch("--record", "r", *args)
        for chunk in CHUNKS:
            again = self.fetch("--replay", "r", *chunk, *args)
            self.assertEqual((again.code, again.out), (first.code, first.out),
                             f"{chunk}: {first!r}\n{again!r}")
        return lines(self.path("r")), first

    def test_every_byte_both_ways(self):
        body = bytes(range(256)) * 3000
        answer = (b"HTTP/1.1 200 OK\r\nA: \xe9\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + b"%x\r\n%s\r\n0\r\nT: 1\r\n\r\n" % (len(body), body))
        server = self.serve(answer)
        self.write("up", body)
        events, done = self.both("--data-binary", "@up", "-H", "Expect:", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, body)
        self.assertEqual(traffic(events, "sent"), server.requests[0])
        self.assertEqual(traffic(events, "received"), answer)
        self.assertEqual(events[0], {
            "time": events[0]["time"], "connection": 0, "event": "open",
            "host": "127.0.0.1", "port": server.port, "tls": False})
        self.assertEqual(events[-1]["event"], "close")
        times = [e["time"] for e in events]
        self.assertEqual(times, sorted(times))

    def test_a_body_that_could_be_spliced(self):
        body = os.urandom(3 << 20)
        server = self.serve(response(body))
        done = self.fetch("--record", "r", "-o", "out", server.url)
        self.assertExit(done, 0)
        self.assertEqual(traffic(lines(self.path("r")), "received"), response(body))
        done = self.fetch("--replay", "r", "-o", "again", server.url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("again"), self.read("out"))

    def test_nothing_is_connected(self):
        server = self.serve(response(b"x"))
        _, done = self.both(server.url)
        self.assertExit(done, 0)
        self.assertEqual(server.connections, 1)

    def test_redirect_over_one_connection(self):
        server = self.serve(keep_alive(
            response(status="302 Found", Location="/b"), response(b"hello")))
        events, done = self.both("-L", "-w", "%{num_connects} %{url_effective}", server.url)
        self.assertEqual(done.out, f"hello1 {server.url}/b".encode())
        self.assertEqual(kinds(events), ["open", "sent", "received", "sent", "received",
                                         "close"])

    def test_reset(self):
        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            peer.reset()
        events, done = self.both(self.serve(script).url)
        # how much came before it is for the two systems to say
        self.assertExit(done, 56)
        self.assertEqual(events[-2]["event"], "failed")
        self.assertEqual((events[-2]["code"], events[-2]["error"]),
                         (56, "Recv failure: Connection reset by peer"))

    def test_several_connections(self):
        server = self.serve(response(b"one", Connection="close"),
                            response(b"two", Connection="close"))
        events, done = self.both(server.url, server.url)
        self.assertEqual(done.out, b"onetwo")
        self.assertEqual(kinds(events).count("open"), 2)
        self.assertIn(b"one", traffic(events, "received", 0))
        self.assertIn(b"two", traffic(events, "received", 1))

    def test_early_answer(self):
        def script(peer):
            while b"\r\n\r\n" not in peer._pending:
                peer._more()
            peer.send(response(b"no", status="413 Content Too Large", Connection="close"))
        server = self.serve(script)
        self.write("up", b"x" * 3000000)
        events, done = self.both("-T", "up", "-H", "Expect:", server.url)
        self.assertEqual(done.out, b"no")
        self.assertIn("received", kinds(events))

    def test_compressed(self):
        need_coding("gzip")
        server = self.serve(response(gzip.compress(b"abc" * 100), Content_Encoding="gzip"))
        events, done = self.both("--compressed", server.url)
        self.assertEqual(done.out, b"abc" * 100)
        self.assertIn("base64", [k for e in events for k in e])

    def test_several_operations(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2"), response(b"3")))
        events, done = self.both(server.url + "/[1-3]")
        self.assertEqual(done.out, b"123")
        self.assertEqual(kinds(events).count("open"), 1)

    def test_record_of_a_replay(self):
        server = self.serve(response(b"x"))
        self.assertExit(self.fetch("--record", "r", server.url), 0)
        self.assertExit(self.fetch("--replay", "r", "--record", "s", server.url), 0)
        for kind in "sent", "received":
            self.assertEqual(traffic(lines(self.path("r")), kind),
                             traffic(lines(self.path("s")), kind))

    def test_the_file(self):
        server = self.serve(response(b"x"))
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.assertExit(self.fetch("--record", "r", "-u", "a:b", server.url), 0)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("r")).st_mode), 0o600)
        self.assertIn(b"Authorization: Basic YTpi", self.read("r"))
        before = self.read("r")
        self.assertExit(self.fetch("--record", "r", "--fail-early", server.url), 0)
        self.assertNotIn(b"Authorization", self.read("r"))
        self.assertLess(len(self.read("r")), len(before))

    def test_cannot_be_opened(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--record", "none/r", server.url)
        self.assertExit(done, 23)
        self.assertIn("option --record: 'none/r': No such file", done.text)
        self.assertEqual(server.connections, 0)

    def test_cannot_be_written(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        done = self.fetch("--record", "/dev/full", self.serve(response(b"x")).url)
        self.assertExit(done, 23)
        self.assertEqual(done.out, b"x")
        self.assertIn("option --record: cannot write: No space left", done.text)

    def test_standard_output_and_input(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--record", "-", "-o", "out", server.url)
        self.assertExit(done, 0)
        again = self.fetch("--replay", "-", server.url, input=done.out)
        self.assertExit(again, 0)
        self.assertEqual(again.out, b"x")

    def test_not_of_conversations(self):
        for option in "--record", "--replay":
            self.write("r", b"")
            done = self.fetch(option, "r", "tcp://127.0.0.1:1")
            self.assertExit(done, 2)
            self.assertIn("only connections of http:// and https:// URLs", done.text)


class Tls(TestCase):
    @classmethod
    def setUpClass(cls):
        need_https()
        cls.directory = tempfile.TemporaryDirectory(prefix="minifetch-")
        cls.addClassCleanup(cls.directory.cleanup)
        cls.certificates = Certificates(cls.directory.name)
        cls.pair = cls.certificates.make("server")

    def test_above_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.pair)
        server = self.serve(keep_alive(response(b"secret")), wrap=lambda sock:
                            context.wrap_socket(sock, server_side=True))
        url = f"https://localhost:{server.port}/"
        first = self.fetch("--record", "r", "-w", "%{num_certs} %{ssl_verify_result}",
                           "--cacert", self.certificates.ca, url)
        self.assertExit(first, 0)
        self.assertEqual(first.out, b"secret1 0")
        events = lines(self.path("r"))
        self.assertTrue(events[0]["tls"])
        self.assertEqual(traffic(events, "received"), response(b"secret"))
        # no CA file is read, and no module needed
        again = self.fetch("--replay", "r", "-v", "-w", "%{num_certs}", "--cacert", "none",
                           url)
        self.assertExit(again, 0)
        self.assertEqual(again.out, b"secret0")
        self.assertEqual(server.connections, 1)


class Replay(TestCase):
    """Recordings that do not fit."""

    def test_no_such_host(self):
        path = os.path.join(RECORDINGS, "length.jsonl")
        done = self.fetch("--replay", path, "http://b.example/")
        self.assertExit(done, 7)
        self.assertIn("no connection to b.example port 80", done.text)
        self.assertIn("it has a.example port 80", done.text)

    def test_all_replayed(self):
        path = os.path.join(RECORDINGS, "no-length.jsonl")
        done = self.fetch("--replay", path, "http://a.example/", "http://a.example/")
        self.assertExit(done, 7)
        self.assertEqual(done.out, b"until the end")
        self.assertIn("a.example port 80 (replayed)", done.text)

    def test_more_than_was_recorded(self):
        path = os.path.join(RECORDINGS, "length.jsonl")
        done = self.fetch("--replay", path, "--ignore-content-length", "http://a.example/")
        self.assertExit(done, 56)
        self.assertIn("the recording has no more of connection 0", done.text)

    def test_less_is_sent_than_was_recorded(self):
        """Also when the pace is looked at, nothing is waited for."""
        server = self.serve(response(b"x" * 1000))
        first = self.fetch("--record", "r", "-d", "a" * 1000, server.url)
        self.assertExit(first, 0)
        for args in [], ["--limit-rate", "100k"], ["-Y", "1", "-y", "30"]:
            for chunk in CHUNKS:
                done = self.fetch("--replay", "r", *chunk, *args, server.url, timeout=10)
                self.assertExit(done, 0)
                self.assertEqual(done.out, first.out)
        done = self.fetch("--replay", "r", "--limit-rate", "100k", "-H", "Expect: 100-continue",
                          "-d", "a", "--expect100-timeout", "0.1", server.url, timeout=10)
        self.assertExit(done, 0)

    def test_bad_file(self):
        self.write("r", b'{"event":"open","connection":0,"host":"h","port":80}\n{"event":')
        done = self.fetch("--replay", "r", "http://h/")
        self.assertExit(done, 26)
        self.assertIn("option --replay: 'r': line 2, byte 10: the text ends early",
                      done.text)

    def test_no_file(self):
        done = self.fetch("--replay", "none", "http://h/")
        self.assertExit(done, 26)
        self.assertIn("option --replay: cannot read 'none': No such file", done.text)

    def test_chunk(self):
        for n in "0", "-1", "x":
            done = self.fetch("--replay-chunk", n, "http://h/")
            self.assertExit(done, 2)


if __name__ == "__main__":
    main()
