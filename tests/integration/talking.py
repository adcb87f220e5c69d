"""What the tests of conversations share: listeners of the program, servers in
Python, the other programs of this kind."""
import re
import socket
import subprocess
import threading
import unittest

from harness import PROGRAM, TIMEOUT, TestCase, environment, need

MIB = 1 << 20


def need_nc():
    """OpenBSD's netcat; the others of that name have other options."""
    path = need("nc")
    told = subprocess.run([path, "-h"], stdin=subprocess.DEVNULL, capture_output=True)
    if b"OpenBSD" not in told.stdout + told.stderr:
        raise unittest.SkipTest("nc is not OpenBSD's")
    return path


def need_tool(name):
    return need_nc() if name == "nc" else need(name)


class TalkCase(TestCase):
    def listen(self, url, *args, stdin=subprocess.DEVNULL, under=()):
        """Start a listener, with another program in front of it or not; the
        process, which has .address and .port."""
        process = subprocess.Popen(
            [*under, PROGRAM, "--listen", url, "--print-address", *map(str, args)], stdin=stdin, bufsize=0,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir,
            env=environment(self.dir))
        self.addCleanup(self.end, process)
        process.address = process.stdout.readline().decode().strip()
        self.assertTrue(process.address, "the listener did not start")
        m = re.search(r":(\d+)$", process.address)
        process.port = int(m.group(1)) if m else None
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()

    def finish(self, process, code=0):
        """Wait for a listener's own end; what came out of it."""
        out, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, code, err)
        return out, err.decode()

    def collect(self, stream):
        """Read all of it meanwhile; a function that waits for that."""
        read = []
        t = self.thread(lambda: read.append(stream.read()))

        def wait():
            t.join(TIMEOUT)
            return read[0]
        return wait

    def thread(self, function, *args):
        t = threading.Thread(target=function, args=args, daemon=True)
        t.start()
        self.addCleanup(t.join, TIMEOUT)
        return t

    def tcp_server(self, serve, family=socket.AF_INET, address=("127.0.0.1", 0)):
        """A Python server for one client; its port."""
        s = socket.socket(family, socket.SOCK_STREAM)
        s.bind(address)
        s.listen()
        self.addCleanup(s.close)

        def run():
            try:
                client, _ = s.accept()
            except OSError:
                return
            client.settimeout(TIMEOUT)
            with client:
                serve(client)
        self.thread(run)
        return s.getsockname()[1] if family == socket.AF_INET else None

    def silent_server(self, first=b""):
        """A server that says no more than `first`; its port."""
        over = threading.Event()

        def serve(client):
            client.sendall(first)
            over.wait(TIMEOUT)
        port = self.tcp_server(serve)
        self.addCleanup(over.set)
        return port

    def udp_server(self, serve):
        """A Python function of (socket) in a thread; the port."""
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        s.settimeout(TIMEOUT)
        self.addCleanup(s.close)
        self.thread(serve, s)
        return s.getsockname()[1]
