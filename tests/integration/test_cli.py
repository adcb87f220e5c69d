"""The command line as a person meets it: help, mistakes, -w, config files."""
import fcntl
import os
import pty
import signal
import subprocess
import termios
import time

from harness import PROGRAM, TestCase, environment, keep_alive, main, response


class Mistakes(TestCase):
    def test_unknown_option_names_the_nearest(self):
        done = self.fetch("--locaton", "http://127.0.0.1/")
        self.assertExit(done, 2)
        self.assertIn("--location", done.text)

    def test_out_of_scope(self):
        done = self.fetch("--http2", "http://127.0.0.1/")
        self.assertExit(done, 2)
        self.assertIn("HTTP/1", done.text)

    def test_what_is_so_anyway(self):
        """--no- of what is out of scope asks for nothing."""
        url = self.serve(response(b"ok")).url
        names = ("tcp-fastopen", "ntlm", "negotiate", "disable-epsv", "epsv", "ssl-reqd",
                 "append", "manual", "anyauth", "proxy-anyauth", "socks5-basic", "help")
        done = self.fetch(*[f"--no-{name}" for name in names], url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, done.text), (b"ok", ""))
        self.write("conf", "".join(f"no-{name}\n" for name in names).encode())
        self.assertExit(self.fetch("-K", "conf", url), 0)
        self.assertExit(self.fetch("--ntlm", url), 2)
        self.assertExit(self.fetch("--no-ntlm=x", url), 2)

    def test_single_quotes(self):
        self.write("conf", b"user-agent='me'\n")
        server = self.serve(response(b"ok"))
        done = self.fetch("-K", "conf", server.url)
        self.assertExit(done, 0)
        self.assertIn("conf:1 Option 'user-agent'", done.text)
        self.assertIn("single", done.text)
        self.assertIn(b"User-Agent: 'me'\r\n", server.requests[0])

    def test_no_url(self):
        self.assertExit(self.fetch(), 2)

    def test_bad_url_points_at_the_byte(self):
        done = self.fetch("http://[::1/")
        self.assertExit(done, 3)
        self.assertTrue(done.text.startswith("minifetch: (3) "), done.text)

    def test_unsupported_scheme(self):
        self.assertExit(self.fetch("gopher://127.0.0.1/"), 1)

    def test_unresolvable_name(self):
        done = self.fetch("http://no-such-host.invalid/")
        self.assertExit(done, 6)
        self.assertIn("no-such-host.invalid", done.text)

    def test_silent_and_show_error(self):
        self.assertEqual(self.fetch("-s", "http://[::1/").err, b"")
        self.assertIn("(3)", self.fetch("-sS", "http://[::1/").text)

    def test_empty_file_name(self):
        done = self.fetch("-o", "", "http://127.0.0.1/")
        self.assertExit(done, 2)
        self.assertIn("-o", done.text)

    def test_stderr_file(self):
        done = self.fetch("--stderr", "log", "http://[::1/")
        self.assertEqual(done.err, b"")
        self.assertIn(b"(3)", self.read("log"))

    def test_code_is_the_last_transfers(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("http://[::1/", url), 0)
        self.assertExit(self.fetch(url, "http://[::1/"), 3)


class Help(TestCase):
    def test_version(self):
        done = self.fetch("-V")
        self.assertExit(done, 0)
        self.assertRegex(done.out.decode(),
                         r"^minifetch \d+\.\d+\.\d+( OpenSSL/\S+)?\nProtocols: http\b")

    def test_topics(self):
        for topic in ((), ("all",), ("category",), ("http",), ("--location",), ("-L",)):
            done = self.fetch("--help", *topic)
            self.assertExit(done, 0)
            self.assertTrue(done.out)
            for line in done.out.decode().splitlines():
                self.assertLessEqual(len(line), 80)

    def test_unknown_topic(self):
        self.assertExit(self.fetch("--help", "htpt"), 2)


