"""Conversations with nc, ncat and socat: bytes, ends and datagrams, each way."""
import hashlib
import json
import os
import select
import socket
import subprocess
import tempfile
import time

from harness import (PROGRAM, TIMEOUT, Certificates, environment, free_port, main,
                     need_https)
from talking import MIB, TalkCase, need_tool

# A program listens or connects; it sends its standard input and writes what it
# receives. socat would give up half a second behind the first end.
LISTEN = {
    "nc": "nc -l -N 127.0.0.1 {port}",
    "ncat": "ncat -l 127.0.0.1 {port}",
    "socat": "socat -t 30 STDIO TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr",
}
CONNECT = {
    "nc": "nc -N 127.0.0.1 {port}",
    "ncat": "ncat 127.0.0.1 {port}",
    "socat": "socat -t 30 STDIO TCP:127.0.0.1:{port}",
}
LISTEN_UNIX = {
    "nc": "nc -l -N -U {path}",
    "ncat": "ncat -l -U {path}",
    "socat": "socat -t 30 STDIO UNIX-LISTEN:{path}",
}
CONNECT_UNIX = {
    "nc": "nc -N -U {path}",
    "ncat": "ncat -U {path}",
    "socat": "socat -t 30 STDIO UNIX:{path}",
}
LISTEN_TLS = {
    "ncat": "ncat -l --ssl --ssl-cert {cert} --ssl-key {key} 127.0.0.1 {port}",
    "socat": "socat -t 30 STDIO "
             "OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,cert={cert},key={key},verify=0",
}
CONNECT_TLS = {
    "ncat": "ncat --ssl 127.0.0.1 {port}",
    "socat": "socat -t 30 STDIO OPENSSL:127.0.0.1:{port},verify=0",
}
LISTEN_UDP = {
    "nc": "nc -u -l 127.0.0.1 {port}",
    "ncat": "ncat -u -l 127.0.0.1 {port}",
    "socat": "socat STDIO UDP-LISTEN:{port},bind=127.0.0.1",
}
CONNECT_UDP = {
    "nc": "nc -u 127.0.0.1 {port}",
    "ncat": "ncat -u 127.0.0.1 {port}",
    "socat": "socat STDIO UDP:127.0.0.1:{port}",
}
DATAGRAMS = 1000


