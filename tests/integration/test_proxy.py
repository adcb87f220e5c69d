"""Through proxies: HTTP, HTTPS, SOCKS, and the header of the PROXY protocol."""
import base64
import json
import os
import socket
import ssl
import threading

from harness import (TIMEOUT, Certificates, Nginx, Peer, TestCase, free_port, keep_alive, main,
                     need_https, response)
from proxying import Socks, dante, squid, tinyproxy, tunnel

REFUSED = b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: "
BASIC = b"Basic " + base64.b64encode(b"me:secret")


class Forwarded(TestCase):
    """http URLs, which the proxy is asked for."""

    def test_request(self):
        proxy = self.serve(response(b"hello"))
        done = self.fetch("-x", proxy.url, "http://a.test/b?c#d")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello")
        lines = proxy.requests[0].split(b"\r\n")
        self.assertEqual(lines[0], b"GET http://a.test/b?c HTTP/1.1")
        self.assertIn(b"Host: a.test", lines)
        self.assertIn(b"Proxy-Connection: Keep-Alive", lines)

    def test_one_connection_for_all_origins(self):
        proxy = self.serve(keep_alive(response(b"1"), response(b"2")))
        done = self.fetch("-x", proxy.url, "-w", "%{num_connects} %{proxy_used}\n",
                          "http://a.test/", "http://b.test:81/")
        self.assertEqual(done.out, b"11 1\n20 1\n")
        self.assertIn(b"GET http://b.test:81/ ", proxy.requests[1])

    def test_environment(self):
        proxy = self.serve(response(b"proxied"))
        other = self.serve(response(b"direct"))
        for variables, args, expected in (
                ({"http_proxy": proxy.url}, (), b"proxied"),
                ({"HTTP_PROXY": proxy.url}, (), b"direct"),
                ({"all_proxy": proxy.url}, (), b"proxied"),
                ({"ALL_PROXY": proxy.url}, (), b"proxied"),
                ({"https_proxy": proxy.url}, (), b"direct"),
                ({"http_proxy": other.url, "all_proxy": proxy.url}, (), b"direct"),
                ({"http_proxy": proxy.url, "no_proxy": "127.0.0.0/8"}, (), b"direct"),
                ({"http_proxy": proxy.url, "NO_PROXY": "*"}, (), b"direct"),
                ({"http_proxy": proxy.url, "no_proxy": "*"}, ("--noproxy", ""), b"proxied"),
                ({"http_proxy": proxy.url}, ("--noproxy", "127.0.0.1"), b"direct"),
                ({"http_proxy": proxy.url}, ("-x", ""), b"direct"),
                ({"http_proxy": "garbage://x"}, ("-x", proxy.url), b"proxied")):
            with self.subTest(variables=variables, args=args):
                done = self.fetch(*args, other.url, env=variables)
                self.assertEqual((done.code, done.out), (0, expected), done)

    def test_basic(self):
        proxy = self.serve(response())
        for args in (("-U", "me:secret", "-x", proxy.url),
                     ("-x", proxy.url.replace("//", "//me:s%65cret@")),
                     ("-U", "joe:x", "-x", proxy.url.replace("//", "//me:secret@"))):
            self.assertExit(self.fetch(*args, "-u", "u:p", "http://a.test/"), 0)
            self.assertIn(b"\r\nProxy-Authorization: " + BASIC, proxy.requests[-1])
            self.assertIn(b"\r\nAuthorization: Basic dTpw\r\n", proxy.requests[-1])

    def test_digest(self):
        need_https()                        # digests come with TLS
        proxy = self.serve(keep_alive(
            REFUSED + b'Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 2\r\n\r\nno',
            response(b"yes")))
        done = self.fetch("-U", "me:secret", "--proxy-digest", "-x", proxy.url, "http://a.test/b")
        self.assertEqual(done.out, b"yes", done)
        self.assertNotIn(b"Proxy-Authorization", proxy.requests[0])
        self.assertIn(b'Proxy-Authorization: Digest username="me", realm="r", nonce="n", '
                      b'uri="/b"', proxy.requests[1])

    def test_fields(self):
        proxy, origin = self.serve(response()), self.serve(response())
        args = ("-H", "A: 1", "--proxy-header", "B: 2", "--proxy-header", "Proxy-Connection:")
        self.assertExit(self.fetch(*args, "-x", proxy.url, "http://a.test/"), 0)
        self.assertIn(b"\r\nA: 1\r\nB: 2\r\n", proxy.requests[0])
        self.assertNotIn(b"Proxy-Connection", proxy.requests[0])
        self.assertExit(self.fetch(*args, origin.url, env={"all_proxy": proxy.url,
                                                           "no_proxy": "127.0.0.1"}), 0)
        self.assertNotIn(b"B: 2", origin.requests[0])

    def test_redirect_leaves_the_proxy(self):
        origin = self.serve(response(b"there"))
        proxy = self.serve(response(status="302 Found", Location=origin.url))
        done = self.fetch("-L", "-U", "me:secret", "-x", proxy.url, "--noproxy", "127.0.0.1",
                          "http://a.test/")
        self.assertEqual(done.out, b"there", done)
        self.assertNotIn(b"Proxy-", origin.requests[0])

    def test_mistakes(self):
        for args, code, words in (
                (("-x", "gopher://h"), 1, "gopher"),
                (("-x", "http://h:99999"), 5, "port"),
                (("-x", "no.such.host.invalid"), 5, "Could not resolve proxy"),
                (("--preproxy", "http://h"), 2, "option --preproxy"),
                (("--haproxy-clientip", "me"), 2, "option --haproxy-clientip"),
                (("-x", "h", "--proxy-header", "A\nB: 1"), 2, "option --proxy-header")):
            with self.subTest(args=args):
                done = self.fetch(*args, "http://a.test/")
                self.assertExit(done, code)
                self.assertIn(words, done.text)
        done = self.fetch("http://a.test/", env={"http_proxy": "gopher://h"})
        self.assertExit(done, 1)
        self.assertIn("http_proxy", done.text)

    def test_dry_run(self):
        done = self.fetch("--dry-run", "-x", "h:1", "http://a.test/b")
        self.assertTrue(done.out.startswith(b"GET http://a.test/b HTTP/1.1\r\n"), done)

    def test_raw_request(self):
        proxy = self.serve(response(b"x"))
        self.write("r", b"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")
        done = self.fetch("--raw-request", "r", "-x", proxy.url, "http://a.test/")
        self.assertExit(done, 0)
        self.assertEqual(proxy.requests, [self.read("r")])

    def test_parallel(self):
        proxy = self.serve(lambda peer: [peer.send(response(b"x"))
                                         for _ in iter(peer.request, b"")])
        done = self.fetch("-Z", "-s", "-x", proxy.url, "http://[a-j].test/[1-20]")
        self.assertEqual((done.code, done.out), (0, b"x" * 200), done)


