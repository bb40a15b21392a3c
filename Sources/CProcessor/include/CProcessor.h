// What Swift cannot say about the processor, and to the system.
#ifndef C_PROCESSOR_H
#define C_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>

/// Whether the processor and the system run AVX2 with FMA (x86-64-v3).
bool processor_has_avx2(void);

/// Whether the processor and the system run AVX-512 F, BW, CD, DQ and VL (x86-64-v4).
bool processor_has_avx512(void);

/// Makes denormal results and operands zero on the calling thread: they cost a factor of six.
void processor_flush_denormals(void);

/// Whether the processor has a matrix unit for bfloat16 (AMX), and the system lets this process use it.
bool processor_has_matrix_unit(void);

/// Makes the matrix unit ready on the calling thread.
void matrix_unit_begin(void);

/// Lets go of the matrix unit's registers, which are otherwise saved whenever threads take turns.
void matrix_unit_end(void);

/// What `BFloat16Tiles` says, in the names of C.
struct matrix_unit_tiles {
  const void *_Nonnull rows;
  long pitch;
  long count;
  const void *_Nonnull panel;
  long chunks;
  long columns;
  const void *_Nonnull outputs;
  long output_offset;
  long output_pitch;
  float *_Nonnull spill;
  bool accumulate;
};

/// C = or += A B by the matrix unit, between `matrix_unit_begin` and `matrix_unit_end`.
void matrix_unit_multiply(const struct matrix_unit_tiles *_Nonnull tiles);

/// How many processors this process may run on (its affinity), at least 1.
int processor_count(void);

/// Lets two files or folders of one file system, each named as seen from an open folder or AT_FDCWD, change
/// names in one move; 0, or an errno: EINVAL, ENOSYS
/// or ENOTSUP where the file system cannot. (renameat2, renameatx_np)
int exchange_names(int folder, const char *_Nonnull path, int other_folder, const char *_Nonnull other);

/// Memory of the system, 64-byte aligned, from 2 MiB on in huge pages; NULL where there is no more.
void *_Nullable memory_block(size_t bytes);

/// Returns a block of `memory_block` of that size.
void memory_block_free(void *_Nullable block, size_t bytes);

/// The size from which on `memory_block` gives huge pages, and theirs.
size_t memory_huge_page(void);

/// Addresses that take memory only where they are written to; NULL where there are not so many.
void *_Nullable memory_reserve(size_t bytes);

/// Gives such addresses up.
void memory_unreserve(void *_Nonnull block, size_t bytes);

/// Says that so many bytes cannot be had, and ends the program with the status 71.
__attribute__((noreturn)) void memory_exhausted(size_t bytes);

/// Whether a signal is ignored, as whoever started the program may have wished.
bool signal_is_ignored(int number);

/// The path by which the program was started, seen from the folder where that was; false where it is longer, or
/// the system does not say.
bool program_path(char *_Nonnull path, size_t size);

/// Tells the processor that this thread spins.
static inline void processor_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// Asks for the cache line at an address, which need not be one that may be read.
static inline void processor_prefetch(const void *_Nonnull address) {
  __builtin_prefetch(address);
}

#endif
