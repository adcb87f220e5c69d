"""Servers of TLS, and certificates for them."""
import ssl
import subprocess
import tempfile

from harness import Certificates, TestCase, free_port, need, need_https, wait_for_port


class SecureTestCase(TestCase):
    @classmethod
    def setUpClass(cls):
        need_https()
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-tls-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.certificates = Certificates(cls._directory.name)
        cls.good = cls.certificates.make("localhost")
        cls.other = cls.certificates.make("other", san="DNS:other.example")
        cls.client = cls.certificates.make("client", san="email:a@b.example")

    def s_server(self, *args, certificate=None):
        """openssl s_server; its port."""
        cert, key = certificate or self.good
        port = free_port()
        process = subprocess.Popen(
            [need("openssl"), "s_server", "-accept", str(port), "-cert", cert, "-key", key,
             "-www", *args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=self.dir)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.terminate)
        wait_for_port(port, process)
        return port

    def openssl(self, *args):
        """Run openssl in the test's directory."""
        subprocess.run([need("openssl"), *args], cwd=self.dir, check=True,
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def scripted(self, script):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.good)
        context.set_alpn_protocols(["http/1.1"])

        def wrap(sock):
            return context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True)
        return self.serve(script, wrap=wrap)

    def secure(self, *args):
        return self.fetch("--cacert", self.certificates.ca, *args)