class Tunnelled(TestCase):
    """CONNECT."""

    def setUp(self):
        super().setUp()
        self.origin = self.serve(response(b"hello"))

    def through(self, script, *args, url=None):
        self.proxy = self.serve(script)
        return self.fetch("-p", "-x", self.proxy.url, *args, url or self.origin.url)

    def test_request(self):
        done = self.through(tunnel(), "-H", "A: 1", "-u", "u:p", "-U", "me:secret",
                            "--proxy-header", "B: 2", "-A", "agent")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertEqual(self.proxy.requests, [
            b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
            b"Proxy-Authorization: %s\r\nUser-Agent: agent\r\nProxy-Connection: Keep-Alive\r\n"
            b"B: 2\r\n\r\n" % (self.origin.port, self.origin.port, BASIC)])
        self.assertTrue(self.origin.requests[0].startswith(b"GET / HTTP/1.1\r\n"))
        self.assertIn(b"\r\nA: 1\r\n", self.origin.requests[0])
        self.assertNotIn(b"Proxy-", self.origin.requests[0])
        self.assertNotIn(b"B: 2", self.origin.requests[0])

    def test_other_fields_are_another_tunnel(self):
        self.origin = self.serve(keep_alive(response(b"1"), response(b"2")),
                                 keep_alive(response(b"3")))
        self.proxy = self.serve(tunnel(), tunnel())
        way = ("-p", "-x", self.proxy.url, "--proxy-header")
        done = self.fetch(*way, "Proxy-Authorization: a", self.origin.url, "--next",
                          *way, "Proxy-Authorization: b", self.origin.url, "--next",
                          *way, "Proxy-Authorization: a", self.origin.url)
        self.assertEqual((done.code, done.out), (0, b"132"), done)
        self.assertEqual(len(self.proxy.requests), 2)

    def test_http10(self):
        self.proxy = self.serve(tunnel())
        done = self.fetch("-p", "--proxy1.0", self.proxy.url, self.origin.url)
        self.assertEqual(done.out, b"hello", done)
        self.assertRegex(self.proxy.requests[0], rb"^CONNECT \S+ HTTP/1\.0\r\n")

    def test_heads(self):
        granted = b"HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\n"
        done = self.through(tunnel(granted=granted), "-i", "-D", "heads", "-w", "%{http_connect}")
        self.assertTrue(done.out.startswith(granted + b"HTTP/1.1 200 OK\r\n"), done)
        self.assertTrue(done.out.endswith(b"hello200"), done)
        self.assertTrue(self.read("heads").startswith(granted))
        done = self.through(tunnel(granted=granted), "-i", "-v", "--suppress-connect-headers")
        self.assertTrue(done.out.startswith(b"HTTP/1.1 200 OK\r\n"), done)
        for line in (f"> CONNECT 127.0.0.1:{self.origin.port} HTTP/1.1", "< HTTP/1.1 200 Fine",
                     "* Ignoring Content-Length in CONNECT 200 response"):
            self.assertIn(line, done.text.replace("\r", "").split("\n"))

    def test_nothing_is_kept_of_the_proxys_head(self):
        self.origin = self.serve(response(b"hello", ETag='"origin"'))
        done = self.through(tunnel(granted=b'HTTP/1.1 200 OK\r\nETag: "proxy"\r\n\r\n'),
                            "--etag-save", "-")
        self.assertEqual((done.code, done.out), (0, b'"origin"\nhello'), done)

    def test_interim(self):
        early = b"HTTP/1.1 103 Early\r\nA: 1\r\n\r\n"
        done = self.through(tunnel(granted=early + b"HTTP/1.1 204 Yes\r\n\r\n"), "-i")
        self.assertTrue(done.out.startswith(early + b"HTTP/1.1 204 Yes\r\n\r\n"), done)
        self.assertTrue(done.out.endswith(b"hello"), done)

    def test_authentication(self):
        need_https()                        # digests come with TLS
        challenge = REFUSED + b'Digest realm="r", nonce="n"\r\n'
        bodies = {
            "length": b"Content-Length: 3\r\n\r\nabc",
            "chunked": b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "closed": b"Connection: close\r\n\r\nabc",
            "no length": b"\r\nabc close",
            "long": b"Content-Length: 9999999\r\n\r\nabc",
        }
        for name, body in bodies.items():
            with self.subTest(name):
                self.proxy = self.serve(tunnel(challenge + body), tunnel()) if name in (
                    "closed", "no length", "long") else self.serve(tunnel(challenge + body))
                done = self.fetch("-p", "-x", self.proxy.url, "-U", "me:secret",
                                  "--proxy-digest", self.origin.url)
                self.assertEqual((done.code, done.out), (0, b"hello"), done)
                self.assertNotIn(b"Proxy-Authorization", self.proxy.requests[0])
                self.assertIn(b"Proxy-Authorization: Digest", self.proxy.requests[1])

    def test_proxy_closes_behind_a_challenge_unannounced(self):
        challenge = REFUSED + b'Basic realm="r"\r\nContent-Length: 2\r\n\r\nno'
        args = ("-U", "me:secret", "--proxy-anyauth")
        proxy = self.serve(challenge, tunnel())
        done = self.fetch("-p", "-x", proxy.url, *args, self.origin.url)
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertIn(b"Proxy-Authorization: " + BASIC, proxy.requests[-1])
        # that is no reason to go on for ever
        proxy = self.serve(challenge, lambda peer: peer.request())
        done = self.fetch("-p", "-x", proxy.url, *args, self.origin.url)
        self.assertExit(done, 56)
        self.assertEqual(proxy.connections, 2)

    def test_proxy_is_asked_again_elsewhere_when_it_was_told_to_close(self):
        challenge = REFUSED + b'Basic realm="r"\r\nContent-Length: 2\r\n\r\nno'
        for field in ("Connection: close", "Proxy-Connection: close"):
            proxy = self.serve(keep_alive(challenge, challenge), tunnel())
            done = self.fetch("-p", "-x", proxy.url, "-U", "me:secret", "--proxy-anyauth",
                              "--proxy-header", field, self.origin.url)
            self.assertEqual((done.code, done.out), (0, b"hello"), done)
            self.assertEqual((proxy.connections, len(proxy.requests)), (2, 2))

    def test_proxy_closes_behind_a_challenge_under_the_older_name(self):
        challenge = REFUSED + (b'Basic realm="r"\r\nContent-Length: 2\r\n'
                               b"Proxy-Connection: close\r\n\r\nno")

        proxy = self.serve(keep_alive(challenge, challenge), tunnel())
        done = self.fetch("-p", "-x", proxy.url, "-U", "me:secret", "--proxy-anyauth",
                          self.origin.url)
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertEqual((proxy.connections, len(proxy.requests)), (2, 2))

    def test_refused(self):
        for answer, code, words in (
                (response(b"no", "403 Forbidden"), 7, "CONNECT tunnel failed, response 403"),
                (REFUSED + b"Basic realm=x\r\nContent-Length: 0\r\n\r\n", 7, "response 407"),
                (b"", 56, "Proxy CONNECT aborted"),
                (b"HTTP/1.1 200 OK\r\nA: b", 56, "after 21 bytes"),
                (b"<html>what?</html>", 43, "Invalid response header"),
                (b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 8, "Nul byte"),
                (b"HTTP/1.1 200 OK\r\n\r\nmore", 8, "4 bytes have come behind"),
                (b"HTTP/1.1 101 Switching\r\n\r\n", 7, "response 101")):
            with self.subTest(answer=answer):
                done = self.through(answer, "-o", "f")
                self.assertExit(done, code)
                self.assertIn(words, done.text)
                self.assertFalse(os.path.exists(self.path("f")))

    def test_silence(self):
        done = self.through(lambda peer: [peer.request(), peer.request()],
                            "--connect-timeout", "0.3")
        self.assertExit(done, 28)
        self.assertNotIn("received", done.text)

    def test_reused(self):
        self.origin = self.serve(keep_alive(response(b"1"), response(b"2")))
        done = self.through(tunnel(), "-w", "%{num_connects}\n", self.origin.url)
        self.assertEqual(done.out, b"11\n20\n", done)
        self.assertEqual(len(self.proxy.requests), 1)

    def test_connect_to(self):
        """Where a connection is led elsewhere, only a tunnel goes there."""
        proxy = self.serve(tunnel())
        done = self.fetch("-x", proxy.url, "--connect-to", f"::127.0.0.1:{self.origin.port}",
                          "http://a.test/")
        self.assertEqual(done.out, b"hello", done)
        self.assertIn(b"\r\nHost: a.test\r\n", self.origin.requests[0])

    def test_zone_is_not_sent(self):
        for url in ("http://[fe80::1%25lo]:81/", "tcp://[fe80::1%25lo]:81"):
            done = self.through(response(status="403 no"), "-d", "x", url=url)
            self.assertExit(done, 7)
            self.assertTrue(self.proxy.requests[0].startswith(
                b"CONNECT [fe80::1]:81 HTTP/1.1\r\nHost: [fe80::1]:81\r\n"), self.proxy.requests)

    def test_reported(self):
        done = self.through(tunnel(), "--report", "%")
        hop = json.loads(done.text)["hops"][0]
        self.assertEqual(hop["proxy"], {
            "scheme": "http", "host": "127.0.0.1", "port": self.proxy.port, "tunnel": True,
            "connect_status": 200})
        self.assertGreater(hop["timings"]["proxy"], 0)
        self.assertEqual(hop["attempts"][0]["port"], self.proxy.port)
        done = self.through(tunnel(), "--timing")
        self.assertRegex(done.text, r"\n  proxy +\d+\.\d ms")

    def test_explained(self):
        text = self.through(tunnel(), "-U", "me:secret", "--explain").text
        for line in (f"  proxy: http://127.0.0.1 port {self.proxy.port}, which is asked for a "
                     "tunnel (RFC 9110 section 9.3.6)",
                     f"  > CONNECT 127.0.0.1:{self.origin.port} HTTP/1.1",
                     "  > Proxy-Authorization: Basic [redacted]",
                     "  < HTTP/1.1 200 Connection established"):
            self.assertIn("\n  " + line.strip(), text.replace("    ", "  "))
        self.assertNotIn("secret", text)

    def test_recorded_and_replayed(self):
        done = self.through(tunnel(), "--record", "r")
        self.assertExit(done, 0)
        events = [json.loads(line) for line in self.read("r").splitlines()]
        text = self.read("r").decode()
        self.assertIn("CONNECT 127.0.0.1", text)
        self.assertGreater(len(events), 6)
        again = self.fetch("-p", "-x", "127.0.0.1:1", "--replay", "r", self.origin.url)
        self.assertEqual((again.code, again.out), (0, b"hello"), again)

    def test_findings(self):
        bare = b"HTTP/1.1 200 Fine\nA: 1\r\n\r\n"
        self.assertIn("finding:", self.through(tunnel(granted=bare), "-v").text)


