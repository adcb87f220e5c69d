"""--dry-run and --raw-request: what would be sent, and bytes of one's own."""
import json
import time

from harness import TestCase, main, response

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class DryRun(TestCase):
    def test_what_is_sent(self):
        """The bytes are those that a server receives."""
        cases = [
            ["-d", "a=b"], ["-I"], ["-F", "a=b;type=text/plain", "-H", "X: y"],
            ["-u", "a:b", "-A", "x", "-b", "c=d"], ["-X", "PUT", "--json", "{}"],
            ["-T", "-", "-H", "Transfer-Encoding: chunked"], ["--http1.0"],
        ]
        for args in cases:
            if "-F" in args:  # its boundary is another one each time
                args += ["-H", "Content-Type: multipart/form-data; boundary=b"]
            server = self.serve(response())
            dry = self.fetch("--dry-run", *args, server.url + "/p?q", input=b"body")
            self.assertExit(dry, 0)
            self.assertEqual(server.connections, 0)
            wet = self.fetch(*args, server.url + "/p?q", input=b"body")
            self.assertExit(wet, 0)
            sent = b"".join(server.requests)
            if "-T" in args:  # the server's log ends with the head
                self.assertTrue(dry.out.startswith(sent[:sent.index(b"\r\n\r\n")]))
                self.assertTrue(dry.out.endswith(b"\r\n4\r\nbody\r\n0\r\n\r\n"))
            elif "-F" not in args:
                self.assertEqual(dry.out, sent)

    def test_no_name_is_looked_up(self):
        done = self.fetch("--dry-run", "https://name.invalid/", "-i", "-o", "f")
        self.assertExit(done, 0)
        self.assertTrue(self.read("f").startswith(b"GET / HTTP/1.1\r\nHost: name.invalid\r\n"))

    def test_conversations_have_no_request(self):
        server = self.serve(response())
        self.write("r", b"x")
        for args in (["--dry-run"], ["--raw-request", "r"], ["--dry-run", "--listen"]):
            done = self.fetch(*args, f"tcp://127.0.0.1:{server.port}")
            self.assertExit(done, 2)
            self.assertIn(args[0], done.text)
        self.assertEqual(server.connections, 0)

    def test_files_of_heads_are_left_alone(self):
        self.write("d", b"old")
        self.assertExit(self.fetch("--dry-run", "-D", "d", "http://h/"), 0)
        self.assertEqual(self.read("d"), b"old")

    def test_feeds_raw_request(self):
        server = self.serve(response(b"x"))
        self.fetch("--dry-run", "-o", "r", "-d", "abc", server.url)
        done = self.fetch("--raw-request", "r", server.url)
        self.assertExit(done, 0)
        self.assertTrue(done.out.endswith(b"\r\n\r\nx"))
        self.assertEqual(done.text, "")
        self.assertEqual(server.requests, [self.read("r")])

    def test_a_bad_url_and_a_missing_body(self):
        self.assertExit(self.fetch("--dry-run", "http://h:x/"), 3)
        self.assertExit(self.fetch("--dry-run", "-T", "none", "http://h/"), 26)


