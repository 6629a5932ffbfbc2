// What the compiler and std::vector expect of a C++ runtime. Ours gives up where the library's
// would throw: that keeps exceptions, locales and 1 MB of code out of the agent.
#include <cstddef>
#include <cstdlib>

void* operator new(std::size_t size) {
  if (void* memory = std::malloc(size ? size : 1)) return memory;
  std::abort();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace std {

void __throw_length_error(const char*) {
  std::abort();
}
void __throw_bad_alloc() {
  std::abort();
}
void __throw_bad_array_new_length() {
  std::abort();
}

}  // namespace std