class Secured(TestCase):
    """TLS through proxies, and to them."""

    @classmethod
    def setUpClass(cls):
        need_https()

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.dir)
        self.cert = self.certificates.make("localhost")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*self.cert)

    def secure(self, sock):
        return self.context.wrap_socket(sock, server_side=True)

    def test_origin(self):
        origin = self.serve(response(b"hello"), wrap=self.secure)
        proxy = self.serve(tunnel())
        done = self.fetch("--cacert", self.certificates.ca, "-x", proxy.url,
                          f"https://localhost:{origin.port}/")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertRegex(proxy.requests[0], rb"^CONNECT localhost:\d+ ")

    def test_proxy(self):
        proxy = self.serve(response(b"hello"), wrap=self.secure)
        url = f"https://localhost:{proxy.port}"
        done = self.fetch("--proxy-cacert", self.certificates.ca, "-x", url, "http://a.test/")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertExit(self.fetch("-x", url, "http://a.test/"), 60)
        self.assertExit(self.fetch("--proxy-insecure", "-x", url, "http://a.test/"), 0)
        # what is said of the server is not said of the proxy
        done = self.fetch("-k", "-x", url, "http://a.test/")
        self.assertExit(done, 60)
        self.assertIn("with the proxy, for which there are --proxy-cacert", done.text)

    def test_both(self):
        origin = self.serve(response(b"hello"), wrap=self.secure)
        proxy = self.serve(tunnel(), wrap=self.secure)
        done = self.fetch("--proxy-cacert", self.certificates.ca,
                          "--cacert", self.certificates.ca, "--explain",
                          "-x", f"https://localhost:{proxy.port}",
                          f"https://localhost:{origin.port}/")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertIn("tls with the proxy: TLSv1.3", done.text)
        self.assertIn("\n  tls: TLSv1.3", done.text)

    def test_large_body_through_both(self):
        body = os.urandom(3 << 20)
        origin = self.serve(response(body), wrap=self.secure)
        proxy = self.serve(tunnel(), wrap=self.secure)
        done = self.fetch("-k", "--proxy-insecure", "-o", "f", "-x",
                          f"https://localhost:{proxy.port}", f"https://localhost:{origin.port}/")
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), body)


