EXTRA_DIST += tests/README.md tests/thread.supp

# Of the sources themselves, and of what was linked
dist_check_SCRIPTS = tests/layers tests/style tests/linkage
TESTS += $(dist_check_SCRIPTS)
AM_TESTS_ENVIRONMENT = \
	MINIFETCH='$(abs_top_builddir)/src/minifetch'; export MINIFETCH; \
	MODULE_DIR='$(module_dir)'; export MODULE_DIR; \
	FAULTS='$(abs_top_builddir)/tests/.libs/faults.so'; export FAULTS; \
	unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR; \
	LC_ALL=C; export LC_ALL; \
	PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE;

# Where the modules of this build are, and what tests that load them link
with_modules = tests/libsupport.a $(house) $(CMOCKA_LIBS)
module_dir = $(abs_top_builddir)/src/.libs
module_dir_cppflags = $(AM_CPPFLAGS) -DMODULE_DIR='"$(module_dir)"'

# Unit tests: one program a module of the house
check_LIBRARIES += tests/libsupport.a
tests_libsupport_a_SOURCES = \
	tests/support/command.c tests/support/command.h \
	tests/support/duplex.c tests/support/duplex.h \
	tests/support/events.c tests/support/events.h \
	tests/support/findings.h \
	tests/support/http_connection.c tests/support/http_connection.h \
	tests/support/form.c tests/support/form.h \
	tests/support/loopback.c tests/support/loopback.h \
	tests/support/scratch.c tests/support/scratch.h \
	tests/support/table.c tests/support/table.h \
	tests/support/sinking.h \
	tests/support/talking.c tests/support/talking.h
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
LDADD = tests/libsupport.a src/libminifetch.a $(CMOCKA_LIBS)

# A getaddrinfo that takes the system's place in the programs that name it
names = tests/support/names.c tests/support/names.h

unit_tests = \
	tests/unit/test_attributes \
	tests/unit/test_base64 \
	tests/unit/test_buf \
	tests/unit/test_challenge \
	tests/unit/test_checksum \
	tests/unit/test_chunk \
	tests/unit/test_cli_form \
	tests/unit/test_client \
	tests/unit/test_clock \
	tests/unit/test_compose \
	tests/unit/test_condition \
	tests/unit/test_config \
	tests/unit/test_console \
	tests/unit/test_continuation \
	tests/unit/test_connect \
	tests/unit/test_connection_key \
	tests/unit/test_conversation \
	tests/unit/test_cookie \
	tests/unit/test_cookie_date \
	tests/unit/test_cookie_file \
	tests/unit/test_cookie_rules \
	tests/unit/test_datagram \
	tests/unit/test_date \
	tests/unit/test_date_loose \
	tests/unit/test_dial \
	tests/unit/test_endpoint \
	tests/unit/test_error \
	tests/unit/test_expand \
	tests/unit/test_fanout \
	tests/unit/test_file \
	tests/unit/test_file_name \
	tests/unit/test_file_new \
	tests/unit/test_file_whole \
	tests/unit/test_finding \
	tests/unit/test_form \
	tests/unit/test_form_encode \
	tests/unit/test_framing \
	tests/unit/test_glob \
	tests/unit/test_har \
	tests/unit/test_head \
	tests/unit/test_help \
	tests/unit/test_hsts \
	tests/unit/test_http_server \
	tests/unit/test_http_server_limits \
	tests/unit/test_interrupt \
	tests/unit/test_json \
	tests/unit/test_json_read \
	tests/unit/test_json_view \
	tests/unit/test_listen \
	tests/unit/test_listen_datagram \
	tests/unit/test_listen_sockets \
	tests/unit/test_media_type \
	tests/unit/test_memory \
	tests/unit/test_meter \
	tests/unit/test_module_static \
	tests/unit/test_move \
	tests/unit/test_names \
	tests/unit/test_netrc \
	tests/unit/test_num \
	tests/unit/test_options \
	tests/unit/test_pace \
	tests/unit/test_parse \
	tests/unit/test_parse_files \
	tests/unit/test_peers \
	tests/unit/test_percent \
	tests/unit/test_pool \
	tests/unit/test_progress \
	tests/unit/test_proxy \
	tests/unit/test_proxy_header \
	tests/unit/test_psl \
	tests/unit/test_queue \
	tests/unit/test_rate \
	tests/unit/test_range \
	tests/unit/test_raw_bytes \
	tests/unit/test_recording \
	tests/unit/test_redact \
	tests/unit/test_redirect \
	tests/unit/test_replay \
	tests/unit/test_retry \
	tests/unit/test_reply \
	tests/unit/test_report \
	tests/unit/test_request \
	tests/unit/test_request_list \
	tests/unit/test_request_parse \
	tests/unit/test_resolve \
	tests/unit/test_resume \
	tests/unit/test_review \
	tests/unit/test_route \
	tests/unit/test_send \
	tests/unit/test_sending \
	tests/unit/test_sink \
	tests/unit/test_sink_again \
	tests/unit/test_sink_names \
	tests/unit/test_socks \
	tests/unit/test_socks_messages \
	tests/unit/test_source \
	tests/unit/test_spool \
	tests/unit/test_statuses \
	tests/unit/test_str \
	tests/unit/test_stream \
	tests/unit/test_suggest \
	tests/unit/test_tap \
	tests/unit/test_terminal \
	tests/unit/test_trace \
	tests/unit/test_transcript \
	tests/unit/test_udp \
	tests/unit/test_unix \
	tests/unit/test_upgrade \
	tests/unit/test_upload \
	tests/unit/test_url \
	tests/unit/test_url_address \
	tests/unit/test_utf8 \
	tests/unit/test_value \
	tests/unit/test_verbose \
	tests/unit/test_verdict \
	tests/unit/test_writeout
