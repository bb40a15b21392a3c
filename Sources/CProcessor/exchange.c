#if defined(__linux__)
#define _GNU_SOURCE
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <stdio.h>
#endif
#include <errno.h>

#include "CProcessor.h"

int exchange_names(int folder, const char *path, int other_folder, const char *other) {
#if defined(__linux__)
  // By its number: not every C library has a function for it.
  return syscall(SYS_renameat2, folder, path, other_folder, other, RENAME_EXCHANGE) == 0 ? 0 : errno;
#elif defined(__APPLE__)
  return renameatx_np(folder, path, other_folder, other, RENAME_SWAP) == 0 ? 0 : errno;
#else
  return ENOSYS;
#endif
}
