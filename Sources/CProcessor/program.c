#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <mach-o/dyld.h>
#endif
#include <stdint.h>
#include <string.h>

#include "CProcessor.h"

bool program_path(char *path, size_t size) {
#if defined(__linux__)
  const char *name = (const char *)getauxval(AT_EXECFN);
  if (!name || strlen(name) >= size) return false;
  strcpy(path, name);
  return true;
#elif defined(__APPLE__)
  uint32_t room = (uint32_t)size;
  return _NSGetExecutablePath(path, &room) == 0;
#else
  return false;
#endif
}