class SocksProxy(TestCase):
    GRANTED4 = b"\0\x5a" + bytes(6)
    GRANTED5 = b"\x05\0\0\x01" + bytes(6)

    def test_socks4(self):
        origin = self.serve(response(b"hello"))
        socks = Socks(self.GRANTED4, sizes=[12], to=("127.0.0.1", origin.port))
        done = self.fetch("-x", f"socks4://joe@127.0.0.1:{self.serve(socks).port}", origin.url)
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertEqual(socks.asked, [b"\x04\x01" + origin.port.to_bytes(2, "big") +
                                       b"\x7f\0\0\x01joe\0"])

    def test_socks4a(self):
        origin = self.serve(response(b"hello"))
        socks = Socks(self.GRANTED4, sizes=[16], to=("127.0.0.1", origin.port))
        done = self.fetch("--socks4a", f"127.0.0.1:{self.serve(socks).port}", "http://a.test:81/")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertEqual(socks.asked, [b"\x04\x01\0\x51\0\0\0\x01\0a.test\0"])

    def test_socks5_with_a_password(self):
        origin = self.serve(response(b"hello"))
        socks = Socks(b"\x05\x02", b"\x01\0", self.GRANTED5, sizes=[4, 11, 13],
                      to=("127.0.0.1", origin.port))
        done = self.fetch("-x", f"socks5h://127.0.0.1:{self.serve(socks).port}",
                          "-U", "me:secret", "http://a.test:81/")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertEqual(socks.asked, [b"\x05\x02\0\x02", b"\x01\x02me\x06secret",
                                       b"\x05\x01\0\x03\x06a.test\0\x51"])

    def test_socks5_tries_the_next_address(self):
        def refusal(code):
            return Socks(b"\x05\0", b"\x05%c\0\x01" % code + bytes(6), sizes=[3, 10])
        addresses = ("--resolve", "a.test:81:192.0.2.1,192.0.2.2,192.0.2.3")
        for code in (1, 3, 4, 5, 8, 2, 6, 7, 9):
            with self.subTest(code=code):
                origin = self.serve(response(b"hello"))
                last = Socks(b"\x05\0", self.GRANTED5, sizes=[3, 10],
                             to=("127.0.0.1", origin.port))
                tries = [refusal(code), refusal(code), last]
                port = self.serve(*tries).port
                done = self.fetch("--socks5", f"127.0.0.1:{port}", *addresses, "http://a.test:81/")
                if code not in (1, 3, 4, 5, 8):
                    self.assertExit(done, 97)
                    self.assertEqual(tries[1].asked, [])
                    continue
                self.assertEqual((done.code, done.out), (0, b"hello"), done)
                self.assertEqual([t.asked[1][4:8] for t in tries],
                                 [bytes([192, 0, 2, n]) for n in (1, 2, 3)])

    def test_a_reply_that_is_not_one_of_socks5_is_about_no_address(self):
        socks = Socks(b"\x05\0", b"\x04\x01\0\x01" + bytes(6), sizes=[3, 10])
        server = self.serve(socks, socks)
        done = self.fetch("--socks5", f"127.0.0.1:{server.port}", "--resolve",
                          "a.test:81:192.0.2.1,192.0.2.2", "http://a.test:81/")
        self.assertExit(done, 97)
        self.assertIn("not one of SOCKS 5", done.text)
        self.assertEqual(len(socks.asked), 2)

    def test_socks5_reaches_no_address(self):
        socks = Socks(b"\x05\0", b"\x05\x05\0\x01" + bytes(6), sizes=[3, 10])
        server = self.serve(socks, socks)
        done = self.fetch("--socks5", f"127.0.0.1:{server.port}", "--resolve",
                          "a.test:81:192.0.2.1,192.0.2.2", "http://a.test:81/")
        self.assertExit(done, 97)
        self.assertIn("the last of 2 addresses", done.text)
        self.assertEqual(len(socks.asked), 4)

    def test_refused(self):
        for replies, sizes, words in (
                ((b"\x05\xff",), [3], "none of the ways"),
                ((b"\x05\0", b"\x05\x05\0\x01" + bytes(6)), [3, 10], "refused"),
                ((b"\x05\0", b"\x05"), [3, 10], "closed"),
                ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), [3], "SOCKS")):
            with self.subTest(words):
                port = self.serve(Socks(*replies, sizes=sizes)).port
                done = self.fetch("--socks5", f"127.0.0.1:{port}", "http://127.0.0.1:9/")
                self.assertExit(done, 97)
                self.assertIn(words, done.text)

    def test_silence(self):
        port = self.serve(lambda peer: peer._sock.recv(100) and peer._sock.recv(100)).port
        done = self.fetch("--connect-timeout", "0.3", "--socks5", f"127.0.0.1:{port}",
                          "http://127.0.0.1:9/")
        self.assertExit(done, 28)

    def test_preproxy(self):
        """SOCKS on the way to an HTTP proxy, and alone."""
        proxy = self.serve(response(b"hello"))
        socks = Socks(self.GRANTED4, sizes=[9], to=("127.0.0.1", proxy.port))
        port = self.serve(socks).port
        done = self.fetch("--preproxy", f"127.0.0.1:{port}", "-x", proxy.url, "http://a.test/")
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertIn(b"GET http://a.test/ ", proxy.requests[0])
        done = self.fetch("--preproxy", f"127.0.0.1:{port}", proxy.url)
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        self.assertIn(b"GET / ", proxy.requests[1])