tests_unit_test_dial_SOURCES = tests/unit/test_dial.c $(names)
tests_unit_test_resolve_SOURCES = tests/unit/test_resolve.c $(names)
tests_unit_test_socks_SOURCES = tests/unit/test_socks.c $(names)
tests_unit_test_module_static_SOURCES = tests/unit/test_module_static.c \
	src/base/module_static.c
tests_unit_test_module_static_LDADD = tests/libsupport.a \
	src/libminifetch.a $(CMOCKA_LIBS)

# These ask the public suffix list where there is one.
tests_unit_test_cookie_LDADD = $(with_modules)
tests_unit_test_cookie_file_LDADD = $(with_modules)
tests_unit_test_psl_LDADD = $(with_modules)

if HAVE_LIBIDN2
unit_tests += tests/unit/test_idn
tests_unit_test_idn_LDADD = $(with_modules)
endif

if HAVE_OPENSSL
unit_tests += tests/unit/test_tls tests/unit/test_tls_stream
tls_support = tests/support/tls_peer.c tests/support/tls_peer.h \
	tests/support/tls_pki.c tests/support/tls_pki.h
tests_unit_test_tls_SOURCES = tests/unit/test_tls.c $(tls_support)
tests_unit_test_tls_CPPFLAGS = $(module_dir_cppflags) $(OPENSSL_CFLAGS)
tests_unit_test_tls_LDADD = $(with_modules) $(OPENSSL_LIBS)
tests_unit_test_tls_stream_SOURCES = tests/unit/test_tls_stream.c \
	$(tls_support)
tests_unit_test_tls_stream_CPPFLAGS = $(tests_unit_test_tls_CPPFLAGS)
tests_unit_test_tls_stream_LDADD = $(tests_unit_test_tls_LDADD)
unit_tests += tests/unit/test_tls_server
tests_unit_test_tls_server_SOURCES = tests/unit/test_tls_server.c \
	$(tls_support)
tests_unit_test_tls_server_CPPFLAGS = $(tests_unit_test_tls_CPPFLAGS)
tests_unit_test_tls_server_LDADD = $(tests_unit_test_tls_LDADD)
unit_tests += tests/unit/test_tls_bundle
tests_unit_test_tls_bundle_SOURCES = tests/unit/test_tls_bundle.c \
	src/net/tls_openssl_bundle.c src/net/tls_openssl_pem.c \
	src/net/tls_openssl_subject.c
