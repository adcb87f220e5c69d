"""All or nothing: --spool, --checksum, --fail-status."""
import gzip
import hashlib
import os
import subprocess
import threading

from harness import PROGRAM, TestCase, environment, main, response

BIG = os.urandom(1 << 20) * 9
AGAIN = ("--retry", "1", "--retry-all-errors", "--retry-delay", "0.01")


def cut(whole, n):
    return whole[:-n]


class Spool(TestCase):
    def test_whole(self):
        for body in (b"", b"small", BIG):
            with self.subTest(size=len(body)):
                done = self.fetch("--spool", self.serve(response(body)).url)
                self.assertExit(done, 0)
                self.assertEqual(done.out, body)

    def test_whole_in_chunks(self):
        chunks = b"".join(b"%x\r\n%s\r\n" % (99999, BIG[i * 99999:(i + 1) * 99999])
                          for i in range(90)) + b"0\r\n\r\n"
        server = self.serve(response(Transfer_Encoding="chunked") + chunks)
        done = self.fetch("--spool", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, BIG[:90 * 99999])

    def test_nothing_of_a_part(self):
        for body in (b"small", BIG):
            with self.subTest(size=len(body)):
                done = self.fetch("--spool", "-i", self.serve(cut(response(body), 1)).url)
                self.assertExit(done, 18)
                self.assertEqual(done.out, b"")

    def test_nothing_before_the_end(self):
        more = threading.Event()

        def script(peer):
            peer.request()
            peer.send(cut(response(b"first second"), 6))
            more.wait(20)
            peer.send(b"second")
        url = self.serve(script).url
        with subprocess.Popen([PROGRAM, "--spool", "-m", "20", url], stdout=subprocess.PIPE,
                              env=environment(self.dir)) as process:
            os.set_blocking(process.stdout.fileno(), False)
            self.assertIsNone(process.stdout.read())
            more.set()
            os.set_blocking(process.stdout.fileno(), True)
            self.assertEqual(process.stdout.read(), b"first second")

    def test_no_error_page(self):
        url = self.serve(response(b"no", status="404 Not Found")).url
        done = self.fetch("--spool", url)
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"")
        done = self.fetch("--spool", "--fail-with-body", url)
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"no")

    def test_heads_and_redirects(self):
        moved = response(status="302 Found", Location="/b", Connection="close")
        server = self.serve(moved, response(b"ok"))
        done = self.fetch("--spool", "-iL", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, moved + response(b"ok"))

    def test_dumped_heads(self):
        for body in (b"ok", b""):
            done = self.fetch("--spool", "-D", "-", self.serve(response(body)).url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, response(body))
        done = self.fetch("--spool", "-D", "-", self.serve(cut(response(b"ok"), 1)).url)
        self.assertExit(done, 18)
        self.assertEqual(done.out, b"")

    def test_another_attempt_is_always_possible(self):
        for body in (b"small", BIG):
            with self.subTest(size=len(body)):
                server = self.serve(cut(response(b"other" + body), 3), response(body))
                done = self.fetch("--spool", *AGAIN, server.url)
                self.assertExit(done, 0)
                self.assertEqual(done.out, body)
                self.assertNotIn(b"Range:", server.requests[1])

    def test_transcript_of_attempts(self):
        busy = response(b"busy", status="503 Busy", Connection="close")
        server = self.serve(busy, response(b"ok"))
        done = self.fetch("--spool", "--fail-with-body", "-i", *AGAIN, server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, busy + response(b"ok"))

    def test_no_temporary_file(self):
        done = self.fetch("--spool", self.serve(response(BIG)).url,
                          env={"TMPDIR": self.path("missing")})
        self.assertExit(done, 23)
        self.assertIn("TMPDIR", done.text)
        self.assertEqual(done.out, b"")

    def test_reader_is_gone(self):
        server = self.serve(response(BIG))
        done = subprocess.run(f"{PROGRAM} --spool {server.url} | head -c 1", shell=True,
                              capture_output=True, env=environment(self.dir), timeout=30,
                              check=False)
        self.assertEqual(done.stdout, BIG[:1])
        self.assertEqual(done.stderr, b"")

    def test_file_is_not_its_business(self):
        done = self.fetch("--spool", "-o", "f", self.serve(response(b"ok")).url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), b"ok")