class Conversations(TestCase):
    """tcp:// and tls:// through proxies."""

    def echo(self, peer):
        peer.send(b"Recu: " + peer._sock.recv(100))

    def test_http(self):
        echo, proxy = self.serve(self.echo), self.serve(tunnel())
        done = self.fetch("-x", proxy.url, "-U", "me:secret", "-d", "Bonjour serveur",
                          f"tcp://127.0.0.1:{echo.port}")
        self.assertEqual((done.code, done.out), (0, b"Recu: Bonjour serveur"), done)
        self.assertTrue(proxy.requests[0].startswith(
            b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % echo.port))
        self.assertIn(b"\r\nProxy-Authorization: " + BASIC + b"\r\n", proxy.requests[0])

    def test_password_is_not_sent_for_digest(self):
        proxy = self.serve(response(status="403 Forbidden"))
        done = self.fetch("-x", proxy.url, "-U", "me:secret", "--proxy-digest", "-d", "x",
                          "tcp://a.test:25")
        self.assertExit(done, 2)
        self.assertIn("--proxy-digest", done.text)
        self.assertEqual(proxy.requests, [])

    def test_what_comes_with_the_answer(self):
        proxy = self.serve(b"HTTP/1.1 200 OK\r\n\r\n220 hello\r\n")
        done = self.fetch("-x", proxy.url, "-d", "x", "tcp://a.test:25")
        self.assertEqual((done.code, done.out), (0, b"220 hello\r\n"), done)

    def test_refused(self):
        proxy = self.serve(response(status="403 Forbidden"))
        done = self.fetch("-x", proxy.url, "-d", "x", "tcp://a.test:25")
        self.assertExit(done, 7)
        self.assertIn("response 403", done.text)

    def test_socks(self):
        echo = self.serve(self.echo)
        socks = Socks(SocksProxy.GRANTED4, sizes=[16], to=("127.0.0.1", echo.port))
        done = self.fetch("--socks4a", f"127.0.0.1:{self.serve(socks).port}", "-d", "x",
                          "tcp://a.test:81")
        self.assertEqual((done.code, done.out), (0, b"Recu: x"), done)

    def test_connect_to(self):
        echo, proxy = self.serve(self.echo), self.serve(tunnel())
        socks = Socks(SocksProxy.GRANTED4, sizes=[9], to=("127.0.0.1", echo.port))
        for args in (("-x", proxy.url), ("--socks4a", f"127.0.0.1:{self.serve(socks).port}")):
            done = self.fetch(*args, "--connect-to", f"a.test:81:127.0.0.1:{echo.port}",
                              "-d", "x", "tcp://a.test:81")
            self.assertEqual((done.code, done.out), (0, b"Recu: x"), done)
        self.assertTrue(proxy.requests[0].startswith(b"CONNECT 127.0.0.1:%d " % echo.port))
        self.assertEqual(socks.asked[0][:8], b"\4\1%c%c\x7f\0\0\1" % divmod(echo.port, 256))

    def test_unix_socket_has_no_proxy(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("s"))
            listener.listen()
            listener.settimeout(TIMEOUT)

            def answer():
                with listener.accept()[0] as s:
                    s.sendall(b"Recu: " + s.recv(100))
            threading.Thread(target=answer, daemon=True).start()
            done = self.fetch("-x", "127.0.0.1:1", "--unix-socket", "s", "-d", "x",
                              "tcp://a.test:81")
            self.assertEqual((done.code, done.out), (0, b"Recu: x"), done)

    def test_tls(self):
        need_https()
        certificates = Certificates(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates.make("localhost"))
        echo = self.serve(self.echo, wrap=lambda s: context.wrap_socket(s, server_side=True))
        proxy = self.serve(tunnel())
        done = self.fetch("-k", "-x", proxy.url, "-d", "x", f"tls://localhost:{echo.port}")
        self.assertTrue(done.out.startswith(b"Recu: x"), done)

    def test_only_where_it_can(self):
        for args in (("udp://127.0.0.1:9",), ("--listen", "tcp://127.0.0.1:0")):
            done = self.fetch("-x", "h:1", "-d", "x", *args)
            self.assertExit(done, 2)
            self.assertIn("go through a proxy", done.text)
        # the environment's is not meant
        echo = self.serve(self.echo)
        done = self.fetch("-d", "x", f"tcp://127.0.0.1:{echo.port}",
                          env={"all_proxy": "http://127.0.0.1:1"})
        self.assertEqual(done.out, b"Recu: x", done)


