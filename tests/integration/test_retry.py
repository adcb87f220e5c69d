"""--retry and its relatives: when there is another attempt, and what becomes of
the output meanwhile."""
import gzip
import hashlib
import os
import re
import subprocess
import time

from harness import (PROGRAM, TestCase, environment, free_port, keep_alive, main,
                     need_coding, need_https, response)

AGAIN = ("--retry-delay", "0.01", "--no-progress-meter")
BUSY = response(b"busy", status="503 Busy", Connection="close")
TAGGED = dict(ETag='"a"', Accept_Ranges="bytes")


def cut(body, size, **fields):
    """A response whose body ends after `size` bytes of it."""
    whole = response(body, **fields)
    return whole[:len(whole) - len(body) + size]


def rest(body, start, **fields):
    return response(body[start:], status="206 Partial Content",
                    Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}", **fields)


class Deciding(TestCase):
    def test_status_then_success(self):
        server = self.serve(BUSY, BUSY, response(b"ok"))
        done = self.fetch("--retry", "3", *AGAIN, "-w", "%{num_retries}", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok2")
        self.assertEqual(
            done.text,
            "Warning: Problem: HTTP error. Will retry in 0.01 seconds. 3 retries left.\n"
            "Warning: Problem: HTTP error. Will retry in 0.01 seconds. 2 retries left.\n")

    def test_first_wait_is_a_second(self):
        server = self.serve(BUSY, response(b"ok"))
        done = self.fetch("--retry", "1", server.url)
        self.assertExit(done, 0)
        self.assertIn("Will retry in 1 second. 1 retry left.", done.text)

    def test_last_answer_counts(self):
        server = self.serve(BUSY)
        done = self.fetch("--retry", "2", *AGAIN, server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"busy")
        self.assertEqual(server.connections, 3)

    def test_fail(self):
        server = self.serve(BUSY)
        done = self.fetch("-f", "--retry", "1", *AGAIN, server.url)
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"")
        self.assertEqual(done.text.count("(22)"), 2)

    def test_body_that_is_left_out_may_end_as_it_likes(self):
        need_coding("gzip")
        head = b"HTTP/1.1 503 Busy\r\nConnection: close\r\n"
        coded = head + b"Content-Encoding: gzip\r\nContent-Length: "
        bomb = gzip.compress(bytes(80_000_000))
        bomb = gzip.compress(bomb)
        for busy in (
                head + b"Content-Length: 10\r\n\r\nabc",
                head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
                head + b"Transfer-Encoding: chunked\r\n\r\nno chunk",
                coded + b"5\r\n\r\nabcde", coded + b"10\r\n\r\n" + gzip.compress(b"abc")[:10],
                coded.replace(b"gzip", b"gzip, gzip") + b"%d\r\n\r\n" % len(bomb) + bomb):
            for out in (), ("-o", "f"):
                server = self.serve(busy, response(b"ok"))
                done = self.fetch("--compressed", "--retry", "1", *AGAIN, *out, server.url)
                self.assertExit(done, 0)
                self.assertEqual(self.read("f") if out else done.out, b"ok")
                self.assertEqual(server.connections, 2)
        # the last one is what there is
        server = self.serve(head + b"Content-Length: 10\r\n\r\nabc")
        done = self.fetch("--retry", "1", *AGAIN, server.url)
        self.assertExit(done, 18)
        self.assertEqual(done.out, b"abc")
        self.assertEqual(server.connections, 2)

    def test_silence(self):
        server = self.serve(BUSY)
        done = self.fetch("-sSf", "--retry", "1", *AGAIN, server.url)
        self.assertExit(done, 22)
        self.assertNotIn("Warning", done.text)

    def test_status_that_stays(self):
        server = self.serve(response(b"no", status="404 Not Found"))
        self.assertExit(self.fetch("-f", "--retry", "3", *AGAIN, server.url), 22)
        self.assertEqual(server.connections, 1)

    def test_all_errors(self):
        server = self.serve(response(b"no", status="404 Not Found"), response(b"ok"))
        done = self.fetch("--fail-with-body", "--retry", "3", "--retry-all-errors", *AGAIN,
                          server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok")
        self.assertIn("Problem: (retrying all errors).", done.text)

    def test_timeout_is_of_each_attempt(self):
        server = self.serve(lambda peer: (peer.request(), peer.request()), response(b"ok"))
        done = self.fetch("--retry", "1", *AGAIN, "-m", "3", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok")
        self.assertIn("Problem: timeout.", done.text)

    def test_refused(self):
        url = f"http://127.0.0.1:{free_port()}/"
        done = self.fetch("--retry", "2", *AGAIN, url)
        self.assertExit(done, 7)
        self.assertNotIn("Warning", done.text)
        done = self.fetch("--retry", "2", "--retry-connrefused", *AGAIN, url)
        self.assertExit(done, 7)
        self.assertEqual(done.text.count("Problem: connection refused."), 2)

    def test_retry_after_goes_before_the_delay(self):
        server = self.serve(response(status="503 Busy", Retry_After="1", Connection="close"),
                            response(b"ok"))
        done = self.fetch("--retry", "1", "--retry-delay", "600", server.url)
        self.assertExit(done, 0)
        self.assertIn("Will retry in 1 second.", done.text)

    def test_retry_after_too_late(self):
        server = self.serve(response(b"x", status="503 Busy", Retry_After="3600"))
        done = self.fetch("--retry", "1", "--retry-max-time", "5", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x")
        self.assertIn("exceed the", done.text)

    def test_max_time(self):
        server = self.serve(BUSY)
        self.assertExit(self.fetch("--retry", "1000000", "--retry-max-time", "1", *AGAIN,
                                   server.url), 0)

    def test_bad_arguments(self):
        for option in ("--retry", "--retry-delay", "--retry-max-time"):
            done = self.fetch(option, "-1", "http://127.0.0.1:1/")
            self.assertExit(done, 2)
            self.assertIn(f"option {option}: expected a positive", done.text)


class Rate(TestCase):
    def test_starts_are_apart(self):
        server = self.serve(response(b"x"))
        start = time.monotonic()
        done = self.fetch("--rate", "10/s", *[server.url] * 4)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"xxxx")
        self.assertGreaterEqual(time.monotonic() - start, 0.3)

    def test_first_is_not_held_back(self):
        server = self.serve(response(b"x"))
        self.assertExit(self.fetch("--rate", "1/d", server.url), 0)

    def test_bad_rate(self):
        done = self.fetch("--rate", "2/week", "http://127.0.0.1:1/")
        self.assertExit(done, 2)
        self.assertIn("option --rate: byte 2: expected a unit of time", done.text)


class Bodies(TestCase):
    def test_sent_again(self):
        server = self.serve(BUSY, response(b"ok"))
        self.write("f", b"content")
        self.assertExit(self.fetch("--retry", "1", *AGAIN, "-T", "f", server.url), 0)
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\ncontent"))

    def test_form_is_sent_again(self):
        server = self.serve(BUSY, response(b"ok"))
        self.write("f", b"content")
        self.assertExit(self.fetch("--retry", "1", *AGAIN, "-F", "a=@f", server.url), 0)
        self.assertEqual(*(r.count(b"content\r\n") for r in server.requests))

    def test_stdin_cannot_be(self):
        def script(peer):
            data = b""
            while not data.endswith(b"0\r\n\r\n"):
                data += peer._sock.recv(1000)
                if data.endswith(b"\r\n\r\n") and b"100-continue" in data:
                    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            peer.send(BUSY)
        server = self.serve(script)
        done = self.fetch("--retry", "1", *AGAIN, "-T", "-", server.url, input=b"hello")
        self.assertExit(done, 65)
        self.assertIn("cannot be read a second time", done.text)
        self.assertEqual(server.connections, 1)


class Files(TestCase):
    def test_begun_again(self):
        server = self.serve(cut(b"first try", 5), response(b"second"))
        done = self.fetch("--retry", "1", "--retry-all-errors", *AGAIN, "-o", "f", server.url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), b"second")
        self.assertNotIn(b"Range:", server.requests[1])

    def test_begun_again_in_place(self):
        big = os.urandom(3_000_000)
        server = self.serve(cut(big, 2_500_000), response(big[:2_000_000]))
        done = self.fetch("--retry", "1", "--retry-all-errors", *AGAIN, "--no-atomic", "-o", "f",
                          server.url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), big[:2_000_000])

    def test_failure_leaves_the_old(self):
        server = self.serve(cut(b"first try", 5))
        self.write("f", b"old")
        done = self.fetch("--retry", "1", "--retry-all-errors", *AGAIN, "-o", "f", server.url)
        self.assertExit(done, 18)
        self.assertEqual(self.read("f"), b"old")
        self.assertEqual(os.listdir(self.dir), ["f"])

    def test_heads_of_the_last_attempt(self):
        server = self.serve(BUSY, response(b"ok"))
        self.assertExit(self.fetch("--retry", "1", *AGAIN, "-i", "-o", "f", server.url), 0)
        self.assertEqual(self.read("f"), response(b"ok"))

    def to_stdout_file(self, mode, *args):
        with open(self.path("out"), mode) as out:
            return subprocess.run([PROGRAM, *args], cwd=self.dir, env=environment(self.dir),
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
                                  check=False)

    def test_stdout_is_a_file(self):
        for mode in ("wb", "ab"):
            with self.subTest(mode=mode):
                self.write("out", b"before ")
                server = self.serve(cut(b"first try", 5), response(b"second"))
                done = self.to_stdout_file(mode, "--retry", "1", "--retry-all-errors", *AGAIN,
                                           server.url)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.read("out"),
                                 b"before second" if mode == "ab" else b"second")

    def test_earlier_transfers_stay_in_it(self):
        server = self.serve(response(b"one "), cut(b"first try", 5), response(b"second"))
        done = self.to_stdout_file("wb", "--retry", "1", "--retry-all-errors", *AGAIN, server.url,
                                   server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.read("out"), b"one second")


