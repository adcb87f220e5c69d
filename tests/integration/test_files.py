"""Where bytes go: all-or-nothing files, standard output, terminals."""
import os
import pty
import shutil
import signal
import subprocess
import threading

from harness import (PROGRAM, TIMEOUT, TestCase, environment, keep_alive, main,
                     response)

SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"


class Files(TestCase):
    def leftovers(self):
        return sorted(os.listdir(self.dir))

    def test_new_file(self):
        done = self.fetch("-o", "f", self.serve(response(b"new")).url)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), b"new")
        self.assertEqual(self.leftovers(), ["f"])

    def test_empty_body_makes_an_empty_file(self):
        self.assertExit(self.fetch("-o", "f", self.serve(response()).url), 0)
        self.assertEqual(self.read("f"), b"")

    def test_failure_leaves_the_old_file(self):
        self.write("f", b"old")
        self.assertExit(self.fetch("-o", "f", self.serve_raw(SHORT).url), 18)
        self.assertEqual(self.read("f"), b"old")
        self.assertEqual(self.leftovers(), ["f"])

    def test_failure_leaves_no_file(self):
        self.assertExit(self.fetch("-o", "f", self.serve_raw(SHORT).url), 18)
        self.assertEqual(self.leftovers(), [])

    def test_no_atomic_keeps_what_came(self):
        self.write("f", b"old and longer than what comes")
        self.assertExit(self.fetch("--no-atomic", "-o", "f", self.serve_raw(SHORT).url), 18)
        self.assertEqual(self.read("f"), b"abc")

    def test_no_atomic_is_global(self):
        a, b = self.serve_raw(SHORT), self.serve_raw(SHORT)
        self.fetch("--no-atomic", "-o", "a", a.url, "--next", "-o", "b", b.url)
        self.assertEqual((self.read("a"), self.read("b")), (b"abc", b"abc"))

    def test_mode_is_kept(self):
        self.write("f", b"old", 0o600)
        self.assertExit(self.fetch("-o", "f", self.serve(response(b"new")).url), 0)
        self.assertEqual(os.stat(self.path("f")).st_mode & 0o777, 0o600)

    def test_symlink_is_written_through(self):
        self.write("real", b"old")
        os.symlink("real", self.path("link"))
        self.assertExit(self.fetch("-o", "link", self.serve(response(b"new")).url), 0)
        self.assertTrue(os.path.islink(self.path("link")))
        self.assertEqual(self.read("real"), b"new")

    def test_failure_leaves_what_a_symlink_leads_to(self):
        self.write("real", b"old")
        os.symlink("real", self.path("link"))
        os.symlink("link", self.path("link2"))
        os.symlink("missing", self.path("dangling"))
        before = self.leftovers()
        for name in ("link", "link2", "dangling"):
            self.assertExit(self.fetch("-o", name, self.serve(SHORT).url), 18)
            self.assertEqual(self.read("real"), b"old")
            self.assertEqual(self.leftovers(), before)

    def test_hard_link_is_kept(self):
        self.write("one", b"old")
        os.link(self.path("one"), self.path("two"))
        self.assertExit(self.fetch("-o", "one", self.serve(SHORT).url), 18)
        self.assertEqual((self.read("one"), self.read("two")), (b"old", b"old"))
        self.assertExit(self.fetch("-o", "one", self.serve(response(b"new")).url), 0)
        self.assertEqual((self.read("one"), self.read("two")), (b"new", b"new"))
        self.assertExit(self.fetch("-o", "one", self.serve(response()).url), 0)
        self.assertEqual((self.read("one"), self.read("two")), (b"", b""))
        self.assertEqual(self.leftovers(), ["one", "two"])

    def test_hard_link_with_a_time_and_attributes(self):
        self.write("one", b"old and longer")
        os.link(self.path("one"), self.path("two"))
        url = self.serve(response(b"new", Last_Modified="Tue, 13 Jun 2000 12:10:00 GMT")).url
        self.assertExit(self.fetch("-R", "-o", "one", url), 0)
        self.assertEqual(self.read("two"), b"new")
        self.assertEqual(os.stat(self.path("two")).st_mtime, 960898200)
        self.assertExit(self.fetch("-R", "--xattr", "-o", "one", self.serve(SHORT).url), 18)
        self.assertEqual(self.read("two"), b"new")

    def test_file_of_another_owner(self):
        if os.geteuid() != 0:
            self.skipTest("only root can give a file away")
        self.write("f", b"old", 0o600)
        os.chown(self.path("f"), 65534, 65534)
        self.assertExit(self.fetch("-o", "f", self.serve(SHORT).url), 18)
        self.assertEqual(self.read("f"), b"old")
        self.assertExit(self.fetch("-o", "f", self.serve(response(b"new")).url), 0)
        self.assertEqual((self.read("f"), os.stat(self.path("f")).st_uid), (b"new", 65534))

    def fetch_confined(self, *args):
        """Without root's right to write where the mode does not let it."""
        command = [PROGRAM, *args]
        if os.geteuid() == 0:
            if not shutil.which("setpriv"):
                self.skipTest("there is no setpriv")
            command[:0] = ["setpriv", "--bounding-set=-dac_override"]
        return subprocess.run(command, cwd=self.dir, env=environment(self.dir),
                              capture_output=True, timeout=TIMEOUT)

    def test_nothing_can_be_made_beside(self):
        os.mkdir(self.path("d"))
        self.write("d/f", b"old")
        os.symlink("d/f", self.path("link"))
        os.link(self.path("d/f"), self.path("other"))
        os.chmod(self.path("d"), 0o555)
        for name in ("d/f", "link"):
            server = self.serve(SHORT)
            done = self.fetch_confined("-d", "sent", "-o", name, server.url)
            self.assertEqual(done.returncode, 23, done)
            self.assertIn(b"--no-atomic", done.stderr)
            self.assertEqual((server.requests, self.read("d/f")), ([], b"old"))
        done = self.fetch_confined("--no-atomic", "-o", "d/f", self.serve(response(b"new")).url)
        self.assertEqual((done.returncode, self.read("d/f")), (0, b"new"))
        # What is whole in memory needs nothing beside.
        done = self.fetch_confined("--etag-save", "d/f", "-o", "g",
                                   self.serve(response(b"x", ETag='"1"')).url)
        self.assertEqual((done.returncode, self.read("d/f")), (0, b'"1"\n'))
        done = self.fetch_confined("--har", "d/f", self.serve(response(b"x")).url)
        self.assertEqual((done.returncode, self.read("d/f")[:8]), (0, b'{"log":{'))
        os.chmod(self.path("d"), 0o755)

    def test_name_of_standard_output(self):
        """It is that file, not another one in its place."""
        url = self.serve(response(b"new")).url
        with open(self.write("f", b""), "r+b") as f:
            subprocess.run([PROGRAM, "-o", "/dev/stdout", url], stdout=f, check=True,
                           cwd=self.dir, env=environment(self.dir), timeout=TIMEOUT)
            self.assertEqual(f.read(), b"new")
        self.assertEqual(self.leftovers(), ["f"])

    def test_interrupted(self):
        """A signal leaves neither a part of it nor a file beside it."""
        self.write("one", b"old")
        os.link(self.path("one"), self.path("two"))
        os.symlink("two", self.path("link"))
        before = self.leftovers()
        for name in ("one", "link", "new"):
            server = self.serve(lambda peer: (peer.request(), peer.send(SHORT),
                                              peer.request()))
            process = subprocess.Popen([PROGRAM, "-so", name, server.url], cwd=self.dir,
                                       env=environment(self.dir))
            self.wait_until(lambda: len(self.leftovers()) > len(before))
            process.terminate()
            self.assertNotEqual(process.wait(TIMEOUT), 0)
            self.assertEqual((self.read("one"), self.leftovers()), (b"old", before))

    def test_mount_point_is_written_in_place(self):
        """As containers have them: nothing can be renamed over such a file."""
        self.write("f", b"below")
        self.write("mounted", b"old")
        private = ["unshare", "-rm", "sh", "-c"]
        if not shutil.which("unshare") or subprocess.run(
                [*private, "mount --bind mounted f"], cwd=self.dir,
                stderr=subprocess.DEVNULL).returncode:
            self.skipTest("mounting is not allowed")
        url = self.serve(response(b"new")).url
        done = subprocess.run([*private, f"mount --bind mounted f; exec '{PROGRAM}' -o f {url}"],
                              cwd=self.dir, env=environment(self.dir), timeout=30)
        self.assertEqual(done.returncode, 0)
        self.assertEqual((self.read("f"), self.read("mounted")), (b"below", b"new"))

    def test_missing_directory(self):
        done = self.fetch("-o", "no/f", self.serve(response(b"x")).url)
        self.assertExit(done, 23)
        self.assertIn("no/f", done.text)

    def test_created_directory(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("--create-dirs", "-o", "no/such/f", url), 0)
        self.assertEqual(self.read("no/such/f"), b"x")

    def test_remote_name(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("-O", url + "/dir/name.txt?q=1"), 0)
        self.assertEqual(self.leftovers(), ["name.txt"])

    def test_remote_name_is_not_hidden(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("-O", url + "/dir/.profile"), 0)
        self.assertEqual(self.leftovers(), ["_profile"])

    def test_remote_name_without_a_name(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("-O", url), 0)
        self.assertEqual(self.leftovers(), ["curl_response"])

    def test_output_dir(self):
        os.mkdir(self.path("d"))
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("--output-dir", "d", "-O", url + "/name"), 0)
        self.assertEqual(self.read("d/name"), b"x")

    def test_disk_full(self):
        done = self.fetch("-o", "/dev/full", self.serve(response(b"x" * 100000)).url)
        self.assertExit(done, 23)
        self.assertIn("No space left", done.text)

    def test_file_at_its_limit(self):
        self.write("f", b"old")
        url = self.serve(response(b"x" * 100000)).url
        command = f"ulimit -f 1; exec '{PROGRAM}' -sS -o f {url}"
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=30,
                              cwd=self.dir, env=environment(self.dir))
        self.assertEqual(done.returncode, 23)
        self.assertIn(b"File too large", done.stderr)
        self.assertEqual(self.leftovers(), ["f"])
        self.assertEqual(self.read("f"), b"old")

    def test_file_at_its_limit_far_into_a_body(self):
        self.write("f", b"old")
        url = self.serve(response(b"x" * 8_000_000)).url
        command = f"ulimit -f 2001; exec '{PROGRAM}' -sS -o f {url}"
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=30,
                              cwd=self.dir, env=environment(self.dir))
        self.assertEqual(done.returncode, 23)
        self.assertIn(f": f, byte {2001 * 512}: File too large".encode(), done.stderr)
        self.assertEqual(self.read("f"), b"old")

    def test_status_failure_leaves_the_old_file(self):
        self.write("f", b"old")
        url = self.serve(response(b"no", status="404 Not Found")).url
        self.assertExit(self.fetch("-f", "-o", "f", url), 22)
        self.assertEqual(self.read("f"), b"old")

    def test_fail_with_body(self):
        url = self.serve(response(b"why", status="404 Not Found")).url
        self.assertExit(self.fetch("--fail-with-body", "-o", "f", url), 22)
        self.assertEqual(self.read("f"), b"why")

    def test_body_of_a_failure_that_cannot_be_kept(self):
        """That it is lost outweighs the status."""
        def script(peer):
            peer.request()
            os.mkdir(self.path("f"))
            peer.send(response(b"why", status="404 Not Found"))
        done = self.fetch("--fail-with-body", "-o", "f", self.serve(script).url)
        self.assertExit(done, 23)
        self.assertIn("Is a directory", done.text)

    def test_interrupt_leaves_the_old_file(self):
        self.write("f", b"old")
        server = self.serve(lambda peer: (
            peer.request(), peer.send(SHORT), peer.sleep(10)))
        process = subprocess.Popen([PROGRAM, "-s", "-o", "f", server.url], cwd=self.dir,
                                   env=environment(self.dir))
        self.wait_until(lambda: len(self.leftovers()) == 2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), -signal.SIGINT)
        self.assertEqual(self.leftovers(), ["f"])
        self.assertEqual(self.read("f"), b"old")


