// Linked into the prebuilt binding, so that it asks of the C++ library what GCC 5 has and not what GCC 11 added.
#include <cstdlib>

namespace std {
[[noreturn]] __attribute__((visibility("hidden"))) void __throw_bad_array_new_length() { abort(); }
}  // namespace std
