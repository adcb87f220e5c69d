"""Responses, framing, reuse and redirects against a server that sends exact
bytes."""
import contextlib
import gzip
import os
import resource
import signal
import socket
import subprocess
import sys
import zlib

from harness import (PROGRAM, TIMEOUT, Peer, Reset, TestCase, environment, free_port,
                     keep_alive, main, need_coding, response)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Requests(TestCase):
    def test_get(self):
        server = self.serve(response(b"hello"))
        done = self.fetch(server.url + "/a?b=c")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello")
        lines = server.requests[0].split(b"\r\n")
        self.assertEqual(lines[0], b"GET /a?b=c HTTP/1.1")
        self.assertEqual(lines[1], b"Host: 127.0.0.1:%d" % server.port)
        self.assertRegex(lines[2], rb"^User-Agent: minifetch/[0-9.]+$")
        self.assertEqual(lines[3:], [b"Accept: */*", b"", b""])

    def test_head(self):
        server = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        done = self.fetch("-I", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        self.assertTrue(server.requests[0].startswith(b"HEAD / HTTP/1.1\r\n"))

    def test_post(self):
        server = self.serve(response(b"ok"))
        self.assertExit(self.fetch("-d", "a=1", "-d", "b=2", server.url), 0)
        self.assertTrue(server.requests[0].startswith(b"POST / HTTP/1.1\r\n"))
        self.assertTrue(server.requests[0].endswith(
            b"Content-Length: 7\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
            b"a=1&b=2"))

    def test_fields_added_replaced_removed_emptied(self):
        server = self.serve(response())
        self.assertExit(self.fetch("-H", "X-One: 1", "-H", "Accept:", "-H", "User-Agent: me",
                                   "-H", "X-Empty;", server.url), 0)
        self.assertEqual(server.requests[0].split(b"\r\n")[1:-2], [
            b"Host: 127.0.0.1:%d" % server.port, b"X-One: 1", b"User-Agent: me",
            b"X-Empty:"])

    def test_line_breaks_in_fields_are_refused(self):
        server = self.serve(response())
        for value in ("X: a\r\nY: b", "X: a\nY: b", "X: a\rY: b"):
            done = self.fetch("-H", value, server.url)
            self.assertExit(done, 2)
            self.assertRegex(done.text, r"byte \d+")
        self.assertEqual(server.connections, 0)

    def test_large_body_is_sent_whole(self):
        server = self.serve(response(b"ok"))
        self.write("data", bytes(range(256)) * 20000)
        done = self.fetch("--data-binary", "@data", "-H", "Expect:", server.url)
        self.assertExit(done, 0)
        self.assertEqual(server.requests[0].split(b"\r\n\r\n", 1)[1], self.read("data"))

    def test_early_refusal_that_stalls(self):
        """Nothing is done while it does, though more of the request could go."""
        def script(peer):
            peer._sock.recv(1000)
            peer.sleep(0.3)
            peer.send(b"HTTP/1.1 413 No\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100000)
            peer.sleep(0.3)
            peer._sock.settimeout(0.3)
            with contextlib.suppress(OSError):
                while peer._sock.recv(65536):
                    pass
            peer.sleep(1)
            peer.send(b"x" * 100000)

        server = self.serve(script)
        self.write("up", b"x" * 10000000)
        for args in [], ["-Y", "1", "-y", "30"]:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = self.fetch("-o", "f", "-T", "up", "-H", "Expect:", *args, server.url)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), b"x" * 200000)
            self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime -
                            before.ru_stime, 0.8)

    def test_early_refusal_while_sending(self):
        def refuse(peer):
            peer._sock.recv(1000)
            peer.send(response(b"too big", status="413 Too Large", Connection="close"))
            peer.sleep(0.3)
        server = self.serve(refuse)
        self.write("data", b"x" * 20_000_000)
        done = self.fetch("--data-binary", "@data", "-w", "%{http_code}", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"too big413")


