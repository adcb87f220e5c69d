"""Apache httpd: authentication, parts, conditions, redirects, codings, uploads."""
import hashlib
import json
import os
import pwd
import re
import subprocess
import tempfile
import time
import unittest

from harness import (TIMEOUT, TestCase, free_port, main, need, need_coding, need_https, wait_for_port)

MODULES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2")
BODY = bytes(range(256)) * 40

CONFIG = """
ServerRoot "{dir}"
DefaultRuntimeDir "{dir}"
PidFile "{dir}/httpd.pid"
ErrorLog "{dir}/error.log"
LogLevel warn
ServerName localhost
Listen 127.0.0.1:{port}
{modules}
{user}
MaxKeepAliveRequests 0
KeepAliveTimeout 30
TypesConfig /dev/null
AddType text/plain .txt
AddType text/html .html
FileETag MTime Size
DocumentRoot "{dir}/root"
DavLockDB "{dir}/lock"
ScriptSock "{dir}/cgisock"
CustomLog "{dir}/access.log" "%m %U%q %>s %k %{{Expect}}i"

<Directory "{dir}/root">
	Options +Indexes
	Require all granted
</Directory>
<Directory "{dir}/cgi">
	Require all granted
</Directory>
ScriptAlias /cgi/ "{dir}/cgi/"
ScriptAlias /basic/cgi/ "{dir}/cgi/"
ScriptAlias /digest/cgi/ "{dir}/cgi/"
Alias /basic "{dir}/root"
Alias /digest "{dir}/root"
<Location /basic>
	AuthType Basic
	AuthName "basic realm"
	AuthUserFile "{dir}/users"
	Require valid-user
</Location>
<Location /digest>
	AuthType Digest
	AuthName "digest realm"
	AuthDigestDomain /digest
	AuthUserFile "{dir}/digests"
	Require valid-user
</Location>
<Location /status>
	SetHandler server-status
</Location>
<Directory "{dir}/root/dav">
	Dav On
</Directory>
<Location /deflated>
	SetOutputFilter DEFLATE
</Location>
Alias /deflated "{dir}/root"
<Location /named>
	Header set Content-Disposition "attachment; filename=\\"given name.txt\\""
</Location>
Alias /named "{dir}/root/hello.txt"
Redirect 301 /r301 /cgi/echo
Redirect 302 /r302 /cgi/echo
Redirect 303 /r303 /cgi/echo
Redirect 307 /r307 /cgi/echo
Redirect 308 /r308 /cgi/echo
Redirect 410 /gone
ErrorDocument 410 "gone for good"
"""

# What the program has sent, as Apache has understood it; less than the buffers
# between the two hold, for Apache reads nothing before all is written
ECHO = b"""#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
printf '%s %s %s %s\\n' "$REQUEST_METHOD" "$SERVER_PROTOCOL" "${REMOTE_USER:--}" "$CONTENT_TYPE"
cat
"""

# Without a length: chunked in HTTP/1.1, up to the close in HTTP/1.0
PIECES = b"""#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
for i in 1 2 3 4 5; do
	echo "piece $i"
	sleep 0.02
done
"""


