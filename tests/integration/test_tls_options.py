"""Options of TLS that choose what is accepted from the peer, and shown to it."""
import base64
import hashlib
import subprocess

from harness import main, need, response
from proxying import tunnel
from securing import SecureTestCase


class Pinned(SecureTestCase):
    """--pinnedpubkey"""

    def setUp(self):
        super().setUp()
        cert, key = self.good
        self.openssl("x509", "-in", cert, "-noout", "-pubkey", "-out", "key.pem")
        self.openssl("pkey", "-in", key, "-pubout", "-outform", "DER", "-out", "key.der")
        digest = base64.b64encode(hashlib.sha256(self.read("key.der")).digest()).decode()
        self.pin = f"sha256//{digest}"
        self.other_pin = "sha256//" + base64.b64encode(bytes(32)).decode()

    def openssl(self, *args):
        subprocess.run([need("openssl"), *args], cwd=self.dir, check=True,
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_right(self):
        url = f"https://localhost:{self.s_server()}/"
        for pin in self.pin, f"{self.other_pin};{self.pin}", "key.pem", "key.der":
            self.assertExit(self.secure("-o", "f", "--pinnedpubkey", pin, url), 0)
        self.assertExit(self.fetch("-k", "-o", "f", "--pinnedpubkey", self.pin, url), 0)
        done = self.fetch("-o", "f", "--pinnedpubkey", self.pin, url)
        self.assertExit(done, 60)

    def test_wrong(self):
        """Nothing is sent, and the message has what could be pinned."""
        server = self.scripted(lambda peer: [peer.request(), peer.send(response(b"x"))])
        url = f"https://localhost:{server.port}/"
        for trust in ["-k"], ["--cacert", self.certificates.ca]:
            done = self.fetch(*trust, "--pinnedpubkey", self.other_pin, url)
            self.assertExit(done, 90)
            self.assertIn(self.pin, done.text)
        self.assertEqual([r for r in server.requests if r], [])
        done = self.fetch("-k", "-o", "f", "--pinnedpubkey", "none.pem", url)
        self.assertExit(done, 90)
        self.assertIn("none.pem: No such file", done.text)

    def test_each_operation_has_its_own(self):
        """A connection of a laxer one is not used again."""
        server = self.scripted(lambda peer: [
            peer.send(response(b"x")) for _ in iter(peer.request, b"")])
        url = f"https://localhost:{server.port}/"
        self.assertExit(self.fetch("-k", url, "--next", "-k", "--pinnedpubkey",
                                   self.other_pin, url), 90)
        done = self.fetch("-k", "--pinnedpubkey", self.pin, url, url)
        self.assertEqual((done.code, done.out), (0, b"xx"), done)

    def test_resumed(self):
        """The key of a session that is resumed is looked at, too."""
        for version in "-tls1_2", "-tls1_3":
            url = f"https://localhost:{self.s_server(version)}/"
            done = self.secure("-v", "--pinnedpubkey", self.pin, "-o", "f", url, "-o", "f", url)
            self.assertExit(done, 0)
            self.assertEqual(done.text.count("public key hash: " + self.pin), 2, done)
            self.assertIn("reusing session", done.text)

    def test_proxy(self):
        origin = self.serve(response(b"hello"))
        proxy = self.scripted(tunnel())
        args = ["--proxy-cacert", self.certificates.ca, "-p", "-x",
                f"https://localhost:{proxy.port}", origin.url]
        done = self.fetch("--proxy-pinnedpubkey", self.pin, "--pinnedpubkey", "none", *args)
        self.assertEqual((done.code, done.out), (0, b"hello"), done)
        done = self.fetch("--proxy-pinnedpubkey", self.other_pin, *args)
        self.assertExit(done, 90)
        self.assertIn(self.pin, done.text)


if __name__ == "__main__":
    main()
