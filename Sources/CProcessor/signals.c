#include <signal.h>
#include <stddef.h>

#include "CProcessor.h"

bool signal_is_ignored(int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0) return false;
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
}