tests_unit_test_tls_bundle_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_tls_bundle_LDADD = $(LDADD) $(OPENSSL_LIBS)
unit_tests += tests/unit/test_tls_name
tests_unit_test_tls_name_SOURCES = tests/unit/test_tls_name.c \
	src/net/tls_openssl_name.c
unit_tests += tests/unit/test_tls_subject
tests_unit_test_tls_subject_SOURCES = tests/unit/test_tls_subject.c \
	src/net/tls_openssl_subject.c
unit_tests += tests/unit/test_tls_digest
tests_unit_test_tls_digest_LDADD = $(with_modules)
# Their digests are OpenSSL's, without the module
unit_tests += tests/unit/test_auth tests/unit/test_digest tests/unit/test_sigv4
hasher = tests/support/hasher.c tests/support/hasher.h
tests_unit_test_auth_SOURCES = tests/unit/test_auth.c $(hasher)
tests_unit_test_auth_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_auth_LDADD = $(LDADD) $(OPENSSL_LIBS)
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c $(hasher)
tests_unit_test_digest_CPPFLAGS = $(tests_unit_test_auth_CPPFLAGS)
tests_unit_test_digest_LDADD = $(tests_unit_test_auth_LDADD)
tests_unit_test_sigv4_SOURCES = tests/unit/test_sigv4.c $(hasher)
tests_unit_test_sigv4_CPPFLAGS = $(tests_unit_test_auth_CPPFLAGS)
tests_unit_test_sigv4_LDADD = $(tests_unit_test_auth_LDADD)
endif

# Memory that runs out in the programs that name it
memory = tests/support/memory.c tests/support/memory.h
memory_ldflags = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
tests_unit_test_memory_SOURCES = tests/unit/test_memory.c $(memory)
tests_unit_test_memory_LDFLAGS = $(memory_ldflags)

# All codings at once, and zlib as an encoder
if HAVE_ZLIB
if HAVE_BROTLI
if HAVE_ZSTD
unit_tests += tests/unit/test_body \
	tests/unit/test_coding tests/unit/test_coding_bombs
coding_support = tests/support/coding.c tests/support/coding.h
tests_unit_test_body_SOURCES = tests/unit/test_body.c $(coding_support) \
	$(memory)
tests_unit_test_body_CPPFLAGS = $(tests_unit_test_coding_CPPFLAGS)
tests_unit_test_body_LDFLAGS = $(memory_ldflags)
tests_unit_test_body_LDADD = $(tests_unit_test_coding_LDADD)
tests_unit_test_coding_SOURCES = tests/unit/test_coding.c $(coding_support)
tests_unit_test_coding_CPPFLAGS = $(module_dir_cppflags) $(ZLIB_CFLAGS)
tests_unit_test_coding_LDADD = $(with_modules) $(ZLIB_LIBS)
tests_unit_test_coding_bombs_SOURCES = tests/unit/test_coding_bombs.c \
	$(coding_support)
tests_unit_test_coding_bombs_CPPFLAGS = $(tests_unit_test_coding_CPPFLAGS)
tests_unit_test_coding_bombs_LDADD = $(tests_unit_test_coding_LDADD)
endif
endif
endif

if MODULES
unit_tests += tests/unit/test_module
tests_unit_test_module_CPPFLAGS = $(AM_CPPFLAGS) \
	-DSAMPLE_MODULE='"$(abs_top_builddir)/tests/.libs/module_sample.so"'
EXTRA_tests_unit_test_module_DEPENDENCIES = tests/module_sample.la
check_LTLIBRARIES += tests/module_sample.la
tests_module_sample_la_SOURCES = tests/support/module_sample.c
tests_module_sample_la_CFLAGS = $(WARNING_CFLAGS) $(HARDENING_CFLAGS)
tests_module_sample_la_LDFLAGS = -module -avoid-version -shared \
	-rpath $(pkglibdir) $(HARDENING_LDFLAGS)
