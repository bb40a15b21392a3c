#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <unistd.h>

#include "CProcessor.h"

int processor_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : (int)online;
}

#if defined(__x86_64__)
#include <xmmintrin.h>

bool processor_has_avx2(void) { return __builtin_cpu_supports("x86-64-v3"); }

bool processor_has_avx512(void) { return __builtin_cpu_supports("x86-64-v4"); }

// Bit 15 flushes results to zero, bit 6 reads denormal operands as zero.
void processor_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }

#elif defined(__aarch64__)

bool processor_has_avx2(void) { return false; }

bool processor_has_avx512(void) { return false; }

void processor_flush_denormals(void) {
  unsigned long long control;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(control));
  __asm__ __volatile__("msr fpcr, %0" : : "r"(control | (1ull << 24)));
}

#else
#error "gen runs on x86-64 and arm64"
#endif