class RawRequest(TestCase):
    def raw(self, data, url, *args):
        self.write("r", data)
        return self.fetch("--raw-request", "r", *args, url)

    def test_exact_bytes(self):
        data = b"get  /\x01 HTTP/1.1\nX :y\r\n\r\n"
        server = self.serve(response(b"ok", "400 Bad"))
        done = self.raw(data, server.url)
        self.assertExit(done, 0)
        self.assertEqual(server.requests, [data])
        self.assertTrue(done.out.startswith(b"HTTP/1.1 400 Bad\r\n"))
        self.assertIn("Warning: raw request", done.text)
        self.assertIn("byte ", done.text)

    def test_from_stdin_with_escapes(self):
        server = self.serve(response(b"ok"))
        done = self.fetch("--raw-request", "-", "--raw-escapes", server.url,
                          input=b"GET /\\x41\\\\ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
        self.assertExit(done, 0)
        self.assertEqual(server.requests, [b"GET /A\\ HTTP/1.1\r\nHost: a\r\n\r\n"])

    def test_pipelined(self):
        """The answers may come in one piece, chunked ones too."""
        answers = (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"  # to the HEAD
                   b"HTTP/1.1 100 Continue\r\n\r\n"
                   b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n"
                   b"3\r\nabc\r\n0\r\nT: u\r\n\r\n"
                   b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxy"
                   b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        requests = (b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + GET +
                    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n!" + GET)

        for step in 1, 7, 1000:
            def script(peer, step=step):
                for _ in range(4):
                    peer.request()
                peer.stutter(answers, 0, step)

            server = self.serve(script)
            done = self.raw(requests, server.url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, answers.replace(b"3\r\nabc\r\n0\r\nT: u\r\n\r\n",
                                                       b"abcT: u\r\n"))
            self.assertEqual(len(server.requests), 4)

    def test_each_request_is_what_it_is(self):
        """In archives, reports, --explain, --timing and -w alike."""
        requests = (b"POST /a?b=c HTTP/1.1\r\nHost: a\r\nX: y\r\nContent-Length: 2\r\n\r\n!?"
                    b"HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n")

        def script(peer):
            peer.request()
            peer.request()
            peer.send(response(b"ab") + response(b"", "404 No"))
        server = self.serve(script)
        done = self.raw(requests, server.url + "/p", "--explain", "--timing", "--har", "h",
                        "--report", "rep", "-w", "%{method}", "-o", "f")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"HEAD")
        first, second = json.loads(self.read("h"))["log"]["entries"]
        self.assertEqual(first["request"]["method"], "POST")
        self.assertEqual(first["request"]["url"], server.url + "/a?b=c")
        self.assertEqual(first["request"]["headers"][1], {"name": "X", "value": "y"})
        self.assertEqual(first["request"]["postData"]["text"], "!?")
        self.assertEqual((first["request"]["bodySize"], first["response"]["status"]), (2, 200))
        self.assertEqual(second["request"]["method"], "HEAD")
        self.assertEqual(second["request"]["url"], server.url + "/x")
        self.assertEqual((second["request"]["bodySize"], second["response"]["status"]), (0, 404))
        hops = json.loads(self.read("rep"))["hops"]
        self.assertEqual([hop["method"] for hop in hops], ["POST", "HEAD"])
        self.assertEqual([hop["bytes"]["request_body"] for hop in hops], [2, 0])
        self.assertEqual([hop["reason"] for hop in hops], ["first", "pipelined"])
        self.assertEqual(sum(hop["bytes"]["request_head"] for hop in hops), len(requests) - 2)
        for line in ("Request 1: POST ", "Request 2: HEAD ", "Timing: POST ", "Timing: HEAD "):
            self.assertIn(line + server.url, done.text)

    def test_what_is_no_request(self):
        self.raw(b"\x16\x03\x01\r\n\r\n", self.serve(response(b"x")).url, "--har", "h",
                 "-w", "%{method}", "-o", "f")
        entry, = json.loads(self.read("h"))["log"]["entries"]
        self.assertEqual(entry["request"]["method"], "GET")

    def test_the_second_is_not_answered(self):
        def script(peer):
            peer.request()
            peer.send(response(b"x"))

        done = self.raw(GET + GET, self.serve(script).url)
        self.assertExit(done, 52)
        self.assertIn("request 2 was not answered", done.text)
        self.assertTrue(done.out.endswith(b"x"))

    def test_why_the_connection_is_closed(self):
        """It is said of the answer that was read last, whatever came behind it."""
        first = (b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n")
        second = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100 + b"\r\nZ"

        def script(peer):
            peer.request()
            peer.request()
            peer.send(first)
            peer.sleep(0.2)
            peer.send(b"3\r\nabc\r\n0\r\n\r\n" + second)
        url = self.serve(script).url
        done = self.raw(GET + GET, url, "--explain", "--max-filesize", 2)
        self.assertExit(done, 63)
        self.assertIn("is closed, because the response says Connection: close", done.text)
        done = self.raw(GET + GET, url, "--explain")
        self.assertExit(done, 18)
        self.assertIn("is closed, because the response was not read to its end", done.text)

    def test_cuts_and_pauses(self):
        arrived = []

        def script(peer):
            while sum(map(len, arrived)) < len(GET):
                arrived.append(peer._sock.recv(65536))
            peer.send(response(b"x"))

        begin = time.monotonic()
        done = self.raw(GET, self.serve(script).url, "--raw-split", "3,10",
                        "--raw-delay", "200")
        self.assertExit(done, 0)
        self.assertGreaterEqual(time.monotonic() - begin, 0.4)
        self.assertEqual(arrived, [GET[:3], GET[3:10], GET[10:]])

    def test_all_pieces_are_counted(self):
        for args in [], ["--raw-split", "3,10"], ["--raw-split", "27"], ["--raw-split", "99"]:
            done = self.raw(GET, self.serve(response()).url, *args, "--report", "%",
                            "-w", "%{size_request} ", "-o", "f")
            self.assertEqual(done.out, b"%d " % len(GET))
            self.assertEqual(json.loads(done.text)["hops"][0]["bytes"]["request_head"], len(GET))

    def test_an_answer_before_the_last_piece(self):
        """A peer that has heard enough answers and closes; it is heard, too."""
        def script(peer):
            peer._sock.recv(3)
            peer.send(response(b"enough", "400 Bad Request", Connection="close"))
            peer.reset()

        begin = time.monotonic()
        done = self.raw(GET, self.serve(script).url, "--raw-split", "3,6,9,12,15",
                        "--raw-delay", "5000")
        self.assertExit(done, 0)
        self.assertTrue(done.out.endswith(b"enough"), done)
        self.assertLess(time.monotonic() - begin, 4)

    def test_an_answer_amid_a_piece(self):
        """The peer takes no more of it, and has answered."""
        def script(peer):
            peer._sock.recv(3)
            peer.send(response(b"enough", "400 Bad Request", Connection="close"))
            peer.sleep(5)

        post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n"
        done = self.raw(post + b"x" * 20000000, self.serve(script).url, "--raw-split",
                        "3,19999999", "-m", 4)
        self.assertExit(done, 0)
        self.assertTrue(done.out.endswith(b"enough"), done)

    def test_answers_between_pieces(self):
        """The second request goes out when the first has been answered."""
        def script(peer):
            for _ in range(2):
                peer.request()
                peer.send(response(b"x"))

        server = self.serve(script)
        done = self.raw(GET + GET, server.url, "--raw-split", f"{len(GET)},{len(GET) + 5}",
                        "--raw-delay", "200")
        self.assertExit(done, 0)
        self.assertEqual(done.out, response(b"x") * 2)
        self.assertEqual(server.requests, [GET, GET])

    def test_a_pause_past_the_deadline(self):
        server = self.serve(lambda peer: peer.sleep(10))
        begin = time.monotonic()
        done = self.raw(GET, server.url, "--raw-split", "3", "--raw-delay", "20000", "-m", "1")
        self.assertExit(done, 28)
        self.assertLess(time.monotonic() - begin, 10)

    def test_findings_name_bytes(self):
        done = self.raw(GET + b"GET / HTTP/1.1\nHost: a\r\n\r\n",
                        self.serve(lambda p: [p.request(), p.send(response() * 2)]).url)
        self.assertIn("byte 41", done.text)
        self.assertIn("RFC 9112", done.text)

    def test_redirects_stay(self):
        server = self.serve(response(b"", "302 Found", Location="/next"))
        self.assertExit(self.raw(GET, server.url, "-L"), 0)
        self.assertEqual(server.connections, 1)

    def test_mistakes(self):
        server = self.serve(response())
        for data, args, code, says in (
                (b"\\q", ["--raw-escapes"], 2, "byte 0"),
                (b"x", ["--raw-split", "2,1"], 2, "byte 2"),
                (b"x", ["--raw-delay", "x"], 2, "--raw-delay"),
                (b"", [], 26, "empty"),
                (b"x", ["-d", "y"], 2, "--raw-request")):
            done = self.raw(data, server.url, *args)
            self.assertExit(done, code)
            self.assertIn(says, done.text)
        for args in ["--raw-split", "1"], ["--raw-delay", "9"], ["--raw-escapes"]:
            done = self.fetch(*args, server.url)
            self.assertExit(done, 2)
            self.assertIn(f"option {args[0]}: it is about the bytes of --raw-request", done.text)
        done = self.fetch("--raw-request", "none", server.url)
        self.assertExit(done, 26)
        self.assertEqual(server.connections, 0)


if __name__ == "__main__":
    main()