class Framing(TestCase):
    def check(self, answer, body, code=0, message=None, args=()):
        """The same, sent at once and byte by byte."""
        for server in (self.serve_raw(answer), self.serve(
                lambda peer: (peer.request(), peer.stutter(answer, 0)))):
            done = self.fetch(*args, server.url)
            self.assertExit(done, code)
            self.assertEqual(done.out, body)
            if message:
                self.assertRegex(done.text, message)
        return done

    def test_length(self):
        self.check(response(b"12345"), b"12345")

    def test_until_close(self):
        self.check(b"HTTP/1.1 200 OK\r\n\r\nall of it", b"all of it")

    def test_http10(self):
        self.check(b"HTTP/1.0 200 OK\r\n\r\nold", b"old")

    def test_chunked(self):
        self.check(CHUNKED + b"5\r\nhello\r\n6;x=\"a;b\"\r\n world\r\n0\r\n\r\n",
                   b"hello world")

    def test_chunked_with_trailers(self):
        self.check(CHUNKED + b"2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n", b"hi")

    def test_interim_responses(self):
        self.check(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                   + response(b"final"), b"final")

    def test_no_content(self):
        self.check(b"HTTP/1.1 204 No Content\r\n\r\n", b"")

    def test_not_modified_with_length(self):
        self.check(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", b"")

    def test_coding_over_length(self):
        self.check(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                   b"5\r\nhello\r\n0\r\n\r\n", b"hello")

    def test_short_body(self):
        self.check(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b"abc", 18,
                   "7 bytes remaining.*3 of 10")

    def test_short_chunk(self):
        self.check(CHUNKED + b"a\r\nabc", b"abc", 18, "after 3 bytes")

    def test_missing_last_chunk(self):
        self.check(CHUNKED + b"3\r\nabc\r\n", b"abc", 18)

    def test_bad_chunk_size(self):
        self.check(CHUNKED + b"3\r\nabc\r\nzz\r\n", b"abc", 56, "byte")

    def test_conflicting_lengths(self):
        self.check(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                   b"", 8)

    def test_length_overflow(self):
        server = self.serve(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc")
        self.assertNotEqual(self.fetch(server.url).code, 0)

    def test_end_inside_head(self):
        self.check(b"HTTP/1.1 200 OK\r\nContent-Le", b"", 18, "inside a response head")

    def test_lines_of_a_head_that_breaks_off(self):
        """Whole lines are shown, whatever ends the head."""
        more = b"Long: " + b"x" * 300 + b"\r\n"
        interim = b"HTTP/1.1 100 Continue\r\nY: z\r\n\r\n"
        head = b"HTTP/1.1 200 OK\r\nA: b\r\n"
        for lines in head, head + more, interim + head, interim + head + more, interim:
            for end, code in (lambda peer: peer.sleep(3), 28), (Peer.reset, 56):
                def script(peer, lines=lines, end=end):
                    peer.request()
                    peer.send(lines + (b"HTTP/1." if lines == interim else b"Cut"))
                    peer.sleep(0.3)
                    end(peer)
                done = self.fetch("-i", "-m", 1, self.serve(script).url)
                self.assertExit(done, code)
                self.assertEqual(done.out, lines)

    def test_empty_reply(self):
        self.check(b"", b"", 52, "Empty reply")

    def test_end_behind_an_interim_response(self):
        self.check(b"HTTP/1.1 100 Continue\r\n\r\n", b"", 52, "interim")
        self.check(b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\n" * 2, b"", 52, "interim")
        self.check(b"HTTP/1.1 100 Continue\r\n\r\nH", b"", 18)

    def test_not_http(self):
        self.check(b"SSH-2.0-x\r\n", b"", 1)

    def test_status_lines_that_are_none(self):
        for line in (b"http/1.1 200 OK", b"HTTP/1.x 200 OK", b"HTTP/1. 200 OK",
                     b"HTTP/1.1 200OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 20 OK"):
            self.check(line + b"\r\nContent-Length: 2\r\n\r\nok", b"", 1)
        line = b"http/1.1 200 OK\r\n\r\nok"
        self.assertEqual(self.fetch("--http0.9", self.serve(line).url).out, line)
        self.check(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok", 0)

    def test_switch_that_nobody_asked_for(self):
        switch = b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
        self.check(switch + b"what follows", b"", 8, "did not ask")
        for args, out in (((), b""), (("-i",), switch), (("-H", "Upgrade:"), b"")):
            done = self.fetch("-v", *args, self.serve(switch + b"what follows").url)
            self.assertExit(done, 8)
            self.assertEqual(done.out, out)
            self.assertIn("101 Switching Protocols without an Upgrade request", done.text)
        asked = self.fetch("-H", "Upgrade: x", "-H", "Connection: upgrade",
                           self.serve(switch + b"what follows").url)
        self.assertExit(asked, 0)
        self.assertEqual(asked.out, b"what follows")

    def test_identity_is_no_coding(self):
        """Where it would wait for the end of the connection it would wait for ever."""
        answer = response(b"ok", Transfer_Encoding="identity", Content_Length=2)
        server = self.serve(keep_alive(answer, answer))
        done = self.fetch(server.url, server.url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"okok", 1))

    def test_reset_in_body(self):
        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            peer.sleep(0.2)
            peer.reset()
        done = self.fetch(self.serve(script).url)
        self.assertExit(done, 56)
        self.assertEqual(done.out, b"abc")

    def test_head_too_large(self):
        server = self.serve(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 400000 + b"\r\n\r\n")
        self.assertExit(self.fetch(server.url), 100)

    def test_no_head_that_is_allowed_is_no_error(self):
        self.check(b"plain", b"plain0 0", args=(
            "--http0.9", "-w", "%{exitcode} %{errormsg}0"))

    def test_no_head_however_much_comes_at_once(self):
        self.check(b"x" * 300, b"x" * 300, args=("--http0.9",))
        self.check(b"HT" + b"x" * 300, b"", code=1, message="HTTP/0.9")

    def test_a_broken_line_in_a_head_that_is_cut(self):
        """However many pieces it comes in, and however it ends."""
        begin, line = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300 + b"\r\n", b"No colon\r\nA"

        def ended(peer):
            peer.send(begin)
            peer.sleep(0.05)
            peer.send(line)

        def reset(peer):
            ended(peer)
            peer.sleep(0.05)
            raise Reset()
        for script in (ended, reset, lambda peer: peer.send(begin + line)):
            def answer(peer, script=script):
                peer.request()
                script(peer)
            done = self.fetch(self.serve(answer).url)
            self.assertExit(done, 8)
            self.assertIn("colon", done.text)


class Codings(TestCase):
    def check(self, coding, coded, wanted, code=0):
        need_coding(*coding.split(", "))
        server = self.serve(response(coded, Content_Encoding=coding))
        done = self.fetch("--compressed", server.url)
        self.assertExit(done, code)
        self.assertEqual(done.out, wanted)
        self.assertIn(b"\r\nAccept-Encoding: ", server.requests[0])

    def test_faults_in_their_order(self):
        """The content's stands before that of the chunks, in one piece or not."""
        need_coding("gzip")
        bad = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03" + b"\xff" * 15
        answer = (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                  b"Transfer-Encoding: chunked\r\n\r\n19\r\n" + bad + b"no line end")

        def in_pieces(peer):
            peer.request()
            peer.send(answer[:-11])
            peer.sleep(0.1)
            peer.send(answer[-11:])
        for script in (answer, in_pieces):
            self.assertExit(self.fetch("--compressed", self.serve(script).url), 61)

    def test_gzip(self):
        self.check("gzip", gzip.compress(b"text" * 1000), b"text" * 1000)

    def test_gzip_members(self):
        self.check("gzip", gzip.compress(b"one") + gzip.compress(b"two"), b"onetwo")

    def test_deflate_with_and_without_wrapper(self):
        self.check("deflate", zlib.compress(b"wrapped"), b"wrapped")
        self.check("deflate", zlib.compress(b"raw")[2:-4], b"raw")

    def test_brotli(self):
        self.check("br", b"\x0b\x02\x80hello\x03", b"hello")

    def test_zstd(self):
        self.check("zstd", b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello", b"hello")

    def test_stacked(self):
        self.check("gzip, deflate", zlib.compress(gzip.compress(b"both")), b"both")

    def test_truncated(self):
        need_coding("gzip")
        server = self.serve(response(gzip.compress(b"a" * 100000)[:-20],
                                     Content_Encoding="gzip"))
        self.assertExit(self.fetch("--compressed", server.url), 18)

    def test_damaged(self):
        need_coding("gzip")
        server = self.serve(response(b"this is no gzip", Content_Encoding="gzip"))
        self.assertExit(self.fetch("--compressed", server.url), 61)

    def bomb(self):
        """16 TiB of zeros."""
        coded = gzip.compress(bytes(1 << 20))
        for _ in range(2):
            coded = gzip.compress(coded * 4096)
        return coded

    def test_deadline_while_decoding(self):
        need_coding("gzip")
        answer = response(self.bomb(), Content_Encoding="gzip, gzip, gzip")
        server = self.serve(answer)
        done = self.fetch("--compressed", "--no-decode-limit", "-m", "1", "--out-null", server.url)
        self.assertExit(done, 28)

    def test_signal_while_decoding(self):
        need_coding("gzip")
        server = self.serve(response(self.bomb(), Content_Encoding="gzip, gzip, gzip"))
        with subprocess.Popen(
                [PROGRAM, "--compressed", "--no-decode-limit", "-s", server.url],
                stdout=subprocess.PIPE, cwd=self.dir, env=environment(self.dir)) as process:
            process.stdout.read(1)
            process.send_signal(signal.SIGINT)
            while process.stdout.read(1 << 20):
                pass
            self.assertEqual(process.wait(TIMEOUT), -signal.SIGINT)

    def test_size_while_decoding(self):
        need_coding("gzip")
        server = self.serve(response(self.bomb(), Content_Encoding="gzip, gzip, gzip"))
        done = self.fetch("--compressed", "--no-decode-limit", "--max-filesize", "1m",
                          "-o", "f", server.url)
        self.assertExit(done, 63)
        self.assertFalse(os.path.exists(self.path("f")))

    def test_bomb(self):
        need_coding("gzip")
        bomb = self.bomb()
        for answer in (
                response(bomb, Content_Encoding="gzip, gzip, gzip"),
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, gzip, gzip, chunked\r\n\r\n"
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(bomb), bomb)):
            server = self.serve(answer)
            done = self.fetch("-v", "--compressed", "--tr-encoding", "-o", "f", server.url)
            self.assertExit(done, 122)
            self.assertIn("coded content that grows out of all proportion", done.text)
            self.assertIn("--no-decode-limit", done.text)
            self.assertFalse(os.path.exists(self.path("f")))

    def test_untouched_without_compressed(self):
        coded = gzip.compress(b"x")
        server = self.serve(response(coded, Content_Encoding="gzip"))
        self.assertEqual(self.fetch(server.url).out, coded)


class Sizes(TestCase):
    """--max-filesize counts what is kept, however that is framed."""

    def answers(self, body, status="200 OK", **fields):
        """The same response, framed in each way."""
        half = len(body) // 2
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:half], body[half:]) if p)
        return (response(body, status, **fields),
                response(chunks + b"0\r\n\r\n", status, Transfer_Encoding="chunked", **fields),
                response(body, status, Connection="close", **fields).replace(
                    b"Content-Length: %d\r\n" % len(body), b""))

    def check(self, scripts, code, *args):
        server = self.serve(*scripts)
        done = self.fetch("-s", "--max-filesize", 1000, *args, server.url + "/x")
        self.assertExit(done, code)
        self.assertEqual(done.out, b"" if code else b"kept")

    def test_what_is_thrown_away_does_not_count(self):
        self.write("f", b"x")
        for status, fields, args in (
                ("301 Moved", {"Location": "/y"}, ("-L",)),
                ("401 No", {"WWW_Authenticate": "Basic realm=x"}, ("--anyauth", "-u", "a:b")),
                ("417 No", {}, ("-H", "Expect: 100-continue", "-T", "f")),
                ("503 No", {}, ("--retry", "1", "--retry-delay", "0.01")),
                ("503 No", {}, ("--retry", "1", "--retry-delay", "0.01", "-o", "/dev/stdout"))):
            for answer in self.answers(b"x" * 5000, status, **fields):
                with self.subTest(status=status, answer=answer[:100]):
                    self.check((answer, response(b"kept")), 0, *args)

    def test_what_is_kept_counts(self):
        for answer in self.answers(b"x" * 1000):
            self.assertExit(self.fetch("--max-filesize", 1000, self.serve(answer).url), 0)
        for args in (), ("--compressed",), ("--raw",), ("-i",), ("-o", "f"):
            for answer in self.answers(b"x" * 100001):
                done = self.fetch("--max-filesize", 100000, *args, self.serve(answer).url)
                self.assertExit(done, 63)
        self.assertFalse(os.path.exists(self.path("f")))

    def test_content_is_measured_as_it_is_decoded(self):
        need_coding("gzip")
        noise = os.urandom(1000)
        for answer in self.answers(gzip.compress(noise), Content_Encoding="gzip"):
            server = self.serve(answer)
            done = self.fetch("--max-filesize", 1000, "--compressed", server.url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, noise)
            self.assertExit(self.fetch("--max-filesize", 999, "--compressed", server.url), 63)
            self.assertExit(self.fetch("--max-filesize", 1000, server.url), 63)


