#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__linux__)
#include <malloc.h>
#endif

#include "CProcessor.h"

// Large blocks are in huge pages, as rows that lie whole pages apart would each need an entry of the
// processor's page tables otherwise.
#define HUGE_PAGE ((size_t)2 << 20)

size_t memory_huge_page(void) { return HUGE_PAGE; }

static void *map(size_t bytes, int flags) {
  void *block =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  return block == MAP_FAILED ? NULL : block;
}

static size_t whole_pages(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return (bytes + page - 1) / page * page;
}

void *memory_block(size_t bytes) {
  if (bytes > (size_t)1 << 60) return NULL;
  if (bytes < HUGE_PAGE) {
#if defined(__linux__)
    // Unlike malloc, which the program replaces by one that does not return without memory.
    return memalign(64, bytes);
#else
    void *block = NULL;
    return posix_memalign(&block, 64, bytes) == 0 ? block : NULL;
#endif
  }
  // More than is asked for, so that a huge page begins in it; the rest goes back at once.
  size_t length = whole_pages(bytes);
  char *found = map(length + HUGE_PAGE, 0);
  if (!found) return NULL;
  size_t before = (HUGE_PAGE - (uintptr_t)found % HUGE_PAGE) % HUGE_PAGE;
  if (before) munmap(found, before);
  if (HUGE_PAGE - before) munmap(found + before + length, HUGE_PAGE - before);
#if defined(__linux__)
  // Without huge pages it is slower, but works.
  madvise(found + before, length, MADV_HUGEPAGE);
#endif
  return found + before;
}

void memory_block_free(void *block, size_t bytes) {
  if (bytes < HUGE_PAGE) {
    free(block);
  } else {
    munmap(block, whole_pages(bytes));
  }
}

void *memory_reserve(size_t bytes) {
  if (bytes > (size_t)1 << 60) return NULL;
#if defined(MAP_NORESERVE)
  return map(whole_pages(bytes), MAP_NORESERVE);
#else
  return map(whole_pages(bytes), 0);
#endif
}

void memory_unreserve(void *block, size_t bytes) { munmap(block, whole_pages(bytes)); }

void memory_exhausted(size_t bytes) {
  // No memory may be asked for to say this.
  char text[160];
  int length = snprintf(
      text, sizeof text,
      "gen: out of memory: the system refuses %zu MiB more\n",
      (bytes >> 20) + (bytes % (1 << 20) != 0));
  if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(71);
  _exit(71);
}
