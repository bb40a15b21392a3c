// What only the program has, and not who uses its libraries: malloc and its kin, which do not return without
// memory (allocation.c), and a start that needs no /proc (start.c).
#ifndef C_PROGRAM_H
#define C_PROGRAM_H

#endif
