// Swift, its libraries and C++ end a program by a trap or an abort where malloc returns nothing. In this
// program malloc says so in one line, and ends it with a status of its own: see memory_exhausted.
//
// Sanitizers replace malloc themselves, and other C libraries than glibc do not let programs do so.
#include "CProgram.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "CProcessor.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(IS_SANITIZED)

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static inline void *checked(void *block, size_t bytes) {
  if (__builtin_expect(!block && bytes, 0)) memory_exhausted(bytes);
  return block;
}

void *malloc(size_t bytes) { return checked(__libc_malloc(bytes), bytes); }

void *calloc(size_t count, size_t bytes) {
  size_t all;
  if (__builtin_mul_overflow(count, bytes, &all)) memory_exhausted((size_t)-1);
  return checked(__libc_calloc(count, bytes), all);
}

void *realloc(void *block, size_t bytes) {
  return checked(__libc_realloc(block, bytes), bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  return checked(__libc_memalign(alignment, bytes), bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  if (alignment % sizeof(void *) || !alignment || (alignment & (alignment - 1))) return EINVAL;
  *block = checked(__libc_memalign(alignment, bytes), bytes);
  return 0;
}

#endif
