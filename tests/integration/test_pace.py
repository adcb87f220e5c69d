"""How fast and how slow a transfer may be: --limit-rate, -Y, -y."""
from harness import TestCase, keep_alive, main, response

BODY = bytes(range(256)) * 100  # 25,600 bytes


def chunked(body):
    return (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))


def stall(peer):
    """Begin an answer and never go on."""
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    peer.request()


def silence(peer):
    peer.request()
    peer.request()


class Fast(TestCase):
    """It may take longer than it has to, but not less: what comes with the head
    and the first slice is free."""

    def limited(self, *args, speed="%{speed_download}", most=30000):
        done = self.fetch("-s", "--limit-rate", "20k", "-w", "%{stderr}" + speed, *args)
        self.assertExit(done, 0)
        self.assertLessEqual(int(done.text), most)
        return done

    def test_to_a_file(self):
        body = BODY * 3
        self.limited("-o", "out", self.serve(response(body)).url)
        self.assertEqual(self.read("out"), body)

    def test_to_a_pipe(self):
        self.assertEqual(self.limited(self.serve(response(BODY * 3)).url).out, BODY * 3)

    def test_chunked(self):
        self.assertEqual(self.limited(self.serve(chunked(BODY * 3)).url).out, BODY * 3)

    def test_upload(self):
        server = self.serve(response(b"ok"))
        self.write("up", BODY * 2)
        self.limited("-T", "up", server.url, speed="%{speed_upload}")
        self.assertTrue(server.requests[0].endswith(b"\r\n\r\n" + BODY * 2))

    def test_no_limit(self):
        done = self.fetch("--limit-rate", "0", self.serve(response(BODY)).url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, BODY)

    def test_time_is_over_meanwhile(self):
        done = self.fetch("--limit-rate", "10", "-m", "0.5", "-o", "out",
                          self.serve(response(BODY)).url)
        self.assertExit(done, 28)
        self.assertIn("Operation timed out", done.text)

    def test_not_a_speed(self):
        self.assertExit(self.fetch("--limit-rate", "fast", "http://127.0.0.1/"), 2)


class Slow(TestCase):
    def test_a_stall(self):
        done = self.fetch("-Y", "1000", "-y", "1", self.serve(stall).url)
        self.assertExit(done, 28)
        self.assertEqual(done.out, b"abc")
        self.assertIn("(28) Operation too slow. Less than 1000 bytes/sec transferred "
                      "the last 1 seconds", done.text)

    def test_no_answer(self):
        done = self.fetch("--speed-time", "1", self.serve(silence).url)
        self.assertExit(done, 28)
        self.assertIn("Less than 1 bytes/sec transferred the last 1 seconds", done.text)

    def test_a_body_that_is_not_taken(self):
        def script(peer):
            peer.sleep(20)

        self.write("up", b"x" * 20000000)
        done = self.fetch("-Y", "1000", "-y", "1", "-T", "up", self.serve(script).url)
        self.assertExit(done, 28)
        self.assertIn("Operation too slow", done.text)

    def test_fast_enough(self):
        server = self.serve(keep_alive(response(b"one"), response(b"two")))
        done = self.fetch("-Y", "1", "-y", "20", server.url, server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"onetwo")

    def test_no_time_is_no_limit(self):
        done = self.fetch("-Y", "1000", "-y", "0", "-m", "1.5", self.serve(stall).url)
        self.assertExit(done, 28)
        self.assertIn("Operation timed out", done.text)


if __name__ == "__main__":
    main()
