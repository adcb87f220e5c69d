"""httpbin, which says what it was sent: forms, cookies, authentication, codings,
redirects, retries."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import (TIMEOUT, TestCase, free_port, main, need_coding, need_https, wait_for_port)

# Debian's packages belong to the Python of the system; another may come first.
PYTHONS = ("/usr/bin/python3", sys.executable, "python3")

SERVER = """
import os, sys
from werkzeug.serving import WSGIRequestHandler, run_simple
from httpbin import app
WSGIRequestHandler.protocol_version = "HTTP/1.1"
WSGIRequestHandler.log = lambda *args: None
run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True)
"""


def python_with_httpbin():
    for python in dict.fromkeys(filter(None, map(shutil.which, PYTHONS))):
        probe = subprocess.run([python, "-c", "import httpbin, werkzeug.serving"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if probe.returncode == 0:
            return python
    raise unittest.SkipTest("httpbin is not installed")


class WithHttpbin(TestCase):
    @classmethod
    def setUpClass(cls):
        python = python_with_httpbin()
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-httpbin-")
        cls.addClassCleanup(cls._directory.cleanup)
        port = free_port()
        with open(os.path.join(cls._directory.name, "log"), "wb") as log:
            cls.process = subprocess.Popen(
                [python, "-c", SERVER, str(port)], cwd=cls._directory.name,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        cls.addClassCleanup(cls.stop)
        wait_for_port(port, cls.process)
        cls.url = f"http://127.0.0.1:{port}"

    @classmethod
    def stop(cls):
        cls.process.terminate()
        cls.process.wait(TIMEOUT)

    def ask(self, path, *args, status=200, code=0, **how):
        """What is answered to a request that ends as it should."""
        done = self.fetch("-s", "-w", "\n%{http_code}", *args, self.url + path, **how)
        self.assertExit(done, code)
        body, _, seen = done.out.rpartition(b"\n")
        self.assertEqual(seen, str(status).encode(), repr(done))
        return body

    def told(self, path, *args, **how):
        return json.loads(self.ask(path, *args, **how))


class Requests(WithHttpbin):
    def test_get(self):
        told = self.told("/get?a=1&b=%20", "-H", "X-One: 1", "-A", "agent/1",
                         "-e", "http://example.com/from")
        self.assertEqual(told["args"], {"a": "1", "b": " "})
        self.assertEqual(told["headers"]["X-One"], "1")
        self.assertEqual(told["headers"]["User-Agent"], "agent/1")
        self.assertEqual(told["headers"]["Referer"], "http://example.com/from")
        self.assertEqual(told["url"], self.url + "/get?a=1&b=%20")

    def test_user_agent(self):
        self.assertRegex(self.told("/user-agent")["user-agent"], r"^minifetch/\d")
        self.assertIsNone(self.told("/user-agent", "-H", "User-Agent:")["user-agent"])

    def test_url_query(self):
        told = self.told("/get?a=1", "--url-query", "b=two words", "--url-query", "+c=%26")
        self.assertEqual(told["args"], {"a": "1", "b": "two words", "c": "&"})
        told = self.told("/get", "-G", "-d", "a=1", "--data-urlencode", "b=x&y")
        self.assertEqual(told["args"], {"a": "1", "b": "x&y"})
        told = self.told("/post", "-d", "a=1", "--url-query", "b=2")
        self.assertEqual((told["args"], told["form"]), ({"b": "2"}, {"a": "1"}))

    def test_methods(self):
        for method in ("PUT", "DELETE", "PATCH", "POST"):
            told = self.told("/" + method.lower(), "-X", method, "-d", "a=1")
            self.assertEqual(told["form"], {"a": "1"}, method)
        told = self.told("/anything/x", "-X", "TRACE")
        self.assertEqual(told["method"], "TRACE")

    def test_upload(self):
        self.write("f", bytes(range(128)) * 9)
        told = self.told("/put", "-T", "f", "-H", "Content-Type: text/plain")
        self.assertEqual(told["data"].encode(), self.read("f"))

    def test_head(self):
        self.assertIn(b"200 OK", self.ask("/get", "-I"))

    def test_data(self):
        self.write("lines", b"a=1\r\n&b=2\n")
        for args, form in (
                (("-d", "a=1", "-d", "b=2"), {"a": "1", "b": "2"}),
                (("-d", "@lines"), {"a": "1", "b": "2"}),
                (("--data-binary", "@lines"), {"a": "1\r\n", "b": "2\n"}),
                (("--data-raw", "a=@lines"), {"a": "@lines"}),
                (("--data-urlencode", "a=@&=+ %"), {"a": "@&=+ %"}),
                (("--data-urlencode", "=a=b"), {"a=b": ""}),
                (("--data-urlencode", "a@lines"), {"a": "a=1\r\n&b=2\n"}),
                (("-d", "a=caf\xe9"), {"a": "caf\xe9"}),
                (("-d", ""), {})):
            with self.subTest(args=args):
                self.assertEqual(self.told("/post", *args)["form"], form)
        told = self.told("/post", "-d", "@-", input=b"from=stdin")
        self.assertEqual(told["form"], {"from": "stdin"})
        told = self.told("/post", "-d", "x y", "-H", "Content-Type: text/plain")
        self.assertEqual(told["data"], "x y")

    def test_json(self):
        told = self.told("/post", "--json", '{"a":', "--json", "[1, 2]}")
        self.assertEqual(told["json"], {"a": [1, 2]})
        self.assertEqual(told["headers"]["Content-Type"], "application/json")
        self.assertEqual(told["headers"]["Accept"], "application/json")
        self.write("f", b'{"from": "file"}\n')
        self.assertEqual(self.told("/post", "--json", "@f")["json"], {"from": "file"})

    def test_form(self):
        self.write("plain.txt", b"text of a file\n")
        self.write('odd "name".txt', b"odd\n")
        told = self.told("/post", "-F", "word=a b", "-F", "file=@plain.txt",
                         "-F", "typed=@plain.txt;type=text/x-odd;filename=other",
                         "-F", "value=<plain.txt", "-F", 'odd=@"odd \\"name\\".txt"',
                         "--form-string", "string=@not;type=a")
        self.assertEqual(told["form"], {"word": "a b", "value": "text of a file\n",
                                        "string": "@not;type=a"})
        self.assertEqual(told["files"], {"file": "text of a file\n", "odd": "odd\n",
                                         "typed": "text of a file\n"})
        self.assertTrue(told["headers"]["Content-Type"].startswith("multipart/form-data"))

    def test_form_of_bytes(self):
        self.write("f", bytes(range(256)))
        told = self.told("/post", "-F", "f=@f;type=image/png")
        self.assertTrue(told["files"]["f"].startswith("data:image/png;base64,AAECAwQF"))

    def test_form_of_standard_input(self):
        told = self.told("/post", "-F", "f=@-;filename=name", input=b"piped")
        self.assertEqual(told["files"], {"f": "piped"})


class Cookies(WithHttpbin):
    def cookies(self, path, *args):
        return self.told(path, "-L", *args)["cookies"]

    def test_given(self):
        self.assertEqual(self.cookies("/cookies", "-b", "a=1; b=2"), {"a": "1", "b": "2"})

    def test_engine(self):
        """Set by a redirect, they are sent with what follows."""
        self.assertEqual(self.cookies("/cookies/set?a=1&b=2", "-b", ""), {"a": "1", "b": "2"})
        self.assertEqual(self.cookies("/cookies/set?a=1"), {})

    def test_round_trip(self):
        self.cookies("/cookies/set?a=1&b=2", "-c", "jar")
        self.assertIn(b"127.0.0.1\tFALSE\t/\tFALSE\t0\ta\t1\n", self.read("jar"))
        both = ("-b", "jar", "-c", "jar")
        self.assertEqual(self.cookies("/cookies", *both), {"a": "1", "b": "2"})
        self.assertEqual(self.cookies("/cookies/delete?a", *both), {"b": "2"})
        self.assertEqual(self.cookies("/cookies", *both), {"b": "2"})
        self.assertEqual(self.cookies("/cookies", "-j", *both), {})

    def test_set_by_name(self):
        self.assertEqual(self.cookies("/cookies/set/name/value", "-b", ""), {"name": "value"})


class Authentication(WithHttpbin):
    GOOD, BAD = ("-u", "user:secret"), ("-u", "user:other")

    def good(self, path, *args):
        self.assertTrue(self.told(path, *args)["authenticated"])

    def test_basic(self):
        path = "/basic-auth/user/secret"
        self.good(path, *self.GOOD)
        self.good(path, "--anyauth", *self.GOOD)
        self.ask(path, *self.BAD, status=401)
        self.ask(path, status=401)

    def test_hidden_basic(self):
        path = "/hidden-basic-auth/user/secret"
        self.good(path, *self.GOOD)
        self.ask(path, *self.BAD, status=404)

    def test_bearer(self):
        told = self.told("/bearer", "--oauth2-bearer", "key.def")
        self.assertEqual(told["token"], "key.def")
        self.ask("/bearer", status=401)

    def test_digest(self):
        """Its cookie is part of the bargain: httpbin wants back what it set."""
        need_https()
        how = ("--digest", "-b", "")
        for algorithm in ("MD5", "SHA-256"):
            path = f"/digest-auth/auth/user/secret/{algorithm}"
            with self.subTest(algorithm=algorithm):
                self.good(path, *how, *self.GOOD)
                self.good(path, "--anyauth", "-b", "", *self.GOOD)
                self.ask(path, *how, *self.BAD, status=401)
        # a qop of its own making, which offers nothing
        self.good("/digest-auth/unknown/user/secret", *how, *self.GOOD)

    def test_digest_that_is_not_known(self):
        for path, word in (("auth-int/user/secret", "qop=auth-int"),
                           ("auth/user/secret/SHA-512", "'SHA-512'")):
            done = self.fetch("--digest", *self.GOOD, f"{self.url}/digest-auth/{path}")
            self.assertExit(done, 4)
            self.assertIn(word, done.text)

    def test_digest_always_stale(self):
        """A nonce that is stale is no wrong password, but this has an end."""
        need_https()
        done = self.fetch("-sv", "--digest", *self.GOOD, "-b", "fake=fake_value;stale_after=0",
                          self.url + "/digest-auth/auth/user/secret/MD5/0")
        self.assertExit(done, 0)
        self.assertIn("stale=TRUE", done.text)
        self.assertGreater(done.text.count("< HTTP/1.1 401"), 2, done.text)


class Redirects(WithHttpbin):
    def test_count(self):
        for kind in ("redirect", "relative-redirect", "absolute-redirect"):
            done = self.fetch("-sL", "-o", "f", "-w", "%{num_redirects} %{url_effective}",
                              f"{self.url}/{kind}/4")
            self.assertEqual(done.out.decode(), f"4 {self.url}/get", kind)

    def test_too_many(self):
        self.ask("/redirect/4", "-L", "--max-redirs", "3", status=302, code=47)

    def test_to(self):
        for status, method in ((301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"),
                               (308, "POST")):
            told = self.told(f"/redirect-to?url=/anything&status_code={status}",
                             "-L", "-d", "a=1")
            self.assertEqual(told["method"], method, status)
            self.assertEqual(told["form"], {"a": "1"} if method == "POST" else {})


class Answers(WithHttpbin):
    def test_status(self):
        for status in (204, 304, 404, 418, 500):
            self.ask(f"/status/{status}", status=status)
        for status in (404, 418, 503):
            self.ask(f"/status/{status}", "-f", status=status, code=22)
        body = self.ask("/status/418", "--fail-with-body", status=418, code=22)
        self.assertIn(b"teapot", body)

    def test_retry(self):
        done = self.fetch("-f", "--retry", "2", "--retry-delay", "0.01", "-w",
                          "%{num_retries}", self.url + "/status/503")
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"2")
        done = self.fetch("-f", "--retry", "2", "-w", "%{num_retries}",
                          self.url + "/status/404")
        self.assertEqual(done.out, b"0")

    def test_codings(self):
        need_coding("gzip", "deflate", "br")
        for path, name in (("gzip", "gzipped"), ("deflate", "deflated"),
                           ("brotli", "brotli")):
            self.assertIs(self.told("/" + path, "--compressed")[name], True)
            self.assertNotIn(name.encode(), self.ask("/" + path))

    def test_stream(self):
        """Lines of JSON, each in a chunk."""
        lines = self.ask("/stream/20").split(b"\n")
        self.assertEqual([json.loads(line)["id"] for line in lines if line],
                         list(range(20)))
        got = self.ask("/stream-bytes/5000?seed=1&chunk_size=7")
        self.assertEqual(len(got), 5000)
        self.assertEqual(got, self.ask("/stream-bytes/5000?seed=1&chunk_size=4999"))

    def test_drip(self):
        self.assertEqual(self.ask("/drip?numbytes=5&duration=0.2"), b"*" * 5)
        done = self.fetch("-m", "1", self.url + "/drip?numbytes=5&duration=60")
        self.assertExit(done, 28)
        self.assertTrue(done.out.startswith(b"*"))

    def test_slow(self):
        done = self.fetch("-m", "0.3", self.url + "/delay/10")
        self.assertExit(done, 28)
        self.assertEqual(done.out, b"")
        self.told("/delay/0.1", "-m", "25")
        done = self.fetch("-y", "1", "-Y", "1000", self.url + "/drip?numbytes=20&duration=60")
        self.assertExit(done, 28)
        self.assertIn("slow", done.text)

    def test_bytes(self):
        self.ask("/bytes/50000?seed=1", "-o", "f")
        self.assertEqual(len(self.read("f")), 50000)
        self.ask("/bytes/50000", "--max-filesize", "100", code=63)

    def test_range(self):
        whole = self.ask("/range/1000")
        self.assertEqual(self.ask("/range/1000", "-r", "10-19", status=206), whole[10:20])
        self.assertEqual(self.ask("/range/1000", "-r", "-5", status=206), whole[-5:])
        self.write("f", whole[:300])
        self.ask("/range/1000", "-C", "-", "-o", "f", status=206)
        self.assertEqual(self.read("f"), whole)

    def test_etag(self):
        self.ask("/etag/abc", "--etag-save", "tag", "-o", "f")
        self.assertIn(b"abc", self.read("tag"))
        kept = self.read("f")
        self.ask("/etag/abc", "--etag-compare", "tag", "-o", "f", status=304)
        self.assertEqual(self.read("f"), kept)
        self.ask("/etag/other", "--etag-compare", "tag", "-o", "f")
        self.assertNotEqual(self.read("f"), kept)

    def test_cache(self):
        self.ask("/cache")
        self.assertEqual(self.ask("/cache", "-z", "1 Jan 2020", status=304), b"")
        told = self.fetch("-s", "-w", "%header{cache-control}", "-o", "f",
                          self.url + "/cache/60")
        self.assertEqual(told.out, b"public, max-age=60")

    def test_response_headers(self):
        path = "/response-headers?X-Odd=one&X-Odd=two&Content-Disposition=filename%3Dgiven"
        done = self.fetch("-s", "-w", "%header{x-odd}", "-D", "head", "-OJ", self.url + path)
        self.assertExit(done, 0)
        self.assertTrue(done.out.startswith(b"one"), done)
        self.assertEqual(self.read("head").count(b"X-Odd: "), 2)
        self.assertTrue(os.path.exists(self.path("given")))

    def test_picture(self):
        got = self.ask("/image", "-H", "Accept: image/png", "-o", "p")
        self.assertTrue(self.read("p").startswith(b"\x89PNG\r\n"), got)


if __name__ == "__main__":
    main()
