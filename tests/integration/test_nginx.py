"""nginx over http and https."""
import json
import os
import re
import shlex
import subprocess
import tempfile

from harness import HERE, Certificates, Nginx, TestCase, main, need, need_coding, need_https


class WithNginx(TestCase):
    @classmethod
    def setUpClass(cls):
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-nginx-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.certificates = Certificates(cls._directory.name)
        cls.nginx = Nginx(cls._directory.name, cls.certificates.make("localhost"))
        cls.addClassCleanup(cls.nginx.stop)
        cls.nginx.put("hello.txt", b"hello\n")
        cls.nginx.put("big", os.urandom(1 << 20) * 16)

    def secure(self, *args):
        return self.fetch("--cacert", self.certificates.ca, *args)


class Plain(WithNginx):
    def test_page(self):
        done = self.fetch(self.nginx.url + "/hello.txt")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello\n")

    def test_scheme_left_out(self):
        done = self.fetch(f"127.0.0.1:{self.nginx.port}/hello.txt")
        self.assertEqual(done.out, b"hello\n")

    def test_localhost(self):
        done = self.fetch(f"http://localhost:{self.nginx.port}/hello.txt")
        self.assertEqual(done.out, b"hello\n")

    def test_big_to_file_and_pipe(self):
        with open(os.path.join(self.nginx.root, "big"), "rb") as f:
            wanted = f.read()
        done = self.fetch("-o", "big", self.nginx.url + "/big")
        self.assertExit(done, 0)
        self.assertEqual(self.read("big"), wanted)
        self.assertEqual(self.fetch(self.nginx.url + "/big").out, wanted)

    def test_compressed(self):
        need_coding("gzip")
        done = self.fetch("--compressed", "-i", self.nginx.url + "/hello.txt")
        self.assertIn(b"Content-Encoding: gzip", done.out)
        self.assertTrue(done.out.endswith(b"\r\n\r\nhello\n"))

    def test_redirect(self):
        done = self.fetch("-L", self.nginx.url + "/redirect")
        self.assertEqual(done.out, b"hello\n")

    def test_loop(self):
        self.assertExit(self.fetch("-L", self.nginx.url + "/loop"), 47)

    def test_fail(self):
        done = self.fetch("-f", self.nginx.url + "/nothing")
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"")
        self.assertIn("404", done.text)

    def test_keep_alive_over_many(self):
        done = self.fetch("-w", "%{num_connects}", f"{self.nginx.url}/hello.txt?[1-100]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello\n1" + b"hello\n0" * 99)

    def test_write_out_json(self):
        done = self.fetch("-o", "f", "-w", "%{json}", self.nginx.url + "/hello.txt")
        facts = json.loads(done.out)
        self.assertEqual(facts["http_code"], 200)
        self.assertEqual(facts["size_download"], 6)
        self.assertEqual(facts["exitcode"], 0)
        self.assertEqual(facts["remote_ip"], "127.0.0.1")
        self.assertEqual(facts["remote_port"], self.nginx.port)
        self.assertGreater(facts["time_total"], 0)

    def test_verbose(self):
        done = self.fetch("-v", self.nginx.url + "/hello.txt")
        self.assertIn("> GET /hello.txt HTTP/1.1", done.text)
        self.assertIn("< HTTP/1.1 200 OK", done.text)
        self.assertRegex(done.text, r"\* Connected to 127\.0\.0\.1")


