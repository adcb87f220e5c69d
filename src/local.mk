# Everything but main.c, for the program, the tests, fuzzers and benchmarks
noinst_LIBRARIES += src/libminifetch.a
src_libminifetch_a_SOURCES = \
	src/base/ascii.c src/base/ascii.h \
	src/base/base64.c src/base/base64.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h src/base/deadline.c \
	src/base/compat.h \
	src/base/crlf.c src/base/crlf.h \
	src/base/date.c src/base/date.h \
	src/base/date_loose.c src/base/date_loose.h \
	src/base/checked.h src/base/error.c src/base/error.h src/base/errors.def \
	src/base/heap.h src/base/heap_glibc.c src/base/heap_posix.c \
	src/base/interrupt.c src/base/interrupt.h \
	src/base/json.c src/base/json.h \
	src/base/json_read.c src/base/json_read.h \
	src/base/limits.h \
	src/base/lock.c src/base/lock.h \
	src/base/log.c src/base/log.h \
	src/base/module.h src/base/modules.def \
	src/base/num.c src/base/num.h \
	src/base/schedule.h src/base/schedule_linux.c \
	src/base/schedule_posix.c \
	src/base/str.c src/base/str.h \
	src/base/utf8.c src/base/utf8.h \
	src/url/glob.c src/url/glob.h \
	src/url/glob_parse.c src/url/glob_parse.h \
	src/url/idn.c src/url/idn.h \
	src/url/percent.c src/url/percent.h \
	src/url/url.c src/url/url.h \
	src/url/url_address.c src/url/url_address.h \
	src/url/url_authority.c \
	src/url/url_draft.c src/url/url_draft.h \
	src/url/url_host.c \
	src/url/url_parse.c \
	src/url/url_path.c \
	src/url/url_resolve.c \
	src/http/chunk.c src/http/chunk.h \
	src/http/coding.c src/http/coding.h \
	src/http/disposition.c src/http/disposition.h \
	src/http/file_name.c src/http/file_name.h \
	src/http/finding.c src/http/finding.h src/http/findings.def \
	src/http/framing.c src/http/framing.h \
	src/http/head.c src/http/head.h \
	src/http/range.c src/http/range.h \
	src/http/redact.c src/http/redact.h \
	src/http/review.c src/http/review.h \
	src/http/request.c src/http/request.h \
	src/http/request_list.c src/http/request_list.h \
	src/http/request_parse.c src/http/request_parse.h \
	src/http/value.c src/http/value.h \
	src/net/dial.c src/net/dial.h \
	src/net/listen.c src/net/listen.h \
	src/net/listen_linux.c src/net/listen_posix.c \
	src/net/bind.c src/net/bind.h \
	src/net/digest.h \
	src/net/gone.c src/net/gone.h src/net/gone_linux.c \
	src/net/gone_posix.c \
	src/net/move.h src/net/move_linux.c src/net/move_posix.c \
	src/net/names.c src/net/names.h \
	src/net/replay.c src/net/replay.h \
	src/net/replay_parse.c \
	src/net/resolve.c src/net/resolve.h \
	src/net/route.c src/net/route.h \
	src/net/send.h src/net/send_linux.c src/net/send_posix.c \
	src/net/stream.c src/net/stream.h \
	src/net/tap.c src/net/tap.h \
	src/net/tls.c src/net/tls.h \
	src/net/udp.c src/net/udp.h \
	src/net/unix.c src/net/unix.h \
	src/proxy/connect.c src/proxy/connect.h \
	src/proxy/except.c \
	src/proxy/header.c src/proxy/header.h \
	src/proxy/passage.c src/proxy/passage.h \
	src/proxy/proxy.c src/proxy/proxy.h \
	src/proxy/socks.c src/proxy/socks.h src/proxy/socks_target.h \
	src/proxy/socks4.c src/proxy/socks4.h \
	src/proxy/socks5.c src/proxy/socks5.h \
	src/policy/auth.c src/policy/auth.h \
	src/policy/challenge.c src/policy/challenge.h \
	src/policy/condition.c src/policy/condition.h \
	src/policy/digest.c src/policy/digest.h \
	src/policy/continuation.c src/policy/continuation.h \
	src/policy/cookie.c src/policy/cookie.h \
	src/policy/cookie_date.c src/policy/cookie_date.h \
	src/policy/cookie_file.c \
	src/policy/cookie_rules.c src/policy/cookie_rules.h \
	src/policy/cookie_store.c src/policy/cookie_store.h \
	src/policy/hsts.c src/policy/hsts.h \
	src/policy/netrc.c src/policy/netrc.h \
	src/policy/pace.c src/policy/pace.h \
	src/policy/psl.c src/policy/psl.h \
	src/policy/redirect.c src/policy/redirect.h \
	src/policy/resume.c src/policy/resume.h \
	src/policy/retry.c src/policy/retry.h \
	src/policy/sigv4.c src/policy/sigv4.h \
	src/policy/statuses.c src/policy/statuses.h \
	src/policy/sigv4_canonical.c src/policy/sigv4_canonical.h \
	src/transfer/body.c src/transfer/body.h \
	src/transfer/compose.c src/transfer/compose.h \
	src/transfer/content.c src/transfer/content.h \
	src/transfer/credentials.c src/transfer/credentials.h \
	src/transfer/connection.c src/transfer/connection.h \
	src/transfer/dry_run.c src/transfer/dry_run.h \
	src/transfer/exchange.c src/transfer/exchange.h \
	src/transfer/facts.c src/transfer/facts.h \
	src/transfer/form.c src/transfer/form.h \
	src/transfer/form_body.c src/transfer/form_body.h \
	src/transfer/form_content.c src/transfer/form_content.h \
	src/transfer/form_encode.c src/transfer/form_encode.h \
	src/transfer/job.h \
	src/transfer/media_type.c src/transfer/media_type.h \
	src/transfer/hop.h src/transfer/observer.c src/transfer/observer.h \
	src/transfer/pool.c src/transfer/pool.h \
	src/transfer/reach.c src/transfer/reach.h \
	src/transfer/tunnel.c src/transfer/tunnel.h \
	src/transfer/raw.c src/transfer/raw.h \
	src/transfer/session.c src/transfer/session.h \
	src/transfer/sending.c src/transfer/sending.h \
	src/transfer/tell.c src/transfer/tell.h \
	src/transfer/transfer.c src/transfer/transfer.h \
	src/transfer/transfer_peer.c src/transfer/transfer_state.h \
	src/transfer/transfer_steps.c \
	src/transfer/upgrade.c src/transfer/upgrade.h \
	src/transfer/verdict.c src/transfer/verdict.h \
	src/transfer/upload.c src/transfer/upload.h \
	src/output/attributes.h src/output/attributes_linux.c \
	src/output/attributes_none.c \
	src/output/channel.c src/output/channel.h \
	src/output/descriptor.c src/output/descriptor.h \
	src/output/explain.c src/output/explain.h \
	src/output/fanout.c src/output/fanout.h \
	src/output/figures.c src/output/figures.h \
	src/output/file.c src/output/file.h \
	src/output/file_open.c \
	src/output/har.c src/output/har.h \
	src/output/har_message.c src/output/har_message.h \
	src/output/json_style.c src/output/json_style.h \
	src/output/json_view.c src/output/json_view.h \
	src/output/ledger.c src/output/ledger.h \
	src/output/meter.c src/output/meter.h \
	src/output/narrator.c src/output/narrator.h \
	src/output/place.c src/output/place.h \
	src/output/progress.c src/output/progress.h \
	src/output/record.c src/output/record.h \
	src/output/recording.c src/output/recording.h \
	src/output/report.c src/output/report.h \
	src/output/sink.c src/output/sink.h \
	src/output/sink_end.c src/output/sink_state.h \
	src/output/spool.c src/output/spool.h \
	src/output/standard.c src/output/standard.h \
	src/output/system.h src/output/system_linux.c \
	src/output/system_posix.c \
	src/output/stamp.c src/output/stamp.h \
	src/output/target.c src/output/target.h \
	src/output/temporary.c src/output/temporary.h \
	src/output/terminal.c src/output/terminal.h \
	src/output/timing.c src/output/timing.h \
	src/output/trace.c src/output/trace.h \
	src/output/verbose.c src/output/verbose.h \
	src/output/writeout.c src/output/writeout.h src/output/writeout.def \
	src/output/writeout_header.c src/output/writeout_time.c \
	src/output/writeout_value.c src/output/writeout_value.h \
	src/talk/conversation.c src/talk/conversation.h \
	src/talk/datagram.c src/talk/datagram.h \
	src/talk/endpoint.c src/talk/endpoint.h \
	src/talk/http_input.c src/talk/http_input.h \
	src/talk/http_record.c src/talk/http_record.h \
	src/talk/http_server.c src/talk/http_server.h \
	src/talk/reply.c src/talk/reply.h \
	src/talk/server.c src/talk/server.h \
	src/talk/source.c src/talk/source.h \
	src/talk/transcript.c src/talk/transcript.h \
	src/talk/pulse.c src/talk/pulse.h \
	src/talk/visit.c src/talk/visit.h \
	src/talk/workers.c src/talk/workers.h \
	src/talk/client.c src/talk/talk.h \
	src/talk/listen.c src/talk/listen.h src/talk/listen_datagram.c \
	src/cli/apply.c src/cli/apply.h \
	src/cli/attempts.c src/cli/attempts.h \
	src/cli/bodies.c src/cli/bodies.h \
	src/cli/checksum.c src/cli/checksum.h \
	src/cli/colour.c src/cli/colour.h \
	src/cli/config.c src/cli/config.h \
	src/cli/console.c src/cli/console.h \
	src/cli/converse.c src/cli/converse.h \
	src/cli/cookies.c src/cli/cookies.h \
	src/cli/data.c src/cli/data.h \
	src/cli/expand.c src/cli/expand.h \
	src/cli/fields.c src/cli/fields.h \
	src/cli/files.c src/cli/files.h \
	src/cli/form.c src/cli/form.h \
	src/cli/form_scan.c src/cli/form_scan.h \
	src/cli/form_settings.c src/cli/form_settings.h \
	src/cli/help.c src/cli/help.h \
	src/cli/input.c src/cli/input.h \
	src/cli/jobs.c src/cli/jobs.h \
	src/cli/manual.c src/cli/manual.h \
	src/cli/message.c src/cli/message.h \
	src/cli/narration.c src/cli/narration.h \
	src/cli/peers.c src/cli/peers.h \
	src/cli/options.c src/cli/options.h src/cli/options.def \
	src/cli/parallel.c src/cli/parallel.h \
	src/cli/parse.c src/cli/parse.h \
	src/cli/password.c src/cli/password.h \
	src/cli/perform.c src/cli/perform.h \
	src/cli/proxies.c src/cli/proxies.h \
	src/cli/queue.c src/cli/queue.h \
	src/cli/rate.c src/cli/rate.h \
	src/cli/raw_bytes.c src/cli/raw_bytes.h \
	src/cli/records.c src/cli/records.h \
	src/cli/resume.c src/cli/resume.h \
	src/cli/run.c src/cli/run.h \
	src/cli/salvage.c src/cli/salvage.h \
	src/cli/strict.c src/cli/strict.h \
	src/cli/suggest.c src/cli/suggest.h \
	src/cli/targets.c src/cli/targets.h \
	src/cli/trust.c src/cli/trust.h \
	src/cli/variable.c src/cli/variable.h \
	src/cli/version.c \
	src/cli/watch.c src/cli/watch.h
