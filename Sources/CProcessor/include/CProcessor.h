// What Swift cannot say about the processor, and to the system.
#ifndef C_PROCESSOR_H
#define C_PROCESSOR_H

#include <stdbool.h>

/// Whether the processor and the system run AVX2 with FMA (x86-64-v3).
bool processor_has_avx2(void);

/// Whether the processor and the system run AVX-512 F, BW, CD, DQ and VL (x86-64-v4).
bool processor_has_avx512(void);

/// Makes denormal results and operands zero on the calling thread: they cost a factor of six.
void processor_flush_denormals(void);

/// How many processors this process may run on (its affinity), at least 1.
int processor_count(void);

/// Lets two files or folders of one file system, each named as seen from an open folder or AT_FDCWD, change
/// names in one move; 0, or an errno: EINVAL, ENOSYS
/// or ENOTSUP where the file system cannot. (renameat2, renameatx_np)
int exchange_names(int folder, const char *path, int other_folder, const char *other);

/// Tells the processor that this thread spins.
static inline void processor_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

#endif