class Header(TestCase):
    """The PROXY protocol."""

    def test_nginx_reads_it(self):
        directory = self.path("nginx")
        os.mkdir(directory)
        port = free_port()
        nginx = Nginx(directory, more=f"""}}
            server {{ listen 127.0.0.1:{port} proxy_protocol;
                location / {{ return 200 "$proxy_protocol_addr $proxy_protocol_port\\n"; }}""")
        self.addCleanup(nginx.stop)
        url = f"http://127.0.0.1:{port}/"
        done = self.fetch("--haproxy-protocol", "-w", "%{local_ip} %{local_port}\n", url)
        told, real = done.out.splitlines()
        self.assertEqual(told, real, done)
        done = self.fetch("--haproxy-clientip", "192.0.2.7", url)
        self.assertRegex(done.out, rb"^192\.0\.2\.7 \d+\n$")

    def test_before_tls(self):
        need_https()
        certificates = Certificates(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates.make("localhost"))
        seen = []

        def secure(sock):
            line = b""
            while not line.endswith(b"\r\n"):
                line += sock.recv(1)
            seen.append(line)
            return context.wrap_socket(sock, server_side=True)

        server = self.serve(response(b"hello"), wrap=secure)
        done = self.fetch("-k", "--haproxy-protocol", f"https://127.0.0.1:{server.port}/")
        self.assertEqual(done.out, b"hello", done)
        self.assertRegex(seen[0], rb"^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ %d\r\n$"
                         % server.port)


