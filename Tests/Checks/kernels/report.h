// Between the cases in Swift and the program around them.

/// Prints a case's hash of what a kernel wrote; the name is not terminated.
void report(const unsigned char *name, long size, unsigned long long hash);

/// Calls every kernel.
void run_cases(void);
