#include "CProcessor.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// The system hands out the unit's registers, 8 KiB to a thread, only to who asks: ARCH_REQ_XCOMP_PERM for
// XFEATURE_XTILEDATA.
bool processor_has_matrix_unit(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  const unsigned bfloat16 = 1u << 22, tiles = 1u << 24;
  if ((d & bfloat16) == 0 || (d & tiles) == 0) return false;
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
}

struct tile_configuration {
  unsigned char palette, start_row, reserved[14];
  unsigned short bytes[16];
  unsigned char rows[16];
};

#define WITH_TILES __attribute__((target("amx-tile,amx-bf16,avx512f")))

WITH_TILES void matrix_unit_begin(void) {
  struct tile_configuration configuration;
  memset(&configuration, 0, sizeof configuration);
  configuration.palette = 1;
  for (int tile = 0; tile < 8; tile++) {
    configuration.bytes[tile] = 64;
    configuration.rows[tile] = 16;
  }
  _tile_loadconfig(&configuration);
}

WITH_TILES void matrix_unit_end(void) { _tile_release(); }

// 32 rows by 32 columns: tiles 0 to 3 are the sums, 4 and 5 rows of A, 6 and 7 columns of B.
WITH_TILES static inline void multiply_block(
    const char *rows, long pitch, const char *panel, long chunks, float *c, long c_pitch, bool accumulate) {
  float *lower = (float *)((char *)c + 16 * c_pitch);
  if (accumulate) {
    _tile_loadd(0, c, c_pitch);
    _tile_loadd(1, c + 16, c_pitch);
    _tile_loadd(2, lower, c_pitch);
    _tile_loadd(3, lower + 16, c_pitch);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  const char *lower_rows = rows + 16 * pitch;
  for (long chunk = 0; chunk < chunks; chunk++) {
    _tile_loadd(6, panel, 64);
    _tile_loadd(4, rows, pitch);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, panel + 1024, 64);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, lower_rows, pitch);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    panel += 2048;
    rows += 64;
    lower_rows += 64;
  }
  _tile_stored(0, c, c_pitch);
  _tile_stored(1, c + 16, c_pitch);
  _tile_stored(2, lower, c_pitch);
  _tile_stored(3, lower + 16, c_pitch);
}

// Rows that do not lie evenly, or do not all count.
WITH_TILES static void multiply_spilled(
    const struct matrix_unit_tiles *tiles, const char *rows, char *const *outputs, long count) {
  const bool whole = tiles->columns == 32;
  const size_t bytes = (size_t)tiles->columns * 4;
  for (long row = 0; tiles->accumulate && row < count; row++) {
    memcpy(tiles->spill + row * 32, outputs[row] + tiles->output_offset, bytes);
  }
  multiply_block(rows, tiles->pitch, tiles->panel, tiles->chunks, tiles->spill, 128, tiles->accumulate);
  for (long row = 0; row < count; row++) {
    char *output = outputs[row] + tiles->output_offset;
    if (whole) {
      memcpy(output, tiles->spill + row * 32, 128);
    } else {
      memcpy(output, tiles->spill + row * 32, bytes);
    }
  }
}

WITH_TILES void matrix_unit_multiply(const struct matrix_unit_tiles *tiles) {
  const bool even = tiles->columns == 32 && tiles->output_pitch;
  for (long row = 0; row < tiles->count; row += 32) {
    const char *rows = (const char *)tiles->rows + row * tiles->pitch;
    char *const *outputs = (char *const *)tiles->outputs + row;
    const long count = tiles->count - row < 32 ? tiles->count - row : 32;
    if (even && count == 32) {
      float *c = (float *)(outputs[0] + tiles->output_offset);
      multiply_block(rows, tiles->pitch, tiles->panel, tiles->chunks, c, tiles->output_pitch, tiles->accumulate);
    } else {
      multiply_spilled(tiles, rows, outputs, count);
    }
  }
}

#else

bool processor_has_matrix_unit(void) { return false; }

void matrix_unit_begin(void) {}

void matrix_unit_end(void) {}

void matrix_unit_multiply(const struct matrix_unit_tiles *tiles) { (void)tiles; }

#endif
