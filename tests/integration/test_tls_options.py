"""Options of TLS that choose what is accepted from the peer, and shown to it."""
import base64
import hashlib
import os
import re
import ssl
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


class Revoked(SecureTestCase):
    """--crlfile"""

    def lists(self, *paths):
        """Revocation lists in one file, as they are now; its name."""
        name = f"lists{len(os.listdir(self.dir))}"
        for path in paths:
            with open(path, "rb") as one, open(self.path(name), "ab") as all_of_them:
                all_of_them.write(one.read())
        return name

    def test_revoked(self):
        none = self.lists(self.certificates.revoke("other"))
        good = self.lists(self.certificates.revoke("other", "localhost"))
        url = f"https://localhost:{self.s_server()}/"
        self.assertExit(self.secure("-o", "f", "--crlfile", none, url), 0)
        done = self.secure("-o", "f", "--crlfile", good, url)
        self.assertExit(done, 60)
        self.assertIn("revoked (certificate 0, subject CN=localhost", done.text)
        # nothing is verified then
        self.assertExit(self.fetch("-k", "-o", "f", "--crlfile", good, url), 0)
        # what one operation trusts is not what the next does
        self.assertExit(self.secure("-o", "f", url, "--next", "--cacert", self.certificates.ca,
                                    "-o", "f", "--crlfile", good, url), 60)

    def test_chain(self):
        """A list of each CA is needed."""
        middle, _ = self.certificates.make(
            "middle", extension="basicConstraints=critical,CA:TRUE")
        far = self.certificates.make("far", issuer="middle")
        port = self.s_server("-cert_chain", middle, certificate=far)
        url = f"https://localhost:{port}/"
        lower = self.certificates.revoke(issuer="middle")
        upper = self.certificates.revoke()
        self.assertExit(self.secure("-o", "f", "--crlfile", self.lists(lower, upper), url), 0)
        for path in lower, upper:
            done = self.secure("-o", "f", "--crlfile", self.lists(path), url)
            self.assertExit(done, 60)
            self.assertIn("unable to get certificate CRL", done.text)
            self.assertIn("--crlfile", done.text)
        upper = self.certificates.revoke("middle")
        done = self.secure("-o", "f", "--crlfile", self.lists(lower, upper), url)
        self.assertExit(done, 60)
        self.assertIn("revoked (certificate 1, subject CN=middle", done.text)

    def test_lists_beside_the_certificates(self):
        """Those in the file of --cacert count with those of --crlfile."""
        middle, _ = self.certificates.make(
            "between", extension="basicConstraints=critical,CA:TRUE")
        far = self.certificates.make("farther", issuer="between")
        port = self.s_server("-cert_chain", middle, certificate=far)
        url = f"https://localhost:{port}/"
        lower = self.certificates.revoke(issuer="between")
        upper = self.certificates.revoke()
        for inside, named in (lower, upper), (upper, lower):
            trusted = self.lists(self.certificates.ca, inside)
            done = self.fetch("-o", "f", "--cacert", trusted, "--crlfile", named, url)
            self.assertExit(done, 0)
        revoked = self.lists(self.certificates.ca, self.certificates.revoke("between"))
        done = self.fetch("-o", "f", "--cacert", revoked, "--crlfile", lower, url)
        self.assertExit(done, 60)
        self.assertIn("revoked", done.text)

    def test_unreadable(self):
        url = f"https://localhost:{self.s_server()}/"
        done = self.secure("-o", "f", "--crlfile", "none.crl", url)
        self.assertExit(done, 82)
        self.assertIn("none.crl: No such file", done.text)
        self.assertExit(self.secure("-o", "f", "--crlfile", self.certificates.ca, url), 82)

    def test_proxy(self):
        proxy = self.scripted(lambda peer: [peer.request(), peer.send(response(b"x"))])
        crls = self.certificates.revoke("localhost")
        args = ["--proxy-cacert", self.certificates.ca, "-x",
                f"https://localhost:{proxy.port}", "http://a.test/"]
        self.assertExit(self.fetch("--crlfile", crls, *args), 0)
        self.assertExit(self.fetch("--proxy-crlfile", crls, *args), 60)