class RealProxies(TestCase):
    """squid, tinyproxy and dante between the program and nginx."""

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.dir)
        directory = self.path("nginx")
        os.mkdir(directory)
        self.nginx = Nginx(directory, self.certificates.make("localhost"))
        self.addCleanup(self.nginx.stop)
        self.body = os.urandom(1 << 20)
        self.nginx.put("data", self.body)

    def start(self, proxy, *more):
        directory = self.path("proxy")
        os.makedirs(directory, exist_ok=True)
        os.chmod(self.dir, 0o755)
        server = proxy(directory, *more)
        self.addCleanup(server.stop)
        return server

    def through(self, *args, urls=2):
        """Both schemes, and a connection that is used again."""
        schemes = [self.nginx.url]
        try:
            need_https()
            schemes.append(self.nginx.tls_url)
        except Exception:  # a build without TLS
            pass
        for url in schemes:
            with self.subTest(url=url, args=args):
                done = self.fetch("-s", "--cacert", self.certificates.ca, *args,
                                  *[f"{url}/data"] * urls)
                self.assertExit(done, 0)
                self.assertEqual(done.out, self.body * urls)

    def test_squid(self):
        server = self.start(squid)
        self.through("-x", server.url)
        self.through("-x", server.url, "-p")

    def test_tinyproxy(self):
        server = self.start(tinyproxy, "BasicAuth me secret\n")
        self.through("-x", server.url, "-U", "me:secret")
        self.through("-x", server.url, "-U", "me:secret", "-p")
        self.assertExit(self.fetch("-p", "-x", server.url, self.nginx.url), 7)

    def test_dante(self):
        server = self.start(dante)
        self.through("--socks4", server.url)
        self.through("-4", "--socks5", server.url)
        self.through("--socks5-hostname", server.url)

    def test_dante_in_front_of_squid(self):
        socks, http = self.start(dante), self.start(squid)
        self.through("--preproxy", f"socks5://{socks.url}", "-x", http.url)


if __name__ == "__main__":
    main()