class Apache:
    """httpd in the foreground, with a configuration and all its files in a
    directory of its own."""

    WANTED = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user",
              "auth_basic", "auth_digest", "alias", "mime", "dir", "autoindex", "status",
              "deflate", "filter", "headers", "dav", "dav_fs", "cgid", "log_config",
              "unixd")

    def __init__(self, directory):
        try:
            self.program = need("apache2")
        except unittest.SkipTest:
            self.program = need("httpd")
        self.dir = directory
        self.root = os.path.join(directory, "root")
        for name in ("root", "root/dav", "root/sub", "cgi"):
            os.makedirs(os.path.join(directory, name))
        self.put("cgi/echo", ECHO, 0o755)
        self.put("cgi/pieces", PIECES, 0o755)
        password = subprocess.run(
            [need("openssl"), "passwd", "-apr1", "secret"], check=True,
            capture_output=True).stdout
        self.put("users", b"user:" + password)
        digest = hashlib.md5(b"user:digest realm:secret").hexdigest()
        self.put("digests", f"user:digest realm:{digest}\n".encode())
        self.start()

    def start(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = CONFIG.format(dir=self.dir, port=self.port, modules=self.modules(),
                               user=self.user())
        self.put("httpd.conf", config.encode())
        self.process = subprocess.Popen(
            [self.program, "-d", self.dir, "-f", "httpd.conf", "-D", "FOREGROUND"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(os.path.join(self.dir, "stderr"), "wb"))
        try:
            wait_for_port(self.port, self.process)
        except RuntimeError as e:
            with open(os.path.join(self.dir, "stderr"), encoding="utf-8") as f:
                raise RuntimeError(f"{e}: {f.read()}") from None

    def modules(self):
        built_in = subprocess.run([self.program, "-l"], capture_output=True, text=True).stdout
        lines = []
        for name in self.WANTED:
            if f"mod_{name}.c" in built_in or f" {name}.c" in built_in:
                continue
            files = [f"{d}/mod_{name}.so" for d in MODULES]
            found = next((f for f in files if os.path.exists(f)), None)
            if not found:
                raise unittest.SkipTest(f"mod_{name} of httpd is not installed")
            lines.append(f"LoadModule {name}_module {found}")
        return "\n".join(lines)

    def user(self):
        """Who the children of a server that root has started are: they write to
        some of these directories."""
        if os.getuid() != 0:
            return ""
        name = pwd.getpwnam("nobody")
        for path, _, _ in os.walk(self.dir):
            os.chmod(path, 0o755)
        for path in (self.dir, os.path.join(self.root, "dav")):
            os.chown(path, name.pw_uid, name.pw_gid)
        return f"User nobody\nGroup #{name.pw_gid}"

    def put(self, name, data, mode=0o644):
        """Write a file; it is an hour old, so that its entity tag is a strong one."""
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(data)
        os.chmod(path, mode)
        old = time.time() - 3600
        os.utime(path, (old, old))
        return path

    def stop(self):
        self.process.terminate()
        self.process.wait(TIMEOUT)


class WithApache(TestCase):
    @classmethod
    def setUpClass(cls):
        # The name of the socket to mod_cgid may have some hundred bytes at most.
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-httpd-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.apache = Apache(cls._directory.name)
        cls.addClassCleanup(cls.apache.stop)
        cls.url = cls.apache.url
        cls.apache.put("root/hello.txt", b"hello\n")
        cls.apache.put("root/long.txt", b"all work and no play\n" * 500)
        cls.apache.put("root/big", BODY)

    def status(self, *args):
        """The body, the last status and how many requests it took."""
        done = self.fetch("-w", "\n%{http_code} %{num_redirects}", *args)
        body, _, facts = done.out.rpartition(b"\n")
        return done, body, facts.decode().split()[0]

    def got(self, *args, status="200", code=0):
        done, body, seen = self.status(*args)
        self.assertExit(done, code)
        self.assertEqual(seen, status, repr(done))
        return body


class Authentication(WithApache):
    GOOD = ("-u", "user:secret")

    def test_basic(self):
        self.assertEqual(self.got(*self.GOOD, self.url + "/basic/hello.txt"), b"hello\n")
        self.got("-u", "user:wrong", self.url + "/basic/hello.txt", status="401")
        self.got(self.url + "/basic/hello.txt", status="401")

    def test_in_the_url(self):
        url = f"http://user:secret@127.0.0.1:{self.apache.port}/basic/hello.txt"
        self.assertEqual(self.got(url), b"hello\n")

    def test_from_netrc(self):
        self.write("rc", b"machine 127.0.0.1 login user password secret\n", 0o600)
        url = self.url + "/basic/hello.txt"
        self.assertEqual(self.got("--netrc-file", "rc", url), b"hello\n")

    def test_digest(self):
        need_https()
        url = self.url + "/digest/hello.txt"
        self.assertEqual(self.got("--digest", *self.GOOD, url), b"hello\n")
        self.got("--digest", "-u", "user:wrong", url, status="401")
        self.got(*self.GOOD, url, status="401")

    def test_digest_query(self):
        need_https()
        url = self.url + "/digest/hello.txt?a=b&c=%20d"
        self.assertEqual(self.got("--digest", *self.GOOD, url), b"hello\n")

    def test_digest_on_one_connection(self):
        need_https()
        done = self.fetch("-w", "%{num_connects}", "--digest", *self.GOOD,
                          self.url + "/digest/hello.txt?[1-4]")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello\n1" + b"hello\n0" * 3)

    def test_anyauth(self):
        need_https()
        for place in ("basic", "digest"):
            url = f"{self.url}/{place}/hello.txt"
            self.assertEqual(self.got("--anyauth", *self.GOOD, url), b"hello\n")
            self.got("--anyauth", "-u", "user:wrong", url, status="401")

    def test_bodies_are_sent_again(self):
        need_https()
        self.write("body", BODY * 4)
        self.write("large", BODY * 400)
        self.got("-T", "body", self.url + "/dav/large", status="201")
        for place in ("basic", "digest"):
            for how in ("--anyauth", f"--{place}"):
                with self.subTest(place=place, how=how):
                    url = f"{self.url}/{place}/cgi/echo"
                    got = self.got(how, *self.GOOD, "--data-binary", "@body", url)
                    self.assertEqual(got, b"POST HTTP/1.1 user application/"
                                     b"x-www-form-urlencoded\n" + BODY * 4)
                    got = self.got(how, *self.GOOD, "-T", "body", url)
                    self.assertEqual(got, b"PUT HTTP/1.1 user \n" + BODY * 4)
                    # more than the buffers between hold
                    self.got(how, *self.GOOD, "-T", "large", f"{self.url}/{place}/dav/large",
                             status="204")
                    with open(os.path.join(self.apache.root, "dav", "large"), "rb") as f:
                        self.assertEqual(f.read(), BODY * 400)

    def test_forms_are_sent_again(self):
        need_https()
        self.write("body", BODY)
        got = self.got("--digest", *self.GOOD, "-F", "file=@body", "-F", "word=x",
                       self.url + "/digest/cgi/echo")
        head, _, form = got.partition(b"\n")
        self.assertRegex(head, rb"^POST HTTP/1.1 user multipart/form-data; boundary=")
        self.assertIn(BODY, form)
        self.assertIn(b'name="word"\r\n\r\nx\r\n', form)

    def test_standard_input_with_anyauth(self):
        """It is sent once only where the server says so before it was read."""
        need_https()
        done = self.fetch("--anyauth", *self.GOOD, "-T", "-",
                          self.url + "/digest/cgi/echo", input=BODY * 4)
        self.assertIn(done.code, (0, 65), repr(done))
        if done.code == 0:
            self.assertEqual(done.out, b"PUT HTTP/1.1 user \n" + BODY * 4)

    def test_secrets_are_not_shown(self):
        done = self.fetch("-v", "--digest", *self.GOOD, self.url + "/digest/hello.txt")
        self.assertNotIn("secret", done.text)
        done = self.fetch("-v", *self.GOOD, self.url + "/basic/hello.txt")
        self.assertNotIn("dXNlcjpzZWNyZXQ", done.text)


class Parts(WithApache):
    def setUp(self):
        super().setUp()
        self.big = self.url + "/big"

    def test_ranges(self):
        for words, wanted in (("0-9", BODY[:10]), ("100-", BODY[100:]), ("-7", BODY[-7:]),
                              ("10239-99999", BODY[-1:])):
            self.assertEqual(self.got("-r", words, self.big, status="206"), wanted, words)

    def test_several(self):
        """As they come: a message of parts."""
        done = self.fetch("-i", "-r", "0-3,10-12", self.big)
        head, _, body = done.out.partition(b"\r\n\r\n")
        found = re.search(rb"multipart/byteranges; boundary=(\S+)", head)
        self.assertTrue(found, head)
        parts = body.split(b"--" + found.group(1))
        self.assertEqual(len(parts), 4)
        self.assertIn(b"Content-range: bytes 0-3/10240", parts[1])
        self.assertTrue(parts[1].endswith(b"\r\n\r\n" + BODY[:4] + b"\r\n"))
        self.assertTrue(parts[2].endswith(b"\r\n\r\n" + BODY[10:13] + b"\r\n"))

    def test_not_satisfiable(self):
        self.got("-r", "20000-", self.big, status="416")
        self.got("-f", "-r", "20000-", self.big, status="416", code=22)

    def test_offset(self):
        self.assertEqual(self.got("-C", "10000", self.big, status="206"), BODY[10000:])

    def test_resume(self):
        self.write("f", BODY[:5000])
        self.got("-C", "-", "-o", "f", self.big, status="206")
        self.assertEqual(self.read("f"), BODY)

    def test_resume_what_is_whole(self):
        """Apache does not say how long it is, so that nobody knows whether it is."""
        self.write("f", BODY)
        done = self.fetch("-C", "-", "-o", "f", self.big)
        self.assertExit(done, 33)
        self.assertIn("416", done.text)
        self.assertEqual(self.read("f"), BODY)

    def test_resume_what_has_changed(self):
        """If-Range has the validator of the file as it was: all of it comes."""
        self.apache.put("root/changing", BODY)
        url = self.url + "/changing"
        self.got("-o", "f", "--etag-save", "etag", url)
        os.truncate(self.path("f"), 5000)
        self.got("-C", "-", "-o", "f", "--etag-compare", "etag", url, status="206")
        self.assertEqual(self.read("f"), BODY)
        os.truncate(self.path("f"), 5000)
        self.apache.put("root/changing", BODY[::-1] + b"more")
        done = self.fetch("-C", "-", "-o", "f", "--etag-compare", "etag", url)
        self.assertExit(done, 33)
        self.assertEqual(self.read("f"), BODY[:5000])


class Conditions(WithApache):
    def test_time(self):
        path = self.apache.put("root/old.txt", b"old\n")
        os.utime(path, (960898200, 960898200))
        url = self.url + "/old.txt"
        self.assertEqual(self.got("-z", "1 Jan 2000", url), b"old\n")
        self.assertEqual(self.got("-z", "1 Jan 2001", url, status="304"), b"")
        self.assertEqual(self.got("-z", "-1 Jan 2001", url), b"old\n")
        self.got("-z", "-1 Jan 2000", url, status="412")

    def test_time_of_a_file(self):
        path = self.apache.put("root/old.txt", b"old\n")
        os.utime(path, (960898200, 960898200))
        self.got("-R", "-o", "f", self.url + "/old.txt")
        self.assertEqual(os.stat(self.path("f")).st_mtime, 960898200)
        self.got("-z", "f", "-o", "f", self.url + "/old.txt", status="304")
        self.assertEqual(self.read("f"), b"old\n")

    def test_etag(self):
        self.got("--etag-save", "etag", "-o", "f", self.url + "/hello.txt")
        self.assertRegex(self.read("etag"), rb'^"[0-9a-f-]+"\n$')
        again = ("--etag-compare", "etag", "--etag-save", "etag", "-o", "f")
        saved = self.read("etag")
        self.got(*again, self.url + "/hello.txt", status="304")
        self.assertEqual(self.read("f"), b"hello\n")
        self.assertEqual(self.read("etag"), saved)
        self.got(*again, self.url + "/long.txt")
        self.assertNotEqual(self.read("etag"), saved)


class Redirects(WithApache):
    def test_slash(self):
        self.got(self.url + "/sub", status="301")
        done = self.fetch("-L", "-w", "%{url_effective}", "-o", "f", self.url + "/sub")
        self.assertEqual(done.out.decode(), self.url + "/sub/")

    def test_post(self):
        kind = b"application/x-www-form-urlencoded\na=b"
        for status, method in ((301, b"GET"), (302, b"GET"), (303, b"GET"),
                               (307, b"POST"), (308, b"POST")):
            with self.subTest(status=status):
                got = self.got("-L", "-d", "a=b", f"{self.url}/r{status}")
                if method == b"GET":
                    self.assertEqual(got, b"GET HTTP/1.1 - \n")
                else:
                    self.assertEqual(got, b"POST HTTP/1.1 - " + kind)
        for status in (301, 302, 303):
            got = self.got("-L", "-d", "a=b", f"--post{status}", f"{self.url}/r{status}")
            self.assertEqual(got, b"POST HTTP/1.1 - " + kind)

    def test_put_and_head(self):
        self.write("body", BODY)
        got = self.got("-L", "-T", "body", self.url + "/r307")
        self.assertEqual(got, b"PUT HTTP/1.1 - \n" + BODY)
        done = self.fetch("-L", "-I", self.url + "/r302")
        self.assertEqual(done.out.count(b"HTTP/1.1 "), 2)

    def test_location_as_it_is(self):
        done = self.fetch("-w", "%{redirect_url}", "-o", "f", self.url + "/r301")
        # Apache makes an absolute URL with the Host of the request.
        self.assertEqual(done.out.decode(), self.url + "/cgi/echo")


class Messages(WithApache):
    def test_deflate(self):
        need_coding("gzip")
        done = self.fetch("--compressed", "-i", self.url + "/deflated/long.txt")
        head, _, body = done.out.partition(b"\r\n\r\n")
        self.assertIn(b"Content-Encoding: gzip", head)
        self.assertEqual(body, b"all work and no play\n" * 500)

    def test_keep_alive(self):
        done = self.fetch("-w", "%{num_connects}", self.url + "/hello.txt?[1-50]")
        self.assertEqual(done.out, b"hello\n1" + b"hello\n0" * 49)

    def test_keep_alive_after_other_bodies(self):
        """A connection goes on after errors, empty and chunked bodies."""
        done = self.fetch("-s", "-w", "%{num_connects} %{http_code}\n", "-o", "f",
                          self.url + "/{nothing,cgi/pieces,status,sub/,gone,hello.txt}")
        self.assertEqual(done.out, b"1 404\n0 200\n0 200\n0 200\n0 410\n0 200\n")

    def test_chunked(self):
        done = self.fetch("-i", self.url + "/cgi/pieces")
        head, _, body = done.out.partition(b"\r\n\r\n")
        self.assertIn(b"Transfer-Encoding: chunked", head)
        self.assertEqual(body, b"".join(b"piece %d\n" % i for i in range(1, 6)))

    def test_http10(self):
        done = self.fetch("-0", "-i", self.url + "/cgi/pieces")
        head, _, body = done.out.partition(b"\r\n\r\n")
        self.assertNotIn(b"chunked", head)
        self.assertIn(b"Connection: close", head)
        self.assertEqual(body, b"".join(b"piece %d\n" % i for i in range(1, 6)))
        self.assertEqual(self.got("-0", "-d", "a=b", self.url + "/cgi/echo"),
                         b"POST HTTP/1.0 - application/x-www-form-urlencoded\na=b")

    def test_head(self):
        done = self.fetch("-I", self.url + "/big")
        self.assertExit(done, 0)
        self.assertIn(b"\r\nContent-Length: 10240\r\n", done.out)
        self.assertTrue(done.out.endswith(b"\r\n\r\n"))

    def test_name_from_the_server(self):
        done = self.fetch("-OJ", self.url + "/named")
        self.assertExit(done, 0)
        self.assertEqual(self.read("given name.txt"), b"hello\n")

    def test_errors(self):
        self.assertEqual(self.got(self.url + "/gone", status="410"), b"gone for good")
        done = self.fetch("-f", self.url + "/gone")
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"")
        done = self.fetch("--fail-with-body", self.url + "/gone")
        self.assertExit(done, 22)
        self.assertEqual(done.out, b"gone for good")

    def test_upload(self):
        self.write("body", BODY * 30)
        self.got("-T", "body", self.url + "/dav/", status="201")
        self.assertEqual(self.got(self.url + "/dav/body"), BODY * 30)
        self.got("-T", "body", self.url + "/dav/body", status="204")
        self.got("-X", "DELETE", self.url + "/dav/body", status="204")
        self.got(self.url + "/dav/body", status="404")

    def test_upload_of_standard_input(self):
        """Chunked, and with a word from the server before it starts."""
        done = self.fetch("-T", "-", self.url + "/dav/piped", input=BODY)
        self.assertExit(done, 0)
        self.assertEqual(self.got(self.url + "/dav/piped"), BODY)

    def test_methods_of_dav(self):
        self.got("-X", "MKCOL", self.url + "/dav/new/", status="201")
        got = self.got("-X", "PROPFIND", "-H", "Depth: 0", self.url + "/dav/new/",
                       status="207")
        self.assertIn(b"<D:href>/dav/new/</D:href>", got)
        done = self.fetch("-X", "OPTIONS", "-i", self.url + "/dav/")
        self.assertIn(b"PROPFIND", done.out)

    def test_expect(self):
        self.write("body", BODY * 200)
        done = self.fetch("-v", "-T", "body", "-H", "Expect: 100-continue",
                          self.url + "/dav/expected")
        self.assertExit(done, 0)
        self.assertIn("< HTTP/1.1 100 Continue", done.text)
        self.assertEqual(self.got(self.url + "/dav/expected"), BODY * 200)
        # and one that is refused before it was sent
        done = self.fetch("-v", "-T", "body", "-H", "Expect: 100-continue",
                          self.url + "/basic/dav/expected", "-w", "%{size_upload}", "-o", "f")
        self.assertExit(done, 0)
        self.assertIn("< HTTP/1.1 401", done.text)
        self.assertEqual(done.out, b"0", done.text)

    def test_reports(self):
        done = self.fetch("--explain", "--har", "har", "--report", "report",
                          "-L", "-o", "f", self.url + "/sub")
        self.assertExit(done, 0)
        har = json.loads(self.read("har"))
        self.assertEqual([e["response"]["status"] for e in har["log"]["entries"]],
                         [301, 200])
        self.assertEqual(har["log"]["entries"][0]["response"]["redirectURL"],
                         self.url + "/sub/")
        self.assertIn(b"301", self.read("report"))
        self.assertIn("301", done.text)


if __name__ == "__main__":
    main()