class Kept(TestCase):
    """What has come of a file is not thrown away by a later attempt that brings less."""
    BODY = os.urandom(100_000)

    def again(self, *scripts, so_far=None, options=(), retries=3):
        if so_far is not None:
            self.write("f", so_far)
        self.server = self.serve(*scripts)
        done = self.fetch("--retry", retries, "--retry-all-errors", *AGAIN, "-o", "f", *options,
                          self.server.url)
        self.assertEqual([n for n in os.listdir(self.dir) if n not in ("f", "tag", "g")], [])
        return done

    def ranges(self):
        return [(re.search(rb"\r\nRange: bytes=(.*)-\r\n", r) or [b"", b""])[1].decode()
                for r in self.server.requests]

    def test_goes_on(self):
        """With a validator and without; an attempt between brings nothing."""
        for options in (), ("--no-atomic",):
            for fields in TAGGED, {}:
                done = self.again(
                    cut(self.BODY, 30_000, **fields), BUSY, b"",
                    rest(self.BODY, 30_000, **fields)[:-10_000],
                    rest(self.BODY, 90_000, **fields), options=("-C", "-", *options), retries=9)
                self.assertExit(done, 0)
                self.assertEqual(self.read("f"), self.BODY)
                self.assertEqual(self.ranges(), ["", "30000", "30000", "30000", "90000"])
                for request in self.server.requests[1:]:
                    self.assertEqual(b'\r\nIf-Range: "a"\r\n' in request, bool(fields))
                os.unlink(self.path("f"))

    def test_goes_on_behind_what_was_there(self):
        for options in (), ("--no-atomic",):
            done = self.again(
                BUSY, rest(self.BODY, 10, ETag='"a"')[:-50_000], BUSY,
                rest(self.BODY, 50_000), so_far=self.BODY[:10], options=("-C", "-", *options))
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), self.BODY)
            self.assertEqual(self.ranges(), ["10", "10", "50000", "50000"])
            self.assertIn(b'\r\nIf-Range: "a"\r\n', self.server.requests[3])

    def test_goes_on_without_C(self):
        """In the temporary file, or in place: where the server can be held to the version."""
        for options in (), ("--no-atomic",):
            done = self.again(cut(self.BODY, 30_000, **TAGGED), BUSY,
                              rest(self.BODY, 30_000, **TAGGED), options=options)
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), self.BODY)
            self.assertEqual(self.ranges(), ["", "30000", "30000"])

    def test_page_at_last(self):
        """It is neither what was asked for nor worth the bytes that had come."""
        big, small = cut(self.BODY, 90_000), cut(self.BODY, 90_000, **TAGGED)
        for answer in big, small:
            for page in BUSY, response(b"no", status="404 No", Connection="close"), \
                    b"HTTP/1.1 204 No\r\n\r\n", b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n":
                for options, kept in ((("-C", "-"), self.BODY[:90_000]),
                                      (("--no-atomic",), self.BODY[:90_000]), ((), None)):
                    done = self.again(answer, page, options=options, retries=2)
                    self.assertIn(done.code, (33, 36), done)
                    if kept is None:
                        self.assertFalse(os.path.exists(self.path("f")))
                    else:
                        self.assertEqual(self.read("f"), kept)
                        os.unlink(self.path("f"))

    def test_less_at_last(self):
        """The server gives no ranges, or has another version, and breaks off earlier."""
        for fields in ({}, TAGGED):
            first = cut(self.BODY, 90_000, **fields)
            other = cut(b"x" * 99_999, 10_000, ETag='"b"')
            done = self.again(first, other, options=("-C", "-", "--etag-save", "tag"), retries=3)
            self.assertExit(done, 18)
            self.assertEqual(self.read("f"), self.BODY[:90_000])
            self.assertEqual(self.ranges(), ["", "90000", "90000", "90000"])
            self.assertEqual(self.read("tag"), b'"a"\n' if fields else b"")
            os.unlink(self.path("f"))
            os.unlink(self.path("tag"))

    def test_all_of_another_version(self):
        for options in ("-C", "-", "--etag-save", "tag"), ("--no-atomic",), ():
            done = self.again(cut(self.BODY, 90_000, **TAGGED), response(b"other", ETag='"b"'),
                              options=options)
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), b"other")
            self.assertEqual(self.ranges(), ["", "90000"])
            os.unlink(self.path("f"))
        self.assertEqual(self.read("tag"), b'"b"\n')

    def test_all_of_the_same(self):
        for size in 1000, 70_000:
            for options in ("-C", "-"), ("--no-atomic",), ():
                done = self.again(cut(self.BODY, size, **TAGGED), response(self.BODY, **TAGGED),
                                  options=options)
                self.assertExit(done, 0)
                self.assertEqual(self.read("f"), self.BODY)

                os.unlink(self.path("f"))

    def test_another_length(self):
        done = self.again(cut(self.BODY, 1000), rest(self.BODY + b"more", 1000),
                          options=("-C", "-"))
        self.assertExit(done, 33)
        self.assertIn("100004 bytes, and has said 100000", done.text)
        self.assertEqual(self.read("f"), self.BODY[:1000])

    def test_decoded(self):
        """No bytes of what is decoded can be asked for: all comes again, beside."""
        need_coding("gzip")
        packed = gzip.compress(self.BODY)
        fields = dict(Content_Encoding="gzip", **TAGGED)
        for options in ("-C", "-", "--compressed"), ("--compressed",):
            done = self.again(cut(packed, 50_000, **fields), response(packed, **fields),
                              options=options)
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), self.BODY)
            self.assertEqual(self.ranges(), ["", ""])
            os.unlink(self.path("f"))

    def test_checksum(self):
        need_https()  # its module has the digests
        digest = "sha256:" + hashlib.sha256(self.BODY).hexdigest()
        for options, scripts in (
                (("-C", "-"), (cut(self.BODY, 9_000), rest(self.BODY, 9_000)[:-500],
                               rest(self.BODY, 99_500))),
                (("-C", "-"), (cut(self.BODY, 9_000, **TAGGED), cut(b"x" * 5_000, 500),
                               rest(self.BODY, 9_000, **TAGGED))),
                ((), (cut(self.BODY, 9_000), response(self.BODY)))):
            done = self.again(*scripts, options=(*options, "--checksum", digest))
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), self.BODY)
            os.unlink(self.path("f"))

    def test_old_file_is_whole_until_then(self):
        for options in (), ("-J", "-O"):
            self.write("f", b"old")
            done = self.again(cut(self.BODY, 9_000, **TAGGED), BUSY, options=options, retries=2)
            self.assertExit(done, 33)
            self.assertEqual(self.read("f"), b"old")

    def test_timeout(self):
        def stall(peer):
            peer.request()
            peer.send(cut(self.BODY, 60_000))
            peer.request()
        server = self.serve(stall, rest(self.BODY, 60_000))
        done = self.fetch("-C", "-", "--retry", "1", *AGAIN, "-m", "2", "-o", "f", server.url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), self.BODY)

    def test_file_of_two_names(self):
        """What is written over at last had room reserved for it in vain before."""
        big, other = self.BODY * 20, b"x" * 2_000_000
        self.write("f", b"")
        os.link(self.path("f"), self.path("g"))
        done = self.again(cut(big, 100_000, ETag='"a"'), response(other, ETag='"b"'),
                          options=("-C", "-"))
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), other)
        self.assertEqual(self.read("g"), other)

    def test_as_long_as_what_has_come(self):
        """Another version is, as its length or a 416 says: that is no proof that all is there."""
        other = b"x" * 9_000
        for fields in {}, TAGGED:
            first = cut(self.BODY, len(other), **fields)
            for options in ("-C", "-"), ("--no-atomic",), ():
                done = self.again(first, response(other), options=options)
                self.assertExit(done, 0)
                self.assertEqual(self.read("f"), other)
                os.unlink(self.path("f"))
            done = self.again(first, response(status="416 No", Content_Range="bytes */9000"),
                              options=("-C", "-"))
            self.assertExit(done, 36)
            self.assertEqual(self.read("f"), self.BODY[:9_000])
            os.unlink(self.path("f"))

    def test_part_of_another_version(self):
        """The server does not look at If-Range, or there was nothing to put there."""
        old, new = "Mon, 06 Nov 2000 08:00:00 GMT", "Mon, 06 Nov 2000 08:00:01 GMT"
        dated = dict(Date="Tue, 07 Nov 2000 08:00:00 GMT", Accept_Ranges="bytes")
        another = "another version"
        for first, second, words in (
                (dict(ETag='W/"a"'), dict(ETag='W/"b"'), another),
                (dict(Last_Modified=old), dict(Last_Modified=new), another),
                (dict(Last_Modified=old, **dated), dict(Last_Modified=new), another),
                ({}, dict(Content_Encoding="gzip"), "compressed")):
            done = self.again(
                cut(self.BODY, 9_000, **first), rest(self.BODY, 9_000, **second),
                options=("-C", "-", "--compressed"))
            self.assertExit(done, 33)
            self.assertIn(words, done.text)
            self.assertEqual(self.read("f"), self.BODY[:9_000])
            os.unlink(self.path("f"))
        for first, second in ((dict(ETag='W/"a"'), dict(ETag='"a"')),
                              (dict(Last_Modified=old, **dated),
                               dict(Last_Modified=old, ETag='"a"'))):
            done = self.again(
                cut(self.BODY, 9_000, **first), rest(self.BODY, 9_000, **second),
                options=("-C", "-"))
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), self.BODY)
            os.unlink(self.path("f"))

    def test_no_head(self):
        for options in ("-C", "-"), ("--no-atomic",):
            for fields in {}, TAGGED:
                done = self.again(cut(self.BODY, 9_000, **fields), b"hello",
                                  options=("--http0.9", *options))
                self.assertExit(done, 36)
                self.assertEqual(self.read("f"), self.BODY[:9_000])
                os.unlink(self.path("f"))

    def test_nothing_but_errors(self):
        done = self.again(BUSY, options=("-C", "-"), retries=1)
        self.assertExit(done, 33)
        self.assertFalse(os.path.exists(self.path("f")))
        self.assertEqual(self.server.connections, 2)