class Secure(WithNginx):
    @classmethod
    def setUpClass(cls):
        need_https()
        super().setUpClass()

    def test_page(self):
        done = self.secure(self.nginx.tls_url + "/hello.txt")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello\n")

    def test_big(self):
        with open(os.path.join(self.nginx.root, "big"), "rb") as f:
            wanted = f.read()
        self.assertEqual(self.secure(self.nginx.tls_url + "/big").out, wanted)

    def test_reuse(self):
        done = self.secure("-w", "%{num_connects}", self.nginx.tls_url + "/hello.txt?[1-3]")
        self.assertEqual(done.out, b"hello\n1hello\n0hello\n0")

    def test_unknown_ca(self):
        done = self.fetch(self.nginx.tls_url + "/hello.txt")
        self.assertExit(done, 60)
        self.assertEqual(done.out, b"")
        self.assertIn("CN=localhost", done.text.replace(" ", "").replace("CN =", "CN="))

    def test_insecure(self):
        self.assertEqual(self.fetch("-k", self.nginx.tls_url + "/hello.txt").out, b"hello\n")

    def test_variables(self):
        for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            done = self.fetch(self.nginx.tls_url + "/hello.txt",
                              env={name: self.certificates.ca})
            self.assertEqual(done.out, b"hello\n", (name, done))

    def test_missing_ca_file(self):
        done = self.fetch("--cacert", "nowhere.pem", self.nginx.tls_url)
        self.assertExit(done, 77)
        self.assertIn("nowhere.pem", done.text)

    def test_plain_on_the_tls_port(self):
        done = self.fetch("-w", "%{http_code}", "-o", "f",
                          f"http://127.0.0.1:{self.nginx.tls_port}/")
        self.assertEqual(done.out, b"400")

    def test_tls_on_the_plain_port(self):
        done = self.fetch(f"https://127.0.0.1:{self.nginx.port}/")
        self.assertExit(done, 35)
        self.assertIn("http://", done.text)


