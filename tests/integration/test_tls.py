"""TLS against `openssl s_server` and a scripted TLS server."""
import json
import os
import re
import socket
import subprocess

from harness import main, need, response
from securing import SecureTestCase


def cut(peer):
    """Close the TCP connection below a TLS one."""
    with socket.socket(fileno=os.dup(peer._sock.fileno())) as below:
        below.shutdown(socket.SHUT_RDWR)


class Tls(SecureTestCase):
    def plain(self):
        """The port of a server that speaks no TLS."""
        return self.serve(lambda peer: [peer.take(5), peer.send(b"220 hello there\r\n")]).port

    def test_versions(self):
        for version in ("1.2", "1.3"):
            port = self.s_server(f"-tls{version.replace('.', '_')}")
            done = self.secure("-v", f"https://localhost:{port}/")
            self.assertExit(done, 0)
            self.assertIn(f"TLSv{version}", done.text)

    def test_old_versions_are_refused(self):
        port = self.s_server("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        self.assertExit(self.secure(f"https://localhost:{port}/"), 35)

    def test_name_mismatch(self):
        port = self.s_server(certificate=self.other)
        done = self.secure(f"https://localhost:{port}/")
        self.assertExit(done, 60)
        self.assertIn("other.example", done.text)
        self.assertIn("localhost", done.text)

    def test_address_in_certificate(self):
        port = self.s_server()
        self.assertExit(self.secure("-o", "f", f"https://127.0.0.1:{port}/"), 0)

    def test_certificates_written_out(self):
        """What -w shows of a chain is what openssl says of its certificates."""
        port = self.s_server("-cert_chain", self.certificates.ca)
        url = f"https://localhost:{port}/"
        done = self.secure("-o", "f", "-w", "%{num_certs}|%{certs}", url)
        self.assertExit(done, 0)
        number, text = done.out.split(b"|", 1)
        self.assertEqual(number, b"2")
        for line in (b"Subject:CN = localhost", b"Issuer:CN = minifetch test CA",
                     b"Version:2", b"Public Key Algorithm:id-ecPublicKey",
                     b"X509v3 Subject Alternative Name:DNS:localhost, IP Address:127.0.0.1, "
                     b"IP Address:0:0:0:0:0:0:0:1"):
            self.assertIn(line, text.splitlines())
        pems = re.findall(b"-----BEGIN.*?END CERTIFICATE-----\n", text, re.S)
        self.assertEqual(len(pems), 2)
        for pem, path in zip(pems, (self.good[0], self.certificates.ca)):
            with open(path, "rb") as f:
                self.assertIn(pem, f.read())
            told = subprocess.run(
                [need("openssl"), "x509", "-in", path, "-noout", "-serial", "-dates"],
                capture_output=True, check=True).stdout.decode()
            serial, starts, expires = re.findall("=(.*)", told)
            for line in (f"Serial Number:{serial.lower()}", f"Start date:{starts}",
                         f"Expire date:{expires}"):
                self.assertIn(line.encode(), text.splitlines())

    def test_explained(self):
        server = self.scripted(lambda p: [p.request(), p.send(response(b"x"))])
        text = self.secure("--explain", f"https://localhost:{server.port}/").text
        self.assertRegex(text, r"\n  tls: TLSv1\.3, TLS_\w+, ALPN chose http/1\.1\n"
                               r"  certificate 1: CN=localhost, issued by CN=[^\n]+\n"
                               r"    valid until [A-Z][a-z]{2}, [^\n]+ GMT, \d+ days left\n"
                               r"  certificates: verified\n")
        text = self.fetch("-k", "--explain", f"https://localhost:{server.port}/").text
        self.assertIn("not verified", text)

    def test_reported(self):
        server = self.scripted(lambda p: [p.request(), p.send(response(b"x"))])
        done = self.secure("--report", "%", f"https://localhost:{server.port}/")
        tls = json.loads(done.text)["hops"][0]["tls"]
        self.assertEqual((tls["version"], tls["alpn"]), ("TLSv1.3", "http/1.1"))
        self.assertEqual(tls["certificates"][0]["subject"], "CN=localhost")
        self.assertIn(tls["certificates"][0]["days_left"], range(1, 100000))

    def test_days_left(self):
        server = self.scripted(lambda p: [p.request(), p.send(response(b"x"))])
        url = f"https://localhost:{server.port}/"
        days = json.loads(self.secure("--report", "%", url).text)["hops"][0]["tls"][
            "certificates"][0]["days_left"]
        # the day may end between two runs
        self.assertExit(self.secure("--cert-min-days", days - 1, url), 0)
        done = self.secure("--cert-min-days", days + 1, url)
        self.assertExit(done, 121)
        self.assertRegex(done.text, f"CN=localhost, has ({days}|{days - 1}) days left, "
                                    f"fewer than {days + 1} ")
        self.assertEqual(done.out, b"")
        self.assertExit(self.fetch("--cert-min-days", "9", self.serve(response()).url), 0)

    def test_days_left_on_a_connection_of_an_earlier_operation(self):
        """It is not used again when its certificate is not good enough."""
        server = self.scripted(lambda peer: [
            peer.send(response(b"x")) for _ in iter(peer.request, b"")])
        url = f"https://localhost:{server.port}/"
        for first in [], ["--cert-min-days", 1]:
            before = server.connections
            done = self.secure(*first, url, "--next", "-v", "--cacert", self.certificates.ca,
                               "--cert-min-days", 10000, url)
            self.assertExit(done, 121)
            self.assertEqual(done.out, b"x")
            self.assertIn("fewer than 10000", done.text)
            self.assertEqual(server.connections, before + 2)
        done = self.secure(url, "--next", "--cacert", self.certificates.ca, "--cert-min-days", 1,
                           "-w", "%{num_connects}", url)
        self.assertEqual(done.out, b"xx0")

    def test_certificates_of_a_reused_connection(self):
        server = self.scripted(lambda peer: [
            peer.send(response()) for _ in iter(peer.request, b"")])
        url = f"https://localhost:{server.port}/"
        done = self.secure("-w", "%{num_certs} %{num_connects}\\n", url, url)
        self.assertEqual(done.out, b"1 1\n1 0\n")

    def test_rsa_key_written_out(self):
        key, cert = self.path("rsa.key"), self.path("rsa.pem")
        subprocess.run([need("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                        "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-set_serial",
                        "-17"], check=True, stderr=subprocess.DEVNULL)
        modulus = subprocess.run([need("openssl"), "x509", "-in", cert, "-noout", "-modulus"],
                                 capture_output=True, check=True).stdout[8:].strip()
        port = self.s_server(certificate=(cert, key))
        done = self.fetch("-k", "-o", "f", "-w", "%{certs}", f"https://localhost:{port}/")
        self.assertExit(done, 0)
        for line in (b"Serial Number:-11", b"RSA Public Key:2048", b"rsa(n):" + modulus,
                     b"rsa(e):10001"):
            self.assertIn(line, done.out.splitlines())

    def test_capath(self):
        os.mkdir(self.path("cas"))
        os.symlink(self.certificates.ca, self.path("cas/ca.pem"))
        subprocess.run([need("openssl"), "rehash", self.path("cas")], check=True)
        port = self.s_server()
        for args, env in ((("--capath", "cas"), {}), ((), {"SSL_CERT_DIR": self.path("cas")})):
            done = self.fetch(*args, "-o", "f", f"https://localhost:{port}/", env=env)
            self.assertExit(done, 0)

    def test_certificates_as_openssl_reads_them(self):
        """A file of CAs is what OpenSSL's reader sees in it, and whole or an error."""
        ours, other = (open(path).read() for path in (self.certificates.ca, self.other[0]))
        url = f"https://localhost:{self.s_server()}/"
        for text, code in (
                (other * 3 + ours, 0),
                (other + other + "#" + ours, 60),
                (other + other + "Ours: " + ours, 60),
                (other + other + ours.replace("-\n", "- \t\r\n", 1), 0),
                (other + other + ours.replace("CERTIFICATE", "X509 CERTIFICATE"), 0),
                (other + other + ours.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), 0),
                (other + ours + other.replace("M", "?"), 77),
                (ours + other + "-----BEGIN CERTIFICATE-----\nMIIB\n"
                                "-----END CERTIFICATE-----\n", 77)):
            self.write("cas.pem", text.encode())
            for trust in (["--cacert", "cas.pem"], {}), ([], {"SSL_CERT_FILE": "cas.pem"}):
                done = self.fetch(*trust[0], "-o", "f", url, env=dict(trust[1]))
                self.assertExit(done, code)

    def test_underscore_under_a_wildcard(self):
        """OpenSSL's own matching refuses it; just one label is taken all the same."""
        port = self.s_server(certificate=self.certificates.make(
            "wild", san="DNS:*.sub.example,DNS:*.example"))
        for name, code in (("foo_bar.sub.example", 0), ("FOO_BAR.sub.example", 0),
                           ("foo.sub.example", 0), ("a_b.foo.sub.example", 60),
                           ("foo.a_b.sub.example", 60), ("foo_bar.example", 60),
                           ("foo_bar.sup.example", 60)):
            url = f"https://{name}:{port}/"
            done = self.secure("--resolve", f"{name}:{port}:127.0.0.1", "-o", "f",
                               "-w", "%{ssl_verify_result}", url)
            self.assertExit(done, code)
            if code == 0:
                self.assertEqual(done.out, b"0")
        # the chain is judged as ever
        done = self.fetch("--resolve", f"foo_bar.sub.example:{port}:127.0.0.1",
                          f"https://foo_bar.sub.example:{port}/")
        self.assertExit(done, 60)

    def test_nothing_is_learnt_where_nothing_is_verified(self):
        """A chain that is fine says nothing under -k, for the name may be another's."""
        answer = response(b"x", Strict_Transport_Security="max-age=1000")
        server = self.scripted(lambda p: [p.request(), p.send(answer)])
        for name, args, kept in (("localhost", [], True), ("other.test", ["-k"], False)):
            done = self.secure("--hsts", name, *args, "--explain", "--resolve",
                               f"{name}:{server.port}:127.0.0.1",
                               f"https://{name}:{server.port}/")
            self.assertExit(done, 0)
            self.assertEqual(b'"' in self.read(name), kept, done)
            self.assertEqual("certificates: verified" in done.text, kept, done)

    def test_peer_of_a_handshake_that_failed(self):
        """-w tells with whom it was."""
        for url, code in ((f"https://localhost:{self.s_server()}/", 60),
                          (f"https://localhost:{self.plain()}/", 35)):
            port = url.split(":")[2].strip("/")
            done = self.fetch("-w", "%{remote_ip} %{remote_port} %{local_ip} %{local_port}",
                              "-4", url)
            self.assertExit(done, code)
            self.assertRegex(done.out.decode(), rf"^127\.0\.0\.1 {port} 127\.0\.0\.1 [1-9]\d+$")

    def test_result_of_a_verification_that_failed(self):
        results = "%{ssl_verify_result} %{proxy_ssl_verify_result}"
        port = self.s_server()
        for args, code, wanted in (
                ((f"https://localhost:{port}/",), 60, r"[1-9]\d* 0"),
                (("--cacert", self.certificates.ca, f"https://127.0.0.9:{port}/"), 60,
                 "[1-9]\\d* 0"),
                ((f"https://localhost:{self.plain()}/",), 35, "0 0"),
                (("-x", f"https://localhost:{port}", "http://a.test/"), 60, r"0 [1-9]\d*"),
                ((f"https://localhost:{port}/", "--next", "-s", "-w", results,
                  f"http://127.0.0.1:{self.plain()}/"), 0, r"[1-9]\d* 00 0")):
            with self.subTest(args=args):
                done = self.fetch("-s", "-w", results, *args)
                if code:
                    self.assertExit(done, code)
                self.assertRegex(done.out.decode(), f"^{wanted}$")

    def test_hint_of_what_is_no_tls(self):
        for scheme, other in ("https", "http"), ("tls", "tcp"):
            done = self.fetch(f"{scheme}://127.0.0.1:{self.plain()}")
            self.assertExit(done, 35)
            self.assertIn(f"does not speak TLS on this port; try {other}://", done.text)

    def test_client_certificate(self):
        port = self.s_server("-Verify", "1", "-CAfile", self.certificates.ca,
                             "-verify_return_error")
        url = f"https://localhost:{port}/"
        self.assertNotEqual(self.secure(url).code, 0)
        cert, key = self.client
        done = self.secure("--cert", cert, "--key", key, "-o", "f", url)
        self.assertExit(done, 0)

    def test_silent_server_times_out(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            done = self.fetch("--connect-timeout", "0.4",
                              f"https://127.0.0.1:{s.getsockname()[1]}/")
        self.assertExit(done, 28)

    def test_close_without_notify_is_a_truncation(self):
        """A bare TCP close is no end for a body that lasts until close."""
        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\n\r\nhalf")
            cut(peer)
        done = self.secure(f"https://localhost:{self.scripted(script).port}/")
        self.assertExit(done, 56)
        self.assertIn("close_notify", done.text)

    def test_close_without_notify_behind_a_whole_body(self):
        def script(peer):
            peer.request()
            peer.send(response(b"whole"))
            cut(peer)
        done = self.secure(f"https://localhost:{self.scripted(script).port}/")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"whole")

    def test_key_log(self):
        log = {"SSLKEYLOGFILE": self.path("keys")}
        url = f"https://localhost:{self.s_server()}/"
        for args, labels in ((("--tls-max", "1.2"), {b"CLIENT_RANDOM"}),
                             ((), {b"SERVER_HANDSHAKE_TRAFFIC_SECRET",
                                   b"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                   b"SERVER_TRAFFIC_SECRET_0", b"CLIENT_TRAFFIC_SECRET_0",
                                   b"EXPORTER_SECRET"})):
            self.assertExit(self.fetch("--cacert", self.certificates.ca, "-o", "f", *args, url,
                                       env=log), 0)
            lines = self.read("keys").splitlines()
            for line in lines:
                self.assertRegex(line, rb"^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$")
            self.assertLessEqual(labels, {line.split()[0] for line in lines})
        self.assertEqual(lines[0].split()[0], b"CLIENT_RANDOM")
        self.assertEqual(os.stat(self.path("keys")).st_mode & 0o777, 0o600)

    def test_key_log_that_others_could_read(self):
        url = f"https://localhost:{self.s_server()}/"
        self.write("keys", b"# mine\n")
        os.chmod(self.path("keys"), 0o644)
        done = self.fetch("--cacert", self.certificates.ca, "-o", "f", url,
                          env={"SSLKEYLOGFILE": self.path("keys")})
        self.assertExit(done, 0)
        self.assertTrue(self.read("keys").startswith(b"# mine\n"))
        self.assertEqual(os.stat(self.path("keys")).st_mode & 0o777, 0o600)

    def test_key_log_that_cannot_be_written(self):
        url = f"https://localhost:{self.s_server()}/"
        self.assertExit(self.fetch("--cacert", self.certificates.ca, "-o", "f", url,
                                   env={"SSLKEYLOGFILE": self.path("no/where")}), 0)

    def test_body_until_close_notify(self):
        def script(peer):
            peer.request()
            peer.send(b"HTTP/1.1 200 OK\r\n\r\nwhole")
            peer._sock.unwrap()
        done = self.secure(f"https://localhost:{self.scripted(script).port}/")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"whole")


if __name__ == "__main__":
    main()
