// malloc and its kin, which do not return without memory: see allocation.c.
#ifndef C_ALLOCATION_H
#define C_ALLOCATION_H

/// Makes sure that the replacements are part of the program.
void allocation_never_fails(void);

#endif
