"""What the rows need: directories, servers, certificates, commands."""
import contextlib
import os
import shutil
import subprocess
import tempfile

import harness
import servers
from rows import GIB, MIB

TMPFS = "/dev/shm"


class Impossible(Exception):
    """A row cannot be measured on this system; says why."""


class Bench:
    """The surroundings of one call, gone when `stack` is closed."""

    def __init__(self, launcher, disk, stack):
        self.launcher = launcher
        self._stack = stack
        self.home = self._directory(None)
        self.disk = self._directory(disk)
        self.tmpfs = self._directory(TMPFS) if os.path.isdir(TMPFS) else None
        self.environment = harness.environment(self.home)
        self.certificates = harness.Certificates(self.home)
        self._root = self._directory(self.tmpfs or disk)
        self.nginx = servers.Nginx(self.home, self._root, self.certificates.make("localhost"))
        stack.callback(self.nginx.stop)
        self._chunked = {}

    def _directory(self, parent):
        path = tempfile.mkdtemp(prefix="minifetch-bench-", dir=parent)
        self._stack.callback(shutil.rmtree, path, ignore_errors=True)
        return path

    def _document(self, size):
        """The name of a file of this size that nginx serves from memory."""
        path = os.path.join(self._root, str(size))
        if not os.path.exists(path):
            self.room(self._root, size)
            block = os.urandom(min(MIB, size))
            with open(path, "wb") as f:
                for _ in range(size // len(block)):
                    f.write(block)
        return str(size)

    @staticmethod
    def room(directory, size):
        space = os.statvfs(directory)
        free = space.f_bavail * space.f_frsize
        if free < size:
            raise Impossible(f"{size / GIB:.1f} GiB wanted in {directory}, "
                             f"{free / GIB:.1f} GiB free")

    def _url(self, row):
        server, _, more = row.url.partition(":")
        if server == "chunked":
            if more not in self._chunked:
                self._chunked[more] = servers.Chunked(int(more), row.size)
                self._chunked[more].start()
                self._stack.callback(self._chunked[more].stop)
            return self._chunked[more].url
        server, _, times = row.url.partition("*")
        base = self.nginx.tls_url if server == "https" else self.nginx.url
        return f"{base}/{self._document(row.size)}" + (f"?[1-{times}]" if times else "")

    def target(self, row):
        """The file that the row writes, or None."""
        if row.output not in ("tmpfs", "disk"):
            return None
        directory = self.tmpfs if row.output == "tmpfs" else self.disk
        if not directory:
            raise Impossible(f"no {TMPFS}")
        return os.path.join(directory, "output")

    def command(self, row, program):
        target = self.target(row)
        given = [a.format(ca=self.certificates.ca) for a in row.arguments]
        return [program, "-sS", *given, *(["-o", target] if target else []), self._url(row)]

    def store_with_ca(self):
        """A command in front of another that sees the system's certificates
        with ours among them, in the place where they always are."""
        openssl = self.certificates.openssl
        told = subprocess.run([openssl, "version", "-d"], capture_output=True, text=True,
                              check=True).stdout
        system = os.path.realpath(os.path.join(told.split('"')[1], "certs"))
        bundle = os.path.join(system, "ca-certificates.crt")
        if not os.path.exists(bundle):
            raise Impossible(f"no {bundle}")
        copy = os.path.join(self.home, "certs")
        if not os.path.exists(copy):
            shutil.copytree(system, copy, symlinks=True)
            self._add_ca(copy)
        return self._mounted(copy, system)

    def _add_ca(self, store):
        with open(self.certificates.ca) as f:
            certificate = f.read()
        hashed = subprocess.run(
            [self.certificates.openssl, "x509", "-noout", "-hash", "-in", self.certificates.ca],
            capture_output=True, text=True, check=True).stdout.strip()
        with open(os.path.join(store, hashed + ".0"), "w") as f:
            f.write(certificate)
        bundle = os.path.join(store, "ca-certificates.crt")
        with open(bundle) as f:
            whole = f.read()
        os.remove(bundle)  # it may be a link
        with open(bundle, "w") as f:
            f.write(whole + certificate)

    @staticmethod
    def _mounted(copy, place):
        script = 'mount --bind "$0" "$1" && shift && exec "$@"'
        for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
            prefix = unshare + ["sh", "-c", script, copy, place]
            with contextlib.suppress(FileNotFoundError):
                if subprocess.run(prefix + ["true"], stdout=subprocess.DEVNULL, check=False,
                                  stderr=subprocess.DEVNULL).returncode == 0:
                    return prefix
        raise Impossible("not permitted to mount a certificate store over the system's")