def checksum(body, algorithm="sha256"):
    return f"--checksum={algorithm}:{hashlib.new(algorithm, body).hexdigest()}"


class Checksum(TestCase):
    def setUp(self):
        super().setUp()
        if self.fetch(checksum(b"x"), self.serve(response(b"x")).url).code == 4:
            self.skipTest("built without TLS")

    def test_right(self):
        for algorithm in ("sha256", "sha384", "sha512", "sha1", "md5"):
            for body in (b"", b"small", BIG):
                with self.subTest(algorithm=algorithm, size=len(body)):
                    server = self.serve(response(body))
                    done = self.fetch(checksum(body, algorithm), "-o", "f", server.url)
                    self.assertExit(done, 0)
                    self.assertEqual(self.read("f"), body)

    def test_wrong(self):
        self.write("f", b"old")
        done = self.fetch(checksum(b"good"), "-o", "f", self.serve(response(b"evil")).url)
        self.assertExit(done, 120)
        for body in (b"good", b"evil"):
            self.assertIn(hashlib.sha256(body).hexdigest(), done.text)
        self.assertEqual(self.read("f"), b"old")
        self.assertEqual(os.listdir(self.dir), ["f"])

    def test_wrong_elsewhere(self):
        url = self.serve(response(b"evil")).url
        done = self.fetch(checksum(b"good"), url)
        self.assertExit(done, 120)
        self.assertEqual(done.out, b"evil")
        done = self.fetch(checksum(b"good"), "--spool", url)
        self.assertExit(done, 120)
        self.assertEqual(done.out, b"")
        self.assertExit(self.fetch(checksum(b"good"), "-o", "/dev/null", url), 120)
        self.assertExit(self.fetch(checksum(b"good"), "--no-atomic", "-o", "f", url), 120)
        self.assertEqual(self.read("f"), b"evil")

    def test_all_have_to_be_right(self):
        server = self.serve(response(b"good"))
        self.assertExit(self.fetch(checksum(b"good"), checksum(b"good", "md5"), server.url), 0)
        self.assertExit(self.fetch(checksum(b"good"), checksum(b"evil", "md5"), server.url), 120)

    def test_decoded_body_counts(self):
        server = self.serve(response(gzip.compress(b"good"), Content_Encoding="gzip"))
        done = self.fetch("--compressed", checksum(b"good"), server.url)
        if done.code == 61:
            self.skipTest("built without gzip")
        self.assertExit(done, 0)

    def test_heads_and_redirects_do_not(self):
        server = self.serve(response(b"moved", status="302 Found", Location="/b",
                                     Connection="close"), response(b"good"))
        self.assertExit(self.fetch("-iL", checksum(b"good"), server.url), 0)

    def test_of_a_file_that_is_gone_on_with(self):
        part = response(b"-end", status="206 Partial Content", Content_Range="bytes 5-8/9")
        for answer in (part, response(status="416 Range Not Satisfiable",
                                      Content_Range="bytes */9")):
            whole = b"begin-end"
            self.write("f", whole[:5] if answer is part else whole)
            done = self.fetch("-C", "-", "-o", "f", checksum(whole), self.serve(answer).url)
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), whole)
        self.write("f", b"begun")
        done = self.fetch("-C", "-", "-o", "f", checksum(b"-end"), self.serve(part).url)
        self.assertExit(done, 120)
        self.assertIn(hashlib.sha256(b"begun-end").hexdigest(), done.text)

    def test_of_a_file_that_is_gone_on_with_twice(self):
        part = response(b"-end", status="206 Partial Content", Content_Range="bytes 5-8/9")
        self.write("f", b"begin")
        rest = response(b"nd", status="206 Partial Content", Content_Range="bytes 7-8/9")
        done = self.fetch(*AGAIN, "-C", "-", "-o", "f", checksum(b"begin-end"),
                          self.serve(cut(part, 2), rest).url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), b"begin-end")

    def test_of_what_is_not_modified(self):
        url = self.serve(response(status="304 Not Modified")).url
        self.write("f", b"good")
        self.write("e", b'"tag"')
        self.assertExit(self.fetch("--etag-compare", "e", "-o", "f", checksum(b"good"), url), 0)
        self.assertExit(self.fetch("--etag-compare", "e", "-o", "f", checksum(b"evil"), url), 120)
        self.assertExit(self.fetch("--etag-compare", "e", "-o", "none", checksum(b""), url), 26)
        self.assertExit(self.fetch("--etag-compare", "e", checksum(b"good"), url), 0)
        self.assertEqual(self.read("f"), b"good")

    def test_of_a_request_that_is_not_sent(self):
        self.assertExit(self.fetch("--dry-run", checksum(b"good"), "http://h/"), 0)

    def test_failure_goes_before(self):
        server = self.serve(response(b"no", status="404 Not Found"))
        self.assertExit(self.fetch("--fail-with-body", checksum(b"good"), server.url), 22)
        self.assertExit(self.fetch(checksum(b"good"), self.serve(cut(response(b"good"), 1)).url),
                        18)

    def test_wrong_body_is_asked_for_again(self):
        server = self.serve(response(b"evil"), cut(response(b"go" + BIG), 2), response(b"good"))
        done = self.fetch("--retry", "2", *AGAIN[2:], checksum(b"good"), "-o", "f", server.url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), b"good")

    def test_wrong_body_in_a_pipe_stays_wrong(self):
        server = self.serve(response(b"evil", ETag='"a"', Accept_Ranges="bytes"))
        done = self.fetch(*AGAIN, checksum(b"good"), server.url)
        self.assertExit(done, 120)
        self.assertEqual(done.out, b"evil")
        self.assertEqual(server.connections, 1)

    def test_continued_body(self):
        tagged = dict(ETag='"a"', Accept_Ranges="bytes")
        server = self.serve(
            cut(response(b"good", **tagged), 2),
            response(b"od", status="206 Partial Content", Content_Range="bytes 2-3/4", **tagged))
        done = self.fetch(*AGAIN, checksum(b"good"), server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"good")

    def test_bad_argument(self):
        done = self.fetch("--checksum", "sha256:12", "http://127.0.0.1:1/")
        self.assertExit(done, 2)
        self.assertIn("option --checksum: byte 9: sha256 has 64 hexadecimal digits, not 2",
                      done.text)


