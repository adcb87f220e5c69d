"""Where connections are led: --resolve, --connect-to, Unix sockets."""
import os
import socket
import threading

from harness import TIMEOUT, Peer, TestCase, free_port, keep_alive, main, response


class Resolve(TestCase):
    def test_name(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--resolve", f"Name.Test:{server.port}:127.0.0.1",
                          f"http://name.test:{server.port}/")
        self.assertExit(done, 0)
        self.assertIn(f"Host: name.test:{server.port}\r\n".encode(), server.requests[0])

    def test_any_name(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--resolve", f"*:{server.port}:127.0.0.1",
                          f"http://any.test:{server.port}/")
        self.assertExit(done, 0)

    def test_case_of_the_host_is_kept(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--resolve", f"mixed.test:{server.port}:127.0.0.1",
                          f"http://MiXed.Test:{server.port}/")
        self.assertExit(done, 0)
        self.assertIn(b"Host: MiXed.Test:", server.requests[0])

    def test_next_address_when_one_fails(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--resolve", f"a.test:{server.port}:[::1],127.0.0.1",
                          f"http://a.test:{server.port}/")
        self.assertExit(done, 0)

    def test_literal(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--resolve", f"192.0.2.1:{server.port}:127.0.0.1",
                          f"http://192.0.2.1:{server.port}/")
        self.assertExit(done, 0)

    def test_family_does_not_matter(self):
        server = self.serve(response(b"x"))
        done = self.fetch("-6", "--resolve", f"a.test:{server.port}:127.0.0.1",
                          f"http://a.test:{server.port}/")
        self.assertExit(done, 0)

    def test_entries_outlive_next(self):
        server = self.serve(response(b"x"))
        url = f"http://a.invalid:{server.port}/"
        pin = f"a.invalid:{server.port}"
        done = self.fetch("--resolve", pin + ":127.0.0.1", url, "--next", url)
        self.assertExit(done, 0)
        done = self.fetch("--resolve", pin + ":127.0.0.1", url, "--next", "--resolve",
                          "-" + pin, url)
        self.assertExit(done, 6)
        self.assertEqual(done.out, b"x")

    def test_redirect(self):
        server = self.serve(keep_alive(response(b"x")))
        first = self.serve(response(status="302 Found",
                                    Location=f"http://b.invalid:{server.port}/"))
        done = self.fetch("-L", "--resolve", f"b.invalid:{server.port}:127.0.0.1", first.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"x")

    def test_verbose(self):
        server = self.serve(response(b"x"))
        done = self.fetch("-v", "--resolve", f"a.test:{server.port}:127.0.0.1",
                          f"http://a.test:{server.port}/")
        self.assertIn("Hostname a.test was found in DNS cache", done.text)

    def test_international_name(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        for name in ("b\u00fccher.test", "xn--bcher-kva.test"):
            done = self.fetch("--resolve", f"B\u00fccher.test:{server.port}:127.0.0.1",
                              f"http://{name}:{server.port}/")
            if done.code == 4:
                self.skipTest("this build has no IDN")
            self.assertExit(done, 0)
            done = self.fetch("--connect-to", f"b\u00fccher.test::127.0.0.1:{server.port}",
                              f"http://{name}/")
            self.assertExit(done, 0)
        done = self.fetch("--resolve", os.fsdecode(b"b\xff:80:127.0.0.1"), "http://a.test/")
        self.assertExit(done, 3)
        self.assertIn("option --resolve: ", done.text)
        self.assertIn("at byte offset 0", done.text)

    def test_malformed(self):
        done = self.fetch("--resolve", "a.test:80:b", "http://a.test/")
        self.assertExit(done, 49)
        self.assertIn("option --resolve: expected an IPv4 or IPv6 address at byte offset 10",
                      done.text)

    def test_tcp_and_udp(self):
        server = self.serve(lambda peer: peer.send(b"hello"))
        done = self.fetch("--resolve", f"a.test:{server.port}:127.0.0.1",
                          f"tcp://a.test:{server.port}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"hello")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(TIMEOUT)
            port = s.getsockname()[1]
            done = self.fetch("--resolve", f"a.test:{port}:127.0.0.1", "-d", "ping",
                              "--count", "0", f"udp://a.test:{port}")
            self.assertExit(done, 0)
            self.assertEqual(s.recv(100), b"ping")


class ConnectTo(TestCase):
    def test_elsewhere(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--connect-to", f"a.test:80:127.0.0.1:{server.port}",
                          "http://a.test/")
        self.assertExit(done, 0)
        self.assertIn(b"Host: a.test\r\n", server.requests[0])

    def test_other_hosts_are_left_alone(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--connect-to", f"b.test::127.0.0.1:{free_port()}", server.url)
        self.assertExit(done, 0)

    def test_resolved_name(self):
        server = self.serve(response(b"x"))
        done = self.fetch("--connect-to", f"::b.test:{server.port}", "--resolve",
                          f"b.test:{server.port}:127.0.0.1", "http://a.test/")
        self.assertExit(done, 0)

    def test_connections_are_not_mixed(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")),
                            keep_alive(response(b"3"), response(b"4")))
        url = f"http://a.test:{server.port}/"
        pin = ("--resolve", f"a.test:{server.port}:127.0.0.1")
        detour = ("--connect-to", f"::127.0.0.1:{server.port}")
        done = self.fetch(*pin, url, "--next", *detour, url, "--next", url, "--next",
                          *detour, url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"1324", 2))

    def test_another_way_is_another_connection(self):
        ports = range(20000, 32000)
        for first, second in ((["--interface", "127.0.0.1"], ["--interface", "host!127.0.0.2"]),
                              ([], ["--interface", "127.0.0.1"]),
                              (["-4"], []), ([], ["-6"]),
                              ([], ["--local-port", f"{ports[0]}-{ports[-1]}"]),
                              ([], ["--no-tcp-nodelay"]), ([], ["--no-keepalive"]),
                              (["--keepalive-time", "7"], ["--keepalive-time", "8"])):
            with self.subTest(first=first, second=second):
                server = self.serve(keep_alive(response(b"1"), response(b"2")),
                                    keep_alive(response(b"3"), response(b"4")))
                url = f"http://a.test:{server.port}/"
                pin = ("--resolve", f"a.test:{server.port}:127.0.0.1")
                done = self.fetch(*pin, *first, url, "--next", *second, url, "--next",
                                  *first, url)
                self.assertExit(done, 0)
                self.assertEqual((done.out, server.connections), (b"132", 2))

    def test_another_address_is_another_connection(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")),
                            keep_alive(response(b"3")))
        pin = f"a.test:{server.port}:127.0.0."
        url = f"http://a.test:{server.port}/"
        done = self.fetch("--resolve", pin + "1", url, "--next", "--resolve",
                          f"b.test:{server.port}:127.0.0.9", url, "--next", "--resolve",
                          pin + "1,127.0.0.2", url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"123", 2))

    def test_to_where_it_goes_anyway(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        done = self.fetch(server.url, "--next", "--connect-to",
                          f"::127.0.0.1:{server.port}", server.url)
        self.assertEqual((done.out, server.connections), (b"12", 1))

    def test_malformed(self):
        done = self.fetch("--connect-to", "::a:b", "http://a.test/")
        self.assertExit(done, 49)
        self.assertIn("option --connect-to: expected a port", done.text)
        self.assertIn("at byte offset 4", done.text)


class UnixSockets(TestCase):
    def serve_at(self, address, *answers):
        """A server on a Unix socket; the requests that it has read."""
        requests = []
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.settimeout(TIMEOUT)
        listener.bind(address)
        listener.listen()

        def play(sock, answer):
            with sock:
                keep_alive(*answer)(Peer(sock, requests))

        def serve():
            for answer in answers:
                sock, _ = listener.accept()
                threading.Thread(target=play, args=(sock, answer), daemon=True).start()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(thread.join, TIMEOUT)
        return requests

    def test_path(self):
        requests = self.serve_at(self.path("s"), [response(b"1"), response(b"2")])
        done = self.fetch("--unix-socket", "s", "http://a.test/x", "http://a.test/y")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"12")
        self.assertIn(b"Host: a.test\r\n", requests[0])

    def test_path_that_looks_abstract(self):
        self.serve_at(self.path("@s"), [response(b"1")])
        done = self.fetch("--unix-socket", "@s", "http://a.test/")
        self.assertExit(done, 0)

    def test_abstract(self):
        name = f"minifetch-test-{os.getpid()}"
        self.serve_at("\0" + name, [response(b"1")])
        done = self.fetch("--abstract-unix-socket", name, "http://a.test/")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"1")

    def test_hosts_do_not_share(self):
        self.serve_at(self.path("s"), [response(b"1")], [response(b"2")])
        done = self.fetch("--unix-socket", "s", "http://a.test/", "http://b.test/")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"12")

    def test_only_its_own_operation(self):
        self.serve_at(self.path("s"), [response(b"1")])
        server = self.serve(response(b"2"))
        done = self.fetch("--unix-socket", "s", server.url, "--next", server.url)
        self.assertExit(done, 0)
        self.assertEqual((done.out, server.connections), (b"12", 1))

    def test_nobody_there(self):
        done = self.fetch("--unix-socket", "none", "http://a.test/")
        self.assertExit(done, 7)
        self.assertIn("Failed to connect to none: No such file or directory", done.text)

    def test_too_long(self):
        done = self.fetch("--unix-socket", "x" * 200, "http://a.test/")
        self.assertExit(done, 2)
        self.assertIn("option --unix-socket: ", done.text)

    def test_datagrams(self):
        done = self.fetch("--unix-socket", "s", "-d", "x", f"udp://127.0.0.1:{free_port()}")
        self.assertExit(done, 2)


if __name__ == "__main__":
    main()
