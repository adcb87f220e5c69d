"""Traces: --trace, --trace-ascii and what stands in front of their lines."""
import os
import re

from harness import TestCase, keep_alive, main, response


def entries(text):
    """[(kind, bytes)] of a trace, or of one with --trace-ascii [(kind, rows)]."""
    found = []
    for line in text.decode("latin-1").split("\n")[:-1]:
        m = re.fullmatch(r"(== Info: .*)|((?:=>|<=) .*), (\d+) bytes \(0x([0-9a-f]+)\)",
                         line)
        if m and m[1]:
            found.append(("info", m[1]))
        elif m:
            assert int(m[3]) == int(m[4], 16), line
            found.append([m[2], int(m[3]), b""])
        else:
            m = re.fullmatch(r"([0-9a-f]{4,}): (.{48})(.{1,16})", line)
            assert m and int(m[1], 16) == len(found[-1][2]), line
            found[-1][2] += bytes.fromhex(m[2])
    for entry in found:
        assert entry[0] == "info" or len(entry[2]) == entry[1], entry
    return found


def traffic(text, kind):
    return b"".join(e[2] for e in entries(text) if e[0].startswith(kind))


class Trace(TestCase):
    def test_every_byte_both_ways(self):
        body = bytes(range(256)) * 1000
        answer = (b"HTTP/1.1 200 OK\r\nA: \xe9\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + b"%x\r\n%s\r\n0\r\nT: 1\r\n\r\n" % (len(body), body))
        server = self.serve(answer)
        self.write("up", body[:70000])
        done = self.fetch("--trace", "t", "-o", "out", "--data-binary", "@up", server.url)
        self.assertExit(done, 0)
        trace = self.read("t")
        self.assertEqual(traffic(trace, "=>"), server.requests[0])
        self.assertEqual(traffic(trace, "<="), answer)
        self.assertEqual(self.read("out"), body)

    def test_chunked_upload(self):
        server = self.serve(response(b"ok"))
        done = self.fetch("--trace-ascii", "-", "-s", "-o", "out", "-T", "-",
                          "-H", "Expect:", server.url, input=b"abc")
        self.assertExit(done, 0)
        self.assertIn(b"=> Send data, 8 bytes (0x8)\n0000: 3\n0003: abc\n", done.out)
        self.assertIn(b"=> Send data, 5 bytes (0x5)\n0000: 0\n0003: \n", done.out)

    def test_ascii_and_ids_of_a_redirect(self):
        server = self.serve(keep_alive(
            response(status="302 Found", Location="/b"), response(b"hello\r\nyou")))
        done = self.fetch("--trace-ascii", "%", "--trace-ids", "-s", "-L",
                          "-A", "x", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello\r\nyou")
        self.assertTrue(done.text.startswith("[0-x] == Info:"), done.text)
        self.assertIn("[0-0] <= Recv header, 20 bytes (0x14)\n0000: HTTP/1.1 302 Found\n",
                      done.text)
        self.assertIn("[0-0] => Send header, ", done.text)
        self.assertIn("\n0000: GET /b HTTP/1.1\n0011: Host: ", done.text)
        self.assertIn("[0-0] <= Recv data, 10 bytes (0xa)\n0000: hello\n0007: you\n",
                      done.text)

    def test_time(self):
        done = self.fetch("-v", "--trace-config", "time", self.serve(response(b"x")).url,
                          env={"TZ": "IST-5:30"})
        self.assertExit(done, 0)
        for line in done.text.splitlines():
            self.assertRegex(line, r"^[0-2]\d:[0-5]\d:[0-5]\d\.\d{6} [*<>{] ")

    def test_several_transfers_in_one_file(self):
        server = self.serve(keep_alive(response(b"one"), response(b"two")))
        done = self.fetch("--trace", "t", server.url, server.url)
        self.assertExit(done, 0)
        self.assertEqual(traffic(self.read("t"), "<= Recv data"), b"onetwo")

    def test_last_one_holds(self):
        done = self.fetch("--trace", "t", "-v", self.serve(response(b"x")).url)
        self.assertExit(done, 0)
        self.assertIn("Warning: -v, --verbose overrides an earlier trace/verbose option\n",
                      done.text)
        self.assertIn("> GET ", done.text)
        with self.assertRaises(FileNotFoundError):
            self.read("t")

    def test_file_that_cannot_be_opened(self):
        done = self.fetch("--trace", "no/t", self.serve(response(b"x")).url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x")
        self.assertIn("Warning: Failed to open no/t: No such file or directory\n", done.text)
        self.assertIn("<= Recv data, 1 bytes (0x1)\n", done.text)

    def test_file_that_cannot_be_written(self):
        """The transfer goes on, and is no success in the end."""
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        for option in "--trace", "--trace-ascii":
            done = self.fetch(option, "/dev/full", self.serve(response(b"x")).url)
            self.assertExit(done, 23)
            self.assertEqual(done.out, b"x")
            self.assertEqual(done.text, f"minifetch: (23) option {option}: '/dev/full': cannot "
                             "write: No space left on device\n")

    def test_reader_that_has_gone(self):
        url = self.serve(lambda peer: [peer.request(), peer.sleep(0.3),
                                       peer.send(response(b"x" * 100000))]).url
        done = self.fetch_for_head(3, "--trace", "-", "-o", "f", url)
        self.assertExit(done, 23)
        self.assertEqual((done.out, done.text), (b"== ", ""))


if __name__ == "__main__":
    main()
