"""--report and --timing: what is written about transfers, with times masked."""
import json
import re
import socket

from harness import TestCase, main, need_https, response


def redirecting(peer):
    peer.request()
    peer.send(response(b"no", "302 Found", Location="/next"))
    peer.request()
    peer.sleep(0.05)
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")


class Report(TestCase):
    def report(self, *args, code=0):
        done = self.fetch("-s", "--report", "r", *args)
        self.assertExit(done, code)
        return [json.loads(line) for line in self.read("r").splitlines()]

    def test_hops_of_a_failure(self):
        server = self.serve(redirecting)
        line, = self.report("-L", server.url, code=18)
        self.assertEqual(line["exitcode"], 18)
        self.assertEqual(line["error"]["name"], "Transferred a partial file")
        self.assertIn("got 3 of 10", line["error"]["text"])
        self.assertEqual(line["attempts"], 1)
        first, second = line["hops"]
        self.assertEqual((first["reason"], first["status"]), ("first", 302))
        self.assertEqual((second["reason"], second["status"]), ("redirect", 200))
        self.assertEqual(second["url"], server.url + "/next")
        attempt, = first["attempts"]
        self.assertEqual(attempt["address"], "127.0.0.1")
        self.assertTrue(attempt["winner"])
        self.assertEqual(second["attempts"], [])
        self.assertTrue(second["connection"]["reused"])
        self.assertIsNone(second["timings"]["connect"])
        self.assertGreaterEqual(second["timings"]["wait"], 50)
        self.assertLess(first["timings"]["wait"], second["timings"]["wait"])
        self.assertEqual(second["bytes"]["body"], 3)
        self.assertEqual(second["framing"], {"kind": "length", "item": 6})
        self.assertEqual([d["about"] for d in first["decisions"]],
                         ["redirect", "connection"])
        self.assertEqual(second["error"]["code"], 18)
        self.assertIsNone(first["error"])

    def test_a_line_a_transfer(self):
        url = self.serve(response(b"x")).url
        lines = self.report(url, "-o", "a", "http://127.0.0.1:1/", "-o", "b", url, "-o", "c")
        self.assertEqual([line["exitcode"] for line in lines], [0, 7, 0])
        self.assertEqual(lines[1]["hops"][0]["attempts"][0]["error"], "Connection refused")

    def test_a_connection_that_died(self):
        """The request that was repeated leaves no error behind."""
        def script(peer):
            peer.request()
            peer.send(response(b"x"))
            peer.request()  # and close instead of answering

        url = self.serve(script, response(b"y")).url
        _, second = self.report(url, "-o", "a", url, "-o", "b")
        self.assertEqual((second["exitcode"], second["error"]), (0, None))
        died, again = second["hops"]
        self.assertEqual((died["error"]["code"], again["error"]), (52, None))
        self.assertEqual(again["reason"], "connection died")

    def test_a_url_that_is_none(self):
        line, = self.report("http://h:x/", code=3)
        self.assertEqual((line["hops"], line["exitcode"]), ([], 3))

    def test_findings(self):
        raw = b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"
        line, = self.report(self.serve(raw).url)
        finding, = line["hops"][0]["findings"]
        self.assertEqual(finding["id"], "BARE_LF")
        self.assertEqual((finding["offset"], finding["section"]), (15, "RFC 9112 section 2.2"))

    def test_secrets(self):
        url = self.serve(response()).url.replace("//", "//joe:pw@")
        self.report(url)
        self.assertNotIn(b"pw", self.read("r"))
        self.report("--show-secrets", url)
        self.assertIn(b"joe:pw@", self.read("r"))

    def test_to_descriptors(self):
        url = self.serve(response(b"x")).url
        self.assertEqual(json.loads(self.fetch("--report", "%", url).text)["exitcode"], 0)
        out = self.fetch("--report", "-", "-o", "f", url).out
        self.assertEqual(json.loads(out)["exitcode"], 0)

    def test_a_file_that_cannot_be_made(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--report", "no/r", server.url)
        self.assertExit(done, 23)
        self.assertIn("--report", done.text)
        self.assertIn("no/r", done.text)
        self.assertEqual(server.connections, 0)

    def test_write_out_keys_stay(self):
        url = self.serve(response(b"x")).url
        out = self.fetch("-s", "--report", "r", "-o", "f", "-w", "%{json}", url).out
        self.assertIn("http_code", json.loads(out))


class Secrets(TestCase):
    """What was meant as a URL is shown without its password, be it one or not."""

    def shown(self, *args):
        for name in ("report", "har"):
            self.write(name, b"")
        done = self.fetch("-v", "--explain", "--report", "report", "--har", "har", *args)
        return (done.out + done.err + self.read("report") + self.read("har")).decode()

    def test_bad_urls(self):
        address = "127.0.0.1:1/"
        for scheme in ("", "http://", "http:", "foo://", "1&://"):
            for mark in ("", "'", " ", '"', "<", ">", "#", "/", "?", "@", ":", "{", "[", "\t"):
                url = f"{scheme}me:se{mark}cret@{address}"
                for args in ((url,), ("-x", url, address), ("--preproxy", url, address),
                             ("--connect-to", url, address), ("--url", "@" + url),
                             ("--resolve", url, address), ("-g", url),
                             ("-e", url, address)):
                    with self.subTest(args=args):
                        self.assertNotRegex(self.shown(*args), r"\bse\b|cret\b")

    def test_forms_of_urls(self):
        address = "127.0.0.1:1"
        for url in ("http://me:1#secret@A", "http://me:1 secret@A", "http://me:1'secret@A",
                    "http://me:secret", "http://me:secret%40A", "http://me:1secret/",
                    "http//me:secret@A", "http://A//me:secret@A", "http://A/http://me:secret@A",
                    "http://A/?u=http://me:secret@A", "http://[::1]:secret@A",
                    "http://me@a.b:secret@A", "http://me@a.b:1#secret@A", "//me:secret@A",
                    "ttp://me:secret@A", "http://me:secret@A:x", "http://me:secret@[::1",
                    "http://me::secret@A", "tcp://me:secret@A", "file://me:secret@A"):
            url = url.replace("A", address)
            for args in ((url,), ("-x", url, address), ("--connect-to", url, address),
                         ("--resolve", url, address), ("-Z", url, address)):
                with self.subTest(args=args):
                    self.assertNotIn("secret", self.shown(*args))

    def test_config_files(self):
        for line in ("url http://me:sec ret@a", 'url = "http://me:sec\'ret@a" x', "ur http://me:sec'ret@a",
                     "--me:sec'ret@a"):
            self.write("config", line.encode())
            with self.subTest(line=line):
                self.assertNotRegex(self.shown("-K", "config"), "sec|ret@")

    def test_warnings_are_redacted_before_they_are_cut(self):
        done = self.fetch("-H", "x" * 60 + "http://me:" + "secret" * 30 + "@host/",
                          "http://127.0.0.1:1")
        self.assertNotIn("secret", done.text)

    def test_fields_with_urls(self):
        server = self.serve(response(
            b"x", Location="http://me:secret@a/", Refresh="0; url=//me:secret@a/",
            Content_Location="http://me:sec ret@a", Link="</a>, <http://me:secret@b>"))
        shown = self.shown("-e", "me:secret@c", server.url)
        self.assertNotRegex(shown, "secret|sec ret")
        self.assertIn("Location: http://me:[redacted]@a/", shown)
        for option in ("-v", "--explain"):
            self.assertIn("Location: http://me:secret@a/",
                          self.fetch(option, "--show-secrets", server.url).text)


class Timing(TestCase):
    def test_plain_lines(self):
        server = self.serve(redirecting)
        done = self.fetch("-sL", "--timing", server.url)
        self.assertExit(done, 18)
        text = re.sub(r" *\d+\.\d ms", " N ms", done.text.replace(server.url, "URL"))
        text = text.replace("  blocked N ms at N ms\n", "")  # when it was slow to begin
        self.assertEqual(text, """\
Timing: GET URL/, 302, N ms
  name N ms at N ms
  connect N ms at N ms
  request N ms at N ms
  first byte N ms at N ms
  body N ms at N ms
Timing: GET URL/next, 200, failed after N ms
  request N ms at N ms
  first byte N ms at N ms
  body N ms at N ms
  unfinished: body
""")


class Unfinished(TestCase):
    """The time is that of the phase which was under way, and none is lost."""
    PHASES = ("blocked", "dns", "connect", "proxy", "tls", "send", "wait", "receive")

    def check(self, phase, *args, code=None):
        done = self.fetch("-s", "--report", "r", "--har", "h", "--timing", *args)
        if code:
            self.assertExit(done, code)
        hop = json.loads(self.read("r").splitlines()[-1])["hops"][-1]
        times = hop["timings"]
        self.assertEqual(times["unfinished"], phase)
        self.assertIsNotNone(times[phase])
        self.assertAlmostEqual(sum(times[p] or 0 for p in self.PHASES), times["total"], 2)
        entry = json.loads(self.read("h"))["log"]["entries"][-1]
        self.assertEqual(entry["timings"]["_unfinished"], phase)
        parts = sum(v for k, v in entry["timings"].items()
                    if k not in ("ssl", "_unfinished") and v >= 0)
        self.assertAlmostEqual(parts, entry["time"], 2)
        self.assertIn("  unfinished: ", done.text)
        return hop, done

    def silent(self):
        """A server that accepts and says nothing."""
        s = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(s.close)
        return "127.0.0.1:%d" % s.getsockname()[1]

    def test_name(self):
        self.check("dns", "http://no-such-host.invalid/", code=6)

    def test_connect(self):
        self.check("connect", "http://127.0.0.1:1/", code=7)

    def test_proxies(self):
        for scheme in ("http", "socks5"):
            hop, _ = self.check("proxy", "-m", "0.2", "-p", "-x",
                                f"{scheme}://{self.silent()}", "http://127.0.0.1:1/", code=28)
            self.assertGreater(hop["timings"]["proxy"], 100)

    def test_tls(self):
        need_https()
        address = self.silent()
        hop, done = self.check("tls", "-m", "0.2", "-w", "%{remote_ip} %{remote_port}",
                               f"https://{address}/", code=28)
        self.assertGreater(hop["timings"]["tls"], 100)
        self.assertEqual(done.out.decode().replace(" ", ":"), address)

    def test_wait(self):
        hop, _ = self.check("wait", "-m", "0.2", f"http://{self.silent()}/", code=28)
        self.assertGreater(hop["timings"]["wait"], 100)

    def test_send(self):
        self.write("body", b"x" * 30_000_000)
        hop, _ = self.check("send", "-m", "0.3", "-T", "body", f"http://{self.silent()}/",
                            code=28)
        self.assertGreater(hop["timings"]["send"], 100)

    def test_receive(self):
        self.check("receive", self.serve(b"HTTP/1.1 200 OK\r\nContent-Le").url, code=18)

    def test_status_that_fails(self):
        """Nothing was cut off by it."""
        done = self.fetch("-sf", "--report", "r", self.serve(response(b"", "404 No")).url)
        self.assertExit(done, 22)
        self.assertIsNone(json.loads(self.read("r"))["hops"][0]["timings"]["unfinished"])


if __name__ == "__main__":
    main()