class Offered(SecureTestCase):
    """What the client offers in the handshake."""

    def test_curves(self):
        """s_server tells what both have."""
        url = f"https://localhost:{self.s_server('-curves', 'P-384:P-256')}/"
        for curve in "P-384", "secp384r1":
            done = self.secure("--curves", f"X25519:{curve}", url)
            self.assertExit(done, 0)
            self.assertRegex(done.out, rb"(?m)^Shared groups: secp384r1$")
        done = self.secure("--curves", "X25519:P-521", url)
        self.assertExit(done, 35)
        done = self.secure("--curves", "P-257", url)
        self.assertExit(done, 59)
        self.assertIn("P-257", done.text)

    def test_no_sessionid(self):
        for version in "-tls1_2", "-tls1_3":
            url = f"https://localhost:{self.s_server(version)}/"
            two = ["-v", "-o", "f", url, "-o", "f", url]
            for args, resumed in ([], True), (["--no-sessionid"], False), \
                    (["--no-sessionid", "--sessionid"], True):
                done = self.secure(*args, *two)
                self.assertExit(done, 0)
                self.assertEqual(done.text.count("reusing session"), int(resumed), done)


class Presented(SecureTestCase):
    """--cert-type and --key-type"""

    def setUp(self):
        super().setUp()
        cert, key = self.client
        self.openssl("x509", "-in", cert, "-outform", "DER", "-out", "cert.der")
        self.openssl("pkey", "-in", key, "-outform", "DER", "-out", "key.der")
        self.openssl("pkcs12", "-export", "-in", cert, "-inkey", key, "-passout", "pass:secret",
                     "-out", "client.p12")

    DER = ["--cert", "cert.der", "--cert-type", "der", "--key", "key.der", "--key-type", "DER"]
    P12 = ["--cert-type", "P12", "--cert"]

    def asking(self):
        """A server that wants a certificate of the CA; its URL."""
        port = self.s_server("-Verify", "9", "-verify_return_error",
                             "-CAfile", self.certificates.ca)
        return f"https://localhost:{port}/"

    def test_types(self):
        url = self.asking()
        self.openssl("pkcs12", "-in", "client.p12", "-passin", "pass:secret", "-nodes",
                     "-out", "all.pem")
        self.openssl("pkcs12", "-export", "-in", "all.pem", "-passout", "pass:secret",
                     "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1",
                     "-out", "triple.p12")
        for args in (self.DER, [*self.P12, "triple.p12:secret"], [*self.P12, "client.p12:secret"],
                     [*self.P12, "client.p12", "--pass", "secret"],
                     ["--cert", self.client[0], "--key", self.client[1], "--cert-type", "PEM"]):
            done = self.secure(*args, url)
            self.assertExit(done, 0)
            self.assertRegex(done.out, b"Subject: CN ?= ?client")

    def test_chain(self):
        """What leads to the CA is in a P12 file, too, and is sent."""
        middle, _ = self.certificates.make(
            "middle", extension="basicConstraints=critical,CA:TRUE")
        cert, key = self.certificates.make("low", san="email:a@b.example", issuer="middle")
        chain = ["-certfile", middle]
        for more, code in ([], 35), (chain, 0):
            self.openssl("pkcs12", "-export", "-in", cert, "-inkey", key, *more,
                         "-passout", "pass:", "-out", "low.p12")
            url = self.asking()
            done = self.secure("--tls-max", "1.2", *self.P12, "low.p12", url)
            self.assertExit(done, code)

    def test_mistakes(self):
        url = "https://127.0.0.1:1/"
        for option in "--cert-type", "--key-type", "--proxy-cert-type", "--proxy-key-type":
            for kind, reason in ("ENG", "engines are out of"), ("x", "expected PEM"):
                done = self.fetch(option, kind, url)
                self.assertExit(done, 2)
                self.assertIn(f"{option}: ", done.text)
                self.assertIn(reason, done.text)
        self.assertExit(self.fetch("--key-type", "P12", url), 2)
        done = self.fetch("--listen", "tls://127.0.0.1:0", *self.DER)
        self.assertExit(done, 2)
        self.assertIn("PEM", done.text)
        url = self.asking()
        for password in "", "public":
            done = self.secure(*self.P12, f"client.p12:{password}", url)
            self.assertExit(done, 58)
            self.assertIn("client.p12", done.text)

    def test_outdated_encryption(self):
        self.openssl("pkcs12", "-legacy", "-export", "-in", self.client[0], "-inkey",
                     self.client[1], "-passout", "pass:secret", "-out", "old.p12")
        done = self.secure(*self.P12, "old.p12:secret", self.asking())
        self.assertExit(done, 58)
        self.assertIn("openssl pkcs12 -legacy", done.text)

    def test_proxy(self):
        def script(peer):
            peer.request()
            peer.send(response(str(peer._sock.getpeercert()).encode()))

        def wrap(sock):
            return context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.good)
        context.load_verify_locations(self.certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        proxy = self.serve(script, wrap=wrap)
        args = ["--proxy-cacert", self.certificates.ca, "-x",
                f"https://localhost:{proxy.port}", "http://a.test/"]
        for form in self.DER, [*self.P12, "client.p12:secret"]:
            done = self.fetch(*(re.sub("^--", "--proxy-", word) for word in form), *args)
            self.assertExit(done, 0)
            self.assertIn(b"'client'", done.out)


class Stapled(SecureTestCase):
    """--cert-status"""

    def staple(self, status, about=None, signer=None, *more):
        """A server that staples a response of the CA, or of (certificate, key), about
        the certificate; its URL."""
        cert = about or self.good[0]
        cert_of_signer, key = signer or (self.certificates.ca,
                                         self.certificates.ca.replace(".pem", ".key"))
        serial = subprocess.run([need("openssl"), "x509", "-in", cert, "-noout", "-serial"],
                                capture_output=True, check=True).stdout.decode().strip()
        revoked = "250101000000Z,keyCompromise" if status == "R" else ""
        line = "\t".join([status, "400101000000Z", revoked, serial.partition("=")[2],
                          "unknown", "/CN=x"]) + "\n"
        self.write("index", line.encode() if status in "VR" else b"")
        name = f"status{len(os.listdir(self.dir))}"  # it is read at each handshake
        self.openssl("ocsp", "-index", "index", "-CA", self.certificates.ca, "-rsigner",
                     cert_of_signer, "-rkey", key, "-issuer", self.certificates.ca, *more,
                     "-cert", cert, "-no_nonce", "-ndays", "3", "-respout", name)
        return f"https://localhost:{self.s_server('-status_file', self.path(name))}/"

    def get(self, url, *args):
        return self.secure("-o", "f", "--cert-status", *args, url)

    def test_good(self):
        url = self.staple("V")
        for version in "1.2", "1.3":
            done = self.get(url, "-v", "--tls-max", version, "-o", "f", url)
            self.assertExit(done, 0)
            self.assertEqual(done.text.count("certificate status: good"), 2, done)
        self.assertExit(self.get(self.staple("V", None, None, "-sha256")), 0)

    def test_delegated(self):
        """Others may sign for the CA when it has said so."""
        delegate = self.certificates.make("delegate", extension="extendedKeyUsage=OCSPSigning")
        self.assertExit(self.get(self.staple("V", None, delegate)), 0)
        done = self.get(self.staple("V", None, self.other))
        self.assertExit(done, 91)
        self.assertIn("not signed", done.text)

    def test_bad(self):
        self.write("refusal", b"\x30\x03\x0a\x01\x06")
        self.write("rubbish", b"rubbish")
        files = [f"https://localhost:{self.s_server('-status_file', self.path(name))}/"
                 for name in ("refusal", "rubbish")]
        for url, words in (
                (f"https://localhost:{self.s_server()}/", "No OCSP response received"),
                (files[0], "unauthorized (6)"),
                (self.staple("R"), "revoked: keyCompromise, Jan  1 00:00:00 2025 GMT"),
                (self.staple("U"), "is unknown"),
                (self.staple("V", self.other[0]), "not about the certificate")):
            for insecure in [], ["-k"]:
                done = self.get(url, *insecure)
                self.assertExit(done, 91)
                self.assertIn(words, done.text)
        self.assertNotEqual(self.get(files[1]).code, 0)

    def test_nothing_is_sent(self):
        server = self.scripted(lambda peer: [peer.request(), peer.send(response(b"x"))])
        self.assertExit(self.get(f"https://localhost:{server.port}/"), 91)
        self.assertEqual([r for r in server.requests if r], [])


if __name__ == "__main__":
    main()