# What each module is made of
tls_sources = src/net/tls_openssl.c src/net/tls_openssl.h \
	src/net/tls_openssl_bundle.c src/net/tls_openssl_bundle.h \
	src/net/tls_openssl_client.c \
	src/net/tls_openssl_context.c \
	src/net/tls_openssl_digest.c \
	src/net/tls_openssl_chain.c \
	src/net/tls_openssl_info.c \
	src/net/tls_openssl_keylog.c \
	src/net/tls_openssl_name.c src/net/tls_openssl_name.h \
	src/net/tls_openssl_pem.c src/net/tls_openssl_pem.h \
	src/net/tls_openssl_pin.c src/net/tls_openssl_pin.h \
	src/net/tls_openssl_server.c \
	src/net/tls_openssl_session.c src/net/tls_openssl_session.h \
	src/net/tls_openssl_status.c \
	src/net/tls_openssl_store.c src/net/tls_openssl_store.h \
	src/net/tls_openssl_stream.c \
	src/net/tls_openssl_subject.c src/net/tls_openssl_subject.h \
	src/net/tls_openssl_verify.c
gzip_sources = src/http/coding_gzip.c
brotli_sources = src/http/coding_brotli.c
zstd_sources = src/http/coding_zstd.c
idn_sources = src/url/idn_libidn2.c
psl_sources = src/policy/psl_libpsl.c