class Options(TestCase):
    """What is asked of a server that restricts, moves and slows down."""

    BODY = bytes(range(256)) * 40

    @classmethod
    def setUpClass(cls):
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-nginx-")
        cls.addClassCleanup(cls._directory.cleanup)
        root = os.path.join(cls._directory.name, "root")
        users = os.path.join(cls._directory.name, "users")
        password = subprocess.run([need("openssl"), "passwd", "-apr1", "secret"],
                                  check=True, capture_output=True).stdout
        with open(users, "wb") as f:
            f.write(b"user:" + password)
        # What root has made is read by workers that are not.
        os.chmod(cls._directory.name, 0o755)
        moved = "".join(f"location /moved{n} {{ return {n} /method; }}\n"
                        for n in (301, 302, 303, 307, 308))
        cls.nginx = Nginx(cls._directory.name, more=f"""
            location /private/ {{
                auth_basic private; auth_basic_user_file {users}; alias {root}/;
            }}
            location /slow/ {{ limit_rate_after 1; limit_rate 2000; alias {root}/; }}
            location /method {{ return 200 "$request_method $content_type\\n"; }}
            location /busy {{ return 503; }}
            {moved}""")
        cls.addClassCleanup(cls.nginx.stop)
        cls.url = cls.nginx.url
        cls.nginx.put("hello.txt", b"hello\n")
        cls.nginx.put("big", cls.BODY)
        os.utime(os.path.join(root, "hello.txt"), (960898200, 960898200))

    def got(self, *args, status="200", code=0):
        done = self.fetch("-w", "\n%{http_code}", *args)
        self.assertExit(done, code)
        body, _, seen = done.out.rpartition(b"\n")
        self.assertEqual(seen.decode(), status, repr(done))
        return body

    def test_authentication(self):
        url = self.url + "/private/hello.txt"
        for how in ((), ("--anyauth",)):
            self.assertEqual(self.got(*how, "-u", "user:secret", url), b"hello\n")
            self.got(*how, "-u", "user:wrong", url, status="401")
        self.got(url, status="401")
        self.got("--digest", "-u", "user:secret", url, status="401")

    def test_ranges(self):
        big = self.url + "/big"
        for words, wanted in (("0-9", self.BODY[:10]), ("10000-", self.BODY[10000:]),
                              ("-7", self.BODY[-7:])):
            self.assertEqual(self.got("-r", words, big, status="206"), wanted, words)
        several = self.got("-r", "0-3,10-12", big, status="206")
        self.assertEqual(several.count(b"Content-Range: bytes "), 2)
        self.got("-r", "20000-", big, status="416")
        self.write("f", self.BODY[:5000])
        self.got("-C", "-", "-o", "f", big, status="206")
        self.assertEqual(self.read("f"), self.BODY)
        self.got("-C", "-", "-o", "f", big, status="416")
        self.assertEqual(self.read("f"), self.BODY)

    def test_resume_what_has_changed(self):
        self.nginx.put("changing", self.BODY)
        url = self.url + "/changing"
        self.got("-o", "f", "--etag-save", "etag", url)
        os.truncate(self.path("f"), 5000)
        self.got("-C", "-", "-o", "f", "--etag-compare", "etag", url, status="206")
        self.assertEqual(self.read("f"), self.BODY)
        os.truncate(self.path("f"), 5000)
        self.nginx.put("changing", self.BODY[::-1] + b"more")
        done = self.fetch("-C", "-", "-o", "f", "--etag-compare", "etag", url)
        self.assertExit(done, 33)
        self.assertEqual(self.read("f"), self.BODY[:5000])

    def test_conditions(self):
        url = self.url + "/hello.txt"
        self.got("-R", "-o", "f", "--etag-save", "etag", url)
        self.assertEqual(os.stat(self.path("f")).st_mtime, 960898200)
        # nginx compares for equality unless told otherwise.
        self.got("-z", "f", "-o", "f", url, status="304")
        self.got("--etag-compare", "etag", "-o", "f", url, status="304")
        self.assertEqual(self.read("f"), b"hello\n")
        self.got("-z", "-1 Jan 2000", url, status="412")
        self.got("--etag-compare", "etag", "-o", "f", self.url + "/big")
        self.assertEqual(self.read("f"), self.BODY)

    def test_post_that_is_moved(self):
        for status, method in ((301, b"GET"), (302, b"GET"), (303, b"GET"),
                               (307, b"POST"), (308, b"POST")):
            kind = b"application/x-www-form-urlencoded" if method == b"POST" else b""
            got = self.got("-L", "-d", "a=b", f"{self.url}/moved{status}")
            self.assertEqual(got, method + b" " + kind + b"\n", status)

    def test_too_slow(self):
        done = self.fetch("-y", "1", "-Y", "100000", "-o", "f", self.url + "/slow/big")
        self.assertExit(done, 28)
        self.assertIn("100000 bytes/sec", done.text)

    def test_keep_alive_over_errors_and_moves(self):
        done = self.fetch("-sL", "-o", "f", "-w", "%{num_connects} %{http_code}\n",
                          self.url + "/{nothing,moved301,busy,method,private/,hello.txt}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"1 404\n0 200\n0 503\n0 200\n0 401\n0 200\n")

    def test_retries_end(self):
        done = self.fetch("-s", "-f", "--retry", "2", "--retry-delay", "0.01", "-w",
                          "%{num_retries}", self.url + "/busy")
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"2")


class Readme(WithNginx):
    """The examples of README.md, with this nginx in the place of example.com."""

    def test_examples(self):
        need_https()
        self.nginx.put("index.html", b"<p>page</p>\n")
        self.write("report.txt", b"report\n")
        readme = os.path.join(HERE, "..", "..", "README.md")
        with open(readme, encoding="utf-8") as f:
            use = f.read().split("## Use\n")[1].split("\n## ")[0]
        commands = re.findall(r"^    minifetch (.*?)(?: +#.*)?$", use, re.M)
        self.assertGreaterEqual(len(commands), 5)
        for command in commands:
            words = [w.replace("https://example.com", self.nginx.tls_url)
                     .replace("http://example.com", self.nginx.url)
                     for w in shlex.split(command)]
            done = self.fetch(*words, env={"SSL_CERT_FILE": self.certificates.ca})
            self.assertExit(done, 0)
        self.assertEqual(self.read("page.html"), b"<p>page</p>\n")


if __name__ == "__main__":
    main()
