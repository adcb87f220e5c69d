"""When memory runs out: an error with its exit status and words, always."""
import gzip
import json
import os
import resource
import struct
import subprocess

from harness import (HERE, PROGRAM, TIMEOUT, Result, TestCase, environment, keep_alive, main,
                     response)

FAULTS = os.path.abspath(os.environ.get("FAULTS", os.path.join(HERE, "..", ".libs", "faults.so")))
LIMIT = 3000  # allocations that a run makes at the most


class Memory(TestCase):
    def starve(self, at, *args):
        """A run whose allocations fail: the n-th, or with "N+" all from there on. True
        with its result when one did."""
        state = self.write("state", bytes(16))
        env = environment(
            self.dir, LD_PRELOAD=FAULTS, FAULTS_STATE=state, FAULTS_KIND="malloc",
            FAULTS_AT=str(at), FAULTS_HOW="12")
        env["ASAN_OPTIONS"] = ("verify_asan_link_order=0:allocator_may_return_null=1:"
                               "detect_leaks=0:" + env.get("ASAN_OPTIONS", ""))
        done = subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True,
                              cwd=self.dir, env=env, timeout=TIMEOUT)
        failed = struct.unpack("QQ", self.read("state"))[1]
        return failed, Result(done.returncode, done.stdout, done.stderr)

    def setUp(self):
        super().setUp()
        failed, result = self.starve("0", "--version")
        if result.code:
            self.skipTest("no library can be loaded before the program")

    def each(self, suffix, *args):
        """What comes of a run for each allocation that may fail, and which it was."""
        for n in range(1, LIMIT):
            failed, result = self.starve(f"{n}{suffix}", *args)
            if not failed:
                return
            where = f"{args}, allocation {n}{suffix}: {result}"
            self.assertNotIn(b"Sanitizer", result.err, where)
            self.assertNotIn(b"runtime error", result.err, where)
            self.assertGreaterEqual(result.code, 0, where)
            yield result, where
        self.fail("the program makes more allocations than that")

    def test_nothing_at_all(self):
        """A message, though there is no memory to put it together."""
        url = self.serve(response(b"body", Set_Cookie="a=b")).url
        for args in ((url,), ("-v", url), ("-w", "%{json}", url), ("--no-such-option",),
                     ("--help",), ("-K", self.write("conf", b'dry-run\nurl = "x"\nfail\n')),
                     ("--har", "-", "-o", "f", url),
                     ("-o", "d/f", "--create-dirs", "-w", "%{size_download}", url)):
            for result, where in self.each("+", *args):
                if result.code or not result.out:
                    self.assertNotEqual(result.code, 0, where)
                    self.assertIn(b"minifetch: ", result.err, where)
                    self.assertTrue(result.err.endswith(b"\n"), where)

    def test_modules(self):
        """A module for which there is no room is not one that is missing."""
        for args in (("https://127.0.0.1:1/",), ("--compressed", self.coded(), "-o", "f")):
            for room in (512, *range(16, 2, -1)):
                limit = (room << 20, room << 20)
                done = subprocess.run(
                    [PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True,
                    cwd=self.dir, env=environment(self.dir), timeout=TIMEOUT,
                    preexec_fn=lambda limit=limit: resource.setrlimit(
                        resource.RLIMIT_AS, limit))
                if room == 512 and done.returncode not in (0, 7):
                    self.skipTest("the program needs more than that")
                self.assertIn(done.returncode, (0, 7, 27, 127), f"{room} MiB: {done}")

    def coded(self):
        return self.serve(keep_alive(*[response(gzip.compress(b"x"), Content_Encoding="gzip")]
                                     * 20)).url

    def test_what_is_told(self):
        """Of what was asked for nothing is left out without a word, nor is something
        else said to be wrong."""
        url = self.serve(response(b"body")).url
        whole = self.fetch("-s", "-w", "%{json}", url).out
        for result, where in self.each("", "-s", "-S", "-w", "%{json}", url):
            if result.code == 0:
                self.assertEqual(result.out.count(b'":'), whole.count(b'":'), where)
            else:
                self.assertIn(b"memory", result.err, where)
        for result, where in self.each("", "-sS", "--har", "h", "-o", "f", "-d", "sent",
                                       "-b", "c=d", url):
            if result.code == 0:
                entry, = json.loads(self.read("h"))["log"]["entries"]
                self.assertEqual(entry["response"]["content"]["text"], "body", where)
                self.assertEqual(entry["request"]["postData"]["text"], "sent", where)
                self.assertEqual(len(entry["request"]["headers"]), 6, where)
                self.assertEqual(len(entry["response"]["headers"]), 1, where)
                self.assertEqual(entry["request"]["url"], url + "/", where)
            else:
                self.assertIn(b"memory", result.err, where)
        for result, where in self.each("", "-v", url):
            if result.code == 0:
                self.assertEqual(result.out, b"body", where)

    def test_name_of_a_file(self):
        """It is the server's, or the transfer has failed."""
        os.mkdir(self.path("d"))
        for disposition in ("attachment; filename=named", "a; filename*=UTF-8''n%61med; filename=x",
                            "a; filename*=ISO-8859-1''named"):
            url = self.serve(response(b"body", Content_Disposition=disposition)).url
            for result, where in self.each("", "-sSOJ", "--output-dir", "d", url + "/other"):
                names = os.listdir(self.path("d"))
                self.assertIn(names, ([], ["named"]) if result.code else (["named"],), where)
                for name in names:
                    os.unlink(self.path("d/" + name))


if __name__ == "__main__":
    main()
