"""Bodies, authentication and cookies: what goes into requests over several of
them."""
import base64
import gzip
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import time

from harness import (PROGRAM, TIMEOUT, Certificates, Result, TestCase, environment, keep_alive,
                     main, need_coding, need_https, response)


def challenge(*fields):
    lines = "".join(f"WWW-Authenticate: {f}\r\n" for f in fields)
    return (f"HTTP/1.1 401 Unauthorized\r\n{lines}Content-Length: 2\r\n\r\nno").encode()


class Uploads(TestCase):
    def test_put(self):
        server = self.serve(response(b"ok"))
        self.write("f", b"content")
        self.assertExit(self.fetch("-T", "f", server.url + "/dir/name"), 0)
        self.assertTrue(server.requests[0].startswith(b"PUT /dir/name HTTP/1.1\r\n"))
        self.assertTrue(server.requests[0].endswith(b"Content-Length: 7\r\n\r\ncontent"))

    def test_name_is_appended(self):
        server = self.serve(response(b"ok"))
        self.write("a b", b"x")
        self.assertExit(self.fetch("-T", "a b", server.url + "/dir/"), 0)
        self.assertTrue(server.requests[0].startswith(b"PUT /dir/a%20b HTTP/1.1\r\n"))

    def test_glob_of_files(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2"), response(b"3")))
        self.write("f1", b"one")
        self.write("f2", b"two")
        self.assertExit(self.fetch("-T", "f{<n>1,2}", server.url + "/a/", "-o", "out#<n>",
                                   server.url + "/b"), 0)
        self.assertEqual([r.split(b"\r\n")[0] for r in server.requests],
                         [b"PUT /a/f1 HTTP/1.1", b"PUT /a/f2 HTTP/1.1", b"GET /b HTTP/1.1"])
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\ntwo"))
        self.assertEqual((self.read("out1"), self.read("out2")), (b"1", b"2"))

    def test_stdin_goes_in_chunks(self):
        def script(peer):
            data = b""
            while not data.endswith(b"0\r\n\r\n"):
                data += peer._sock.recv(1000)
                if data.endswith(b"\r\n\r\n") and b"100-continue" in data:
                    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            peer._log.append(data)
            peer.send(response(b"ok"))
        server = self.serve(script)
        done = self.fetch("-T", "-", server.url + "/x", input=b"hello")
        self.assertExit(done, 0)
        self.assertIn(b"Transfer-Encoding: chunked\r\n", server.requests[0])
        self.assertTrue(server.requests[0].endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))

    def test_body_is_held_until_the_server_agrees(self):
        def script(peer):
            head = peer._sock.recv(65536)
            peer.send(response(b"no", status="403 Forbidden", Connection="close"))
            peer._log.append(head)
        server = self.serve(script)
        self.write("f", b"x" * 3_000_000)
        done = self.fetch("-T", "f", "-w", "%{size_upload}", server.url + "/x")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"no0")

    def answer_first(self, answer, half_close=False):
        """A server that answers before it reads a byte of the body."""
        def script(peer):
            head = peer.head()
            peer.send(answer)
            if half_close:
                peer.half_close()
            peer._log.append(head + peer.take(6_000_000))
        return self.serve(script)

    def check_sent(self, server, *args, out=b"ok"):
        self.write("f", b"0123456789" * 600_000)
        done = self.fetch(*args, "-T", "f", "-w", "%{stderr}%{size_upload}", server.url + "/x")
        self.assertExit(done, 0)
        self.assertEqual((done.out, done.err), (out, b"6000000"))
        self.wait_until(lambda: server.requests)
        self.assertTrue(server.requests[0].endswith(b"\r\n\r\n" + self.read("f")))

    def test_success_before_the_body_is_no_reason_not_to_send_it(self):
        for expect in ((), ("-H", "Expect:"), ("-H", "Expect:", "--limit-rate", "20m")):
            self.check_sent(self.answer_first(response(b"ok")), *expect)
            self.check_sent(self.answer_first(b"HTTP/1.1 204 No\r\n\r\n"), *expect, out=b"")
            self.check_sent(self.answer_first(b"HTTP/1.1 200 OK\r\n\r\nok", half_close=True),
                            *expect)

    def test_answer_is_read_while_the_body_goes_out(self):
        def script(peer):
            head = peer.head()
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
            body = peer.take(3_000_000)
            peer.send(b"0\r\n\r\n")
            peer._log.append(head + body + peer.take(3_000_000))
        self.check_sent(self.serve(script))

    def test_body_that_is_not_taken_is_no_success(self):
        def script(peer):
            peer.head()
            peer.send(response(b"ok"))
            peer.take(1_000_000)
            peer.reset()
        self.write("f", b"x" * 9_000_000)
        done = self.fetch("-H", "Expect:", "-T", "f", self.serve(script).url + "/x")
        self.assertIn(done.code, (55, 56), repr(done))

    def test_silence_about_the_body_is_not_waited_out(self):
        server = self.serve(response(b"ok"))
        self.write("f", b"x" * 2_000_000)
        start = time.monotonic()
        done = self.fetch("--expect100-timeout", "0.2", "-T", "f", server.url + "/x")
        self.assertExit(done, 0)
        self.assertGreaterEqual(time.monotonic() - start, 0.2)
        self.assertTrue(server.requests[0].endswith(b"x" * 100))

    def test_old_server_is_asked_in_its_version(self):
        """With the second request, after it has shown what it speaks."""
        old = (b"HTTP/1.0 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0"
               b"\r\n\r\n")
        server = self.serve(old, response(b"ok", version="1.0"))
        self.write("f", b"body")
        done = self.fetch("--anyauth", "-u", "a:b", "-T", "f", server.url + "/x")
        self.assertExit(done, 0)
        self.assertTrue(server.requests[0].startswith(b"PUT /x HTTP/1.1\r\n"))
        self.assertTrue(server.requests[1].startswith(b"PUT /x HTTP/1.0\r\n"))
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\nbody"))

    def test_nothing_follows_a_body_without_an_end(self):
        """Whatever came behind it on its connection was taken for more of it."""
        length, chunked = "Content-Length: 3", "Transfer-Encoding: chunked"
        for args, size, connections in (
                (("Content-Length:",), 3, 2), (("Content-Length;",), 3, 2),
                (("Content-Length: 2",), 3, 2), ((length,), 3, 1),
                ((length, chunked), 13, 2), ((chunked,), 13, 1)):
            def answer(peer, size=size):
                while peer._more():
                    peer.head()
                    peer.take(size)
                    peer.send(response(b"a"))
            server = self.serve(answer)
            fields = [word for field in args for word in ("-H", field)]
            done = self.fetch("-d", "abc", *fields, server.url, server.url)
            self.assertExit(done, 0)
            self.assertEqual(server.connections, connections, args)

    def test_chunks_are_not_sent_unsaid(self):
        server = self.serve(response())
        for field in "Transfer-Encoding:", "Transfer-Encoding;":
            done = self.fetch("-H", field, "-T", "-", server.url, input=b"abc")
            self.assertExit(done, 25)
            self.assertIn("without Transfer-Encoding", done.text)
        self.assertEqual(server.connections, 0)
        done = self.fetch("-H", "Transfer-Encoding:", "-H", "Content-Length: 3", "-H", "Expect:",
                          "-T", "-", server.url, input=b"abc")
        self.assertExit(done, 0)
        self.assertTrue(server.requests[0].endswith(b"Content-Length: 3\r\n\r\nabc"))

    def test_asks_no_more_after_417(self):
        server = self.serve(
            lambda peer: (peer._log.append(peer._sock.recv(65536)), peer.send(
                response(status="417 Expectation Failed", Connection="close"))),
            response(b"ok"))
        self.write("f", b"x" * 2_000_000)
        self.assertExit(self.fetch("-T", "f", server.url + "/x"), 0)
        self.assertIn(b"Expect: 100-continue", server.requests[0])
        self.assertNotIn(b"Expect:", server.requests[1])

    def test_asks_no_more_after_417_whoever_wanted_it(self):
        server = self.serve(keep_alive(
            response(status="417 Expectation Failed"), response(b"ok")))
        self.assertExit(self.fetch("-H", "Expect: 100-continue", "-H", "A: b", "-d", "content",
                                   server.url), 0)
        self.assertIn(b"Expect: 100-continue", server.requests[0])
        self.assertNotIn(b"Expect:", server.requests[1])
        self.assertIn(b"\r\nA: b\r\n", server.requests[1])
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\ncontent"))

    def test_asks_no_more_after_417_whatever_the_request(self):
        """One without the body it speaks of, and one for a proxy, too."""
        refusal = response(status="417 Expectation Failed", Connection="close")
        challenge = response(status="401 No", Connection="close",
                             WWW_Authenticate='Basic realm="r"')
        ask = ["-H", "Expect: 100-continue"]
        for args, answers, last in (
                (ask, [refusal], b""), (["-0", "-d", "a", *ask], [refusal], b"a"),
                (["--anyauth", "-u", "a:b", "-d", "a", *ask], [refusal, challenge], b"a")):
            server = self.serve(*answers, response(b"ok"))
            done = self.fetch(*args, server.url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, b"ok")
            self.assertIn(b"Expect: 100-continue", server.requests[0])
            for request in server.requests[1:]:
                self.assertNotIn(b"Expect:", request)
            self.assertTrue(server.requests[-1].endswith(b"\r\n\r\n" + last))
        server = self.serve(refusal, response(b"ok"))
        done = self.fetch("-x", server.url, "--proxy-header", ask[1], "--proxy-header", "A: b",
                          "-d", "a", "http://host.invalid/")
        self.assertEqual(done.out, b"ok")
        self.assertNotIn(b"Expect:", server.requests[1])
        self.assertIn(b"\r\nA: b\r\n", server.requests[1])

    def test_body_is_sent_again_where_a_redirect_leads(self):
        server = self.serve(keep_alive(
            response(status="307 Temporary", Location="/y"), response(b"ok")))
        self.write("f", b"content")
        self.assertExit(self.fetch("-L", "-T", "f", server.url + "/x"), 0)
        self.assertTrue(server.requests[1].startswith(b"PUT /y "))
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\ncontent"))

    def test_pipe_cannot_be_sent_again(self):
        server = self.serve(keep_alive(
            response(status="307 Temporary", Location="/y"), response(b"ok")))

        def chunked(peer):
            data = b""
            while not data.endswith(b"0\r\n\r\n"):
                data += peer._sock.recv(1000)
            peer.send(response(status="307 Temporary", Location="/y"))
        server = self.serve(chunked)
        done = self.fetch("-L", "-H", "Expect:", "-T", "-", server.url + "/x", input=b"abc")
        self.assertExit(done, 65)

    def test_both_directions_at_once(self):
        """A server that answers while it reads, as an echo does."""
        def echo(peer):
            data = b""
            while b"\r\n\r\n" not in data:
                data += peer._sock.recv(65536)
            body = data.split(b"\r\n\r\n", 1)[1]
            size = 16_000_000
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            peer.send(body)
            left = size - len(body)
            while left:
                piece = peer._sock.recv(65536)
                left -= len(piece)
                peer.send(piece)
        server = self.serve(echo)
        self.write("f", os.urandom(1000) * 16_000)
        done = self.fetch("-H", "Expect:", "-T", "f", "-o", "g", server.url + "/x")
        self.assertExit(done, 0)
        self.assertEqual(self.read("g"), self.read("f"))

    def fetch_from(self, stdin, *args):
        """With a file, or the end of a pipe, as standard input."""
        done = subprocess.run([PROGRAM, *map(str, args)], stdin=stdin, capture_output=True,
                              cwd=self.dir, env=environment(self.dir), timeout=TIMEOUT)
        return Result(done.returncode, done.stdout, done.stderr)

    def test_stdin_that_is_a_file_is_sent_from_where_it_stands(self):
        self.write("f", b"0123456789")
        for name in "-", ".":
            for version in "--http1.1", "--http1.0":
                for at, sent in (4, b"456789"), (10, b""), (12, b""):
                    server = self.serve(response(b"ok"))
                    with open(self.path("f"), "rb") as f:
                        os.lseek(f.fileno(), at, os.SEEK_SET)
                        done = self.fetch_from(f, version, "-T", name, server.url + "/x")
                        end = os.lseek(f.fileno(), 0, os.SEEK_CUR)
                    self.assertExit(done, 0)
                    self.assertTrue(server.requests[0].endswith(
                        b"\r\nContent-Length: %d\r\n\r\n%s" % (len(sent), sent)))
                    self.assertEqual(end, max(at, 10))

    def test_all_of_stdin_goes_in_chunks(self):
        """Whether or not it is a file: as curl does it."""
        def script(peer):
            peer._log.append(peer.head() + peer.take(20))
            peer.send(response(b"ok"))
        self.write("f", b"0123456789")
        server = self.serve(script)
        with open(self.path("f"), "rb") as f:
            self.assertExit(self.fetch_from(f, "-H", "Expect:", "-T", "-", server.url), 0)
            f.seek(0)
            self.assertExit(self.fetch_from(f, "-T", "-", "-0", server.url), 25)
        self.assertTrue(server.requests[0].endswith(
            b"\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n"))

    def test_stdin_that_is_a_file_is_sent_again_from_the_same_place(self):
        self.write("f", b"0123456789")
        again = (
            (("-L",), response(status="307 Temporary", Location="/y")),
            (("-L",), response(status="308 Permanent", Location="/y")),
            (("--anyauth", "-u", "a:b"), response(
                status="401 No", WWW_Authenticate="Basic realm=x")),
            (("--digest", "-u", "a:b"), response(
                status="401 No", WWW_Authenticate='Digest realm="x", nonce="y"')),
            (("--retry", "1", "--retry-delay", "0.01"), response(status="503 No")),
            (("-H", "Expect: 100-continue"), response(status="417 No")))
        for args, first in again:
            with self.subTest(args=args, first=first):
                if "--digest" in args:
                    need_https()  # its module has the digests
                server = self.serve(keep_alive(first, response(b"ok")))
                with open(self.path("f"), "rb") as f:
                    os.lseek(f.fileno(), 4, os.SEEK_SET)
                    done = self.fetch_from(f, *args, "-T", "-", server.url + "/x")
                self.assertExit(done, 0)
                self.assertEqual(done.out, b"ok")
                self.assertTrue(server.requests[-1].endswith(
                    b"Content-Length: 6\r\n\r\n456789"), server.requests)

    def test_shared_stdin_is_left_as_it_was(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        self.addCleanup(os.close, write)

        def script(peer):
            peer.head()
            peer._log.append(os.get_blocking(read))
            peer.send(response(b"no", status="403 No", Connection="close"))
        for name in "-", ".":
            server = self.serve(script)
            self.assertExit(self.fetch_from(read, "-H", "Expect:", "-T", name, server.url), 0)
            self.assertEqual(server.requests, [True])
            self.assertTrue(os.get_blocking(read))

    def test_silent_stdin_is_not_waited_for_past_the_deadline(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        self.addCleanup(os.close, write)

        def script(peer):
            peer.head()
            peer.take(1)
        server = self.serve(script)
        self.assertExit(self.fetch_from(read, "-m", "0.5", "-T", "-", server.url), 28)

    def test_crlf(self):
        def script(peer):
            for status in "307 Go", "200 OK":
                peer._log.append(peer.head() + peer.take(22))
                peer.send(response(b"ok", status, Location="/y"))
        sent = b"\r\nTransfer-Encoding: chunked\r\n\r\nc\r\na\r\nb\r\n\r\nc\r\nd\r\n0\r\n\r\n"
        server = self.serve(script)
        self.write("f", b"a\nb\r\n\nc\nd")
        done = self.fetch("--crlf", "-L", "-H", "Expect:", "-T", "f", server.url + "/x")
        self.assertExit(done, 0)
        for request in server.requests:
            self.assertTrue(request.endswith(sent), request)
        self.assertEqual(len(server.requests), 2)
        for args in (("-d", "a"), ("-F", "a=b"), ("-C", "1", "-T", "f")):
            done = self.fetch("--crlf", *args, server.url)
            self.assertExit(done, 2)
            self.assertIn("option --crlf", done.text)

    def test_unreadable_file(self):
        done = self.fetch("-T", "nowhere", self.serve(response()).url)
        self.assertExit(done, 26)
        self.assertIn("nowhere", done.text)

    def test_file_that_shrinks(self):
        """What was announced cannot be sent any more."""
        def script(peer):
            peer._sock.recv(1000)
            os.truncate(self.path("f"), 10)
            peer.sleep(0.1)
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            peer.request()
        server = self.serve(script)
        self.write("f", b"x" * 5_000_000)
        done = self.fetch("-T", "f", server.url + "/x")
        self.assertExit(done, 26)
        self.assertIn("fewer than it had", done.text)


class Forms(TestCase):
    def test_type_of_the_users_own_gets_the_boundary(self):
        """The first one, whatever it is, and the others are dropped."""
        for args, wanted in (
                (("Content-Type: text/plain",), b"text/plain"),
                (("Content-Type: multipart/form-data",), b"multipart/form-data"),
                (("content-type: text/plain; charset=x", "Content-Type: b/c"),
                 b"text/plain; charset=x"),
                (("Content-Type: multipart/mixed", "A: b"), b"multipart/mixed")):
            for parallel in (), ("-Z",):
                server = self.serve(response())
                done = self.fetch("-F", "a=b", *parallel,
                                  *(word for a in args for word in ("-H", a)), server.url)
                self.assertExit(done, 0)
                head, body = server.requests[0].split(b"\r\n\r\n", 1)
                types = re.findall(rb"(?im)^content-type: (.*?)\r?$", head)
                self.assertEqual(len(types), 1)
                given, boundary = types[0].split(b"; boundary=")
                self.assertEqual(given, wanted)
                kind = b"form-data" if b"form-data" in wanted else b"attachment"
                self.assertTrue(body.startswith(
                    b"--" + boundary + b"\r\nContent-Disposition: " + kind), body)

    def parts(self, *args):
        """The parts of what was sent: their heads and contents."""
        server = self.serve(response(b"ok"))
        done = self.fetch(*args, server.url)
        self.assertExit(done, 0)
        head, body = server.requests[0].split(b"\r\n\r\n", 1)
        boundary = re.search(rb"multipart/[a-z-]+; boundary=(\S+)", head).group(1)
        self.assertTrue(body.endswith(b"--" + boundary + b"--\r\n"))
        return [tuple(part[2:-2].split(b"\r\n\r\n", 1))
                for part in body.split(b"--" + boundary)[1:-1]]

    def test_texts_and_files(self):
        self.write("f.txt", b"content")
        self.assertEqual(self.parts("-F", "a=1", "-F", "b=@f.txt", "-F", "c=<f.txt"), [
            (b'Content-Disposition: form-data; name="a"', b"1"),
            (b'Content-Disposition: form-data; name="b"; filename="f.txt"\r\n'
             b"Content-Type: text/plain", b"content"),
            (b'Content-Disposition: form-data; name="c"', b"content")])

    def test_settings(self):
        self.write("f", b"x")
        self.assertEqual(self.parts("-F", "a=@f;filename=g;type=image/png"), [
            (b'Content-Disposition: form-data; name="a"; filename="g"\r\n'
             b"Content-Type: image/png", b"x")])

    def test_string(self):
        self.assertEqual(self.parts("--form-string", "a=@b;type=c"), [
            (b'Content-Disposition: form-data; name="a"', b"@b;type=c")])

    def test_no_head_of_a_part_can_be_injected(self):
        self.assertEqual(self.parts("-F", "a\r\nX: y\"=1"), [
            (b'Content-Disposition: form-data; name="a%0D%0AX: y%22"', b"1")])

    def test_file_that_is_not_there(self):
        done = self.fetch("-F", "a=@nowhere", "http://127.0.0.1:1/")
        self.assertExit(done, 26)
        self.assertIn("nowhere", done.text)

    def test_sent_again_where_a_redirect_leads(self):
        server = self.serve(keep_alive(
            response(status="308 Moved", Location="/y"), response(b"ok")))
        self.write("f", b"x" * 100000)
        self.assertExit(self.fetch("-L", "-F", "a=@f", server.url), 0)
        first, second = (r.split(b"\r\n\r\n", 1)[1] for r in server.requests)
        self.assertEqual(first, second)


class Heads(TestCase):
    def test_range(self):
        server = self.serve(response(b"part", status="206 Partial Content"))
        self.assertExit(self.fetch("-r", "0-3,-5", server.url), 0)
        self.assertIn(b"Range: bytes=0-3,-5\r\n", server.requests[0])

    def test_range_without_an_end(self):
        server = self.serve(response(b"part", status="206 Partial Content"))
        done = self.fetch("-r", "7", server.url)
        self.assertIn(b"Range: bytes=7-\r\n", server.requests[0])
        self.assertIn("Warning", done.text)

    def test_bad_range(self):
        self.assertExit(self.fetch("-r", "a-b", "http://127.0.0.1:1/"), 2)

    def test_transfer_coding(self):
        need_coding("gzip")
        coded = gzip.compress(b"text" * 100)
        server = self.serve(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
            % (len(coded), coded))
        done = self.fetch("--tr-encoding", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"text" * 100)
        self.assertIn(b"TE: gzip\r\nConnection: TE\r\n", server.requests[0])

    def test_transfer_coding_not_asked_for(self):
        server = self.serve(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")
        self.assertExit(self.fetch(server.url), 61)

    def test_head_alone_has_no_body_to_send(self):
        """None of it went out, and the exit status was 0."""
        server = self.serve(response(b"x"))
        self.write("f", b"body")
        for args in (("-T", "f"), ("-X", "PUT", "-T", "f"), ("-F", "a=b"), ("-d", "a"),
                     ("-X", "POST", "-d", "a")):
            done = self.fetch("-I", *args, server.url)
            self.assertExit(done, 2)
            self.assertIn("-I asks for HEAD", done.text)
        self.assertEqual(server.connections, 0)
        self.assertExit(self.fetch("-I", "-G", "-d", "a", server.url), 0)

    def test_head_alone_of_what_has_none(self):
        for args in (), ("-X", "GET"), ("-L", "-X", "GET"):
            server = self.serve(b"hello")
            done = self.fetch("-I", "--http0.9", *args, server.url)
            self.assertExit(done, 8)
            self.assertEqual(done.out, b"")

    def test_fail_early(self):
        server = self.serve(response(b"x"))
        self.assertExit(self.fetch("--fail-early", "http://[::1/", server.url), 3)
        self.assertEqual(server.connections, 0)


class Authentication(TestCase):
    def test_basic(self):
        server = self.serve(response())
        self.assertExit(self.fetch("-u", "me:pass:word", server.url), 0)
        self.assertIn(b"Authorization: Basic " + base64.b64encode(b"me:pass:word"),
                      server.requests[0])

    def test_digest(self):
        need_https()                        # digests come with TLS
        server = self.serve(keep_alive(
            challenge('Digest realm="r", nonce="n", qop="auth"'), response(b"in")))
        done = self.fetch("--digest", "-u", "me:secret", server.url + "/p?q")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"in")
        self.assertNotIn(b"Authorization", server.requests[0])
        given = dict(re.findall(rb'(\w+)="?([^",\r]*)', re.search(
            rb"Authorization: Digest (.*)\r\n", server.requests[1]).group(1)))

        def md5(*parts):
            return hashlib.md5(b":".join(parts)).hexdigest().encode()
        self.assertEqual(given[b"uri"], b"/p?q")
        self.assertEqual(given[b"response"], md5(
            md5(b"me", b"r", b"secret"), b"n", given[b"nc"], given[b"cnonce"], b"auth",
            md5(b"GET", b"/p?q")))

    def test_refused_once_only(self):
        need_https()                        # digests come with TLS
        no = challenge('Digest realm="r", nonce="n", qop="auth"')
        server = self.serve(keep_alive(no, no, no))
        done = self.fetch("--digest", "-u", "me:wrong", "-w", "%{http_code}", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"no401")
        self.assertEqual(len(server.requests), 2)

    def test_any(self):
        server = self.serve(keep_alive(challenge('Basic realm="r"'), response(b"in")))
        self.assertEqual(self.fetch("--anyauth", "-u", "a:b", server.url).out, b"in")
        self.assertNotIn(b"Authorization", server.requests[0])
        self.assertIn(b"Authorization: Basic", server.requests[1])

    def test_body_is_kept_back_until_it_can_be_accepted(self):
        need_https()                        # digests come with TLS
        server = self.serve(keep_alive(
            challenge('Digest realm="r", nonce="n", qop="auth"'), response(b"in")))
        self.assertExit(self.fetch("--digest", "-u", "a:b", "-d", "data", server.url), 0)
        self.assertIn(b"Content-Length: 0\r\n", server.requests[0])
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\ndata"))

    def test_body_goes_after_all_when_nobody_asks(self):
        accepted = keep_alive(response(b"empty"), response(b"whole"))
        for option, *proxy in (("--digest", "-u", "me:secret"),
                               ("--proxy-digest", "-U", "me:secret", "-x")):
            with self.subTest(option=option):
                server = self.serve(accepted)
                proxy += [server.url] if "-x" in proxy else []
                done = self.fetch(option, *proxy, "-d", "data", server.url)
                self.assertEqual((done.code, done.out), (0, b"whole"), done)
                self.assertEqual([r.split(b"\r\n\r\n", 1)[1] for r in server.requests],
                                 [b"", b"data"])
                self.assertNotIn(b"Authorization", server.requests[1])

    def test_those_of_the_url_hold_within_its_origin(self):
        password = "p" * 700
        for first, *option in ((response(status="302 Found", Location="/" + "x" * 700),),
                               (challenge('Basic realm="r"'), "--anyauth")):
            with self.subTest(option=option):
                hops = [response(status="302 Found", Location=f"/{n}" + "y" * 700)
                        for n in range(3)]
                server = self.serve(keep_alive(first, *hops, response(b"in")))
                done = self.fetch("-L", *option, server.url.replace(
                    "//", f"//me%3A:{password}@") + "/" + "z" * 700)
                self.assertEqual((done.code, done.out), (0, b"in"), done)
                wanted = b"Authorization: Basic " + base64.b64encode(
                    b"me::" + password.encode()) + b"\r\n"
                for request in server.requests[len(option):]:
                    self.assertIn(wanted, request)

    def test_bearer(self):
        server = self.serve(response())
        self.assertExit(self.fetch("--oauth2-bearer", "tok.en", server.url), 0)
        self.assertIn(b"Authorization: Bearer tok.en\r\n", server.requests[0])

    def test_signature(self):
        need_https()                        # digests come with TLS
        server = self.serve(response())
        self.assertExit(self.fetch("--aws-sigv4", "aws:amz:us-east-1:s3", "-u", "key:secret",
                                   "-d", "body", server.url + "/bucket?a=1"), 0)
        head = server.requests[0]
        self.assertRegex(head, rb"Authorization: AWS4-HMAC-SHA256 Credential=key/\d{8}/us-east-1"
                         rb"/s3/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?"
                         rb"Signature=[0-9a-f]{64}\r\n")
        self.assertRegex(head, rb"\r\nX-Amz-Date: \d{8}T\d{6}Z\r\n")
        self.assertIn(b"x-amz-content-sha256: " + hashlib.sha256(b"body").hexdigest().encode(),
                      head)

    def test_netrc(self):
        self.write(".netrc", b"machine 127.0.0.1 login me password \"a b\"\n", 0o600)
        server = self.serve(response())
        self.assertExit(self.fetch("-n", server.url), 0)
        self.assertIn(b"Authorization: Basic " + base64.b64encode(b"me:a b"),
                      server.requests[0])

    def sent(self, request):
        found = re.search(rb"Authorization: Basic (.*)\r\n", request)
        return base64.b64decode(found.group(1)) if found else None

    def test_netrc_without_a_login_serves_any_user(self):
        for text in (b"machine 127.0.0.1 password any", b"default password any",
                     b"machine 127.0.0.1 login other password no\ndefault password any"):
            self.write("n", text)
            for args in (("-u", "me"), ("me@",), ("--retry", "1", "me@"), ("--anyauth", "me@")):
                user = args[-1] if "@" in args[-1] else ""
                options = args[:-1] if user else args
                first = {"--retry": response(status="503 Busy", Retry_After="0"),
                         "--anyauth": challenge('Basic realm="r"')}.get(options and options[0])
                server = self.serve(keep_alive(*filter(None, (first, response()))))
                with self.subTest(text=text, args=args):
                    url = server.url.replace("//", "//" + user)
                    self.assertExit(self.fetch(*options, "--netrc-file", "n", url), 0)
                    self.assertEqual(self.sent(server.requests[-1]), b"me:any")

    def test_netrc_of_another_login_gives_nothing_away(self):
        self.write("n", b"machine 127.0.0.1 login other password no\n"
                   b"default login another password no\n")
        for args in (("-u", "me"), ("me@",)):
            server = self.serve(response())
            user = args[0] if "@" in args[0] else ""
            url = server.url.replace("//", "//" + user)
            self.assertExit(self.fetch(*(() if user else args), "--netrc-file", "n", url), 0)
            self.assertEqual(self.sent(server.requests[0]), b"me:")

    def test_netrc_does_not_follow_to_clear_text(self):
        need_https()
        self.write("n", b"machine 127.0.0.1 login me password secret\n")
        certificates = Certificates(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates.make("server"))
        for options in ((), ("-u", "me"), ("--retry", "1"), ("--location-trusted", "-u", "me"),
                        ("-Z",)):
            clear = self.serve(response(b"x", "302 Found", Location="/again"), response(b"y"))
            secure = self.serve(
                response(b"x", "302 Found", Location=clear.url + "/"),
                wrap=lambda sock: context.wrap_socket(sock, server_side=True))
            with self.subTest(options=options):
                done = self.fetch("-L", *options, "--cacert", certificates.ca, "--netrc-file",
                                  "n", secure.url.replace("http:", "https:"))
                self.assertEqual((done.code, done.out), (0, b"y"), done)
                self.assertEqual(self.sent(secure.requests[0]), b"me:secret")
                for request in clear.requests:
                    self.assertIn(self.sent(request), (None, b"me:"))

    def test_empty_user_is_none(self):
        for user in ("@", ":@"):
            server = self.serve(response())
            url = server.url.replace("//", "//" + user)
            first = self.serve(response(status="302 Found", Location=url))
            challenged = self.serve(challenge('Basic realm="r"'))
            for args in ((url,), ("-L", first.url.replace("//", "//a:b@")),
                         ("--anyauth", challenged.url.replace("//", "//" + user))):
                with self.subTest(args=args):
                    self.assertExit(self.fetch(*args), 0)
            for request in server.requests + challenged.requests:
                self.assertNotIn(b"Authorization", request)

    def test_netrc_file_that_is_not_there(self):
        done = self.fetch("--netrc-file", "nowhere", self.serve(response()).url)
        self.assertExit(done, 26)
        self.assertIn("nowhere", done.text)

    def test_malformed_netrc_names_the_line(self):
        self.write("n", b"machine a\nlogin \"x\n")
        done = self.fetch("--netrc-file", "n", self.serve(response()).url)
        self.assertExit(done, 26)
        self.assertIn("line 2", done.text)

    def test_password_is_not_in_the_list_of_processes(self):
        server = self.serve(lambda peer: (peer.request(), peer.sleep(5)))
        process = subprocess.Popen([PROGRAM, "-s", "-u", "me:secret", server.url],
                                   cwd=self.dir, env=environment(self.dir))
        self.addCleanup(process.wait, TIMEOUT)
        self.addCleanup(process.kill)
        self.wait_until(lambda: server.requests)
        with open(f"/proc/{process.pid}/cmdline", "rb") as f:
            self.assertNotIn(b"secret", f.read())


class Cookies(TestCase):
    def test_received_and_sent_back(self):
        server = self.serve(keep_alive(
            response(Set_Cookie="a=1; Path=/"), response(), response()))
        self.assertExit(self.fetch("-b", "", server.url + "/", server.url + "/x"), 0)
        self.assertNotIn(b"Cookie:", server.requests[0])
        self.assertIn(b"Cookie: a=1\r\n", server.requests[1])

    def test_not_kept_unless_asked(self):
        server = self.serve(keep_alive(response(Set_Cookie="a=1"), response()))
        self.fetch(server.url, server.url)
        self.assertNotIn(b"Cookie:", server.requests[1])

    def test_domains_are_not_obeyed_without_the_list_that_should_be_there(self):
        modules = os.path.join(os.path.dirname(PROGRAM), ".libs")
        if not os.path.exists(os.path.join(modules, "psl.so")):
            self.skipTest("this build has no module for the public suffix list")
        os.mkdir(self.path("copy"))
        shutil.copy(PROGRAM, self.path("copy/minifetch"))
        shutil.copytree(modules, self.path("copy/.libs"),
                        ignore=lambda _, names: [n for n in names if n != "gzip.so"])
        server = self.serve(response(b"", Set_Cookie="a=b; Domain=co.uk"))
        hosts = ("x.co.uk", "y.co.uk", "x.co.uk")
        args = [a for h in hosts for a in ("--resolve", f"{h}:{server.port}:127.0.0.1")]
        for program, cookies in ((PROGRAM, [False] * 3),
                                 (self.path("copy/minifetch"), [False, False, True])):
            del server.requests[:]
            done = subprocess.run(
                [program, "-sS", "-c", "jar", *args,
                 *(f"http://{h}:{server.port}/" for h in hosts)], cwd=self.dir,
                capture_output=True, env=environment(self.dir), timeout=TIMEOUT)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([b"Cookie: a=b" in r for r in server.requests], cookies)
        done = subprocess.run(
            [self.path("copy/minifetch"), "-c", "jar", *args, f"http://x.co.uk:{server.port}/"],
            cwd=self.dir, capture_output=True, env=environment(self.dir), timeout=TIMEOUT)
        self.assertEqual(done.stderr.count(b"public suffix list"), 1)
        self.assertIn(b"x.co.uk\tFALSE\t/", self.read("jar"))
        self.assertNotIn(b"\n.co.uk\t", self.read("jar"))

    def test_over_a_redirect(self):
        server = self.serve(keep_alive(
            response(status="302 Found", Location="/y", Set_Cookie="a=1"), response()))
        self.assertExit(self.fetch("-L", "-b", "", server.url + "/x"), 0)
        self.assertIn(b"Cookie: a=1\r\n", server.requests[1])

    def test_saved_and_read(self):
        server = self.serve(keep_alive(response(
            Set_Cookie="a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT")), response())
        self.assertExit(self.fetch("-c", "jar", server.url), 0)
        # No cookie lives for longer than 400 days.
        self.assertRegex(self.read("jar"),
                         rb"\n127\.0\.0\.1\tFALSE\t/\tFALSE\t\d{10}\ta\t1\n")
        self.assertExit(self.fetch("-b", "jar", server.url), 0)
        self.assertIn(b"Cookie: a=1\r\n", server.requests[1])

    def test_session_cookies_left_out(self):
        self.write("jar", b"127.0.0.1\tFALSE\t/\tFALSE\t0\ts\t1\n")
        server = self.serve(response(), response())
        self.fetch("-b", "jar", server.url)
        self.fetch("-j", "-b", "jar", server.url)
        self.assertIn(b"Cookie: s=1\r\n", server.requests[0])
        self.assertNotIn(b"Cookie:", server.requests[1])

    def test_given_by_hand(self):
        server = self.serve(response())
        self.assertExit(self.fetch("-b", "a=1", "-b", "b=2", server.url), 0)
        self.assertIn(b"Cookie: a=1; b=2\r\n", server.requests[0])

    def test_by_hand_stays_with_its_origin(self):
        other = self.serve(response())
        server = self.serve(response(
            status="302 Found", Location=other.url + "/"))
        self.assertExit(self.fetch("-L", "-b", "a=1", server.url), 0)
        self.assertIn(b"Cookie: a=1\r\n", server.requests[0])
        self.assertNotIn(b"Cookie:", other.requests[0])

    def test_file_read_again_is_older_than_a_server(self):
        self.write("jar", b"127.0.0.1\tFALSE\t/\tFALSE\t0\ta\told\n")
        server = self.serve(keep_alive(response(Set_Cookie="a=new; path=/"), response()))
        self.assertExit(self.fetch("-b", "jar", server.url, "--next", "-b", "jar", server.url), 0)
        self.assertIn(b"Cookie: a=old\r\n", server.requests[0])
        self.assertIn(b"Cookie: a=new\r\n", server.requests[1])

    def test_file_that_cannot_be_read_is_an_error(self):
        os.mkdir(self.path("jar"))
        os.symlink("loop", self.path("loop"))
        for name in ("jar", "loop"):
            for args in (("-b", name), ("-b", name, "-c", "new"), ("-Z", "-b", name),
                         ("--hsts", name), ("-b", name, "-c", name)):
                server = self.serve(response(Set_Cookie="a=1"))
                with self.subTest(args=args):
                    done = self.fetch(*args, server.url)
                    self.assertExit(done, 26)
                    self.assertIn(name, done.text)
                    self.assertEqual(server.requests, [])
                    self.assertFalse(os.path.lexists(self.path("new")))
                    self.assertTrue(os.path.islink(self.path("loop")))
        # One that is not there is an empty one.
        for args in (("-b", "none"), ("--hsts", "none"), ("-b", "none/x")):
            self.assertExit(self.fetch(*args, self.serve(response()).url), 0)

    def test_bad_line_is_told_of(self):
        self.write("jar", b"# comment\n127.0.0.1\tFALSE\n")
        done = self.fetch("-b", "jar", self.serve(response()).url)
        self.assertExit(done, 0)
        self.assertIn("jar:2", done.text)


if __name__ == "__main__":
    main()
