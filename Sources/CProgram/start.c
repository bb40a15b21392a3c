// As one static file, the program may be started where nothing but the file is: in a folder that is all it
// sees, or before a system is up. Swift's runtime asks /proc for the words of the command line, and, to look
// for its crash reporter, for its own place; without an answer it ends.
#include <stdlib.h>
#include <unistd.h>

// Other C libraries do not hand the words to a constructor.
#if defined(__GLIBC__)

void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count);

// Before the runtime's own constructors, which have no priority.
__attribute__((constructor(101))) static void start(int count, char **words) {
  if (access("/proc/self/exe", F_OK) == 0) return;
  _swift_stdlib_overrideUnsafeArgvArgc(words, count);
  setenv("SWIFT_ROOT", "/", 0);
}

#endif
