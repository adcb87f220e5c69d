"""All or nothing: --spool, --checksum, --fail-status."""
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


if __name__ == "__main__":
    main()