class ToolCase(TalkCase):
    """Starts the other programs."""

    def tool(self, command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **places):
        words = command.format(**places).split()
        words[0] = need_tool(words[0])
        process = subprocess.Popen(words, stdin=stdin, stdout=stdout, bufsize=0,
                                   stderr=subprocess.DEVNULL, cwd=self.dir)
        self.addCleanup(self.end, process)
        return process

    def client(self, *args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE):
        """Start the program."""
        process = subprocess.Popen(
            [PROGRAM, *map(str, args)], stdin=stdin, stdout=stdout, bufsize=0,
            stderr=subprocess.PIPE, cwd=self.dir, env=environment(self.dir))
        self.addCleanup(self.end, process)
        return process

    def wait_for_listener(self, process, port, table="tcp"):
        """Without connecting, for the one connection would be used up."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            self.assertIsNone(process.poll(), "the other program has ended")
            with open(f"/proc/net/{table}") as f:
                for line in f.readlines()[1:]:
                    words = line.split()
                    if (words[1].endswith(f":{port:04X}") and
                            words[3] == {"tcp": "0A", "udp": "07"}[table]):
                        return
            time.sleep(0.01)
        self.fail(f"nobody listens on {port}")

    def wait_for_path(self, process, path):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            self.assertIsNone(process.poll(), "the other program has ended")
            with open("/proc/net/unix") as f:
                # flags of a socket that listens, and its path
                if any(line.split()[-1] == path and line.split()[3] == "00010000"
                       for line in f.readlines()[1:]):
                    return
            time.sleep(0.01)
        self.fail(f"nobody listens on {path}")

    def exactly(self, stream, n):
        """The next `n` bytes of an unbuffered pipe."""
        data = b""
        while len(data) < n:
            self.assertTrue(select.select([stream], [], [], TIMEOUT)[0],
                            f"nothing came after {data[-100:]!r}")
            more = stream.read(n - len(data))
            self.assertTrue(more, f"the end after {data[-100:]!r}")
            data += more
        return data

    def no_more(self, stream):
        self.assertTrue(select.select([stream], [], [], TIMEOUT)[0], "no end came")
        self.assertEqual(stream.read(1), b"")

    def ends_with(self, process, code=0):
        """Its exit status, with what it said if that is another."""
        process.wait(TIMEOUT)
        said = process.stderr.read() if process.stderr else b""
        self.assertEqual(process.returncode, code, said)


class Bytes(ToolCase):
    """64 MiB through each path, checksums equal."""

    @classmethod
    def setUpClass(cls):
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-talk-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.certificates = Certificates(cls._directory.name)
        cls.cert, cls.key = cls.certificates.make("localhost")
        cls.data = os.path.join(cls._directory.name, "data")
        block = os.urandom(MIB)
        with open(cls.data, "wb") as f:
            for i in range(64):
                f.write(i.to_bytes(4, "big") + block[4:])
        cls.digest = cls.checksum(cls.data)

    @staticmethod
    def checksum(path):
        with open(path, "rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()

    def places(self):
        if os.path.exists(self.path("s")):
            os.unlink(self.path("s"))   # ncat leaves it behind
        return {"port": free_port(), "path": self.path("s"), "cert": self.cert,
                "key": self.key}

    def start_listening(self, command, places, **streams):
        process = self.tool(command, **places, **streams)
        if "{path}" in command:
            self.wait_for_path(process, places["path"])
        else:
            self.wait_for_listener(process, places["port"])
        return process

    def send_to_it(self, url, command):
        """It listens and writes what comes to a file; we send."""
        places = self.places()
        with open(self.path("got"), "wb") as got:
            # A standard input that has ended makes ncat --ssl hang up.
            process = self.start_listening(command, places, stdin=subprocess.PIPE, stdout=got)
            client = self.client("-T", self.data, "--cacert", self.certificates.ca,
                                 url.format(**places))
            end = time.monotonic() + TIMEOUT
            while os.path.getsize(self.path("got")) < 64 * MIB and time.monotonic() < end:
                time.sleep(0.01)
            process.stdin.close()
            self.ends_with(client)
            self.ends_with(process)
        self.assertEqual(self.checksum(self.path("got")), self.digest)

    def receive_from_it(self, url, command, *args, code=0):
        """It listens and sends a file; we receive."""
        places = self.places()
        with open(self.data, "rb") as data:
            self.start_listening(command, places, stdin=data)
        done = self.fetch("-T", "/dev/null", "-o", "got", "--cacert", self.certificates.ca,
                          *args, url.format(**places))
        self.assertExit(done, code)
        self.assertEqual(self.checksum(self.path("got")), self.digest)

    def it_sends(self, url, command, *args, code=0):
        """It connects and sends a file; we listen and receive."""
        server = self.listen(url.format(path=self.path("s")), *args)
        with open(self.data, "rb") as data:
            self.tool(command, stdin=data, port=server.port, path=self.path("s"))
            out, _ = self.finish(server, code)
        self.assertEqual(hashlib.sha256(out).hexdigest(), self.digest)

    def it_receives(self, url, command, *args):
        """It connects and writes what comes to a file; we listen and send."""
        server = self.listen(url.format(path=self.path("s")), "-T", self.data, *args)
        with open(self.path("got"), "wb") as got:
            process = self.tool(command, stdin=subprocess.PIPE, stdout=got, port=server.port,
                                path=self.path("s"))
            end = time.monotonic() + TIMEOUT
            while os.path.getsize(self.path("got")) < 64 * MIB and time.monotonic() < end:
                time.sleep(0.01)
            process.stdin.close()
            process.wait(TIMEOUT)
        self.finish(server)
        self.assertEqual(self.checksum(self.path("got")), self.digest)

    def each_way(self, name, url, here, listening, connecting):
        with self.subTest("we connect and send"):
            self.send_to_it(url, listening[name])
        with self.subTest("we connect and receive"):
            # nc and ncat take our half-close for the end of both directions.
            self.receive_from_it(url, listening[name], "--no-shutdown")
        with self.subTest("we listen and receive"):
            self.it_sends(here, connecting[name])
        with self.subTest("we listen and send"):
            self.it_receives(here, connecting[name])

    def tcp(self, name):
        self.each_way(name, "tcp://127.0.0.1:{port}", "tcp://127.0.0.1:0", LISTEN, CONNECT)

    def unix(self, name):
        self.each_way(name, "unix://{path}", "unix://{path}", LISTEN_UNIX, CONNECT_UNIX)

    def test_nc(self):
        self.tcp("nc")

    def test_ncat(self):
        self.tcp("ncat")

    def test_socat(self):
        self.tcp("socat")

    def test_nc_on_unix(self):
        self.unix("nc")

    def test_ncat_on_unix(self):
        self.unix("ncat")

    def test_socat_on_unix(self):
        self.unix("socat")

    def test_ncat_with_tls(self):
        need_https()
        args = ("--cert", self.cert, "--key", self.key)
        with self.subTest("we connect and send"):
            self.send_to_it("tls://localhost:{port}", LISTEN_TLS["ncat"])
        # ncat sends no close_notify, so nothing tells that this was all.
        with self.subTest("we connect and receive"):
            self.receive_from_it("tls://localhost:{port}", LISTEN_TLS["ncat"],
                                 "--no-shutdown", "--no-atomic", code=56)
        with self.subTest("we listen and receive"):
            self.it_sends("tls://127.0.0.1:0", CONNECT_TLS["ncat"], *args, code=56)
        with self.subTest("we listen and send"):
            self.it_receives("tls://127.0.0.1:0", CONNECT_TLS["ncat"], *args)

    def test_socat_with_tls(self):
        need_https()
        args = ("--cert", self.cert, "--key", self.key)
        with self.subTest("we connect and send"):
            self.send_to_it("tls://localhost:{port}", LISTEN_TLS["socat"])
        with self.subTest("we connect and receive"):
            self.receive_from_it("tls://localhost:{port}", LISTEN_TLS["socat"])
        with self.subTest("we listen and receive"):
            self.it_sends("tls://127.0.0.1:0", CONNECT_TLS["socat"], *args)
        with self.subTest("we listen and send"):
            self.it_receives("tls://127.0.0.1:0", CONNECT_TLS["socat"], *args)


class Ends(ToolCase):
    """Half-close in both orders."""

    def we_end_first(self, it, our_in, our_out):
        """What is sent behind our end still comes."""
        our_in.write(b"question")
        our_in.close()
        self.assertEqual(self.exactly(it.stdout, 8), b"question")
        it.stdin.write(b"answer")
        self.assertEqual(self.exactly(our_out, 6), b"answer")
        it.stdin.close()
        self.no_more(our_out)

    def we_end_it(self, it, our_in, our_out):
        """nc and ncat take our end for the end of both directions."""
        our_in.write(b"question")
        our_in.close()
        self.assertEqual(self.exactly(it.stdout, 8), b"question")
        self.no_more(our_out)

    def it_ends_first(self, it, our_in, our_out):
        """What we send behind its end still goes."""
        it.stdin.write(b"early")
        it.stdin.close()
        self.assertEqual(self.exactly(our_out, 5), b"early")
        our_in.write(b"late")
        self.assertEqual(self.exactly(it.stdout, 4), b"late")
        our_in.close()
        self.no_more(our_out)

    def connect(self, name):
        port = free_port()
        it = self.tool(LISTEN[name], subprocess.PIPE, subprocess.PIPE, port=port)
        self.wait_for_listener(it, port)
        us = self.client(f"tcp://127.0.0.1:{port}", stdin=subprocess.PIPE)
        return us, it

    def accept(self, name):
        us = self.listen("tcp://127.0.0.1:0", stdin=subprocess.PIPE)
        it = self.tool(CONNECT[name], subprocess.PIPE, subprocess.PIPE, port=us.port)
        return us, it

    def check(self, start, name, *orders):
        for order in orders:
            with self.subTest(f"{start.__name__}, {order.__name__}"):
                us, it = start(name)
                order(it, us.stdin, us.stdout)
                it.wait(TIMEOUT)
                self.ends_with(us)

    def test_nc_listens(self):
        self.check(self.connect, "nc", self.we_end_it, self.it_ends_first)

    def test_ncat_listens(self):
        self.check(self.connect, "ncat", self.we_end_it, self.it_ends_first)

    def test_socat_listens(self):
        self.check(self.connect, "socat", self.we_end_first, self.it_ends_first)

    def test_nc_connects(self):
        self.check(self.accept, "nc", self.we_end_first, self.it_ends_first)

    def test_ncat_connects(self):
        self.check(self.accept, "ncat", self.we_end_first, self.it_ends_first)

    def test_socat_connects(self):
        self.check(self.accept, "socat", self.we_end_first, self.it_ends_first)


class Datagrams(ToolCase):
    """A thousand each way, one at a time, so that none can be lost; they come
    from and to lines of the other program's standard input and output."""

    def check(self, lines, received, sent):
        told = [json.loads(line) for line in lines]
        self.assertEqual([t["text"] for t in told if t["direction"] == "received"], received)
        self.assertEqual([t["text"] for t in told if t["direction"] == "sent"], sent)

    def it_connects(self, name):
        server = self.listen("udp://127.0.0.1:0", "--reply", "Recu: %{data}", "--count",
                             DATAGRAMS, "--format", "json", "-o", "told")
        it = self.tool(CONNECT_UDP[name], subprocess.PIPE, subprocess.PIPE, port=server.port)
        sent = [f"line {i}\n" for i in range(DATAGRAMS)]
        for line in sent:
            it.stdin.write(line.encode())
            answer = b"Recu: " + line.encode()
            self.assertEqual(self.exactly(it.stdout, len(answer)), answer)
        self.finish(server)
        self.check(self.read("told").splitlines(), sent, ["Recu: " + line for line in sent])

    def it_listens(self, name):
        port = free_port(socket.SOCK_DGRAM)
        it = self.tool(LISTEN_UDP[name], subprocess.PIPE, subprocess.PIPE, port=port)
        self.wait_for_listener(it, port, "udp")
        us = self.client("--lines", "-T", "-", "--count", DATAGRAMS, "--wait", TIMEOUT,
                         "--format", "json", f"udp://127.0.0.1:{port}", stdin=subprocess.PIPE)
        told = open(us.stdout.fileno(), "rb", closefd=False)
        lines = []
        for i in range(DATAGRAMS):
            us.stdin.write(b"line %d\n" % i)
            lines.append(told.readline())
            self.assertEqual(self.exactly(it.stdout, len(b"line %d" % i)), b"line %d" % i)
            it.stdin.write(b"answer %d\n" % i)
            lines.append(told.readline())
        us.stdin.close()
        self.ends_with(us)
        told.close()
        self.check(lines, [f"answer {i}\n" for i in range(DATAGRAMS)],
                   [f"line {i}" for i in range(DATAGRAMS)])

    def test_nc_connects(self):
        self.it_connects("nc")

    def test_nc_listens(self):
        self.it_listens("nc")

    def test_ncat_connects(self):
        self.it_connects("ncat")

    def test_ncat_listens(self):
        self.it_listens("ncat")

    def test_socat_connects(self):
        self.it_connects("socat")

    def test_socat_listens(self):
        self.it_listens("socat")


if __name__ == "__main__":
    main()