endif

# Without cmocka there are no unit tests, and so no "all tests passed".
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
check-local:
	@echo 'make check needs cmocka: ./bootstrap check installs it' >&2
	@exit 1
endif

# The program against servers, in Python
TEST_EXTENSIONS = .py
PY_LOG_COMPILER = python3
integration_tests = \
	tests/integration/test_apache.py \
	tests/integration/test_cli.py \
	tests/integration/test_colour.py \
	tests/integration/test_explain.py \
	tests/integration/test_files.py \
	tests/integration/test_har.py \
	tests/integration/test_httpbin.py \
	tests/integration/test_findings.py \
	tests/integration/test_heard.py \
	tests/integration/test_hsts.py \
	tests/integration/test_http.py \
	tests/integration/test_memory.py \
	tests/integration/test_interrupt.py \
	tests/integration/test_mistakes.py \
	tests/integration/test_names.py \
	tests/integration/test_nginx.py \
	tests/integration/test_pairs.py \
	tests/integration/test_parallel.py \
	tests/integration/test_peers.py \
	tests/integration/test_pace.py \
	tests/integration/test_proxy.py \
	tests/integration/test_raw.py \
	tests/integration/test_readme.py \
	tests/integration/test_replay.py \
	tests/integration/test_report.py \
	tests/integration/test_requests.py \
	tests/integration/test_resume.py \
	tests/integration/test_retry.py \
	tests/integration/test_talk.py \
	tests/integration/test_talk_http.py \
	tests/integration/test_talk_interop.py \
	tests/integration/test_talk_listen.py \
	tests/integration/test_terminal.py \
	tests/integration/test_tls.py \
	tests/integration/test_tls_options.py \
	tests/integration/test_trace.py \
	tests/integration/test_variables.py \
	tests/integration/test_whole.py
EXTRA_DIST += tests/integration/harness.py tests/integration/proxying.py \
	tests/integration/securing.py \
	tests/integration/talking.py \
	tests/integration/recordings \
	$(integration_tests)
TESTS += $(integration_tests)
$(integration_tests:.py=.log): src/minifetch$(EXEEXT) $(pkglib_LTLIBRARIES)

# Fuzz targets: with a main that replays their corpora for make check, or, with
# --enable-fuzzing, that of libFuzzer
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/transfer.dict
fuzz_programs = tests/fuzz/fuzz_coding \
	tests/fuzz/fuzz_challenge \
	tests/fuzz/fuzz_chunked \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_cookie \
	tests/fuzz/fuzz_expand \
	tests/fuzz/fuzz_file_name \
	tests/fuzz/fuzz_form \
	tests/fuzz/fuzz_glob \
	tests/fuzz/fuzz_head \
	tests/fuzz/fuzz_hsts \
	tests/fuzz/fuzz_netrc \
	tests/fuzz/fuzz_options \
	tests/fuzz/fuzz_proxy \
	tests/fuzz/fuzz_range \
	tests/fuzz/fuzz_recording \
	tests/fuzz/fuzz_request \
	tests/fuzz/fuzz_retry \
	tests/fuzz/fuzz_socks \
	tests/fuzz/fuzz_transfer \
	tests/fuzz/fuzz_url \
	tests/fuzz/fuzz_value \
	tests/fuzz/fuzz_writeout
tests_fuzz_fuzz_challenge_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_chunked_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_config_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_cookie_LDADD = $(fuzz_main) $(house)
tests_fuzz_fuzz_expand_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_file_name_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_form_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_glob_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_head_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_hsts_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_netrc_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_options_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_proxy_LDADD = $(fuzz_main) $(house)
tests_fuzz_fuzz_range_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_recording_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_request_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_retry_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_socks_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_transfer_SOURCES = tests/fuzz/fuzz_transfer.c \
	tests/fuzz/transfer.def \
	tests/fuzz/transfer_check.c tests/fuzz/transfer_check.h \
	tests/support/answers.c tests/support/answers.h \
	tests/support/fake_terminal.c tests/support/fake_terminal.h \
	tests/support/fake_time.c tests/support/fake_time.h \
	src/main.c
