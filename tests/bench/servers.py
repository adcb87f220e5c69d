"""The servers that the bench fetches from. Both listen on sockets made here,
with a congestion control that does not pace what goes over loopback."""
import grp
import os
import pwd
import socket
import subprocess
import tempfile
import threading

import harness

CONGESTION = b"cubic"
REPEATED = 4 << 20  # of a chunked body: sent again and again, from cache


def listener():
    """A listening socket on a port that the system picks, and whether it has
    CONGESTION, which the connections accepted from it inherit."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, CONGESTION)
        granted = True
    except (AttributeError, OSError):
        granted = False
    sock.bind(("127.0.0.1", 0))
    sock.listen(256)
    return sock, granted


class Nginx(harness.Nginx):
    """nginx on listening sockets of ours, which it takes over as it would on a
    change of its binary (the variable NGINX; without a master process it crashes
    at that), with as little else as can be."""

    CONFIG = """
        daemon off; worker_processes 1; {user}
        pid {dir}/nginx.pid; error_log {dir}/error.log;
        events {{ worker_connections 256; }}
        http {{
            access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
            client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
            fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
            server {{
                listen 127.0.0.1:{port};
                listen 127.0.0.1:{tls_port} ssl;
                ssl_certificate {certificate}; ssl_certificate_key {key};
                root {root};
            }}
        }}
    """

    def __init__(self, directory, root, certificate):
        self.program, self.root = harness.need("nginx"), root
        plain, self.granted = listener()
        secure, _ = listener()
        self.port, self.tls_port = (s.getsockname()[1] for s in (plain, secure))
        config = os.path.join(directory, "nginx.conf")
        with open(config, "w") as f:
            f.write(self.CONFIG.format(
                user=self._user(), dir=directory, port=self.port, tls_port=self.tls_port, root=root,
                certificate=certificate[0], key=certificate[1]))
        handed = [s.fileno() for s in (plain, secure)]
        for sock in (plain, secure):
            sock.setblocking(False)
        self.process = subprocess.Popen(
            [self.program, "-c", config, "-p", directory], pass_fds=handed,
            env=harness.environment(directory, NGINX="".join(f"{fd};" for fd in handed)),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        plain.close()
        secure.close()
        self._wait()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_url = f"https://127.0.0.1:{self.tls_port}"

    def _wait(self):
        """Until it answers: its port takes connections from the beginning."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as sock:
            sock.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
            if not sock.recv(1):
                raise RuntimeError("nginx does not answer")

    @staticmethod
    def _user():
        """root's worker would not be allowed to read our directories."""
        if os.geteuid():
            return ""
        return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"


class Chunked(threading.Thread):
    """Answers every request with `length` bytes in chunks of `size`, by sendfile
    from a few of them that were written beforehand."""

    HEAD = (b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")

    def __init__(self, size, length):
        super().__init__(daemon=True)
        at_once = max(REPEATED // size, 1)
        assert length % (at_once * size) == 0
        self._times = length // (at_once * size)
        self._file = tempfile.TemporaryFile()
        self._file.write((b"%x\r\n" % size + os.urandom(size) + b"\r\n") * at_once)
        self._file.flush()
        self._bytes = self._file.tell()
        self._listener, _ = listener()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def run(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with sock:
                try:
                    self._serve(sock)
                except OSError:
                    pass  # the client has gone

    def _serve(self, sock):
        asked = b""
        while True:
            more = sock.recv(65536)
            if not more:
                return
            asked += more
            if b"\r\n\r\n" in asked:
                asked = b""
                self._answer(sock)

    def _answer(self, sock):
        sock.sendall(self.HEAD)
        for _ in range(self._times):
            sent = 0
            while sent < self._bytes:
                sent += os.sendfile(sock.fileno(), self._file.fileno(), sent,
                                    self._bytes - sent)
        sock.sendall(b"0\r\n\r\n")

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.join()
        self._file.close()