class FailStatus(TestCase):
    def status(self, code, *args):
        return self.fetch(*args, self.serve(response(b"body", status=f"{code} X")).url)

    def test_listed(self):
        for code in (403, 500, 206):
            done = self.status(code, "--fail-status", "4xx,5xx,!404,206")
            self.assertExit(done, 22)
            self.assertEqual(done.out, b"")
            self.assertIn(f"(22) The requested URL returned error: {code}", done.text)

    def test_not_listed(self):
        for code in (200, 404, 418):
            for more in ((), ("-f",), ("--fail-with-body",)):
                done = self.status(code, "--fail-status", "4xx,!404,!418", *more)
                self.assertExit(done, 0)
                self.assertEqual(done.out, b"body")

    def test_with_body(self):
        for args in (("--fail-with-body", "--fail-status", "403"),
                     ("--fail-status", "403", "--fail-with-body")):
            done = self.status(403, *args)
            self.assertExit(done, 22)
            self.assertEqual(done.out, b"body")

    def test_redirect_counts_when_it_is_not_followed(self):
        moved = response(b"moved", status="302 Found", Location="/b", Connection="close")
        server = self.serve(moved, response(b"ok"))
        self.assertExit(self.fetch("--fail-status", "3xx", "-L", server.url), 0)
        self.assertExit(self.fetch("--fail-status", "3xx", self.serve(moved).url), 22)

    def test_file_is_left_alone(self):
        self.write("f", b"old")
        self.assertExit(self.status(206, "--fail-status", "2xx,!200", "-o", "f"), 22)
        self.assertEqual(self.read("f"), b"old")

    def test_spool(self):
        done = self.status(404, "--spool", "--fail-status", "!404")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"body")
        self.assertExit(self.status(404, "--spool", "--fail-status", "404"), 22)

    def test_all_errors(self):
        server = self.serve(response(b"no", status="203 X"), response(b"ok"))
        done = self.fetch("--fail-status", "203", *AGAIN, server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok")

    def test_bad_list(self):
        done = self.fetch("--fail-status", "4xx,50", "http://127.0.0.1:1/")
        self.assertExit(done, 2)
        self.assertIn("option --fail-status: byte 4: expected a status", done.text)


if __name__ == "__main__":
    main()