class Connections(TestCase):
    def test_reuse(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2"), response(b"3")))
        done = self.fetch(server.url, server.url, server.url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"123", 1))

    def test_local_end_that_only_a_later_request_wants(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        done = self.fetch(server.url, "--next", "-w", " %{local_ip} %{local_port}", server.url)
        self.assertExit(done, 0)
        self.assertEqual(server.connections, 1)
        self.assertRegex(done.out, rb"^12 127\.0\.0\.1 [1-9]\d+$")

    def test_no_reuse_where_the_request_said_close(self):
        answers = keep_alive(response(b"1"), response(b"2"))
        for args in (("-H", "Connection: close"), ("-H", "connection: x, Close"),
                     ("-H", "Connection: x", "-H", "Connection: close"), ("-0",)):
            server = self.serve(answers)
            done = self.fetch("-v", *args, server.url, server.url)
            self.assertExit(done, 0)
            self.assertEqual((done.out, server.connections), (b"11", 2))
        for args in (("-H", "Connection:", "-H", "X-Connection: close"),
                     ("-0", "-H", "Connection: keep-alive")):
            server = self.serve(answers)
            self.fetch(*args, server.url, server.url)
            self.assertEqual(server.connections, 1, args)

    def test_a_body_that_nobody_wants_may_break_off(self):
        def reset(peer):
            peer.request()
            peer.send(cut[0])
            raise Reset()

        for first, args in ((b"302 Found\r\nLocation: /x", ("-L",)),
                            (b'401 No\r\nWWW-Authenticate: Basic realm="x"',
                             ("--anyauth", "-u", "a:b"))):
            for framing in (b"Content-Length: 100", b"Transfer-Encoding: chunked"):
                cut = [b"HTTP/1.1 " + first + b"\r\n" + framing + b"\r\n\r\n5\r\nab"]
                for script in (cut[0], reset):
                    server = self.serve(script, response(b"wanted"))
                    done = self.fetch("-sS", *args, server.url)
                    self.assertExit(done, 0)
                    self.assertEqual((done.out, done.err), (b"wanted", b""))
                    self.assertEqual(server.connections, 2)

    def test_no_reuse_where_a_proxy_said_close(self):
        """Under its older name too, which counts from nobody else."""
        old = response(b"1", Proxy_Connection="Close")
        for through, connections in ((True, 2), (False, 1)):
            server = self.serve(keep_alive(old, old))
            args = ("-x", server.url, "http://a.test/") if through else (server.url,)
            done = self.fetch(*args, args[-1])
            self.assertExit(done, 0)
            self.assertEqual((done.out, server.connections), (b"11", connections))

    def test_reuse_with_a_zone(self):
        try:
            server = self.serve(keep_alive(response(b"one"), response(b"two")),
                                family=socket.AF_INET6)
        except OSError:
            self.skipTest("no IPv6")
        url = f"http://[::1%25lo]:{server.port}"
        done = self.fetch(url, url)
        if sys.platform != "linux" and done.code:
            self.skipTest("no interface lo")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"onetwo")
        self.assertEqual(server.connections, 1)

    def test_close_is_respected(self):
        server = self.serve(response(b"1", Connection="close"), response(b"2"))
        done = self.fetch(server.url, server.url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"12", 2))

    def test_closed_while_idle_is_retried(self):
        def once(peer):
            peer.request()
            peer.send(response(b"1"))
        server = self.serve(once, response(b"2"))
        done = self.fetch(server.url, server.url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"12", 2))

    def test_new_connection_is_not_retried(self):
        server = self.serve(lambda peer: peer.request())
        self.assertExit(self.fetch(server.url), 52)
        self.assertEqual(server.connections, 1)

    def test_refused(self):
        done = self.fetch(f"http://127.0.0.1:{free_port()}/")
        self.assertExit(done, 7)
        self.assertRegex(done.text, "127.0.0.1.*refused")

    def test_silence_times_out(self):
        server = self.serve(lambda peer: (peer.request(), peer.sleep(5)))
        done = self.fetch("-m", "0.3", server.url)
        self.assertExit(done, 28)
        self.assertRegex(done.text, r"timed out after \d+ milliseconds")

    def test_extra_data_is_not_the_next_response(self):
        server = self.serve(keep_alive(response(b"1") + response(b"evil")), response(b"2"))
        done = self.fetch("-v", server.url, server.url)
        self.assertEqual((done.out, server.connections), (b"12", 2))
        self.assertIn("data after the end of the response", done.text)


