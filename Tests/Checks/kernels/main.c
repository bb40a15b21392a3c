// The program around the cases: Swift for a processor without a system has no standard output.
#include <stdio.h>

#include "CProcessor.h"
#include "report.h"

void report(const unsigned char *name, long size, unsigned long long hash) {
  printf("%.*s %016llx\n", (int)size, (const char *)name, hash);
}

int main(void) {
  processor_flush_denormals();
  run_cases();
  return 0;
}
