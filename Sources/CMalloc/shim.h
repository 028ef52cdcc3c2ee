// glibc's settings of its allocator, which its Swift module leaves out.
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