tests_fuzz_fuzz_transfer_CPPFLAGS = $(module_dir_cppflags) \
	-Dmain=minifetch_main
tests_fuzz_fuzz_transfer_CFLAGS = $(AM_CFLAGS) -Wno-missing-prototypes
tests_fuzz_fuzz_transfer_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_gettime,--wrap=poll,--wrap=__poll_chk \
	-Wl,--wrap=interrupt_catch,--wrap=input_claim \
	-Wl,--wrap=isatty,--wrap=write,--wrap=writev \
	-Wl,--wrap=dial_tcp,--wrap=dial_addresses,--wrap=tls_load
tests_fuzz_fuzz_transfer_LDADD = $(fuzz_main) $(house)
tests_fuzz_fuzz_url_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_value_LDADD = $(fuzz_main) src/libminifetch.a
tests_fuzz_fuzz_writeout_LDADD = $(fuzz_main) src/libminifetch.a
if HAVE_OPENSSL
fuzz_programs += tests/fuzz/fuzz_tls_subject
tests_fuzz_fuzz_tls_subject_SOURCES = tests/fuzz/fuzz_tls_subject.c \
	src/net/tls_openssl_pem.c src/net/tls_openssl_subject.c
tests_fuzz_fuzz_tls_subject_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_fuzz_fuzz_tls_subject_LDADD = $(fuzz_main) src/libminifetch.a \
	$(OPENSSL_LIBS)
endif
tests_fuzz_fuzz_coding_CPPFLAGS = $(module_dir_cppflags)
tests_fuzz_fuzz_coding_LDADD = $(fuzz_main) $(house)

if FUZZING
fuzz_main = $(FUZZER_LIBS)
FUZZ_SECONDS = 120
fuzz: $(fuzz_programs)
	@for program in $(fuzz_programs); do \
		name=$${program##*/fuzz_}; \
		dict=$(srcdir)/tests/fuzz/$$name.dict; \
		mkdir -p tests/fuzz/found/$$name && \
		./$$program -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			`test -e $$dict && echo -dict=$$dict` \
			-print_final_stats=1 tests/fuzz/found/$$name \
			$(srcdir)/tests/fuzz/corpus/$$name || exit 1; \
	done
else
fuzz_main = tests/fuzz/libreplay.a
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
check_PROGRAMS += $(fuzz_programs)
TESTS += $(fuzz_programs)
fuzz:
	@echo 'configure with CC=clang --enable-fuzzing' >&2; exit 1
endif

# What fails when the n-th allocation, read, write ... does, for every n: make
# torture TORTURE_FLAGS='--seconds 120', best in a build with sanitizers and
# without modules
EXTRA_DIST += tests/torture
check_LTLIBRARIES += tests/faults.la
tests_faults_la_SOURCES = tests/support/faults.c
tests_faults_la_CFLAGS = $(WARNING_CFLAGS) -fno-omit-frame-pointer
tests_faults_la_LDFLAGS = -module -avoid-version -shared -rpath $(pkglibdir)
torture: all tests/faults.la
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/torture $(TORTURE_FLAGS)

# The program beside curl: make bench ROWS='http tls' BENCH_FLAGS='--runs 20'
EXTRA_DIST += tests/bench/run tests/bench/talk tests/bench/bench.py tests/bench/rows.py \
	tests/bench/servers.py
EXTRA_PROGRAMS = tests/bench/launch
CLEANFILES += $(EXTRA_PROGRAMS)
tests_bench_launch_SOURCES = tests/bench/launch.c
tests_bench_launch_LDADD =
bench: all tests/bench/launch$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/run \
		--launcher tests/bench/launch $(BENCH_FLAGS) $(ROWS)
	@test -n '$(ROWS)' || $(MAKE) bench-talk

# tcp:// beside nc, ncat and socat
bench-talk: all tests/bench/launch$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/talk \
		--launcher tests/bench/launch $(BENCH_FLAGS)

.PHONY: fuzz torture bench bench-talk
