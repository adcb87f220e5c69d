"""Proxies for the tests: scripted ones, and squid, tinyproxy and dante."""
import os
import re
import select
import socket
import ssl
import subprocess

from harness import TIMEOUT, free_port, need, wait_for_port


def relay(one, other):
    """Pass bytes on in both directions until both sides have ended, of TLS one."""
    reading = [one, other]
    while reading:
        # what TLS has decrypted already, no descriptor tells
        ready = [s for s in reading if getattr(s, "pending", lambda: 0)()]
        if not ready:
            ready, _, _ = select.select(reading, (), (), TIMEOUT)
        if not ready:
            return
        for s in ready:
            to = other if s is one else one
            data = s.recv(65536)
            if data:
                to.sendall(data)
                continue
            if isinstance(s, ssl.SSLSocket) or isinstance(to, ssl.SSLSocket):
                return
            reading.remove(s)
            to.shutdown(socket.SHUT_WR)


def tunnel(*refusals, granted=b"HTTP/1.1 200 Connection established\r\n\r\n", to=None):
    """A script for an HTTP proxy: it answers CONNECT with the refusals, one a
    request, then grants a tunnel to the target, or to the address `to`."""
    def script(peer):
        for refusal in refusals:
            peer.request()
            peer.send(refusal)
            if b"close" in refusal:
                return
        request = peer.request()
        m = re.match(rb"CONNECT \[?([^ \]]+?)\]?:(\d+) ", request)
        if not m:
            return
        with socket.create_connection(to or (m[1].decode(), int(m[2])), TIMEOUT) as origin:
            peer.send(granted)
            relay(peer._sock, origin)
    return script


class Socks:
    """A script for a SOCKS proxy: it keeps what it was asked in `asked`, and
    answers with the replies given, one a message; after the last it connects to
    the address `to`, and passes bytes on."""

    def __init__(self, *replies, sizes, to=None):
        self.replies, self.sizes, self.to, self.asked = replies, sizes, to, []

    def __call__(self, peer):
        for reply, size in zip(self.replies, self.sizes):
            self.asked.append(self._take(peer._sock, size))
            peer.send(reply)
        if self.to:
            with socket.create_connection(self.to, TIMEOUT) as origin:
                relay(peer._sock, origin)

    @staticmethod
    def _take(sock, size):
        data = b""
        while len(data) < size:
            more = sock.recv(size - len(data))
            if not more:
                break
            data += more
        return data


class _Server:
    """A program from the system's packages that listens on `port`."""

    def __init__(self, directory, program, config, *arguments):
        self.port = free_port()
        path = os.path.join(directory, program + ".conf")
        with open(path, "w") as f:
            f.write(config.format(port=self.port, dir=directory))
        os.chmod(directory, 0o777)  # it may become somebody else
        self._process = subprocess.Popen(
            [need(program), *(a.format(config=path) for a in arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self._process)
        self.url = f"127.0.0.1:{self.port}"

    def stop(self):
        self._process.kill()
        self._process.wait(TIMEOUT)


def squid(directory, more="http_access allow all"):
    return _Server(directory, "squid", """
http_port 127.0.0.1:{port}
""" + more + """
cache deny all
cache_mem 4 MB
pid_filename none
access_log none
cache_log {dir}/squid.log
cache_store_log none
coredump_dir {dir}
max_filedescriptors 1024
pinger_enable off
""", "-N", "-f", "{config}")


def tinyproxy(directory, more=""):
    return _Server(directory, "tinyproxy", """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 20
""" + more, "-d", "-c", "{config}")


def dante(directory):
    return _Server(directory, "danted", """
logoutput: {dir}/dante.log
internal: 127.0.0.1 port = {port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
socks pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
""", "-N", "1", "-f", "{config}")
