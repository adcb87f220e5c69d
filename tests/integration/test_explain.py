"""--explain: the whole text, with times masked; and what it does not show."""
import re

from harness import TestCase, main, response


def masked(text, *ports):
    """Times and ports are not the same twice."""
    text = re.sub(r"\d+\.\d ms", "N ms", text)
    for port in ports:
        text = text.replace(str(port), "PORT")
    return re.sub(r"from 127\.0\.0\.1 port \d+", "from 127.0.0.1 port LOCAL", text)


CHUNKED = (b"HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"
           b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=secret; Path=/\r\n"
           b"Set-Cookie: far=1; Domain=example.org\r\nTransfer-Encoding: chunked\r\n\r\n"
           b"5;a=\"b\"\r\nhello\r\n3\r\n wo\r\n0\r\nX-Sum: 1\r\n\r\n")

CHUNKED_TOLD = """\
Request 1: POST http://joe:[redacted]@127.0.0.1:PORT/x
  address: 127.0.0.1 port PORT: connected in N ms
  connection: #0, new, from 127.0.0.1 port LOCAL to 127.0.0.1 port PORT
  request head: SIZE bytes
  > POST /x HTTP/1.1
  > Host: 127.0.0.1:PORT
  > Authorization: Basic [redacted]
  > User-Agent: x
  > Accept: */*
  > Cookie: mine=[redacted]
  > Content-Length: 3
  > Content-Type: application/x-www-form-urlencoded
  request body: 3 bytes
  < HTTP/1.1 103 Early Hints
  < Link: </s>
  interim response: 40 bytes, N ms after the request began
  < HTTP/1.1 200 OK
  < Set-Cookie: sid=[redacted]; Path=/
  < Set-Cookie: far=[redacted]; Domain=example.org
  < Transfer-Encoding: chunked
  response head: 118 bytes, N ms after the request began
  body: chunked, RFC 9112 section 6.3 item 4
  cookie sid: the cookie is stored
  cookie far: the domain is not the host's, or none at all (RFC 6265 section 5.3 step 6)
  chunk: 5 bytes at byte 0 of the body, extension ;a="b"
  chunk: 3 bytes at byte 16 of the body
  last chunk at byte 24 of the body
  < X-Sum: 1
  trailer section: 12 bytes
  connection #0 is kept for the next request (RFC 9112 section 9.3)
  done after N ms: 8 bytes of content
"""

REDIRECTED_TOLD = """\
Request 1: GET http://127.0.0.1:PORT/
  address: 127.0.0.1 port PORT: connected in N ms
  connection: #0, new, from 127.0.0.1 port LOCAL to 127.0.0.1 port PORT
  request head: SIZE bytes
  > GET / HTTP/1.1
  > Host: 127.0.0.1:PORT
  > User-Agent: x
  > Accept: */*
  < HTTP/1.1 302 Found
  < Location: /next
  < Content-Length: 2
  response head: 58 bytes, N ms after the request began
  body: 2 bytes, RFC 9112 section 6.3 item 6
  302 leads to http://127.0.0.1:PORT/next: GET is sent there (RFC 9110 section 15.4)
  connection #0 is kept for the next request (RFC 9112 section 9.3)
  done after N ms: 0 bytes of content
Request 2: GET http://127.0.0.1:PORT/next (after a redirect)
  connection: #0, used again, from 127.0.0.1 port LOCAL to 127.0.0.1 port PORT
  request head: SIZE bytes
  > GET /next HTTP/1.1
  > Host: 127.0.0.1:PORT
  > User-Agent: x
  > Accept: */*
  < HTTP/1.0 200 OK
  < Content-Length: 10
  response head: 39 bytes, N ms after the request began
  body: 10 bytes, RFC 9112 section 6.3 item 6
  ERROR: byte 42: the connection ended inside a body (RFC 9112 section 8)
    What is there may look whole, and is not.
  connection #0 is closed, because HTTP/1.0 without keep-alive (RFC 9112 section 9.3)
  failed after N ms: (18) transfer closed with 7 bytes remaining to read: got 3 of 10
minifetch: (18) transfer closed with 7 bytes remaining to read: got 3 of 10
"""


class Explain(TestCase):
    maxDiff = None

    def explain(self, *args):
        done = self.fetch("-sS", "--explain", "-A", "x", *args)
        text = re.sub(r"request head: \d+ bytes", "request head: SIZE bytes", done.text)
        return done, text

    def test_chunks_cookies_and_secrets(self):
        server = self.serve(CHUNKED)
        url = server.url.replace("//", "//joe:pw@")
        done, text = self.explain("-b", "", "-b", "mine=1", "-d", "abc", url + "/x")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello wo")
        self.assertEqual(masked(text, server.port), CHUNKED_TOLD)
        self.assertIn(b"Basic am9lOnB3", server.requests[0])

    def test_redirect_and_early_end(self):
        def script(peer):
            peer.request()
            peer.send(response(b"no", "302 Found", Location="/next"))
            peer.request()
            peer.send(b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nabc")

        server = self.serve(script)
        done, text = self.explain("-L", server.url)
        self.assertExit(done, 18)
        self.assertEqual(masked(text, server.port), REDIRECTED_TOLD)

    def test_show_secrets(self):
        server = self.serve(response(b"x", "200 OK", Set_Cookie="sid=secret"))
        for option in "--explain", "-v":
            hidden = self.fetch(option, "-u", "joe:pw", server.url).text
            self.assertNotIn("am9lOnB3", hidden)
            self.assertNotIn("secret", hidden)
            shown = self.fetch(option, "--show-secrets", "-u", "joe:pw", server.url).text
            self.assertIn("Authorization: Basic am9lOnB3", shown)
            self.assertIn("Set-Cookie: sid=secret", shown)

    def test_messages_show_no_password(self):
        done = self.fetch("http://joe:pw@127.0.0.1:x/")
        self.assertExit(done, 3)
        self.assertNotIn("pw", done.text)

    def test_refused_and_unresolved(self):
        done, text = self.explain("http://127.0.0.1:1/")
        self.assertExit(done, 7)
        self.assertIn("  address: 127.0.0.1 port 1: Connection refused, after ", text)
        done, text = self.explain("http://name.invalid/")
        self.assertExit(done, 6)
        self.assertIn("ms: (6) Could not resolve host: name.invalid\n", text)

    def test_with_verbose(self):
        """Both tell, and neither takes the other's place."""
        text = self.fetch("-v", "--explain", self.serve(response(b"x")).url).text
        self.assertIn("< HTTP/1.1 200 OK\r\n", text)
        self.assertIn("  < HTTP/1.1 200 OK\n", text)


if __name__ == "__main__":
    main()