class UrlFiles(TestCase):
    def test_file(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2"), response(b"3")))
        self.write("urls", f"# a comment\n\n{server.url}/a\r\n  {server.url}/b{{1,2}} \n"
                           f"{server.url}/c".encode())
        self.assertExit(self.fetch("--url", "@urls", "--path-as-is"), 0)
        self.assertEqual((self.read("a"), self.read("b{1,2}"), self.read("c")),
                         (b"1", b"2", b"3"))

    def test_standard_input(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        done = self.fetch("--url", "@-", "--output-dir", ".", "-o", "first",
                          input=f"{server.url}/a\n{server.url}/b\n".encode())
        self.assertExit(done, 0)
        self.assertEqual((done.out, self.read("first"), self.read("b")), (b"", b"1", b"2"))

    def test_output_in_front(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        self.write("urls", f"{server.url}/a\n{server.url}/b\n".encode())
        done = self.fetch("-o", "-", "--url", "@urls")
        self.assertExit(done, 0)
        self.assertEqual((done.out, self.read("b")), (b"1", b"2"))

    def test_no_file(self):
        done = self.fetch("--url", "@none")
        self.assertExit(done, 26)
        self.assertIn("option --url: cannot read 'none'", done.text)

    def test_nothing_in_it(self):
        self.write("urls", b"# nothing\n")
        done = self.fetch("--url", "@urls")
        self.assertExit(done, 2)
        self.assertIn("no URL", done.text)


class Heads(TestCase):
    def test_include(self):
        answer = response(b"body")
        self.assertEqual(self.fetch("-i", self.serve(answer).url).out, answer)

    def test_dump(self):
        answer = response(b"body")
        done = self.fetch("-D", "heads", self.serve(answer).url)
        self.assertEqual(done.out, b"body")
        self.assertEqual(self.read("heads"), answer[:-4])

    def test_dump_of_several(self):
        answer = response(b"body")
        url = self.serve(answer).url
        self.fetch("-D", "heads", url, url)
        self.assertEqual(self.read("heads"), answer[:-4] * 2)

    def test_dump_begins_anew_with_next(self):
        answer = response(b"body")
        url = self.serve(answer).url
        self.fetch("-D", "heads", url, url, "--next", "-D", "heads", url)
        self.assertEqual(self.read("heads"), answer[:-4])

    def test_dump_where_messages_go(self):
        answer = response(b"body")
        done = self.fetch("--stderr", "log", "-D", "%", self.serve(answer).url)
        self.assertEqual((done.out, done.err), (b"body", b""))
        self.assertEqual(self.read("log"), answer[:-4])

    def test_folded_fields_are_shown_unfolded(self):
        """RFC 9112 section 5.2."""
        url = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
                         b"X: one \r\n  two\r\n\tthree\r\n\r\nbody").url
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: one two three\r\n\r\n"
        done = self.fetch("-i", "-D", "heads", "-w", "|%header{x}", url)
        self.assertEqual(done.out, head + b"body|one two three")
        self.assertEqual(self.read("heads"), head)


class Streams(TestCase):
    def test_reader_that_goes_away(self):
        big = response(b"line\n" * 4_000_000)
        server = self.serve(big)
        command = f"'{PROGRAM}' {server.url} | head -n 1"
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=30,
                              env=environment(self.dir))
        self.assertEqual((done.stdout, done.stderr), (b"line\n", b""))

    def stuck(self, url, *args, end=28):
        """Run with a pipe on standard output that nobody reads."""
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        done = subprocess.run([PROGRAM, "-sS", "-m", "0.3", *args, url], stdout=write,
                              stderr=subprocess.PIPE, cwd=self.dir, timeout=TIMEOUT,
                              env=environment(self.dir))
        self.assertTrue(os.get_blocking(write))
        os.close(write)
        self.assertEqual(done.returncode, end, done.stderr)
        return done.stderr

    def test_reader_that_does_not_read(self):
        """-m ends it, whichever way the bytes go."""
        body = b"x" * 10_000_000
        chunks = b"100000\r\n" + b"y" * 0x100000 + b"\r\n"
        for answer in (response(body), b"HTTP/1.1 200 OK\r\n\r\n" + body,
                       b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                       + 10 * chunks + b"0\r\n\r\n"):
            for args in ((), ("-i",), ("-w", "%{http_code}")):
                self.assertIn(b"timed out", self.stuck(self.serve(answer).url, *args))

    def test_written_out_text_that_nobody_reads(self):
        url = self.serve(response(b"x")).url
        self.write("text", b"t" * 1_000_000)
        self.assertIn(b"in time", self.stuck(url, "-o", "f", "-w", "@text", end=23))
        self.assertEqual(self.read("f"), b"x")

    def test_slow_reader_in_time(self):
        """All of it comes, in order, when there is a deadline too."""
        lines = [b"%07d\n" % i for i in range(100_000)]
        url = self.serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         + b"".join(b"8\r\n" + line + b"\r\n" for line in lines)
                         + b"0\r\n\r\n").url
        done = self.shell(f"'{PROGRAM}' -sS -m {TIMEOUT} {url} | (sleep 0.2; cat)")
        self.assertEqual((done.stdout, done.stderr), (b"".join(lines), b""))

    def shell(self, command):
        return subprocess.run(["sh", "-c", command], capture_output=True, timeout=30,
                              cwd=self.dir, env=environment(self.dir))

    def test_reader_that_wants_nothing(self):
        url = self.serve(response(b"x")).url
        for args in (f"-o f -w '%{{http_code}}' {url}", "--help all", "--version"):
            # by the second line the reader of the first is gone
            done = self.shell(f"{{ sleep 0.2; '{PROGRAM}' {args}; }} | true")
            self.assertEqual((done.stdout, done.stderr), (b"", b""), args)

    def test_closed_standard_output(self):
        """What should go there does not go into the next file or socket."""
        server = self.serve(response(b"body"))
        done = self.shell(f"'{PROGRAM}' {server.url} >&-")
        self.assertEqual(done.returncode, 23)
        self.assertIn(b"standard output", done.stderr)
        self.assertEqual(len(server.requests), 1)

    def test_closed_standard_error(self):
        server = self.serve_raw(SHORT)
        done = self.shell(f"'{PROGRAM}' --no-atomic -v -o f {server.url} 2>&-")
        self.assertEqual(done.returncode, 18)
        self.assertEqual(self.read("f"), b"abc")

    def test_no_progress_in_pipes(self):
        done = self.fetch(self.serve(response(b"x" * 100000)).url)
        self.assertEqual(done.err, b"")

    def test_stdin_is_left_alone(self):
        url = self.serve(response(b"x")).url
        command = f"echo kept | ('{PROGRAM}' {url} >/dev/null; cat)"
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=30,
                              env=environment(self.dir))
        self.assertEqual(done.stdout, b"kept\n")

    def test_a_terminal_that_takes_no_more(self):
        """It may stop amid what was written to it; the time is over all the
        same."""
        for body in b"line of text\n" * 20000, b"x" * 100000, b"\n" * 70001:
            url = self.serve(response(body)).url
            master, slave = pty.openpty()
            process = subprocess.Popen([PROGRAM, "-m", "1", url], stdin=subprocess.DEVNULL,
                                       stdout=slave, stderr=subprocess.PIPE,
                                       env=environment(self.dir))
            os.close(slave)
            try:
                _, err = process.communicate(timeout=10)
            finally:
                process.kill()
                os.close(master)
            self.assertEqual(process.returncode, 28)
            self.assertIn(b"(28) Operation timed out", err)

    def on_terminal(self, *args, stream="stdout"):
        """Run with one of its streams on a terminal; what that would show."""
        master, slave = pty.openpty()
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: slave}
        process = subprocess.Popen([PROGRAM, "-s", *args], stdin=subprocess.DEVNULL,
                                   cwd=self.dir, env=environment(self.dir), **streams)
        os.close(slave)
        shown = bytearray()

        def drain():
            try:
                while data := os.read(master, 65536):
                    shown.extend(data)
            except OSError:
                pass
        reader = threading.Thread(target=drain)
        reader.start()
        process.communicate(timeout=30)
        reader.join(10)
        os.close(master)
        return process.returncode, bytes(shown)

    def test_controls_are_escaped_on_a_terminal(self):
        url = self.serve(response(b"a\x1b]0;title\x07b\n")).url
        code, shown = self.on_terminal(url)
        self.assertEqual(code, 0)
        self.assertNotIn(b"\x1b", shown)
        self.assertNotIn(b"\x07", shown)

    def test_unless_told_otherwise(self):
        url = self.serve(response(b"a\x1b[1mb\n")).url
        self.assertIn(b"\x1b[1m", self.on_terminal("--no-safe-output", url)[1])

    def test_written_out_controls_are_escaped_on_a_terminal(self):
        url = self.serve(b"HTTP/1.1 200 OK\r\nX: a\x1b[1mb\r\nContent-Length: 0\r\n\r\n").url
        for stream in ("stdout", "stderr"):
            args = ("-w", f"%{{{stream}}}<%header{{x}}>", url)
            self.assertEqual(self.on_terminal(*args, stream=stream), (0, b"<a\\x1b[1mb>"))
            self.assertEqual(self.on_terminal("--no-safe-output", *args, stream=stream),
                             (0, b"<a\x1b[1mb>"))

    def test_names_of_fields_are_bold_on_a_terminal(self):
        url = self.serve(b"HTTP/1.1 200 OK\r\nX: a\x1b[7mb\r\nContent-Length: 0\r\n\r\n").url
        code, shown = self.on_terminal("-i", "--color", "never", url)
        self.assertEqual(code, 0)
        self.assertEqual(shown.replace(b"\r", b""),
                         b"HTTP/1.1 200 OK\n\x1b[1mX\x1b[0m: a\\x1b[7mb\n"
                         b"\x1b[1mContent-Length\x1b[0m: 0\n\n")
        self.assertNotIn(b"\x1b", self.on_terminal("-i", "--no-styled-output", url)[1])
        self.assertNotIn(b"\x1b[1m", self.fetch("-i", url).out)

    def test_binary_is_refused_on_a_terminal(self):
        url = self.serve(response(b"a\0b")).url
        code, shown = self.on_terminal(url)
        self.assertEqual((code, shown), (23, b""))


