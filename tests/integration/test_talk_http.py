"""The listener that speaks HTTP."""
import json
import os
import re
import socket

from harness import TIMEOUT, main
from talking import TalkCase


class Http(TalkCase):
    def test_keep_alive_and_json(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "hi", "--format", "json",
                             "--count", "1")
        done = self.fetch("-w", "%{num_connects}", "-d", "a=1", f"{server.address}/x",
                          f"{server.address}/y")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hi1hi0")
        told = [json.loads(line) for line in self.finish(server)[0].splitlines()]
        self.assertEqual([t["target"] for t in told], ["/x", "/y"])
        self.assertEqual([t["method"] for t in told], ["POST", "POST"])

    def test_head(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "hello")
        done = self.fetch("-I", server.address)
        self.assertExit(done, 0)
        self.assertIn(b"Content-Length: 5\r\n", done.out)

    def test_bad_request(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "hello")
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n")
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 400 "))
        self.assertIn("RFC 9112", server.communicate(timeout=TIMEOUT)[1].decode())

    def test_raw(self):
        self.write("raw", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        server = self.listen("http://127.0.0.1:0", "--reply-raw", "raw")
        self.assertExit(self.fetch(server.address), 18)

    def ask(self, server, *pieces):
        """All that comes in return for exact bytes, up to the close."""
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            for piece in pieces:
                s.sendall(piece)
            s.shutdown(socket.SHUT_WR)
            return s.makefile("rb").read()

    def test_keep_alive_and_head_and_chunked_by_hand(self):
        requests = (b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                    b"HEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                    b"POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n"
                    b"GET /4 HTTP/1.0\r\n\r\n")
        server = self.listen("http://127.0.0.1:0", "--reply", "[%{data}]")
        answer = self.ask(server, requests)
        bodies = re.split(rb"HTTP/1\.1 200 OK\r\n(?:[^\r]+\r\n)+\r\n", answer)
        self.assertEqual(bodies, [b"", b"[]", b"", b"[abc]", b"[]"], answer)
        self.assertEqual(re.findall(rb"Content-Length: (\d+)", answer), [b"2", b"2", b"5", b"2"])
        self.assertEqual(answer.count(b"Connection: close"), 1)
        self.assertEqual(self.finish(server)[0], requests)

    def test_expect(self):
        server = self.listen("http://127.0.0.1:0", "--reply", "%{data}")
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as s:
            s.sendall(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                      b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
            stream = s.makefile("rb")
            self.assertEqual(stream.readline() + stream.readline(),
                             b"HTTP/1.1 100 Continue\r\n\r\n")
            s.sendall(b"abc")
            answer = stream.read()
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer)
        self.assertTrue(answer.endswith(b"\r\n\r\nabc"), answer)
        self.finish(server)

    def test_what_is_refused(self):
        for request, status, why in (
                (b"GET / HTTP/1.1\r\n\r\n", 400, "section 3.2"),
                (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "section 3"),
                (b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400, "section 5.2"),
                (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n", 400, "section 6.3"),
                (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                 400, "chunked-encoding"),
                (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "section 2.3")):
            with self.subTest(request):
                server = self.listen("http://127.0.0.1:0", "--keep-open", "--count", "1")
                self.assertEqual(self.ask(server, request).split()[1], b"%d" % status)
                err = server.communicate(timeout=TIMEOUT)[1].decode()
                self.assertIn(f"answered with {status}", err)
                self.assertIn(why, err)

    def test_reply_file(self):
        data = os.urandom(300000)
        self.write("f", data)
        server = self.listen("http://127.0.0.1:0", "--reply-file", "f", "-s")
        done = self.fetch(server.address)
        self.assertExit(done, 0)
        self.assertEqual(done.out, data)
        self.assertEqual(self.finish(server), (b"", ""))

    def test_default_answer(self):
        server = self.listen("http://127.0.0.1:0")
        done = self.fetch("-d", "a=1", server.address)
        self.assertEqual(done.out, b"OK\n")
        self.assertTrue(self.finish(server)[0].endswith(b"\r\n\r\na=1"))


if __name__ == "__main__":
    main()