class Pipes(TestCase):
    BODY = bytes(range(256)) * 4000

    def again(self, *scripts, options=()):
        server = self.serve(*scripts)
        return server, self.fetch("--retry", "3", "--retry-all-errors", *AGAIN, *options,
                                  server.url)

    def test_rest_is_asked_for(self):
        size = len(self.BODY)
        server, done = self.again(
            cut(self.BODY, 1000, **TAGGED), BUSY, rest(self.BODY, 1000, **TAGGED)[:-500],
            rest(self.BODY, size - 500, **TAGGED))
        self.assertExit(done, 0)
        self.assertEqual(done.out, self.BODY)
        self.assertIn(b"\r\nRange: bytes=1000-\r\n", server.requests[1])
        self.assertIn(b"\r\nRange: bytes=1000-\r\n", server.requests[2])
        self.assertIn(f"\r\nRange: bytes={size - 500}-\r\n".encode(), server.requests[3])
        for request in server.requests[1:]:
            self.assertEqual(request.count(b'\r\nIf-Range: "a"\r\n'), 1)

    def test_whole_comes_instead(self):
        for size in (1, 1000, 70_000, 900_000):
            with self.subTest(size=size):
                _, done = self.again(cut(self.BODY, size, **TAGGED),
                                     response(self.BODY, **TAGGED))
                self.assertExit(done, 0)
                self.assertEqual(done.out, self.BODY)

    def test_whole_comes_in_chunks(self):
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in
                          (self.BODY[i:i + 777] for i in range(0, len(self.BODY), 777)))
        _, done = self.again(
            cut(self.BODY, 100_000, **TAGGED),
            response(Transfer_Encoding="chunked", **TAGGED) + chunks + b"0\r\n\r\n")
        self.assertExit(done, 0)
        self.assertEqual(done.out, self.BODY)

    def test_another_representation(self):
        server, done = self.again(cut(self.BODY, 1000, **TAGGED),
                                  response(b"other", ETag='"b"'))
        self.assertExit(done, 36)
        self.assertEqual(done.out, self.BODY[:1000])
        self.assertIn("1000 bytes have been written", done.text)
        self.assertEqual(server.connections, 2)

    def test_wrong_range(self):
        _, done = self.again(cut(self.BODY, 1000, **TAGGED), rest(self.BODY, 999, **TAGGED))
        self.assertExit(done, 36)
        self.assertEqual(done.out, self.BODY[:1000])

    def test_nothing_comes(self):
        _, done = self.again(cut(self.BODY, 1000, **TAGGED),
                             b"HTTP/1.1 304 Not Modified\r\n\r\n")
        self.assertExit(done, 36)
        self.assertEqual(done.out, self.BODY[:1000])

    def test_error_page_is_no_rest(self):
        _, done = self.again(cut(self.BODY, 1000, **TAGGED), BUSY)
        self.assertExit(done, 36)
        self.assertEqual(done.out, self.BODY[:1000])

    def refused(self, why, *options, **fields):
        server, done = self.again(cut(self.BODY, 1000, **fields), options=options)
        self.assertExit(done, 18)
        self.assertEqual(server.connections, 1)
        text = re.sub(r"\nWarning: ", "", done.text)
        self.assertIn("bytes have been written", text)
        self.assertIn(why, text)
        self.assertIn("--spool", text)

    def test_refusals(self):
        self.refused("no strong validator", Accept_Ranges="bytes")
        self.refused("no strong validator", Accept_Ranges="bytes", ETag='W/"a"')
        self.refused("not said that it gives ranges", ETag='"a"')
        self.refused("heads are written too", "-i", **TAGGED)
        self.refused("a plain GET", "-d", "x", **TAGGED)
        self.refused("a range was asked for", "-r", "0-", **TAGGED)
        self.refused("--raw", "--raw", **TAGGED)

    def test_error_page_is_left_out(self):
        _, done = self.again(BUSY, response(self.BODY))
        self.assertExit(done, 0)
        self.assertEqual(done.out, self.BODY)

    def test_transcript(self):
        _, done = self.again(BUSY, response(b"ok"), options=("-i",))
        self.assertExit(done, 0)
        self.assertEqual(done.out, BUSY + response(b"ok"))

    def test_connection_is_used_again(self):
        server, done = self.again(
            keep_alive(response(b"busy", status="503 Busy"), response(b"ok")))
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok")
        self.assertEqual(server.connections, 1)


if __name__ == "__main__":
    main()