class Private(TestCase):
    """What has secrets in it is nobody else's to read, also when it was."""

    KINDS = (("-c", "jar"), ("--har", "har"), ("--record", "recording"), ("--trace", "trace"),
             ("--trace-ascii", "trace2"), ("--hsts", "hsts"))

    def modes(self, *more):
        url = self.serve(response(b"x", Set_Cookie="a=b")).url
        for option, name in self.KINDS:
            self.assertExit(self.fetch(option, name, *more, url), 0)
        return {name: oct(os.stat(self.path(name)).st_mode & 0o777) for _, name in self.KINDS}

    def test_new(self):
        self.assertEqual(set(self.modes().values()), {"0o600"})

    def test_there_already(self):
        for _, name in self.KINDS:
            self.write(name, b"", 0o664)
        self.assertEqual(set(self.modes().values()), {"0o600"})

    def test_other_names_are_narrowed_too(self):
        for _, name in self.KINDS:
            self.write(name, b"", 0o664)
            os.link(self.path(name), self.path(name + ".too"))
        self.assertEqual(set(self.modes().values()), {"0o600"})

    def test_heads_are_as_readable_as_the_body(self):
        """-D writes what -i would have put into the file of -o."""
        self.fetch("-o", "f", "-D", "d", self.serve(response(b"x")).url)
        self.assertEqual(os.stat(self.path("f")).st_mode, os.stat(self.path("d")).st_mode)


if __name__ == "__main__":
    main()
