// Cosine distance of unit vectors, compiled once per instruction set and chosen when an index is made. AVX-512 gained nothing over AVX2
// when it was tried: 5,000 vectors were added in 0.80 CPU s with either.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace distance {

using Function = float (*)(const void*, const void*, const void*);

/** Rows must be a multiple of this many components: four accumulators of the widest lanes. */
constexpr size_t kComponents = 32;

// The compiler's own vector types: SSE on x86-64 and NEON on arm64 without a line of either. A macro, because a function that is
// inlined keeps the lanes of the instruction set that it was written under.
#define COSINE_DISTANCE(name, attributes, bytes)                                              \
  attributes inline float name(const void* left, const void* right, const void* components) { \
    typedef float Lanes __attribute__((vector_size(bytes)));                                  \
    typedef float Row __attribute__((vector_size(bytes), aligned(4), may_alias));             \
    const Row* a = static_cast<const Row*>(left);                                             \
    const Row* b = static_cast<const Row*>(right);                                            \
    const size_t count = *static_cast<const size_t*>(components) * sizeof(float) / bytes;     \
    Lanes one{}, two{}, three{}, four{};                                                      \
    for (size_t i = 0; i < count; i += 4) {                                                   \
      one += a[i] * b[i];                                                                     \
      two += a[i + 1] * b[i + 1];                                                             \
      three += a[i + 2] * b[i + 2];                                                           \
      four += a[i + 3] * b[i + 3];                                                            \
    }                                                                                         \
    one = (one + two) + (three + four);                                                       \
    float sum = 0;                                                                            \
    for (size_t i = 0; i < bytes / sizeof(float); i++) sum += one[i];                         \
    return 1.0f - sum;                                                                        \
  }

COSINE_DISTANCE(baseline, , 16)
#if defined(__x86_64__)
COSINE_DISTANCE(avx2, __attribute__((target("avx2,fma"))), 32)
#endif

struct Variant {
  const char* name;
  Function function;
  bool is_supported;
};

/** Fastest first. */
inline const Variant* variants(size_t* count) {
#if defined(__x86_64__)
  static const Variant all[] = {
      {"avx2", avx2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
      {"baseline", baseline, true},
  };
#else
  static const Variant all[] = {{"baseline", baseline, true}};
#endif
  *count = sizeof(all) / sizeof(all[0]);
  return all;
}

/** @param name of a variant, or empty for the fastest that this processor has. */
inline const Variant& choose(const std::string& name) {
  size_t count = 0;
  const Variant* all = variants(&count);
  for (size_t i = 0; i < count; i++) {
    if (all[i].is_supported && (name.empty() || name == all[i].name)) return all[i];
  }
  throw std::invalid_argument("This processor or this build has no instructions called " + name);
}

}  // namespace distance
