"""nginx over http and https."""
import json
import os
import re
import shlex
import tempfile

from harness import HERE, Certificates, Nginx, TestCase, main, need_coding, need_https


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