class Redirects(TestCase):
    def test_followed(self):
        server = self.serve(keep_alive(
            response(b"moved", status="302 Found", Location="/next?x"), response(b"here")))
        done = self.fetch("-L", "-w", "%{num_redirects}", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"here1")
        self.assertTrue(server.requests[1].startswith(b"GET /next?x HTTP/1.1\r\n"))

    def test_not_followed_without_asking(self):
        server = self.serve(response(b"moved", status="302 Found", Location="/x"))
        done = self.fetch("-w", "%{redirect_url}", server.url)
        self.assertEqual(done.out, b"moved" + server.url.encode() + b"/x")

    def test_too_many(self):
        server = self.serve(response(status="302 Found", Location="/"))
        done = self.fetch("-L", "--max-redirs", "3", server.url)
        self.assertExit(done, 47)
        self.assertEqual(len(server.requests), 4)

    def test_post_becomes_get(self):
        server = self.serve(keep_alive(
            response(status="303 See Other", Location="/x"), response(b"done")))
        self.assertExit(self.fetch("-L", "-d", "data", server.url), 0)
        self.assertTrue(server.requests[1].startswith(b"GET /x "))
        self.assertNotIn(b"Content-", server.requests[1])

    def test_post_stays_post(self):
        server = self.serve(keep_alive(
            response(status="307 Temporary", Location="/x"), response(b"done")))
        self.assertExit(self.fetch("-L", "-d", "data", server.url), 0)
        self.assertTrue(server.requests[1].startswith(b"POST /x "))
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\ndata"))

    def test_credentials_stay_with_their_origin(self):
        other = self.serve(response(b"other"))
        server = self.serve(keep_alive(response(
            status="302 Found", Location=f"http://127.0.0.1:{other.port}/")))
        args = ("-L", "-u", "me:secret", "-H", "Cookie: a=b", "-H", "Authorization: mine")
        self.assertExit(self.fetch(*args, server.url), 0)
        self.assertIn(b"Authorization", server.requests[0])
        self.assertNotIn(b"Authorization", other.requests[0])
        self.assertNotIn(b"Cookie", other.requests[0])

    def test_credentials_follow_when_trusted(self):
        other = self.serve(response(b"other"))
        server = self.serve(keep_alive(response(
            status="302 Found", Location=f"http://127.0.0.1:{other.port}/")))
        self.assertExit(self.fetch("--location-trusted", "-u", "me:secret", server.url), 0)
        self.assertIn(b"Authorization: Basic ", other.requests[0])

    def test_other_schemes_are_refused(self):
        server = self.serve(response(status="302 Found", Location="file:///etc/passwd"))
        self.assertExit(self.fetch("-L", server.url), 1)


if __name__ == "__main__":
    main()
