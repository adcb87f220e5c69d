"""--har: archives of real transfers, and that others can read them."""
import json
import os
import shutil
import subprocess

from harness import TestCase, main, response

VALIDATE = """
const har = JSON.parse(require('fs').readFileSync(process.argv[1]));
require('har-validator').har(har).catch(e => {
    console.error(JSON.stringify(e.errors || String(e))); process.exit(1) });
"""


class Har(TestCase):
    def archive(self, *args, code=0):
        self.assertExit(self.fetch("-s", "--har", "h", *args), code)
        return json.loads(self.read("h"))["log"]["entries"]

    def test_redirects_and_bodies(self):
        def script(peer):
            peer.request()
            peer.send(response(b"moved", "302 Found", Location="/next?a=1"))
            peer.request()
            peer.send(response(b"\xff\0", Set_Cookie="sid=secret; Path=/; Secure",
                               Content_Type="image/x"))

        server = self.serve(script)
        first, second = self.archive("-L", "-o", "f", "-d", "x=\u00e9", server.url)
        self.assertEqual(first["request"]["postData"]["text"], "x=\u00e9")
        self.assertEqual(first["response"]["redirectURL"], "/next?a=1")
        self.assertEqual(second["request"]["method"], "GET")
        self.assertEqual(second["request"]["queryString"], [{"name": "a", "value": "1"}])
        self.assertEqual(second["response"]["content"],
                         {"size": 2, "mimeType": "image/x", "text": "/wA=",
                          "encoding": "base64"})
        cookie, = second["response"]["cookies"]
        self.assertEqual(cookie, {"name": "sid", "value": "[redacted]", "path": "/",
                                  "secure": True})
        self.assertEqual(second["serverIPAddress"], "127.0.0.1")
        self.assertEqual(self.read("f"), b"\xff\0")

    def test_authentication(self):
        challenge = response(b"no", "401 No", WWW_Authenticate='Basic realm="r"')
        url = self.serve(lambda p: [p.request(), p.send(challenge), p.request(),
                                    p.send(response(b"yes"))]).url
        entries = self.archive("--anyauth", "-u", "a:b", url)
        self.assertEqual([e["response"]["status"] for e in entries], [401, 200])

    def test_failures(self):
        url = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab").url
        short, refused = self.archive(url, "http://127.0.0.1:1/", code=7)
        self.assertIn("got 2 of 5", short["_error"])
        self.assertEqual(short["response"]["content"]["text"], "ab")
        self.assertIn("Connection refused", refused["_error"])
        self.assertEqual(refused["response"]["status"], 0)

    def test_body_limit(self):
        url = self.serve(response(b"x" * 5000)).url
        for limit, kept in ("0", 0), ("1k", 1024), ("1M", 5000):
            entry, = self.archive("-o", "f", "--har-body-limit", limit, url)
            self.assertEqual(len(entry["response"]["content"].get("text", "")), kept)
            self.assertEqual(entry["response"]["content"]["size"], 5000)
            self.assertEqual(len(self.read("f")), 5000)

    def test_the_file_is_whole_or_not_there(self):
        self.write("h", b"old")
        self.archive(self.serve(response(b"x")).url)
        self.assertEqual(os.listdir(self.dir), ["h"])
        server = self.serve(response(b"x"))
        done = self.fetch("--har", "no/h", server.url)
        self.assertExit(done, 23)
        self.assertIn("no/h", done.text)
        self.assertNotIn("--create-dirs", done.text)  # it is not for this file
        self.assertIn("--har", done.text)
        self.assertEqual(server.connections, 0)

    def test_body_that_is_cut(self):
        """It stays text, and is cut at a character."""
        text = "a\u00e4\u20ac\U0001f600".encode()
        self.write("d", text)
        for limit in range(1, len(text) + 1):
            url = self.serve(response(text)).url
            entry, = self.archive("--har-body-limit", limit, "--data-binary", "@d", "-o", "f", url)
            for part in (entry["response"]["content"], entry["request"]["postData"]):
                self.assertNotIn("encoding", part)
                self.assertNotIn("_encoding", part)
                kept = text[:limit].decode(errors="ignore")
                self.assertEqual(part["text"], kept)
                if limit < len(text):
                    self.assertIn(f"the first {len(kept.encode())} bytes of 10",
                                  part["comment"])
        url = self.serve(response(b"\xe2\x82")).url  # it was so: not cut by us
        entry, = self.archive("-o", "f", url)
        self.assertEqual(entry["response"]["content"]["encoding"], "base64")

    def test_cookies_without_a_name(self):
        url = self.serve(response(b"", Set_Cookie="value; Path=/")).url
        entry, = self.archive("--show-secrets", "-H", "Cookie: one; =two; a=b", url)
        self.assertEqual(
            [(c["name"], c["value"]) for c in entry["request"]["cookies"]],
            [("", "one"), ("", "two"), ("a", "b")])
        self.assertEqual(entry["response"]["cookies"],
                         [{"name": "", "value": "value", "path": "/"}])
        entry, = self.archive("-H", "Cookie: secret", url)
        self.assertNotIn("secret", json.dumps(entry))

    def test_document_on_standard_output(self):
        """Nothing else may go there, and that is known before anything is sent."""
        server = self.serve(response(b"body"))
        for args in ((), ("-o", "-"), ("-i",), ("-o", "f", "-w", "x"), ("-o", "f", "-D", "-"),
                     ("-o", "f", "-c", "-"), ("-o", "f", "--etag-save", "-"),
                     ("-o", "f", "--report", "-"), ("-o", "f", "--record", "-"),
                     ("-o", "f", "--trace", "-"), ("-o", "f", "--stderr", "-"),
                     ("-o", "f", "-w", "%{stderr}x%{stdout}y"),
                     ("-o", "f", "http://127.0.0.1:1/", "--next"), ("--dry-run",),
                     ("-o", "/dev/stdout"), ("-o", "f", "-D", "/dev/fd/1"),
                     ("-o", "f", "-c", "/proc/self/fd/1"),
                     ("-o", "f", "--trace-ascii", "/dev/stdout"),
                     ("-o", "f", "--report", "/dev/stdout"),
                     ("-o", "f", "--stderr", "/dev/stdout"),
                     ("-o", "f", "-w", "%output{a}x%output{>>/dev/stdout}y"),
                     ("--har", "/dev/stdout")):
            with self.subTest(args=args):
                done = self.fetch("--har", "-", *args, server.url)
                self.assertExit(done, 2)
                self.assertIn(b"option --har", done.out + done.err)
                self.assertNotIn(b"{", done.out)
        self.assertEqual(server.connections, 0)
        for args in (("-o", "f"), ("-O",), ("--out-null", "-v", "--explain"),
                     ("-o", "f", "-w", "%{stderr}x"), ("-o", "f", "-D", "heads", "-c", "jar"),
                     ("-Z", "-o", "f"), ("-o", "f", "--har", "/dev/stdout"),
                     ("-o", "f", "-w", "%output{/dev/null}x%output{w}y")):
            with self.subTest(args=args):
                done = self.fetch("--har", "-", *args, server.url + "/g")
                self.assertExit(done, 0)
                self.assertEqual(len(json.loads(done.out)["log"]["entries"]), 1)

    def test_disk_full(self):
        done = self.fetch("-s", "-S", "--har", "/dev/full", self.serve(response(b"x")).url)
        self.assertExit(done, 23)
        self.assertIn("No space left", done.text)

    def test_reader_that_has_gone(self):
        """Nothing is said of it, as of a body's."""
        url = self.serve(lambda peer: [peer.request(), peer.sleep(0.3),
                                       peer.send(response(b"x" * 100000))]).url
        for args in ["--har", "-"], ["--report", "-", "-w", "123"], ["--record", "-"]:
            done = self.fetch_for_head(3, *args, "-o", "f", "-o", "g", url, url)
            self.assertExit(done, 23)
            self.assertEqual((len(done.out), done.text), (3, ""), args)

    def test_schema(self):
        if not shutil.which("node") or not os.path.isdir("/usr/share/nodejs/har-validator"):
            self.skipTest("node-har-validator is missing")
        url = self.serve(response(b"moved", "302 Found", Location="/n"),
                         response(b"x", Set_Cookie="a=b; Domain=h; HttpOnly"),
                         b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab").url
        self.archive("-L", "-b", "c=d", "-d", "x", url + "/?q", url, "http://127.0.0.1:1/",
                     code=7)
        done = subprocess.run(["node", "-e", VALIDATE, self.path("h")], capture_output=True,
                              env=dict(os.environ, NODE_PATH="/usr/share/nodejs"), timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        with open(self.path("bad"), "w", encoding="utf-8") as f:
            json.dump({"log": {"version": "1.2", "entries": []}}, f)
        done = subprocess.run(["node", "-e", VALIDATE, self.path("bad")], capture_output=True,
                              env=dict(os.environ, NODE_PATH="/usr/share/nodejs"), timeout=60)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    main()
