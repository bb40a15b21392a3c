#if defined(__linux__)
#define _GNU_SOURCE
#include <fcntl.h>
#endif
#include <errno.h>
#include <stdio.h>

#include "CProcessor.h"

int exchange_names(int folder, const char *path, int other_folder, const char *other) {
#if defined(__linux__)
  return renameat2(folder, path, other_folder, other, RENAME_EXCHANGE) == 0 ? 0 : errno;
#elif defined(__APPLE__)
  return renameatx_np(folder, path, other_folder, other, RENAME_SWAP) == 0 ? 0 : errno;
#else
  return ENOSYS;
#endif
}
