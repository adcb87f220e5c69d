# The manual page and the completions are made, while everything is built, by a
# program that prints the lists the parser is made from.
noinst_PROGRAMS += src/cli/docs
src_cli_docs_SOURCES = src/cli/docs.c
src_cli_docs_LDADD = $(house)

docs = src/cli/docs$(EXEEXT)
EXTRA_DIST += man/minifetch.1.in
CLEANFILES += $(documents)
documents = man/minifetch.1 man/bash/minifetch man/zsh/_minifetch \
	man/fish/minifetch.fish

nodist_man_MANS = man/minifetch.1
bash_completiondir = $(datadir)/bash-completion/completions
nodist_bash_completion_DATA = man/bash/minifetch
zsh_completiondir = $(datadir)/zsh/site-functions
nodist_zsh_completion_DATA = man/zsh/_minifetch
fish_completiondir = $(datadir)/fish/vendor_completions.d
nodist_fish_completion_DATA = man/fish/minifetch.fish

man/minifetch.1: $(srcdir)/man/minifetch.1.in $(docs)
	$(AM_V_GEN)$(MKDIR_P) man && \
	$(docs) man $(srcdir)/man/minifetch.1.in >$@.new && mv $@.new $@
man/bash/minifetch: $(docs)
	$(AM_V_GEN)$(MKDIR_P) man/bash && $(docs) bash >$@.new && mv $@.new $@
man/zsh/_minifetch: $(docs)
	$(AM_V_GEN)$(MKDIR_P) man/zsh && $(docs) zsh >$@.new && mv $@.new $@
man/fish/minifetch.fish: $(docs)
	$(AM_V_GEN)$(MKDIR_P) man/fish && $(docs) fish >$@.new && mv $@.new $@