class WriteOut(TestCase):
    def test_variables(self):
        url = self.serve(response(b"12345", Content_Type="text/x")).url
        done = self.fetch("-o", "f", "-w",
                          r"%{http_code} %{size_download} %{content_type} %{url}\n", url)
        self.assertEqual(done.out.decode(), f"200 5 text/x {url}\n")

    def test_header_json(self):
        url = self.serve(response(b"", X_A="1")).url
        done = self.fetch("-w", "%{header_json}", url)
        self.assertIn(b'"x-a":["1"]', done.out.replace(b" ", b""))

    def test_fields_of_the_whole_chain(self):
        hops = [response(b"", status="302 Found", Location=f"/{n}", Set_Cookie=f"c={n}",
                         Via="a", Connection="close") for n in (1, 2)]
        moved = hops[1].replace(b"\r\n\r\n", b"\r\nset-cookie: d=2\r\n\r\n")
        last = response(b"", Set_Cookie="c=3")

        def chunked(peer):
            peer.request()
            peer.send(b"HTTP/1.1 302 Found\r\nLocation: /2\r\nSet-Cookie: c=1\r\n"
                      b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                      b"0\r\nSet-Cookie: trailer\r\n\r\n")

        template = "%header{set-cookie:all:, }|%header{set-cookie}|%header{via:all:,}"
        for first in hops[0], chunked:
            url = self.serve(first, moved, last).url
            done = self.fetch("-sL", "-w", template, url)
            self.assertEqual(done.out, b"c=1, c=2, d=2, c=3|c=3|" +
                             (b"a,a" if first is hops[0] else b"a"))
        # what another attempt has left is not of this chain
        url = self.serve(hops[0].replace(b"302 Found", b"503 Busy"), last).url
        done = self.fetch("-s", "--retry", "1", "--retry-delay", "0.01", "-w", template, url)
        self.assertEqual(done.out, b"c=3|c=3|")

    def test_no_certificates(self):
        url = self.serve(response(b"")).url
        self.assertIn(b'"certs":""', self.fetch("-s", "-w", "%{json}", url).out)

    def test_on_error(self):
        done = self.fetch("-s", "-w", r"%{onerror}%{exitcode} %{errormsg}",
                          "http://127.0.0.1:99999/")
        self.assertTrue(done.out.startswith(b"3 "), done)

    def test_onto_stderr_and_files(self):
        url = self.serve(response(b"")).url
        done = self.fetch("-w", "a%{stderr}b%output{log}c", url)
        self.assertEqual((done.out, done.err, self.read("log")), (b"a", b"b", b"c"))


    def test_no_certificates_without_tls(self):
        done = self.fetch("-w", "%{num_certs}|%{certs}|", self.serve(response()).url)
        self.assertEqual(done.out, b"0||")

    def test_text_that_cannot_be_written(self):
        url = self.serve(response(b"x")).url
        command = f"'{PROGRAM}' -o f -w '%{{http_code}}' {url} >/dev/full"
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=30,
                              cwd=self.dir, env=environment(self.dir))
        self.assertEqual(done.returncode, 23)
        self.assertIn(b"--write-out", done.stderr)
        self.assertEqual(self.read("f"), b"x")


class Password(TestCase):
    """-u without a password asks for it on the terminal."""

    def ask(self, typed, *args):
        """Type it when asked; what the terminal showed, and how it is left."""
        terminal, inside = pty.openpty()

        def take_terminal():
            fcntl.ioctl(inside, termios.TIOCSCTTY, 0)
        process = subprocess.Popen([PROGRAM, *args], stdin=inside, stdout=inside,
                                   stderr=inside, cwd=self.dir, env=environment(self.dir),
                                   start_new_session=True, preexec_fn=take_terminal)
        shown = b""
        while b":" not in shown:
            shown += os.read(terminal, 1024)
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(terminal, typed)
        code = process.wait(30)
        shown += os.read(terminal, 65536)
        echo = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
        os.close(inside)
        os.close(terminal)
        return code, shown, echo

    def test_typed(self):
        server = self.serve(response(b"x"))
        code, shown, echo = self.ask(b"secret\n", "-s", "-u", "me", "-o", "f", server.url)
        self.assertEqual((code, echo), (0, True))
        self.assertIn(b"'me'", shown)
        self.assertNotIn(b"secret", shown)
        self.assertIn(b"Authorization: Basic bWU6c2VjcmV0\r\n", server.requests[0])

    def test_interrupted(self):
        code, _, echo = self.ask(b"half\x03", "-u", "me", "http://127.0.0.1:1/")
        self.assertEqual((code, echo), (-signal.SIGINT, True))


class Operations(TestCase):
    def test_next_resets(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        self.assertExit(self.fetch("-d", "x", server.url, "--next", server.url), 0)
        self.assertTrue(server.requests[0].startswith(b"POST"))
        self.assertTrue(server.requests[1].startswith(b"GET"))

    def test_glob_into_files(self):
        server = self.serve(keep_alive(response(b"a"), response(b"b")))
        self.assertExit(self.fetch("-o", "f#1", server.url + "/{x,y}"), 0)
        self.assertEqual((self.read("fx"), self.read("fy")), (b"a", b"b"))

    def test_config_file(self):
        server = self.serve(response(b"x"))
        self.write("conf", b'# comment\nurl = "%s"\nuser-agent = "me"\n' % server.url.encode())
        self.assertExit(self.fetch("-K", "conf"), 0)
        self.assertIn(b"User-Agent: me\r\n", server.requests[0])

    def test_default_config_file_and_q(self):
        server = self.serve(response(b"x"))
        self.write(".minifetchrc", b'user-agent = "mine"\n')
        self.fetch(server.url)
        self.fetch("-q", server.url)
        self.assertIn(b"User-Agent: mine\r\n", server.requests[0])
        self.assertNotIn(b"User-Agent: mine\r\n", server.requests[1])

    def test_config_error_names_file_and_line(self):
        self.write("conf", b"silent\nno-such-thing\n")
        done = self.fetch("-K", "conf", "http://127.0.0.1/")
        self.assertExit(done, 2)
        self.assertIn("conf:2", done.text)

    def test_get_with_data(self):
        server = self.serve(response(b"x"))
        self.assertExit(self.fetch("-G", "-d", "a=1", "-d", "b=2", server.url + "/?c=3"), 0)
        self.assertTrue(server.requests[0].startswith(b"GET /?c=3&a=1&b=2 HTTP/1.1\r\n"))


if __name__ == "__main__":
    main()