if MODULES

# A module depends on no symbol of the program, so it brings what it needs of
# base/ (and the streams that TLS stands on), compiled for a shared object.
src_libminifetch_a_SOURCES += src/base/module.c
noinst_LTLIBRARIES += src/libmodule.la
src_libmodule_la_SOURCES = src/base/ascii.c src/base/base64.c \
	src/base/buf.c src/base/clock.c src/base/deadline.c \
	src/base/error.c src/base/interrupt.c src/base/log.c \
	src/base/num.c src/base/str.c src/base/utf8.c \
	src/net/stream.c
src_libmodule_la_CFLAGS = $(WARNING_CFLAGS) $(HARDENING_CFLAGS) \
	$(MODULE_CFLAGS)
module_ldflags = -module -avoid-version -shared \
	-export-symbols-regex '^module_' $(HARDENING_LDFLAGS) $(MODULE_LDFLAGS)

if HAVE_OPENSSL
pkglib_LTLIBRARIES += src/tls.la
src_tls_la_SOURCES = $(tls_sources)
src_tls_la_CFLAGS = $(src_libmodule_la_CFLAGS) $(OPENSSL_CFLAGS)
src_tls_la_LDFLAGS = $(module_ldflags)
src_tls_la_LIBADD = src/libmodule.la $(OPENSSL_LIBS)
endif
if HAVE_ZLIB
pkglib_LTLIBRARIES += src/gzip.la
src_gzip_la_SOURCES = $(gzip_sources)
src_gzip_la_CFLAGS = $(src_libmodule_la_CFLAGS) $(ZLIB_CFLAGS)
src_gzip_la_LDFLAGS = $(module_ldflags)
src_gzip_la_LIBADD = src/libmodule.la $(ZLIB_LIBS)
endif
if HAVE_BROTLI
pkglib_LTLIBRARIES += src/brotli.la
src_brotli_la_SOURCES = $(brotli_sources)
src_brotli_la_CFLAGS = $(src_libmodule_la_CFLAGS) $(BROTLI_CFLAGS)
src_brotli_la_LDFLAGS = $(module_ldflags)
src_brotli_la_LIBADD = src/libmodule.la $(BROTLI_LIBS)
endif
if HAVE_ZSTD
pkglib_LTLIBRARIES += src/zstd.la
src_zstd_la_SOURCES = $(zstd_sources)
src_zstd_la_CFLAGS = $(src_libmodule_la_CFLAGS) $(ZSTD_CFLAGS)
src_zstd_la_LDFLAGS = $(module_ldflags)
src_zstd_la_LIBADD = src/libmodule.la $(ZSTD_LIBS)
endif
if HAVE_LIBIDN2
pkglib_LTLIBRARIES += src/idn.la
src_idn_la_SOURCES = $(idn_sources)
src_idn_la_CFLAGS = $(src_libmodule_la_CFLAGS) $(LIBIDN2_CFLAGS)
src_idn_la_LDFLAGS = $(module_ldflags)
src_idn_la_LIBADD = src/libmodule.la $(LIBIDN2_LIBS)
endif
if HAVE_LIBPSL
pkglib_LTLIBRARIES += src/psl.la
src_psl_la_SOURCES = $(psl_sources)
src_psl_la_CFLAGS = $(src_libmodule_la_CFLAGS) $(LIBPSL_CFLAGS)
src_psl_la_LDFLAGS = $(module_ldflags)
src_psl_la_LIBADD = src/libmodule.la $(LIBPSL_LIBS)
endif

