/* Numbers as the meters show them, in columns of a fixed width. */
#ifndef OUTPUT_FIGURES_H
#define OUTPUT_FIGURES_H

#include "base/buf.h"

/* A count in five columns: bytes while they fit, else with a binary unit. */
void figures_count(struct buf *out, uint64_t n);

/* Seconds in eight columns: "12:34:56", then days and hours, then days. */
void figures_time(struct buf *out, uint64_t seconds);

/* Bytes a second, of `bytes` in `us` microseconds. */
uint64_t figures_speed(uint64_t bytes, int64_t us);

#endif