# Libtool's descriptions of the modules are of no use to who loads them.
install-exec-hook:
	for module in $(pkglib_LTLIBRARIES); do \
		rm -f "$(DESTDIR)$(pkglibdir)/$${module##*/}"; \
	done
uninstall-hook:
	for module in $(pkglib_LTLIBRARIES:.la=.so); do \
		rm -f "$(DESTDIR)$(pkglibdir)/$${module##*/}"; \
	done
	-rmdir "$(DESTDIR)$(pkglibdir)"

else !MODULES

# The same files, linked in as objects: module_static.c refers to them weakly,
# and that pulls nothing out of an archive.
src_libminifetch_a_SOURCES += src/base/module_static.c
noinst_LIBRARIES += src/libmodules.a
src_libmodules_a_SOURCES =
src_libmodules_a_CPPFLAGS = $(AM_CPPFLAGS)
linked_objects = $(src_libmodules_a_OBJECTS)
linked_libs =
if HAVE_OPENSSL
src_libmodules_a_SOURCES += $(tls_sources)
src_libmodules_a_CPPFLAGS += $(OPENSSL_CFLAGS)
linked_libs += $(OPENSSL_LIBS)
endif
if HAVE_ZLIB
src_libmodules_a_SOURCES += $(gzip_sources)
src_libmodules_a_CPPFLAGS += $(ZLIB_CFLAGS)
linked_libs += $(ZLIB_LIBS)
endif
if HAVE_BROTLI
src_libmodules_a_SOURCES += $(brotli_sources)
src_libmodules_a_CPPFLAGS += $(BROTLI_CFLAGS)
linked_libs += $(BROTLI_LIBS)
endif
if HAVE_ZSTD
src_libmodules_a_SOURCES += $(zstd_sources)
src_libmodules_a_CPPFLAGS += $(ZSTD_CFLAGS)
linked_libs += $(ZSTD_LIBS)
endif
if HAVE_LIBIDN2
src_libmodules_a_SOURCES += $(idn_sources)
src_libmodules_a_CPPFLAGS += $(LIBIDN2_CFLAGS)
linked_libs += $(LIBIDN2_LIBS)
endif
if HAVE_LIBPSL
src_libmodules_a_SOURCES += $(psl_sources)
src_libmodules_a_CPPFLAGS += $(LIBPSL_CFLAGS)
linked_libs += $(LIBPSL_LIBS)
endif

endif !MODULES

# What a program links, in this order
house = $(linked_objects) src/libminifetch.a $(linked_libs)

bin_PROGRAMS += src/minifetch
src_minifetch_SOURCES = src/main.c
src_minifetch_LDADD = $(house)
